"""Three servers that keep every stream three times, on one machine: for trials and tests.

What one node confirms, two hold, so any one may die, freeze or be cut off and nothing is lost or
stands still for longer than an election. On one machine that shows how the bus behaves; it saves
nothing from the loss of the machine. For real sites, each on a machine of its own: ``deploy/``.
"""

import asyncio
import socket
from pathlib import Path
from types import TracebackType
from typing import Self

from liandong.bus.health import health
from liandong.bus.server import LOOPBACK, Server
from liandong.contracts import ConfigurationError

REPLICAS = 3
_READY_SECONDS = 30.0
_LOOK_S = 0.1
_ROUTES = """\
cluster {{
  name: liandong
  listen: "{host}:{port}"
  routes: [{routes}]
}}
"""


class Cluster:
    """Three nats-servers of ours, joined.

    Attributes:
        nodes: The servers; each can be killed and started by itself.
    """

    def __init__(self, folder: Path, *, host: str = LOOPBACK, ports: tuple[int, ...] = ()) -> None:
        """Describe it; nothing runs before `start`.

        Args:
            folder: Holds a folder for each node.
            host: The address to listen on, for clients and for one another.
            ports: The ports for clients, one for each node; none takes free ones.
        """
        routes = _free_ports(host, REPLICAS)
        urls = ", ".join(f'"nats://{host}:{port}"' for port in routes)
        self.nodes = tuple(
            Server(
                folder / f"n{number}",
                host=host,
                port=port,
                name=f"n{number}",
                extra=_ROUTES.format(host=host, port=route, routes=urls),
            )
            for number, (port, route) in enumerate(
                zip(ports or (0,) * REPLICAS, routes, strict=True), 1
            )
        )

    @property
    def urls(self) -> tuple[str, ...]:
        """Where clients connect: any one of them will do, and they find the others."""
        return tuple(node.url for node in self.nodes)

    async def start(self) -> None:
        """Start the nodes; returns once they have a leader and take streams.

        Raises:
            ConfigurationError: One does not start, or they do not agree in 30 s.
        """
        try:
            # Together: each looks for the others at once.
            await asyncio.gather(*(node.start() for node in self.nodes))
            await self.settled()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Stop the nodes."""
        await asyncio.gather(*(node.stop() for node in self.nodes))

    async def settled(self, within: float = _READY_SECONDS) -> None:
        """Wait until every node runs, knows the leader, and has caught up with it.

        Args:
            within: Seconds to wait.

        Raises:
            ConfigurationError: It takes longer; says what a node says.
        """
        problem = ""
        try:
            async with asyncio.timeout(within):
                while problem := await self._problem():  # noqa: ASYNC110  it is asked over HTTP
                    await asyncio.sleep(_LOOK_S)
        except TimeoutError:
            raise ConfigurationError(
                f"the cluster is not ready within {within:g} s: {problem}"
            ) from None

    async def _problem(self) -> str:
        for node in self.nodes:
            if not node.running:
                return f"{node.folder.name} does not run"
            if problem := (await health(node.monitor)).problem:
                return f"{node.folder.name}: {problem}"
        return ""

    async def __aenter__(self) -> Self:
        """Start it."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it."""
        await self.stop()


def _free_ports(host: str, count: int) -> list[int]:
    """Return ports that nobody listens on now: the nodes must know one another's beforehand."""
    sockets = [socket.create_server((host, 0)) for _ in range(count)]
    try:
        return [taken.getsockname()[1] for taken in sockets]
    finally:
        for taken in sockets:
            taken.close()
