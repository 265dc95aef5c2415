"""Running servers for others: streams in place, and kept well without a person."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from liandong.bus.bus import connect
from liandong.bus.cluster import REPLICAS, Cluster
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


@asynccontextmanager
async def serving_cluster(
    folder: Path, *, agency: str, host: str = LOOPBACK, port: int = 0
) -> AsyncGenerator[Cluster]:
    """Run three joined servers while the block runs, as `serving` runs one.

    Args:
        folder: Holds a folder for each of them.
        agency: Who tells the bus what is wrong with them: ``region/kind/name``.
        host: The address to listen on.
        port: The first of three ports in a row; 0 takes free ones.

    Raises:
        ConfigurationError: One cannot be started, or they do not agree; says why.
    """
    ports = tuple(range(port, port + REPLICAS)) if port else ()
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(Cluster(folder, host=host, ports=ports))
        bus = await stack.enter_async_context(
            await connect(servers=cluster.urls, agency=agency, name="server", replicas=REPLICAS)
        )
        for node in cluster.nodes:
            await stack.enter_async_context(kept_well(node, bus.alarms))
        await bus.apply()
        yield cluster
