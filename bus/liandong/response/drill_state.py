"""A drill as its log tells it: its clock, what was injected, what was heard, what was answered."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import cast

from liandong.contracts import (
    Envelope,
    ExerciseClockSet,
    ExerciseEnded,
    ExerciseInjected,
    ExerciseStarted,
)
from liandong.response.concern import Said
from liandong.response.pace import Pace

KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Heard:
    """An event that may be a reaction.

    Attributes:
        reaction_id: The reaction that it may be.
        event_id: The event.
        time: When it happened, by its sender's clock.
    """

    reaction_id: str
    event_id: str
    time: datetime


@dataclass(frozen=True, slots=True)
class Cued:
    """An event that a role answers.

    Attributes:
        answer_id: The answer, as the scenario names it.
        on: The event.
    """

    answer_id: str
    on: Said


@dataclass(frozen=True, slots=True)
class Drill:
    """How far a drill is.

    What concerns it may be heard before its start is: events of two lanes come in any order.

    Attributes:
        started: Its start, an `ExerciseStarted`; None while that is not read.
        clock: The settings of its clock after the start, each an `ExerciseClockSet`.
        injected: The injects that were played, each an `ExerciseInjected`.
        heard: What may be an expected reaction.
        cued: What roles answer that nobody plays.
        answered: The ids of what they have answered.
        ended: Its end, an `ExerciseEnded`; None before.
    """

    started: Said | None = None
    clock: tuple[Said, ...] = ()
    injected: tuple[Said, ...] = ()
    heard: frozenset[Heard] = field(default_factory=frozenset[Heard])
    cued: tuple[Cued, ...] = ()
    answered: frozenset[str] = field(default_factory=frozenset[str])
    ended: Said | None = None

    @property
    def phase(self) -> str:
        """Where it stands: empty before its start."""
        if self.started is None:
            return ""
        if self.ended:
            return "ended"
        return "running" if self.paces[-1].speed else "paused"

    @property
    def start(self) -> ExerciseStarted:
        """What was said at its start."""
        return cast("ExerciseStarted", cast("Envelope", self.started).data)

    @property
    def end(self) -> ExerciseEnded | None:
        """What was said at its end."""
        return cast("ExerciseEnded", self.ended.data) if self.ended else None

    @property
    def paces(self) -> tuple[Pace, ...]:
        """Its clock from the start on, piece by piece; empty before."""
        return tuple(self._paces())

    def injects(self) -> Iterator[tuple[Envelope, ExerciseInjected]]:
        """Yield what was injected, in order."""
        for said in self.injected:
            yield said, cast("ExerciseInjected", said.data)

    def pace(self, moment: datetime) -> Pace:
        """Return the piece of its clock that holds at a moment of the wall clock."""
        before = [pace for pace in self.paces if pace.since <= moment]
        return before[-1] if before else self.paces[0]

    def scenario_time(self, moment: datetime) -> datetime:
        """Return what time it is in the scenario when the wall clock says so."""
        return self.pace(moment).at(max(moment, self.paces[0].since))

    def when(self, moment: datetime) -> datetime | None:
        """Return what the wall clock says at a moment of the scenario, as far as is known now.

        None where the clock stands still before. What the clock was set past is at that setting.
        """
        paces = self.paces
        for pace, following in pairwise(paces):
            found = pace.when(moment)
            if found is not None and found <= following.since:
                return found
        return paces[-1].when(moment)

    def _paces(self) -> Iterator[Pace]:
        if self.started:
            start = self.start
            yield Pace(start.speed_factor, start.scenario_start, self.started.time)
        for said in self.clock:
            setting = cast("ExerciseClockSet", said.data)
            yield Pace(setting.speed_factor, setting.scenario_time, said.time)
