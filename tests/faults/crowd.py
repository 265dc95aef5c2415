"""Many clients in one process, each a bus of its own: ``python -m faults.crowd CROWD``."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace

from faults.journal import Journal
from faults.producer import Load, produce
from faults.programs import program_main
from liandong.bus import Bus, connect


@dataclass(frozen=True, slots=True)
class Crowd(Load):
    """What each of the clients publishes: about one incident of its own.

    Attributes:
        clients: How many.
    """

    clients: int = 50
    keys: int = 1
    batch: int = 0
    orders: int = 1
    rate: float = 1.0


async def crowd(bus: Bus, journal: Journal, told: Crowd, stop: asyncio.Event) -> None:
    """Let them publish until told to stop."""
    del bus
    async with AsyncExitStack() as leaving:
        work = []
        for number in range(told.clients):
            own = replace(told, prefix=f"{told.prefix}-{number}")
            client = await connect(servers=told.servers, agency=f"lz/station/{own.prefix}")
            await leaving.enter_async_context(client)
            work.append(produce(client, journal, own, stop))
        await asyncio.gather(*work)


if __name__ == "__main__":
    program_main(Crowd, crowd)
