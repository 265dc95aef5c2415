"""Drills: started, fed with events, ended and judged.

These contracts never travel in mode ``live``: `Envelope` refuses them there. Whatever a drill makes
agencies say (incidents, orders, positions) travels in mode ``exercise`` under its own contract.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
    refuse_repeats,
)
from liandong.contracts.codes import Seconds, SecondsAllowed
from liandong.contracts.envelope import EventId
from liandong.contracts.subjects import AgencyName


class ExerciseStarted(
    Event,
    event="exercise.started",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DRILL_DIRECTOR,
    key=("exercise_id",),
    drill=True,
):
    """A drill has started."""

    exercise_id: Token
    """The drill's name, unique in the region."""
    name: ShortText
    """What people call it."""
    scenario_id: Token
    """The scenario, as its owner names it."""
    scenario_version: ShortText
    """The version of the scenario."""
    scenario: ShortText
    """What is assumed to happen, in one line."""
    scenario_start: Instant
    """The moment in the scenario that the drill begins at; it need not be now."""
    speed_factor: Annotated[float, Field(gt=0, le=1_000)] = 1.0
    """How many seconds of the scenario pass in one second: 1 is real time."""
    planned_end: Instant | None = None
    """When it is to end, in real time."""
    directed_by: AgencyName
    """The agency that directs it."""
    agencies: Annotated[tuple[AgencyName, ...], Field(min_length=1, max_length=200)]
    """The agencies that take part."""

    @model_validator(mode="after")
    def _invites_each_once(self) -> Self:
        refuse_repeats(self.agencies)
        return self


class ExerciseClockSet(
    Event,
    event="exercise.clock_set",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DRILL_DIRECTOR,
    key=("exercise_id",),
    drill=True,
):
    """The clock of a drill was set: from the envelope's time on it goes on so, or stands still."""

    exercise_id: Token
    """The drill."""
    scenario_time: Instant
    """The moment in the scenario that it was set to."""
    speed_factor: Annotated[float, Field(ge=0, le=1_000)]
    """How many seconds of the scenario pass in one second: 1 is real time, 0 a pause."""
    reason: ShortText | None = None
    """Why, in one line that names no private person."""


class ExpectedReaction(Value):
    """What a drill expects an agency to do, and how soon."""

    reaction_id: Token
    """Its name, unique in the drill."""
    agency: AgencyName
    """The agency that is expected to react."""
    event_type: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=100)] | None = None
    """The contract it should say it by, without version, such as ``order.reported``."""
    text: ShortText
    """What is expected, in one line."""
    within_s: SecondsAllowed
    """How soon after the inject, in seconds of the scenario."""


class ExerciseInjected(
    Event,
    event="exercise.injected",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DRILL_DIRECTOR,
    key=("exercise_id",),
    drill=True,
):
    """The director of a drill has let something happen."""

    exercise_id: Token
    """The drill."""
    inject_id: Token
    """The inject's name, unique in the drill."""
    inject_number: Annotated[int, Field(ge=1, le=100_000)]
    """Its number in the drill, from 1."""
    title: ShortText
    """What happens, in one line."""
    scenario_time: Instant
    """When it happens in the scenario."""
    event_ids: Annotated[tuple[EventId, ...], Field(max_length=100)] = ()
    """The events in mode ``exercise`` that it consists of; none where it is told by mouth."""
    to_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=200)] = ()
    """The agencies that are told; all that take part, where none is named."""
    expected: Annotated[tuple[ExpectedReaction, ...], Field(max_length=100)] = ()
    """What should come of it."""

    @model_validator(mode="after")
    def _expects_each_once(self) -> Self:
        refuse_repeats(one.reaction_id for one in self.expected)
        return self


class ReactionOutcome(Vocabulary):
    """Whether an expected reaction came."""

    MET = "met"
    LATE = "late"
    MISSED = "missed"
    WRONG = "wrong"  # something else was done


class ReactionResult(Value):
    """What came of an expected reaction."""

    reaction_id: Token
    """The reaction, as its inject names it."""
    outcome: ReactionOutcome
    """Whether it came."""
    event_id: EventId | None = None
    """The event that was the reaction, where it was said on the bus."""
    elapsed_s: Seconds | None = None
    """How long after the inject it came, in seconds of the scenario."""
    remark: ShortText | None = None
    """What the evaluator noted, in one line that names no private person."""

    @model_validator(mode="after")
    def _time_fits_outcome(self) -> Self:
        if self.outcome is ReactionOutcome.MISSED and self.elapsed_s is not None:
            raise ValueError(f"outcome is {self.outcome}, but elapsed_s is {self.elapsed_s:g}")
        return self


class ExerciseEnding(Vocabulary):
    """How a drill ended."""

    COMPLETED = "completed"
    STOPPED = "stopped"  # by its director
    REAL_INCIDENT = "real_incident"  # broken off because something real happened


class ExerciseEnded(
    Event,
    event="exercise.ended",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DRILL_DIRECTOR,
    key=("exercise_id",),
    drill=True,
):
    """A drill is over, and judged."""

    exercise_id: Token
    """The drill."""
    started: Instant
    """When it started, in real time."""
    ended: Instant
    """When it ended, in real time."""
    ending: ExerciseEnding
    """How it ended."""
    reason: ShortText | None = None
    """Why it was not completed, in one line that names no private person."""
    results: Annotated[tuple[ReactionResult, ...], Field(max_length=1_000)] = ()
    """What came of each reaction that was expected."""
    evaluation: RestrictedText | None = None
    """The evaluators' judgement, in words."""

    @model_validator(mode="after")
    def _ends_later(self) -> Self:
        if self.ended < self.started:
            raise ValueError(f"ended {self.ended} is before started {self.started}")
        return self

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if self.ending is ExerciseEnding.STOPPED and not self.reason:
            raise ValueError(f"ending is {self.ending} but no reason says why")
        return self

    @model_validator(mode="after")
    def _judges_each_once(self) -> Self:
        refuse_repeats(one.reaction_id for one in self.results)
        return self
