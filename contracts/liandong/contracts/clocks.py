"""Response clocks: how fast the region acts, from one milestone of an incident to another.

The usual three are one minute to react, three to move and five to resolve; which clocks run, and
their thresholds, is each site's data. Milestones follow EIDO's unit states and the time stamps of
a dispatch system.
"""

from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Event, Instant, Lane, Role, Token, Value, Vocabulary
from liandong.contracts.codes import Seconds, SecondsAllowed
from liandong.contracts.envelope import EventId
from liandong.contracts.subjects import AgencyName


class Milestone(Vocabulary):
    """A moment in an incident's course that a clock starts or stops at."""

    RECEIVED = "received"  # the call was taken
    DISPATCHED = "dispatched"  # the first unit was sent
    EN_ROUTE = "en_route"  # the first unit has left
    ON_SCENE = "on_scene"  # the first unit has arrived
    JOINED = "joined"  # a second agency has arrived
    UNDER_CONTROL = "under_control"
    RESOLVED = "resolved"  # dealt with, its units free


class _ClockFacts(Value):
    """Which clock it is, of which incident."""

    clock_id: Token
    """This run of the clock, unique in the region."""
    incident_id: Token | None = None
    """The incident it runs for."""
    clock: Token
    """The clock's name in the site's settings, such as ``react``."""
    agency: AgencyName | None = None
    """The agency whose time it is; absent where it is the whole response's."""
    unit_id: Token | None = None
    """The unit whose time it is, where it is one unit's."""
    starts_at: Milestone
    """The milestone it starts at."""
    stops_at: Milestone
    """The milestone it stops at."""
    started: Instant
    """When it started: when its milestone was reached, not when that was heard of."""

    @model_validator(mode="after")
    def _runs_to_another(self) -> Self:
        if self.starts_at == self.stops_at:
            raise ValueError(f"starts at {self.starts_at} and stops at {self.stops_at}")
        return self


class ClockStarted(
    _ClockFacts,
    Event,
    event="clock.started",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "clock_id"),
):
    """A clock has started."""

    start_event_id: EventId
    """The id of the event that started it."""
    thresholds_s: Annotated[tuple[SecondsAllowed, ...], Field(min_length=1, max_length=10)]
    """The times allowed, in seconds, shortest first: to keep the first is to be in time."""

    @model_validator(mode="after")
    def _thresholds_rise(self) -> Self:
        for first, second in pairwise(self.thresholds_s):
            if second <= first:
                raise ValueError(f"threshold {second:g} s is not longer than {first:g} s before it")
        return self


class ClockBreached(
    _ClockFacts,
    Event,
    event="clock.breached",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "clock_id"),
):
    """A clock has passed a threshold and still runs."""

    breach_number: Annotated[int, Field(ge=1, le=10)]
    """Which threshold has passed: 1 is the first, to keep which is to be in time."""
    threshold_s: SecondsAllowed
    """The time that it allowed, in seconds."""
    elapsed_s: Seconds
    """How long it has run, in seconds."""

    @model_validator(mode="after")
    def _has_passed(self) -> Self:
        if self.elapsed_s < self.threshold_s:
            raise ValueError(
                f"elapsed_s {self.elapsed_s:g} has not passed {self.threshold_s:g} s yet"
            )
        return self


class ClockOutcome(Vocabulary):
    """How a clock ended."""

    WITHIN = "within"  # not later than allowed
    AFTER = "after"  # later than that
    VOID = "void"  # its milestone will not come: a false alarm, a duplicate


class ClockStopped(
    _ClockFacts,
    Event,
    event="clock.stopped",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "clock_id"),
):
    """A clock has stopped, in time or late."""

    outcome: ClockOutcome
    """In time, late, or void."""
    limit_s: SecondsAllowed
    """The first threshold, in seconds: the time allowed."""
    elapsed_s: Seconds
    """How long it ran, in seconds."""
    stop_event_id: EventId | None = None
    """The id of the event that stopped it; absent where it was voided by hand."""

    @model_validator(mode="after")
    def _outcome_fits_time(self) -> Self:
        in_time = self.elapsed_s <= self.limit_s
        if self.outcome is (ClockOutcome.AFTER if in_time else ClockOutcome.WITHIN):
            raise ValueError(
                f"outcome is {self.outcome}, but elapsed_s is {self.elapsed_s:g} "
                f"of {self.limit_s:g} s"
            )
        return self

    @model_validator(mode="after")
    def _was_stopped_by_something(self) -> Self:
        void = self.outcome is ClockOutcome.VOID
        if self.outcome.recognised and not void and self.stop_event_id is None:
            raise ValueError(f"outcome is {self.outcome} and stop_event_id is {self.stop_event_id}")
        return self
