"""What breaks in the field, done to the real thing on purpose: ``make faults``."""
