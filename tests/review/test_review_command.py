"""Reviews gathered from a real log, and told at the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Envelope,
    Mode,
    OrderState,
    ReviewPublished,
)
from liandong.ops.cli import app
from liandong.ops.errors import CommandError, Exit
from liandong.ops.review.command import Shown, publish, review_incident
from liandong.ops.review.gather import gathered
from review.happening import (
    INCIDENT,
    POLICE,
    Heard,
    answered,
    garbled,
    measured,
    ordered,
    position,
    refused,
    reported,
)


def event(heard: Heard) -> Envelope:
    """Return the event of a message."""
    assert heard.event
    return heard.event


async def tell(bus: Bus, *log: Heard) -> None:
    """Store events in the bus's mode, in order."""
    for one in log:
        await bus.send(event(one).model_copy(update={"mode": bus.mode}))


LOG = (
    reported(),
    ordered("o-1", 1, unit_id="e-1", accept_by=30),
    answered("o-1", OrderState.RECEIVED, 2),
    position("e-1", 3),
    measured(4.8, 4),
    answered("o-1", OrderState.ACCEPTED, 45),
    refused(50),
)


async def test_everything_about_an_incident_is_found_on_all_lanes(bus: Bus) -> None:
    """By key, by its unit, by its incident, by what was refused; nothing of another."""
    other = event(reported()).data.model_copy(update={"incident_id": "lz-2"})
    await tell(bus, *LOG)
    await bus.publish(other, area="cn.99")
    await tell(bus, position("e-9", 5), position("e-1", 6, source=POLICE))
    found = await gathered(bus, INCIDENT)
    assert found
    assert sorted(line.type for line in found.timeline) == sorted(event(h).type for h in LOG)
    assert [errand.missed[0].answered for errand in found.errands] == [event(LOG[5]).time]
    assert [one.type for one in found.rejected] == [event(LOG[6]).data.model_dump()["type"]]


async def test_what_nobody_can_read_is_in_the_review(bus: Bus) -> None:
    """With its sender, as the subject says."""
    await tell(bus, LOG[0])
    session = await bus.connection.session()
    await session.request(garbled(0).subject, b"no JSON")
    found = await gathered(bus, INCIDENT)
    assert found
    (line,) = [line for line in found.timeline if not line.type]
    assert (line.source, line.fault, found.figures.events) == (str(POLICE), 101, 2)


async def test_a_drill_is_reviewed_apart(bus: Bus, nats_server: Server) -> None:
    """In its own mode; the live log knows nothing of it."""
    async with await connect(
        servers=(nats_server.url,), agency=bus.agency, mode="exercise"
    ) as drill:
        await tell(drill, *LOG[:3])
        found = await gathered(drill, INCIDENT)
        assert found
        assert (found.mode, found.figures.events) == (Mode.EXERCISE, 3)
    assert await gathered(bus, INCIDENT) is None


async def test_a_review_is_published_once_with_what_it_found(bus: Bus, recorder: Recorder) -> None:
    """The same page again is the same event."""
    await tell(bus, *LOG)
    found = await gathered(bus, INCIDENT)
    assert found
    first = await publish(bus, found, b"<html>", "https://reviews.example/lz-1.html")
    again = await publish(bus, found, b"<html>", "https://reviews.example/lz-1.html")
    (told,) = await recorder.wait_for(1, ReviewPublished)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert (told.data.event_count, told.data.findings.order_overdue_count) == (7, 1)
    assert told.data.incident_id == INCIDENT


@pytest.fixture
def settings(nats_server: Server) -> dict[str, object]:
    """Return what points a command at this test's server."""
    return {"servers": (nats_server.url,)}


async def test_the_command_writes_a_page_and_prints_json(
    bus: Bus,
    settings: dict[str, object],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What is data goes to standard output, what is said of it beside it."""
    await tell(bus, *LOG)
    page = tmp_path / "review.html"
    await review_incident(INCIDENT, settings, Shown(lang="both", html=page, as_json=True))
    printed = capsys.readouterr()
    assert json.loads(printed.out)["figures"]["events"] == len(LOG)
    assert str(page) in printed.err
    assert "警情复盘" in page.read_text("utf-8")


async def test_the_command_prints_text_where_nothing_else_is_asked_for(
    bus: Bus, settings: dict[str, object], capsys: pytest.CaptureFixture[str]
) -> None:
    """In the language that is asked for."""
    await tell(bus, *LOG)
    await review_incident(INCIDENT, settings, Shown(lang="zh"))
    assert "往来时序" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("incident", "shown", "code", "says"),
    [
        ("lz-9", Shown(), Exit.NOT_FOUND, "holds nothing"),
        (INCIDENT, Shown(lang="de"), Exit.USAGE, "en, zh or both"),
        (INCIDENT, Shown(uri="https://reviews.example/1"), Exit.USAGE, "--html"),
    ],
)
async def test_the_command_says_what_it_cannot_do(
    bus: Bus, settings: dict[str, object], incident: str, shown: Shown, code: Exit, says: str
) -> None:
    """And what to do instead."""
    del bus  # its streams are in place
    with pytest.raises(CommandError, match=says) as refusal:
        await review_incident(incident, settings, shown)
    assert refusal.value.code is code


def test_the_command_line_knows_the_command() -> None:
    """With its options."""
    shown = CliRunner().invoke(app, ["review", "--help"])
    assert shown.exit_code == 0
    assert "--publish" in shown.output
