"""The demo: a region answers one incident together, every step by an agency's own protocol."""
