"""The embedded server of ``LIANDONG_HOME``: attach to the one that runs, or run it."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from liandong.bus.alarms import Alarms
from liandong.bus.health import kept_well
from liandong.bus.server import Server, is_owned, running_server
from liandong.contracts import ConfigurationError

_PATIENCE = 100
_PAUSE_S = 0.1


class Embedded:
    """Finds the server of a folder, wherever it listens now, and starts it where none runs.

    The process that started it owns it and keeps it well; when that process ends, another that uses
    it starts it again on the same data.
    """

    def __init__(self, folder: Path, alarms: Alarms, *, port: int = 0) -> None:
        """Describe it; nothing runs before `locate`.

        Args:
            folder: Its data.
            alarms: Told what is wrong with it while it is ours.
            port: The port to listen on; 0 takes a free one.
        """
        self._folder, self._alarms, self._port = folder, alarms, port
        self._server: Server | None = None
        self._watch = AsyncExitStack()

    async def locate(self) -> list[str]:
        """Return where it listens, starting it if need be.

        Raises:
            ConfigurationError: It cannot be started; says why.
        """
        for _ in range(_PATIENCE):
            if self._server:
                return [self._server.url]  # where it was it comes back, if it is down now
            if running := running_server(self._folder):
                return [running]
            server = Server(self._folder, port=self._port)
            try:
                await server.start()
            except ConfigurationError:
                if not is_owned(self._folder):
                    raise
                await asyncio.sleep(_PAUSE_S)  # another process has just begun to start it
                continue
            self._server = server
            await self._watch.enter_async_context(kept_well(server, self._alarms))
            return [server.url]
        raise ConfigurationError(f"the server that owns {self._folder} does not become ready")

    async def stop(self) -> None:
        """Stop it if it is ours."""
        await self._watch.aclose()
        if self._server:
            await self._server.stop()
            self._server = None
