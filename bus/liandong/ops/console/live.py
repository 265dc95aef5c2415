"""Rows as they come: one WebSocket for each tab, and the same as server-sent events for curl.

A tab begins by saying what it wants: ``{"filter": "area:cn.99 smoke", "watch": "lz-7"}``. It may
say so again at any time. It is sent at most ten frames a second; `Viewer.frame` describes them.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import suppress
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from liandong.contracts import to_token
from liandong.ops.console.lookout import Lookout
from liandong.ops.console.query import MAX_LENGTH, Query
from liandong.ops.console.rows import Row

_TICK_S = 0.1
_STILL_HERE = 10  # ticks of silence, and curl is told that the line is whole
_ROWS_PER_FRAME = 200
_ROWS_AT_FIRST = 1_000
_GOING_AWAY = 1001  # RFC 6455 §7.4.1


class Viewer:
    """What one tab has seen, and what it wants."""

    def __init__(self, lookout: Lookout) -> None:
        """Begin with everything that is still there."""
        self._lookout = lookout
        self._position, self._picture, self._board = 0, 0, -1
        self._query, self._fresh = Query(), True
        self._watch, self._watch_fresh = "", False

    def want(self, said: str) -> None:
        """Take what a tab says it wants; what has changed begins with what is still there of it.

        Anything that is not understood changes nothing.
        """
        try:
            wanted = json.loads(said)
        except ValueError:
            return
        if not isinstance(wanted, dict):
            return
        wanted = cast("dict[str, Any]", wanted)
        query = Query.parse(str(wanted.get("filter", "")))
        if query != self._query:
            self._query, self._position, self._fresh = query, 0, True
        watch = str(wanted.get("watch", ""))[:MAX_LENGTH]
        self._watch = to_token(watch) if watch else ""
        self._watch_fresh = bool(watch)

    def frame(self) -> str:
        """Return what has happened since the last frame as JSON; empty where nothing has.

        Its parts, each present only where it says something: ``rows`` that fit the filter, oldest
        first, and ``watched`` rows of the incident that is open; ``dropped``, how many rows that
        may have fitted were left out; ``reset``, to forget all rows before these; ``status``;
        ``board``. Something is said at least once a second, so silence means a broken line.
        """
        rows, missed = self._lookout.ring.since(self._position)
        self._position = self._lookout.ring.total
        fitting = [row for row in rows if self._query.matches(row)]
        shown = fitting[-(_ROWS_AT_FIRST if self._fresh else _ROWS_PER_FRAME) :]
        parts = [_array("rows", shown)] if shown else []
        if watched := self._watched(rows):
            parts.append(_array("watched", watched))
        parts += self._state()
        if not self._fresh and (dropped := missed + len(fitting) - len(shown)):
            parts.append(f'"dropped":{dropped}')
        if self._fresh:
            parts.append('"reset":true')
        self._fresh = False
        return "{" + ",".join(parts) + "}" if parts else ""

    def _watched(self, rows: list[Row]) -> list[Row]:
        if self._watch_fresh:  # the tab fetches the past, which may end before these rows
            rows, _ = self._lookout.ring.since(0)
            self._watch_fresh = False
        return [row for row in rows if self._watch and row.key == self._watch]

    def _state(self) -> Iterator[str]:
        picture = self._lookout.picture
        if picture.number != self._picture:
            self._picture = picture.number
            yield f'"status":{picture.status}'
        if picture.changes != self._board:
            self._board = picture.changes
            yield f'"board":{picture.board}'


def _array(name: str, rows: list[Row]) -> str:
    return f'"{name}":[{",".join(row.json for row in rows)}]'


async def watch(socket: WebSocket) -> None:
    """Serve one tab until it goes, or the watch ends."""
    lookout: Lookout = socket.app.state.lookout
    await socket.accept()
    viewer = Viewer(lookout)
    with suppress(WebSocketDisconnect):
        viewer.want(await socket.receive_text())
        await _show(socket, viewer, lookout)
        await socket.close(_GOING_AWAY)


async def _show(socket: WebSocket, viewer: Viewer, lookout: Lookout) -> None:
    hearing = asyncio.create_task(_hear(socket, viewer.want))
    try:
        while not (hearing.done() or lookout.closing.is_set()):
            if frame := viewer.frame():
                await socket.send_text(frame)
            await _tick(lookout)
    finally:
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)


async def _hear(socket: WebSocket, want: Callable[[str], None]) -> None:
    async for said in socket.iter_text():
        want(said)


async def _tick(lookout: Lookout) -> None:
    """Wait for the next frame's moment, or for the end."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_TICK_S):
            await lookout.closing.wait()


async def stream(request: Request) -> StreamingResponse:
    """Send rows that fit ``?filter=`` as server-sent events, from now on."""
    lookout: Lookout = request.app.state.lookout
    query = Query.parse(request.query_params.get("filter", ""))
    return StreamingResponse(_events(lookout, query), media_type="text/event-stream")


async def _events(lookout: Lookout, query: Query) -> AsyncGenerator[str]:
    position, quiet = lookout.ring.total, 0
    yield ": listening\n\n"
    while not lookout.closing.is_set():
        rows, missed = lookout.ring.since(position)
        position = lookout.ring.total
        said = [f"data: {row.json}\n\n" for row in rows if query.matches(row)]
        if missed:
            said.insert(0, f"event: dropped\ndata: {missed}\n\n")
        quiet = 0 if said else quiet + 1
        if quiet and not quiet % _STILL_HERE:
            said.append(": still here\n\n")
        if said:
            yield "".join(said)
        await _tick(lookout)
