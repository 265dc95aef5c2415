"""The broker's streams at the command line."""

import json
from typing import Any

import typer

from liandong.bus import connect
from liandong.bus.topology import Change
from liandong.ops.errors import Exit


async def plan_streams(settings: dict[str, Any], *, as_json: bool) -> int:
    """Print what differs; return how the command ends."""
    async with await connect(**settings) as bus:
        changes = await bus.plan()
    _print(changes, "nothing differs", as_json=as_json)
    return Exit.FAILED if changes else Exit.OK


async def apply_streams(settings: dict[str, Any], *, as_json: bool) -> int:
    """Make it so and print what was changed."""
    async with await connect(**settings) as bus:
        changes = await bus.apply()
    _print(changes, "nothing had to change", as_json=as_json)
    return Exit.OK


def _print(changes: list[Change], nothing: str, *, as_json: bool) -> None:
    if as_json:
        rows = [
            {"stream": c.stream, "setting": c.setting, "found": c.found, "wanted": c.wanted}
            for c in changes
        ]
        typer.echo(json.dumps(rows))
        return
    for change in changes:
        typer.echo(str(change))
    if not changes:
        typer.echo(nothing)
