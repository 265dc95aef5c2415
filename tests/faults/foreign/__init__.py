"""Foreign systems that real adapters serve, and that say again what was not acknowledged."""
