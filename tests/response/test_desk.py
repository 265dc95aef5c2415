"""A desk on a real server: killed at any step and with a twin beside it, it says each thing once.

The concern is made up for this test: an incident of which three updates were told is owed a risk
clue, once.
"""

import asyncio
import math
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from liandong.bus import Bus, Server, connect
from liandong.bus.session import Session
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Envelope,
    IncidentReported,
    IncidentUpdated,
    Location,
    Reason,
    ReportDue,
    ReportStage,
    TransportError,
)
from liandong.contracts.command import CommandTier
from liandong.response import Changes, Concern, Desk, Pace, Said, Say, Shelf

AREA = "cn.99.01"
SECRET = b"a secret of this test"
OWED_AFTER = 3
FOLDED = 40
LIVES = 24


@dataclass(frozen=True, slots=True)
class Count:
    """How many updates an incident had, and whether its report was asked for."""

    reported: Said
    updates: tuple[str, ...] = ()
    asked: bool = False


def decide(count: Count | None, event: Envelope | None, now: datetime) -> Changes[Count]:
    """Count updates; owe a report once there are enough; forget it after a day."""
    if event:
        count = _fold(count, event)
    if count is None:
        return Changes(None)
    forgotten = count.reported.time + timedelta(days=1)
    if now > forgotten:
        return Changes(None)
    owed = len(count.updates) >= OWED_AFTER and not count.asked
    return Changes(count, (_say(count),) if owed else (), forgotten)


def _fold(count: Count | None, event: Envelope) -> Count | None:
    match event.data:
        case IncidentReported():
            return count or Count(event)
        case IncidentUpdated(summary=summary) if count:
            return replace(count, updates=(*count.updates, str(summary)))
        case ReportDue() if count:
            return replace(count, asked=True)
        case _:
            return count


def _say(count: Count) -> Say:
    at = count.reported.time
    due = ReportDue(
        report_id=f"{count.reported.key}-r",
        incident_id=count.reported.key,
        stage=ReportStage.FIRST,
        series_number=1,
        reporter="lz/fire/119",
        to_tier=CommandTier.CITY,
        since=at,
        due=at + timedelta(hours=1),
    )
    return Say(due, "report", count.reported, at)


def concern(version: int = 1) -> Concern[Count]:
    """Return the concern, in a version of how it is folded."""

    def threads(event: Envelope) -> Iterator[str]:
        yield event.key

    contracts = (IncidentReported, IncidentUpdated, ReportDue)
    return Concern("counts", version, Count, contracts, threads, decide)


COUNTS = concern()


@asynccontextmanager
async def working(bus: Bus, secret: bytes = SECRET, **given: Any) -> AsyncGenerator[Desk[Count]]:
    """Run a desk."""
    desk = Desk(bus, given.pop("concern", COUNTS), secret, **given)
    task = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def story(number: int, updates: int) -> list[IncidentReported | IncidentUpdated]:
    """Return an incident and its updates."""
    name = f"lz-{number}"
    reported = IncidentReported(incident_id=name, location=Location(), summary="made up")
    return [
        reported,
        *(IncidentUpdated(incident_id=name, summary=f"{n}") for n in range(updates)),
    ]


async def tell(bus: Bus, stories: list[list[IncidentReported | IncidentUpdated]]) -> None:
    """Publish stories, their events mixed."""
    rounds = max(map(len, stories))
    events = [one[n] for n in range(rounds) for one in stories if n < len(one)]
    await bus.send_many([bus.envelope(event, area=AREA) for event in events])


async def kept(bus: Bus, count: int, concern: Concern[Count] = COUNTS) -> dict[str, Count]:
    """Return the kept states once so many of them were told of their report."""
    shelf = Shelf(bus, concern)
    await shelf.open()

    async def asked() -> bool:
        return sum(one.asked for one in (await shelf.states()).values()) >= count

    await until(asked)
    return await shelf.states()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds: a bucket rings no bell."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_is_owed_is_said_and_what_was_folded_is_kept(
    bus: Bus, recorder: Recorder
) -> None:
    """It answers what caused it; its time is when it became true."""
    async with working(bus):
        await tell(bus, [story(1, 3), story(2, 2)])
        (said,) = await recorder.wait_for(1, ReportDue)
        states = await kept(bus, 1)
    (reported,) = (e for e in recorder.of(IncidentReported) if e.key == said.key)
    assert (said.causation, said.correlation, said.time) == (
        reported.id,
        reported.id,
        reported.time,
    )
    assert {name: one.updates for name, one in states.items()} == {
        "lz-1": ("0", "1", "2"),
        "lz-2": ("0", "1"),
    }


async def test_two_desks_leave_the_states_of_one_and_say_each_thing_once(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Each event is folded into each state once, whoever was first."""
    stories = [story(n, n % 5) for n in range(FOLDED)]
    owed = sum(n % 5 >= OWED_AFTER for n in range(FOLDED))
    async with (
        await connect(servers=(nats_server.url,), agency=str(bus.agency)) as other,
        working(bus) as ours,
        working(other) as theirs,
    ):

        async def agree() -> bool:
            return ours.book.states == theirs.book.states == await kept(bus, owed)

        await tell(bus, stories)
        await recorder.wait_for(owed, ReportDue)
        await until(agree)
        states = await kept(bus, owed)
    ids = [one.id for one in recorder.of(ReportDue)]
    assert (len(ids), len(set(ids))) == (owed, owed)
    assert {name: len(one.updates) for name, one in states.items()} == {
        f"lz-{n}": n % 5 for n in range(FOLDED)
    }


async def test_the_recorder_would_notice_what_is_said_twice(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Two desks whose ids differ, reading the same log to its end at once, both say it."""
    await tell(bus, [story(1, 3)])
    async with await connect(servers=(nats_server.url,), agency=str(bus.agency)) as other:
        desks = [Desk(bus, COUNTS, b"one secret"), Desk(other, COUNTS, b"another")]
        for desk in desks:
            async with aclosing(desk.book.changes()) as changes:
                while not desk.book.caught_up:
                    await anext(changes)
        for desk in desks:
            await desk._look_at({"lz-1"})  # noqa: SLF001  both before either hears the other
    assert len({one.id for one in await recorder.wait_for(2, ReportDue)}) == 2


async def test_killed_after_any_message_to_the_broker_it_loses_nothing_and_says_nothing_twice(
    bus: Bus, nats_server: Server, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One life after the other ends one message later; the last goes on where they came to."""
    left, dead, write = math.inf, asyncio.Event(), Session.write

    def mortal(session: Session, *given: Any, **named: Any) -> None:
        nonlocal left
        if session._settings.name == "mortal":  # noqa: SLF001  nobody else knows whose it is
            left -= 1
            if left < 0:
                dead.set()
                raise TransportError("killed", reason=Reason.NO_CONNECTION)
        write(session, *given, **named)

    monkeypatch.setattr(Session, "write", mortal)
    for life in range(LIVES):
        await tell(bus, [story(life, 3)])
        left = math.inf
        dead.clear()
        mortal_bus = await connect(
            servers=(nats_server.url,), agency=str(bus.agency), name="mortal"
        )
        left = life
        async with working(mortal_bus):
            await dead.wait()
        left = math.inf
        await mortal_bus.close()
    async with working(bus):
        await recorder.wait_for(LIVES, ReportDue)
        states = await kept(bus, LIVES)
    assert len(recorder.of(ReportDue)) == LIVES
    assert [one.updates for one in states.values()] == [("0", "1", "2")] * LIVES


async def test_a_state_is_forgotten_when_it_says_so(bus: Bus, recorder: Recorder) -> None:
    """Also where it is the desk's own time that has come so far."""
    tomorrow = Pace(begins=datetime.now(UTC) + timedelta(days=2), since=datetime.now(UTC))
    await tell(bus, [story(1, 3)])
    async with working(bus):
        await recorder.wait_for(1, ReportDue)
        await kept(bus, 1)
    shelf = Shelf(bus, COUNTS)

    async def forgotten() -> bool:
        return not await shelf.states()

    async with working(bus, pace=tomorrow):
        await until(forgotten)


async def test_a_new_version_of_a_concern_folds_the_log_anew(bus: Bus, recorder: Recorder) -> None:
    """It says nothing again that the log tells of, and leaves the other version's states alone."""
    await tell(bus, [story(1, 3)])
    async with working(bus):
        await recorder.wait_for(1, ReportDue)
        before = await kept(bus, 1)
    async with working(bus, concern=concern(version=2)):
        assert await kept(bus, 1, concern(version=2)) == before
    assert len(recorder.of(ReportDue)) == 1
    assert await kept(bus, 1) == before


async def test_an_event_that_cannot_be_folded_stands_in_nobodys_way(
    bus: Bus, recorder: Recorder
) -> None:
    """The log says which; everything else goes on."""

    def fails(count: Count | None, event: Envelope | None, now: datetime) -> Changes[Count]:
        if event and event.key == "lz-1" and isinstance(event.data, IncidentUpdated):
            raise RuntimeError("a defect")
        return decide(count, event, now)

    failing = replace(COUNTS, decide=fails)
    with capture_logs() as logs:
        async with working(bus, concern=failing):
            await tell(bus, [story(1, 3), story(2, 3)])
            (said,) = await recorder.wait_for(1, ReportDue)
    assert said.key == "lz-2"
    assert {line["event"] for line in logs if line["log_level"] == "error"} == {"not_folded"}
