"""Waiting for what a tab is sent."""

import json
from typing import Any

from websockets.asyncio.client import ClientConnection


async def rows_until(tab: ClientConnection, count: int) -> list[dict[str, Any]]:
    """Return the rows of the frames up to the one that completes so many."""
    rows: list[dict[str, Any]] = []
    while len(rows) < count:
        rows += json.loads(await tab.recv()).get("rows", ())
    return rows


async def part(tab: ClientConnection, name: str) -> Any:
    """Return a part of the next frame that has it."""
    while True:
        frame = json.loads(await tab.recv())
        if name in frame:
            return frame[name]


async def has_read(tab: ClientConnection) -> None:
    """Return once the console has read the log's past."""
    while (await part(tab, "status"))["reading"]:
        pass
