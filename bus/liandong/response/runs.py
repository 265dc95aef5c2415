"""Runs of clocks: from one event to another, against the times allowed. Pure.

A run follows from the earliest events that show its two moments, so it comes out the same in
whatever order they are heard. What was said of it is kept apart, and never changes it.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import Any, cast

from liandong.contracts import (
    ClockBreached,
    ClockOutcome,
    ClockStarted,
    ClockStopped,
    Envelope,
    Event,
    Milestone,
    Precedence,
)
from liandong.response.concern import Say

_LONGEST_S = 31_622_400.0  # what the contract can say: 366 days


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """When something happened and the event that shows it; the earliest is the least.

    Attributes:
        time: When.
        id: The event's id.
        agency: Who said it.
        area: Where.
        correlation: What it belongs to: its own id, where it began that.
    """

    time: datetime
    id: str
    agency: str
    area: str
    correlation: str


def mark(event: Envelope, time: datetime | None = None) -> Mark:
    """Return the mark that an event leaves: at its own time, or at one that it tells of (UTC)."""
    moment = (time or event.time).astimezone(UTC)
    correlation = event.correlation or event.id
    return Mark(moment, event.id, str(event.source), event.area, correlation)


class Phase(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    LATE = "late"  # it runs, and the first threshold has passed
    WITHIN = "within"
    AFTER = "after"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a clock.

    Attributes:
        clock: The clock's name.
        clock_id: The run's own name: a token.
        agency: Whose time it is; None where it is nobody's in particular.
        starts_at: The milestone it starts at.
        stops_at: The milestone it stops at.
        thresholds_s: The times allowed, in seconds, shortest first.
        start: What started it.
        end: What ended it; None while it runs.
        missed: Whether its milestone has not come; where it ended all the same, it will not.
        incident_id: The incident it runs for.
        unit_id: The unit whose time it is, where it is one unit's.
    """

    clock: str
    clock_id: str
    agency: str | None
    starts_at: Milestone
    stops_at: Milestone
    thresholds_s: tuple[float, ...]
    start: Mark
    end: Mark | None = None
    missed: bool = False
    incident_id: str | None = None
    unit_id: str | None = None

    def elapsed_s(self, now: datetime) -> float:
        """Return how long it ran, or has run until now, in seconds; 0 for times out of order."""
        end = self.end.time if self.end else now
        return max(0.0, (end - self.start.time).total_seconds())

    def passed(self, now: datetime) -> int:
        """Return how many thresholds have passed: to stop exactly at one is to keep it."""
        elapsed_s = self.elapsed_s(now)
        return sum(threshold_s < elapsed_s for threshold_s in self.thresholds_s)

    def phase(self, now: datetime) -> Phase:
        """Return how it stands. Times out of order make it void: nobody knows how long it took."""
        late = self.passed(now) > 0
        if self.end is None:
            return Phase.LATE if late else Phase.RUNNING
        if self.missed or self.end.time < self.start.time:
            return Phase.VOID
        return Phase.AFTER if late else Phase.WITHIN

    def due(self, threshold_s: float) -> datetime:
        """Return when a threshold passes (UTC)."""
        return self.start.time + timedelta(seconds=threshold_s)


def heard(said: frozenset[str], event: Event) -> frozenset[str]:
    """Return what has been said of runs, after one more event of theirs.

    Each is named as in the ``about`` of what `owed` returns, so it is owed no more.
    """
    match event:
        case ClockStarted():
            return said | {f"{event.clock_id} started"}
        case ClockBreached():
            return said | {f"{event.clock_id} breached {event.breach_number}"}
        case ClockStopped():
            return said | {f"{event.clock_id} stopped"}
        case _:
            return said


def owed(
    runs: Iterable[Run], said: frozenset[str], now: datetime, news: timedelta
) -> tuple[Say, ...]:
    """Return what is to be said of runs now.

    Args:
        runs: The runs.
        said: What has been said (`heard`).
        now: The moment against which thresholds are held.
        news: How old something may be to be said at all. What is older is history, such as the
            calls of a file: it counts, and nobody is told of it as if it were happening.
    """
    return tuple(
        say(run)
        for run in runs
        for about, time, say in _sayings(run, now)
        if time > now - news and f"{run.clock_id} {about}" not in said
    )


def next_due(runs: Iterable[Run], now: datetime) -> datetime | None:
    """Return when the next threshold of a run that goes on passes; None where there is none."""
    running = [run for run in runs if run.end is None]
    moments = [run.due(s) for run in running for s in run.thresholds_s]
    return min((moment for moment in moments if moment >= now), default=None)


def _sayings(run: Run, now: datetime) -> Iterator[tuple[str, datetime, Callable[[Run], Say]]]:
    """Yield what there is to say of a run in the order in which it became true: what, when, how."""
    yield "started", run.start.time, _started
    if run.end:
        yield "stopped", max(run.start.time, run.end.time), _stopped
        return
    for number, threshold_s in enumerate(run.thresholds_s, start=1):
        if (due := run.due(threshold_s)) < now:
            yield f"breached {number}", due, partial(_breached, number=number)


def _started(run: Run) -> Say:
    started = ClockStarted(
        **_facts(run), start_event_id=run.start.id, thresholds_s=run.thresholds_s
    )
    return Say(started, f"{run.clock_id} started", run.start, run.start.time)


def _breached(run: Run, *, number: int) -> Say:
    threshold_s = run.thresholds_s[number - 1]
    breached = ClockBreached(
        **_facts(run),
        breach_number=number,
        threshold_s=threshold_s,
        elapsed_s=threshold_s,  # when it passed: how late one desk looks is no fact of the run
    )
    about = f"{run.clock_id} breached {number}"
    return Say(breached, about, run.start, run.due(threshold_s), Precedence.IMMEDIATE)


def _stopped(run: Run) -> Say:
    end = cast("Mark", run.end)
    stopped = ClockStopped(
        **_facts(run),
        outcome=ClockOutcome(run.phase(end.time).value),
        limit_s=run.thresholds_s[0],
        elapsed_s=min(run.elapsed_s(end.time), _LONGEST_S),
        stop_event_id=end.id,
    )
    return Say(stopped, f"{run.clock_id} stopped", end, max(end.time, run.start.time))


def _facts(run: Run) -> dict[str, Any]:
    return {
        "clock_id": run.clock_id,
        "incident_id": run.incident_id,
        "clock": run.clock,
        "agency": run.agency,
        "unit_id": run.unit_id,
        "starts_at": run.starts_at,
        "stops_at": run.stops_at,
        "started": run.start.time,
    }
