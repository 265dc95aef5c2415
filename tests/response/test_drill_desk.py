"""Drills on a real server: played, paused from elsewhere, broken off, gone on with, looked at."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    ConfigurationError,
    ExerciseEnded,
    ExerciseEnding,
    ExerciseInjected,
    ExerciseStarted,
    IncidentReported,
)
from liandong.response import Shelf
from liandong.response.drill_desk import Director, drill_now, drill_of, set_clock, stop
from liandong.response.drills import watched
from response.drill_plays import POLICE, scenario

SECRET = b"a secret of this test"


@pytest.fixture
async def drill_bus(bus: Bus, nats_server: Server) -> AsyncIterator[Bus]:
    """Connect in mode exercise, beside the live one that made the streams."""
    async with await connect(
        servers=(nats_server.url,), agency=str(bus.agency), mode="exercise"
    ) as opened:
        yield opened


@pytest.fixture
async def drill_recorder(drill_bus: Bus) -> AsyncIterator[Recorder]:
    """Record what passes in the drill."""
    recording = Recorder(drill_bus)
    await recording.start()
    yield recording
    await recording.close()


async def played(director: Director) -> list[str]:
    """Play a drill to its end; return what it said of itself."""
    return [event.type async for event in director.events()]


async def test_two_directors_play_a_drill_once(drill_bus: Bus, drill_recorder: Recorder) -> None:
    """Incidents are said in the name of their roles; in the end nothing is kept but the log."""
    directors = [Director(drill_bus, scenario(), "d-1", SECRET) for _ in range(2)]
    begun = [await director.begin(speed=1000) for director in directors]
    await asyncio.gather(*map(played, directors))
    (incident,) = drill_recorder.of(IncidentReported)
    injects = [e.data for e in drill_recorder.of(ExerciseInjected)]
    ends = drill_recorder.of(ExerciseEnded)
    assert (begun, len(injects), len(ends)) == ([True, False], 2, 1)
    assert (str(incident.source), incident.data.key()) == (POLICE, "d-1-1")
    assert isinstance(injects[0], ExerciseInjected)
    assert injects[0].event_ids == (incident.id,)
    assert {end.data.ending for end in ends if isinstance(end.data, ExerciseEnded)} == {
        ExerciseEnding.COMPLETED
    }
    shelf = Shelf(drill_bus, watched("d-1"))
    await shelf.open()
    assert await shelf.states() == {}


async def test_a_drill_is_paused_and_resumed_from_elsewhere(
    drill_bus: Bus, nats_server: Server, drill_recorder: Recorder
) -> None:
    """While its clock stands still nothing happens; then it goes on where it was."""
    director = Director(drill_bus, scenario(), "d-1", SECRET)
    async with await connect(
        servers=(nats_server.url,), agency=str(drill_bus.agency), mode="exercise"
    ) as elsewhere:
        await director.begin(speed=1)
        playing = asyncio.create_task(played(director))
        await drill_recorder.wait_for(1, ExerciseStarted)
        drill = await drill_of(elsewhere, "d-1")
        paused_at = await set_clock(elsewhere, drill, 0, "a map is missing")
        drill = await drill_of(elsewhere, "d-1")
        assert drill.phase == "paused"
        gone_on = await set_clock(elsewhere, drill, 1000)
        said = await playing
    assert gone_on == paused_at
    assert said == [
        "exercise.started.v1",
        "exercise.clock_set.v1",
        "exercise.clock_set.v1",
        "exercise.injected.v1",
        "exercise.injected.v1",
        "exercise.ended.v1",
    ]


async def test_a_drill_whose_director_was_killed_goes_on(
    drill_bus: Bus, drill_recorder: Recorder
) -> None:
    """Another one plays the rest; what was played is not played again."""
    first = Director(drill_bus, scenario(), "d-1", SECRET)
    await first.begin(speed=600)
    playing = asyncio.create_task(played(first))
    await drill_recorder.wait_for(1, ExerciseInjected)
    playing.cancel()
    await asyncio.gather(playing, return_exceptions=True)
    await played(Director(drill_bus, scenario(), "d-1", SECRET))
    injects = [
        e.data.inject_id for e in drill_recorder.seen if isinstance(e.data, ExerciseInjected)
    ]
    assert injects == ["smoke", "more"]


async def test_a_drill_is_broken_off_for_something_real(
    drill_bus: Bus, drill_recorder: Recorder
) -> None:
    """Its director stops, and whoever looks sees why."""
    director = Director(drill_bus, scenario(), "d-1", SECRET)
    await director.begin(speed=1)
    playing = asyncio.create_task(played(director))
    await drill_recorder.wait_for(1, ExerciseStarted)
    await stop(
        drill_bus, await drill_now(drill_bus, "d-1"), ExerciseEnding.REAL_INCIDENT, "Quay 3 burns"
    )
    assert (await playing)[-1] == "exercise.ended.v1"
    end = (await drill_now(drill_bus, "d-1")).end
    assert end is not None
    assert (end.ending, end.reason) == (ExerciseEnding.REAL_INCIDENT, "Quay 3 burns")


async def test_a_drill_is_never_live(bus: Bus) -> None:
    """A live bus is refused before anything is said."""
    with pytest.raises(ConfigurationError, match="never live"):
        Director(bus, scenario(), "d-1", SECRET)
