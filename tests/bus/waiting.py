"""Waiting for what must become true, and no longer."""

import asyncio
from collections.abc import Callable


async def until(condition: Callable[[], bool], within: float = 20.0) -> float:
    """Return how many seconds it took for a condition to hold.

    Raises:
        TimeoutError: It does not hold within so many seconds.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with asyncio.timeout(within):
        while not condition():  # noqa: ASYNC110  the condition is about another process
            await asyncio.sleep(0.01)
    return loop.time() - begun
