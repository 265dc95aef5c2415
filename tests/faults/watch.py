"""A bus as its own process sees it, noted whenever it changes."""

import asyncio

from faults.journal import Journal
from liandong.bus import Bus

_EVERY_S = 0.05


async def watch(bus: Bus, journal: Journal) -> None:
    """Note, for ever, whether the bus says that messages pass."""
    noted: bool | None = None
    while True:
        if bus.connected is not noted:
            noted = bus.connected
            journal.write("connected", yes=noted, problem=bus.problem)
        await asyncio.sleep(_EVERY_S)
