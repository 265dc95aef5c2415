"""A bus as its own process sees it, noted whenever it changes."""

import asyncio

from faults.journal import Journal
from liandong.bus import Bus

_EVERY_S = 0.05


async def watch(bus: Bus, journal: Journal) -> None:
    """Note, for ever, whether the bus says that messages pass, and which alarms hold.

    An alarm that holds and is set again is noted again.
    """
    connected: bool | None = None
    alarms: list[tuple[object, ...]] = []
    while True:
        if bus.connected is not connected:
            connected = bus.connected
            journal.write("connected", yes=connected, problem=bus.problem)
        active = bus.alarms.active
        if (now := [(alarm.id, alarm.latest) for alarm in active]) != alarms:
            alarms = now
            journal.write("alarms", active=sorted({alarm.name.value for alarm in active}))
        await asyncio.sleep(_EVERY_S)
