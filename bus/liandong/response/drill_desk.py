"""Directing a drill on a bus: begin it, play it, set its clock, end it, look at it.

Never in mode ``live``. Whoever directs speaks for the roles that nobody plays, so the broker must
let it publish in mode ``exercise`` for their agencies.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

from liandong.bus import Bus
from liandong.contracts import (
    ConfigurationError,
    Envelope,
    ExerciseClockSet,
    ExerciseEnded,
    ExerciseEnding,
    Filter,
    Mode,
)
from liandong.response.book import Shelf
from liandong.response.concern import Concern
from liandong.response.desk import Desk
from liandong.response.drill_evaluation import results
from liandong.response.drill_state import Drill
from liandong.response.drills import OWN, Play, drills, start_of, told, watched
from liandong.response.scenario import Scenario


class Director:
    """Plays one drill. Any number of directors of one agency may play the same one.

    Attributes:
        play: What is played.
        desk: What plays it.
    """

    def __init__(
        self,
        bus: Bus,
        scenario: Scenario,
        drill_id: str,
        secret: bytes,
        *,
        played: frozenset[str] = frozenset(),
    ) -> None:
        """Prepare; `begin` and `events` do something.

        Args:
            bus: Of mode ``exercise`` (or ``test``), of the agency that directs.
            scenario: What is played.
            drill_id: The drill's name, a token unique in the region.
            secret: Keys the ids of what is said; the same for all directors of that agency.
            played: The roles that people play.

        Raises:
            ConfigurationError: The bus is live.
        """
        _never_live(bus)
        self.play = Play(scenario, drill_id, played, self._event_id)
        self._concern: Concern[Drill] = drills(self.play)
        self.desk: Desk[Drill] = Desk(bus, self._concern, secret)
        self._bus = bus

    def _event_id(self, about: str) -> str:
        return self.desk.event_id(self.play.drill_id, about)

    async def begin(self, speed: float) -> bool:
        """Begin the drill, unless it has begun before; say whether it did.

        Args:
            speed: Seconds of the scenario in one of the wall clock, above 0.
        """
        if (await drill_of(self._bus, self.play.drill_id)).started:
            return False
        now, play = datetime.now(UTC), self.play
        start = start_of(play, self._bus.agency, now, speed)
        about = {"id": self._event_id("start"), "time": now}
        await self._bus.publish(start, area=play.scenario.area, **about)
        return True

    async def events(self) -> AsyncGenerator[Envelope, None]:
        """Play the drill; yield what it says of itself, from its start to its end."""
        playing = asyncio.create_task(self.desk.run())
        drill = Drill()
        try:
            since = datetime.fromtimestamp(0, UTC)
            which = Filter(contracts=OWN, key=self.play.drill_id)
            async with aclosing(await self._bus.follow(which, since=since)) as entries:
                async for entry in entries:
                    if entry.envelope:
                        drill = told(drill, entry.envelope)
                        yield entry.envelope
                    if drill.ended:
                        break
        finally:
            playing.cancel()
            await asyncio.gather(playing, return_exceptions=True)
        await self._shelf_is_cleared()

    async def _shelf_is_cleared(self) -> None:
        shelf = Shelf(self._bus, self._concern)
        await shelf.open()
        await shelf.clear()  # the log has all of it


async def drill_of(bus: Bus, drill_id: str) -> Drill:
    """Return a drill as its own events tell it; one without a start if there is none."""
    drill = Drill()
    async for entry in bus.history(Filter(contracts=OWN, key=drill_id)):
        if entry.envelope:
            drill = told(drill, entry.envelope)
    return drill


async def drill_now(bus: Bus, drill_id: str) -> Drill:
    """Return a drill with what came of it so far, as its director keeps it while it runs."""
    shelf = Shelf(bus, watched(drill_id))
    await shelf.open()
    kept = await shelf.state(drill_id)
    return kept if kept and kept.started else await drill_of(bus, drill_id)


async def set_clock(bus: Bus, drill: Drill, speed: float, reason: str | None = None) -> datetime:
    """Have a drill's clock go on at a speed, 0 to pause; return the moment in the scenario."""
    _never_live(bus)
    now = datetime.now(UTC)
    moment = drill.scenario_time(now)
    setting = ExerciseClockSet(
        exercise_id=drill.start.exercise_id,
        scenario_time=moment,
        speed_factor=speed,
        reason=reason,
    )
    await bus.publish(setting, area=_area(drill), time=now, **_belonging(drill))
    return moment


async def stop(bus: Bus, drill: Drill, ending: ExerciseEnding, reason: str) -> None:
    """End a drill before its end; what was expected and did not come is judged as it stands."""
    _never_live(bus)
    started, now = drill.started, datetime.now(UTC)
    if started is None:
        raise ConfigurationError("a drill that has not begun cannot be ended")
    ended = ExerciseEnded(
        exercise_id=drill.start.exercise_id,
        started=started.time,
        ended=max(now, started.time),
        ending=ending,
        reason=reason,
        results=results(drill, now),
    )
    await bus.publish(ended, area=_area(drill), time=now, **_belonging(drill))


def _never_live(bus: Bus) -> None:
    if bus.mode is Mode.LIVE:
        raise ConfigurationError("a drill is never live: use mode exercise")


def _area(drill: Drill) -> str:
    return drill.started.area if drill.started else ""


def _belonging(drill: Drill) -> dict[str, str]:
    started = drill.started
    return {"correlation": started.id, "causation": started.id} if started else {}
