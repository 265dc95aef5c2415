"""Contracts at the command line: look at them, take them elsewhere, check messages and changes."""
