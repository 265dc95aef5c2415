"""Keeping a server of ours well, without a person.

A server whose disk is full, or fails, confirms nothing from then on, not even once there is room
again: only starting it again helps. One that dies is started again too. What is wrong is an alarm.
"""

import asyncio
import json
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from liandong.bus.alarms import Alarms
from liandong.bus.server import LOOPBACK, Server
from liandong.contracts import LiandongError
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

_EVERY_S = 1.0
_ANSWER_S = 2.0
_PATIENCE = 3  # bad looks before it is an alarm
_STUCK = 6  # looks without an answer, 18 s: a machine that is only busy has answered by then
_WRITE_ERROR = "write error"  # so the server says that a stream takes nothing any more
_ROOM_BYTES, _ROOM_SHARE = 64 * 1024 * 1024, 0.1
_PAUSES_S = (0.0, 1.0, 2.0, 5.0, 10.0)  # orders wait for as long
_STEADY_S = 60.0


@dataclass(frozen=True, slots=True)
class Health:
    """How a server is.

    Attributes:
        problem: What is wrong in its own words; empty while it is well.
        answered: Whether it answered at all.
    """

    problem: str = ""
    answered: bool = True


async def health(port: int) -> Health:
    """Ask a server on this machine how it is.

    Args:
        port: Its monitoring port (`Server.monitor`).
    """
    try:
        async with asyncio.timeout(_ANSWER_S):
            reader, writer = await asyncio.open_connection(LOOPBACK, port)
            try:
                writer.write(b"GET /healthz HTTP/1.0\r\n\r\n")
                head, _, body = (await reader.read()).partition(b"\r\n\r\n")
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return Health("it does not answer", answered=False)
    if b" 200 " in head.partition(b"\r\n")[0]:
        return Health()
    with suppress(ValueError, KeyError, TypeError):
        return Health(str(json.loads(body)["error"]))
    return Health("it says that it is not well")


def has_room(folder: Path) -> bool:
    """Say whether a folder's disk has room: 64 MiB free, or a tenth of a smaller disk."""
    disk = os.statvfs(folder)
    floor = min(_ROOM_BYTES, disk.f_blocks * disk.f_frsize * _ROOM_SHARE)
    return disk.f_bavail * disk.f_frsize >= floor


class Watch:
    """Looks at a server every second, and starts it again where nothing else helps.

    Never in a loop: each time it waits longer, up to ten seconds, until it was up for a minute.
    """

    def __init__(self, server: Server, alarms: Alarms) -> None:
        """Prepare.

        Args:
            server: A server that runs.
            alarms: Told what is wrong.
        """
        self._server, self._alarms = server, alarms
        self._about = server.url
        self._clock = asyncio.get_running_loop().time
        self._bad_looks = 0
        self._restarts = 0
        self._restarted = self._clock()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                await self._look()
            except Exception as error:  # nobody else would start the server again
                if not isinstance(error, LiandongError | OSError):
                    log.exception("server_watch_failed")
                self._alarms.set(AlarmName.BROKER_UNHEALTHY, str(error), self._about)
            await self._wait()

    async def _wait(self) -> None:
        if not self._server.running:
            await asyncio.sleep(_EVERY_S)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(_EVERY_S):
                await self._server.ended()

    async def _look(self) -> None:
        room = has_room(self._server.folder)
        if room:
            self._alarms.clear(AlarmName.DISK_FULL, self._about)
        else:
            problem = f"no room on the disk of {self._server.folder}"
            self._alarms.set(AlarmName.DISK_FULL, problem, self._about)
        if not self._server.started:
            return  # somebody wants it to be down
        if not self._server.running:
            self._alarms.set(AlarmName.BROKER_DIED, "the server ended by itself", self._about)
            await self._start_again()
            return
        found = await health(self._server.monitor)
        self._note(found)
        if self._bad_looks >= _PATIENCE and room and self._is_hopeless(found):
            await self._start_again()

    def _note(self, found: Health) -> None:
        if found.problem:
            self._bad_looks += 1
            if self._bad_looks >= _PATIENCE:
                self._alarms.set(AlarmName.BROKER_UNHEALTHY, found.problem, self._about)
            return
        self._bad_looks = 0
        self._alarms.clear(AlarmName.BROKER_DIED, self._about)
        self._alarms.clear(AlarmName.BROKER_UNHEALTHY, self._about)
        if self._clock() - self._restarted > _STEADY_S:
            self._restarts = 0

    def _is_hopeless(self, found: Health) -> bool:
        stuck = not found.answered and self._bad_looks >= _STUCK
        return stuck or _WRITE_ERROR in found.problem

    async def _start_again(self) -> None:
        pause = _PAUSES_S[min(self._restarts, len(_PAUSES_S) - 1)]
        if self._clock() - self._restarted < pause:
            return
        self._restarts, self._restarted = self._restarts + 1, self._clock()
        self._bad_looks = 0
        log.warning("starting_server_again", server=self._about)
        await self._server.restart()


@asynccontextmanager
async def kept_well(server: Server, alarms: Alarms) -> AsyncGenerator[None]:
    """Keep a running server well while the block runs; stop the server after that, not before."""
    watch = asyncio.create_task(Watch(server, alarms).run(), name="server watch")
    try:
        yield
    finally:
        watch.cancel()
        await asyncio.gather(watch, return_exceptions=True)
