"""More than two hundred incidents at once, as a fire department had them, at sixty times the speed.

The calls are San Francisco Fire Department's of April 2020 (DataSF, public domain); what the board
must show is computed from the file, by code that knows nothing of the bus.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from liandong.bus import Bus, Server, connect
from liandong.contracts import Envelope, IncidentCleared, IncidentReported, ResponseGrade
from liandong.response import Desk, Shelf
from liandong.response.incident_board import Wanted, board, by_grade, uncleared
from liandong.response.incident_state import Incident
from liandong.response.incidents import INCIDENTS, decide
from response.replay import AGENCY, AREA, Call, Replay

HOUR = timedelta(hours=1)
LOOKS = 5
"""How often the board is compared on the way."""
Row = tuple[str, str, ResponseGrade | None, datetime]


@asynccontextmanager
async def keeping(bus: Bus, replay: Replay) -> AsyncGenerator[None]:
    """Run a desk that keeps the incidents, by the time of the replay."""
    desk = asyncio.create_task(Desk(bus, INCIDENTS, b"secret", pace=replay.pace).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


def of_file(calls: tuple[Call, ...], at: datetime) -> list[Row]:
    """Return the calls that are open at a moment by the file, the oldest first."""
    rows = [(c.incident_id, c.area, c.grade, c.received) for c in calls if c.is_open(at)]
    return sorted(rows, key=lambda row: (row[3], row[0]))


def of_board(incidents: list[Incident]) -> list[Row]:
    """Return the same of incidents."""
    return [(i.incident_id, i.area, i.facts.grade, i.opened) for i in incidents]


async def once(
    shelf: Shelf[Incident], agrees: Callable[[Mapping[str, Incident]], bool]
) -> Mapping[str, Incident]:
    """Return what is kept, as soon as it agrees with the file; or else after three seconds."""
    states: Mapping[str, Incident] = {}
    try:
        async with asyncio.timeout(3):
            while not agrees(states := await shelf.states()):  # noqa: ASYNC110  a store rings no bell
                await asyncio.sleep(0.02)
    except TimeoutError:
        return states
    return states


@pytest.mark.slow
async def test_the_board_is_what_the_file_says_at_any_moment(
    nats_server: Server, bus: Bus, data_dir: Path
) -> None:
    """Open incidents, their areas, grades and ages, and the uncleared list, compared on the way."""
    replay = Replay.read(
        data_dir / "dispatch" / "sffd-calls-2020-04.csv", lasts=timedelta(minutes=20)
    )
    replay.start(speed=60)
    shelf = Shelf(bus, INCIDENTS)
    await shelf.open()
    async with (
        await connect(servers=(nats_server.url,), agency=AGENCY) as department,
        keeping(bus, replay),
    ):
        for number in range(1, LOOKS + 1):
            moment = replay.begins + (replay.ends - replay.begins) * number / LOOKS
            await replay.play(department, until=moment)
            expected = of_file(replay.calls, moment)
            states = await once(shelf, lambda kept: of_board(uncleared(kept)) == expected)  # noqa: B023  awaited here
            assert len(expected) > 200
            assert of_board(uncleared(states)) == expected
            assert_views_agree(states, replay.calls, moment)
    assert replay.pace.now() - replay.ends < timedelta(minutes=5)


def test_a_single_event_that_is_lost_is_noticed(data_dir: Path) -> None:
    """The comparison can fail: without one call's end, or one report, the lists differ."""
    replay = Replay.read(data_dir / "dispatch" / "sffd-calls-2020-04.csv")
    expected = of_file(replay.calls, replay.ends)
    events = [event for event in replay.events if event.time <= replay.ends]
    assert of_board(uncleared(fold(events))) == expected
    for contract in (IncidentCleared, IncidentReported):
        lost = next(event for event in events if isinstance(event.data, contract))
        assert of_board(uncleared(fold(e for e in events if e is not lost))) != expected


def fold(events: Iterable[Envelope]) -> Mapping[str, Incident]:
    """Return the incidents that events add up to."""
    states: dict[str, Incident] = {}
    for event in events:
        if after := decide(states.get(event.key), event, event.time).state:
            states[event.key] = after
    return states


def assert_views_agree(
    states: Mapping[str, Incident], calls: tuple[Call, ...], at: datetime
) -> None:
    """Compare what a duty officer asks for with what the file says."""
    expected = of_file(calls, at)
    shown = board(states, Wanted(uncleared=True), at)
    counts = {grade: sum(row[2] is grade for row in expected) for grade in ResponseGrade}
    assert by_grade(shown) == {grade: count for grade, count in counts.items() if count}
    for area in {row[1] for row in expected}:
        there = board(states, Wanted(area=area, uncleared=True), at)
        assert sorted(of_board(there)) == sorted(row for row in expected if row[1] == area)
    old = board(states, Wanted(area=AREA, uncleared=True, older_than=HOUR), at)
    assert sorted(of_board(old)) == sorted(row for row in expected if at - row[3] > HOUR)
    ended = {name for name, one in states.items() if one.ended}
    assert ended == {c.incident_id for c in calls if c.over and c.over <= at and c.entered <= at}
