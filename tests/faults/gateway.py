"""A gateway between two regions, in a process of its own: ``python -m faults.gateway JOIN``."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from faults.facts import AREA
from faults.journal import Journal
from faults.programs import Program, program_main, ready
from liandong.adapters.region.agreement import Agreement
from liandong.adapters.region.gateway import Gateway
from liandong.bus import Bus, connect

_SHARED = ("incident.*", "order.*")


@dataclass(frozen=True, slots=True)
class Join(Program):
    """What a gateway joins: the region of its agency, and another.

    Attributes:
        there: Addresses of the other region's broker.
        as_there: Whom it speaks for over there.
    """

    there: tuple[str, ...] = ()
    as_there: str = "hz/gateway/lz"


def agreement(one: str, other: str) -> Agreement:
    """Return an agreement that shares incidents and orders both ways."""
    ways = ((one, other), (other, one))
    shares = [{"from_region": a, "to_region": b, "contracts": _SHARED} for a, b in ways]
    return Agreement.model_validate({"share": shares})


async def join(bus: Bus, journal: Journal, told: Join, stop: asyncio.Event) -> None:
    """Carry events both ways until told to stop."""
    del journal
    async with await connect(servers=told.there, agency=told.as_there) as there:
        shared = agreement(bus.agency.region, there.agency.region)
        gateway = Gateway(bus, there, shared, area=AREA)
        carrying = asyncio.create_task(gateway.run())
        await gateway.ready.wait()
        ready()
        await stop.wait()
        carrying.cancel()
        with suppress(asyncio.CancelledError):
            await carrying


if __name__ == "__main__":
    program_main(Join, join)
