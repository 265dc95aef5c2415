"""A read-only console: one page, served to browsers on this machine.

async with serve(bus) as address:
    print(f"http://{address}/")
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liandong.adapters.sdk import http
from liandong.bus import Bus
from liandong.ops.console.lookout import watching
from liandong.ops.console.web import application

__all__ = ["serve"]


@asynccontextmanager
async def serve(bus: Bus, *, host: str = "127.0.0.1", port: int = 0) -> AsyncGenerator[str]:
    """Serve the console of a bus until the block is left; give the bound ``host:port``.

    It reads what the bus's agency may read, in the bus's mode, and asks nobody who they are: keep
    it on this machine, or behind what asks.

    Args:
        bus: The bus to show.
        host: An address of this machine. A request that names another one is refused.
        port: A TCP port; 0 takes a free one.

    Raises:
        ConfigurationError: The address cannot be bound.
    """
    async with (
        watching(bus) as lookout,
        http.serve(application(lookout, host), host, port, websockets=True) as address,
    ):
        try:
            yield address
        finally:
            lookout.closing.set()  # or open tabs would hold the server for seconds
