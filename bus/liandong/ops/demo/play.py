"""``liandong demo``: play the scenario, tell what happens, count what came of it."""

import asyncio
import json
import signal
from dataclasses import asdict
from pathlib import Path

import typer

from liandong.bus import Bus
from liandong.ops.demo import playbill
from liandong.ops.demo.clock import now
from liandong.ops.demo.director import direct
from liandong.ops.demo.failure import DemoError, first
from liandong.ops.demo.narrate import Narrator
from liandong.ops.demo.place import Place, own_place
from liandong.ops.demo.scenario import ZONE, load
from liandong.ops.demo.stage import set_up
from liandong.ops.demo.summary import summarize
from liandong.ops.errors import Exit
from liandong.ops.render import wants_colour
from liandong.ops.review.gather import gathered
from liandong.ops.review.page import render_html


async def play(*, once: bool, json_only: bool, port: int) -> int:
    """Play the scenario; return how the command ends.

    Args:
        once: End with the scenario; else the agencies stay until Ctrl-C.
        json_only: Print nothing but the counts, as one JSON object.
        port: The port of the region's server; a free one where it is taken.

    Raises:
        DemoError: A step did not come, or an actor failed; names it.
        CommandError: The place for its state is in use.
    """
    _cancel_when_told()
    narrator = Narrator((lambda _: None) if json_only else typer.echo, colour=wants_colour())
    try:
        with own_place() as place:
            await _perform(place, narrator, once=once, as_json=json_only, port=port)
    except asyncio.CancelledError:
        narrator.say(*playbill.goodbye())
        return Exit.INTERRUPTED
    except ExceptionGroup as group:
        raise first(group) from group
    return Exit.OK


def _cancel_when_told() -> None:
    """Have Ctrl-C and SIGTERM end it, once: a second one does not disturb the tidying up."""
    task = asyncio.current_task()

    def cancel() -> None:
        if task and not task.cancelling():
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, cancel)


async def _perform(
    place: Place, narrator: Narrator, *, once: bool, as_json: bool, port: int
) -> None:
    started = now()
    run = started.astimezone(ZONE).strftime("%y%m%d%H%M%S")
    scenario, incident = load(run), f"110-{run}"
    async with set_up(place.folder, scenario, narrator, port) as stage:
        url, inbox = await stage.bus.url(), stage.folder / "cad" / "inbox"
        narrator.say(*playbill.opening(url, inbox, stage.addresses, incident))
        await direct(scenario, stage.cast, stage.watches, narrator.heading)
        summary = await summarize(stage.bus, started, now() - started)
        narrator.say(*playbill.result(summary))
        page = await _reviewed(stage.bus, incident, place.folder)
        if place.kept or not once:
            narrator.say(*playbill.reviewed(page))
        if place.kept:
            narrator.say(*playbill.kept(place.folder, incident))
        if as_json:
            typer.echo(json.dumps(asdict(summary), ensure_ascii=False))
        if not once:
            narrator.say(*playbill.farewell(inbox, incident))
            await asyncio.Event().wait()


async def _reviewed(bus: Bus, incident: str, folder: Path) -> Path:
    """Write the page that tells how it went, in both languages; return where it lies."""
    review = await gathered(bus, incident)
    if review is None:
        raise DemoError(f"the log holds nothing about {incident}")
    page = folder / "review.html"
    page.write_text(render_html(review, "both", ZONE), "utf-8")
    return page
