"""Lanes: one at a time within a key, and nothing is left lying."""

import asyncio
import random

from liandong.bus.lanes import KeyedLanes


async def test_what_comes_as_the_workers_leave_is_served() -> None:
    """Bursts on one key, with pauses of a loop turn or two, in a hundred patterns."""
    for seed in range(100):
        dice = random.Random(seed)  # noqa: S311  no secret
        lanes, served = KeyedLanes(room=1024, at_once=32), asyncio.Semaphore(0)

        async def job(served: asyncio.Semaphore = served) -> None:
            served.release()

        bursts = [dice.randrange(1, 60) for _ in range(20)]
        for burst in bursts:
            for _ in range(burst):
                await lanes.submit("one key", job)
            for _ in range(dice.randrange(3)):
                await asyncio.sleep(0)
        async with asyncio.timeout(5):
            for _ in range(sum(bursts)):
                await served.acquire()
        await lanes.close()
