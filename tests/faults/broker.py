"""A broker that is killed on purpose and comes back where it was."""

import os
import signal
from pathlib import Path
from types import TracebackType
from typing import Self

from liandong.bus import Server


class Broker:
    """One nats-server that keeps its port and its data, however often it dies."""

    def __init__(self, folder: Path, *, sync: str = "always", extra: str = "") -> None:
        """Describe it.

        Args:
            folder: Its data.
            sync: See `Server`.
            extra: More lines of its configuration.
        """
        self._folder, self._sync, self._extra = folder, sync, extra
        self._port = 0
        self.server = self._describe()

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
        """Kill it: what it holds is not needed any more."""
        await self.kill()

    @property
    def url(self) -> str:
        """Where it listens, also while it is dead."""
        return f"nats://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Start it on the port that it had before."""
        self.server = self._describe()
        await self.server.start()
        self._port = self.server.port

    async def kill(self) -> None:
        """SIGKILL it."""
        await self.server.kill()

    def _describe(self) -> Server:
        return Server(self._folder, port=self._port, sync=self._sync, extra=self._extra)


def send_signal(server: Server, number: signal.Signals) -> None:
    """Send a server's process a signal.

    Raises:
        ProcessLookupError: It does not run.
    """
    if server.pid is None:
        raise ProcessLookupError(f"no server runs in {server.folder}")
    os.kill(server.pid, number)
