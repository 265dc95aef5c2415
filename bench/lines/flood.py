"""A process that reports positions as fast as they are stored: ``go``, ``stop``."""

import asyncio
import sys

from bench.event import AREA
from bench.loops import run
from liandong.bus import Bus, connect
from liandong.contracts.geo import Point
from liandong.contracts.units import UnitPosition

AGENCY = "lz/medical/120-linzhou"
_UNITS = 500
_AT_ONCE = 1000


async def flood(bus: Bus) -> None:
    """Report the positions of some hundred units over and over."""
    where = Point(coordinates=(118.4126, 31.9872))
    positions = [
        UnitPosition(unit_id=f"lz-a{n % _UNITS}", point=where, speed_kmh=48.0, course_deg=51.0)
        for n in range(_AT_ONCE)
    ]
    while True:
        await bus.send_many([bus.envelope(position, area=AREA) for position in positions])


async def main() -> None:
    """Do what standard input says, and answer each line."""
    flooding: asyncio.Task[None] | None = None
    async with await connect(agency=AGENCY) as bus:
        print("ready", flush=True)
        while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
            if word == "go":
                flooding = asyncio.create_task(flood(bus))
            elif flooding:
                flooding.cancel()
                await asyncio.gather(flooding, return_exceptions=True)
            print(word, flush=True)


if __name__ == "__main__":
    run(main())
