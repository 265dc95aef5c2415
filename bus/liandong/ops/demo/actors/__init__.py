"""The agencies' own systems, played. Each speaks its own protocol and knows nothing of the bus."""
