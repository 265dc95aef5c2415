"""Running a server for others: streams in place, and kept well without a person."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from liandong.bus.bus import connect
from liandong.bus.health import kept_well
from liandong.bus.server import LOOPBACK, Server


@asynccontextmanager
async def serving(
    folder: Path, *, agency: str, host: str = LOOPBACK, port: int = 0
) -> AsyncGenerator[Server]:
    """Run a server while the block runs. It is started again where it dies or is stuck.

    Args:
        folder: Its data and its lock.
        agency: Who tells the bus what is wrong with it: ``region/kind/name``.
        host: The address to listen on.
        port: The port; 0 takes a free one.

    Raises:
        ConfigurationError: It cannot be started; says why.
    """
    async with (
        Server(folder, host=host, port=port) as server,
        await connect(servers=(server.url,), agency=agency, name="server") as bus,
        kept_well(server, bus.alarms),
    ):
        await bus.apply()
        yield server
