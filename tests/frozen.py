"""A broker that stands still, how much memory we hold, and waiting for what must come true."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from liandong.bus import Server


@asynccontextmanager
async def frozen(server: Server) -> AsyncIterator[None]:
    """Stop a broker's process while the block runs: its sockets stay open and say nothing."""
    assert server.pid
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


def resident_bytes() -> int:
    """Return how much memory this process holds."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


async def until(condition: Callable[[], bool], within_s: float = 20.0) -> None:
    """Return once a condition holds.

    Raises:
        TimeoutError: It did not within so many seconds.
    """
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  the condition is about another process
            await asyncio.sleep(0.01)
