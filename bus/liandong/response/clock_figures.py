"""How fast a region was: counts and percentiles of clocks, from the log alone. Pure.

They come from what agencies said, never from what a desk said of their clocks: they are the same
where none ran, and for calls of years ago that were read from a file.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from liandong.contracts import Envelope
from liandong.response.clock_rules import ClockRules
from liandong.response.clocks import Course, advance, area_of, runs, threads
from liandong.response.runs import Phase, Run

_EPOCH = datetime.fromtimestamp(0, UTC)
METHOD = "nearest-rank"
"""How percentiles are taken: the p-th is the least time that at least p % of the runs kept."""


@dataclass(frozen=True, slots=True)
class Figure:
    """How one clock did, for one agency in one area.

    Attributes:
        clock: The clock's name.
        agency: Whose time it is; empty where it is nobody's in particular.
        area: Where.
        times_s: How long each run took that came to its stop, in seconds, shortest first.
        breached: How many runs passed each threshold; those that go on among them.
        running: How many go on.
        unended: How many were given up: nothing was heard of their incident for too long.
        void: How many ended otherwise: called off, freed, or their times are out of order.
    """

    clock: str
    agency: str
    area: str
    times_s: tuple[float, ...]
    breached: tuple[int, ...]
    running: int
    unended: int
    void: int

    @property
    def count(self) -> int:
        """How many runs came to their stop."""
        return len(self.times_s)

    def percentile(self, p: float) -> float | None:
        """Return a percentile of the times, by nearest rank; None where there is none.

        Args:
            p: Above 0, at most 100.
        """
        return nearest_rank(self.times_s, p)


def nearest_rank(ordered: tuple[float, ...], p: float) -> float | None:
    """Return the p-th percentile of values in rising order: always one of them; None of none."""
    return ordered[max(1, math.ceil(len(ordered) * p / 100)) - 1] if ordered else None


@dataclass(slots=True)
class Tally:
    """Takes events one by one, in any order, and counts.

    Attributes:
        rules: Which clocks run.
    """

    rules: ClockRules
    _courses: dict[str, Course] = field(default_factory=dict[str, Course])

    def take(self, event: Envelope) -> None:
        """Add an event; one that has nothing to do with clocks changes nothing."""
        for thread in threads(event):
            if course := advance(self._courses.get(thread), event, self.rules):
                self._courses[thread] = course

    @property
    def last(self) -> datetime:
        """When the latest event was; the beginning of all time, where there was none."""
        return max((c.last for c in self._courses.values()), default=_EPOCH)

    def figures(self, now: datetime) -> tuple[Figure, ...]:
        """Return the figures, by clock as in the rules, then agency, then area."""
        order = [rule.name for rule in self.rules.clock]
        sets: dict[tuple[int, str, str], list[tuple[Run, bool]]] = {}
        for course, run in self._runs():
            key = (order.index(run.clock), run.agency or "", area_of(course, run))
            sets.setdefault(key, []).append((run, self._given_up(course, now)))
        return tuple(_figure(order[key[0]], key[1], key[2], sets[key], now) for key in sorted(sets))

    def running(self, now: datetime) -> tuple[tuple[Course, Run], ...]:
        """Return the runs that go on, each with its incident's course; the longest first."""
        found = [
            (course, run)
            for course, run in self._runs()
            if run.end is None and not self._given_up(course, now)
        ]
        return tuple(sorted(found, key=lambda one: (one[1].start.time, one[1].clock_id)))

    def _runs(self) -> Iterator[tuple[Course, Run]]:
        for course in self._courses.values():
            for run in runs(course, self.rules):
                yield course, run

    def _given_up(self, course: Course, now: datetime) -> bool:
        return course.last + self.rules.kept < now


def clock_figures(
    events: Iterable[Envelope], rules: ClockRules, now: datetime | None = None
) -> tuple[Figure, ...]:
    """Return the figures of the clocks that events tell of.

    Args:
        events: In any order; those that have nothing to do with clocks change nothing.
        rules: Which clocks run.
        now: The moment against which clocks that go on are held; that of the latest event, where
            none is given.
    """
    tally = Tally(rules)
    for event in events:
        tally.take(event)
    return tally.figures(now or tally.last)


def _figure(
    clock: str, agency: str, area: str, found: list[tuple[Run, bool]], now: datetime
) -> Figure:
    phases: Mapping[Phase, list[Run]] = {
        phase: [run for run, _ in found if run.phase(now) is phase] for phase in Phase
    }
    ended = phases[Phase.WITHIN] + phases[Phase.AFTER]
    open_ = [given_up for run, given_up in found if run.end is None]
    counted = ended + [run for run, given_up in found if run.end is None and not given_up]
    levels = len(found[0][0].thresholds_s)
    return Figure(
        clock=clock,
        agency=agency,
        area=area,
        times_s=tuple(sorted(run.elapsed_s(now) for run in ended)),
        breached=tuple(sum(run.passed(now) > n for run in counted) for n in range(levels)),
        running=open_.count(False),
        unended=open_.count(True),
        void=len(phases[Phase.VOID]),
    )
