"""A process of many agencies: a durable subscription for each of so many areas.

A line on standard input says how many more events to wait for; the answer comes when they are
handled.
"""

import asyncio
import sys

from bench.loops import run
from liandong.bus import connect
from liandong.contracts import Envelope, Filter
from liandong.contracts.incidents import IncidentReported

AGENCY = "lz/centre/areas"


def area(number: int) -> str:
    """Return the area of a number."""
    return f"cn.99.{number:04}"


async def main(areas: int) -> None:
    """Handle events until killed."""
    handled = asyncio.Semaphore(0)

    async def handle(_: Envelope) -> None:
        handled.release()

    async with await connect(agency=AGENCY) as bus:
        for number in range(areas):
            which = Filter(contracts=(IncidentReported,), areas=(area(number),))
            await bus.subscribe(f"area{number}", handle, which)
        print("ready", flush=True)
        while line := (await asyncio.to_thread(sys.stdin.readline)).strip():
            for _ in range(int(line)):
                await handled.acquire()
            print("handled", flush=True)


if __name__ == "__main__":
    run(main(int(sys.argv[1])))
