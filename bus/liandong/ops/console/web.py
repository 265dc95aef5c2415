"""The console's routes. All of them read; none of them changes anything."""

import asyncio
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles

from liandong.bus import Bus
from liandong.contracts import (
    ContractError,
    Filter,
    LiandongError,
    Reason,
    TransportError,
    to_token,
)
from liandong.contracts.base import contract
from liandong.ops.console import live
from liandong.ops.console.guard import LOOPBACK, Guard
from liandong.ops.console.lookout import Lookout
from liandong.ops.console.metrics import MEDIA_TYPE, metrics
from liandong.ops.console.names import names
from liandong.ops.console.rows import row
from liandong.ops.status import status_of

PAGE = Path(str(files("liandong.ops.console") / "page"))

_PATIENCE_S = 10
_LONGEST_TIMELINE = 2_000


def application(lookout: Lookout, host: str) -> Starlette:
    """Return the console of a bus.

    Args:
        lookout: What watches the bus.
        host: The address it is served at; asked for by another name it refuses.
    """
    app = Starlette(
        routes=[
            Route("/livez", livez),
            Route("/readyz", readyz),
            Route("/metrics", scrape),
            Route("/api/status", status),
            Route("/api/names", called),
            Route("/api/events", live.stream),
            Route("/api/events/{stream}/{sequence:int}", event),
            Route("/api/incidents/{incident}", timeline),
            WebSocketRoute("/api/watch", live.watch),
            Mount("/", StaticFiles(directory=PAGE, html=True)),
        ],
        middleware=[Middleware(Guard, hosts=(*LOOPBACK, host))],
        exception_handlers={
            ContractError: no_such_thing,
            LiandongError: unavailable,
            TimeoutError: unavailable,
        },
    )
    app.state.lookout = lookout
    return app


async def livez(_: Request) -> Response:
    """Say that the process answers."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Say whether the page would show the truth: connected, and the past is read."""
    lookout: Lookout = request.app.state.lookout
    if not lookout.bus.connected:
        return PlainTextResponse(f"not connected: {lookout.bus.problem}\n", status_code=503)
    if lookout.reading:
        return PlainTextResponse("still reading the log\n", status_code=503)
    return PlainTextResponse("ok\n")


async def scrape(request: Request) -> Response:
    """Return the metrics."""
    return Response(metrics(request.app.state.lookout), media_type=MEDIA_TYPE)


async def status(request: Request) -> Response:
    """Return what ``liandong status --json`` prints."""
    async with asyncio.timeout(_PATIENCE_S):
        return JSONResponse(await status_of(_bus(request)))


async def called(_: Request) -> Response:
    """Return what contracts and codes are called, by language."""
    return JSONResponse(names())


async def timeline(request: Request) -> Response:
    """Return the rows of one incident, by when they happened; of a very long one the last."""
    bus = _bus(request)
    which = Filter(key=to_token(request.path_params["incident"]))
    async with asyncio.timeout(_PATIENCE_S):
        rows = [json.loads(row(entry).json) async for entry in bus.history(which)]
    rows.sort(key=lambda said: said["time"])
    kept = rows[-_LONGEST_TIMELINE:]
    return JSONResponse({"rows": kept, "left_out": len(rows) - len(kept)})


async def event(request: Request) -> Response:
    """Return one event as it was published, found by its place, ``?type=`` and ``?key=``."""
    bus = _bus(request)
    place = request.path_params["stream"], request.path_params["sequence"]
    asked = request.query_params
    which = Filter(contracts=(contract(asked.get("type", "")),), key=asked.get("key") or None)
    async with asyncio.timeout(_PATIENCE_S):
        async for entry in bus.history(which):
            if (entry.raw.stream, entry.raw.sequence) == place:
                return Response(entry.raw.body, media_type="application/json")
    return JSONResponse({"problem": "the log holds it no more"}, status_code=404)


def _bus(request: Request) -> Bus:
    """Return the bus; while it is not connected, nobody need wait to hear so."""
    bus: Bus = request.app.state.lookout.bus
    if not bus.connected:
        raise TransportError(f"not connected: {bus.problem}", reason=Reason.NO_CONNECTION)
    return bus


async def no_such_thing(_: Request, error: Exception) -> Response:
    """Say what is wrong with what was asked."""
    return JSONResponse({"problem": str(error)}, status_code=400)


async def unavailable(_: Request, error: Exception) -> Response:
    """Say why there is no answer."""
    problem: dict[str, Any] = {"problem": str(error) or "the bus did not answer in time"}
    return JSONResponse(problem, status_code=503)
