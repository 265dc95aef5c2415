"""Operating the bus: command line, site, demo, doctor, console."""
