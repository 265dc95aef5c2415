"""How fast the region acts: the clocks of an incident and of each unit at work on it. Pure.

What is kept of an incident is when each moment came first, so its clocks come out the same in
whatever order agencies tell of it. Each clock runs once for an incident or unit: an incident that
is opened again, or a unit that is sent a second time, starts none anew.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from liandong.contracts import (
    Agency,
    ClockBreached,
    ClockStarted,
    ClockStopped,
    Envelope,
    UnitStatus,
    to_token,
)
from liandong.response.clock_rules import ClockRule, ClockRules, read_clock_rules
from liandong.response.concern import Changes, Concern, Move
from liandong.response.runs import Mark, Run, heard, mark, next_due, owed

_SAID = (ClockStarted, ClockBreached, ClockStopped)
_INCIDENT = ""  # whose moments are the incident's own, and no unit's


@dataclass(frozen=True, slots=True)
class Course:
    """How an incident went, as far as clocks care.

    Attributes:
        incident_id: The incident.
        marks: The first event that shows each moment, by whose moment it is (the agency and unit,
            or nothing for the incident itself) and its name.
        last: When something was last heard of it (UTC).
        said: What has been said of its clocks.
    """

    incident_id: str
    marks: Mapping[str, Mapping[str, Mark]]
    last: datetime
    said: frozenset[str] = frozenset()

    def first(self, moment: str) -> Mark | None:
        """Return what first showed a moment, for the incident or any of its units."""
        return min(
            (found[moment] for found in self.marks.values() if moment in found), default=None
        )

    @property
    def home(self) -> Mark | None:
        """What was first said of the incident itself: by its owner, in its area."""
        return min(self.marks.get(_INCIDENT, {}).values(), default=None)


def advance(course: Course | None, event: Envelope, rules: ClockRules) -> Course | None:
    """Return what is known of an incident after an event of it."""
    if isinstance(event.data, _SAID):
        return course and replace(course, said=heard(course.said, event.data))
    moments, now = tuple(rules.moments(event.data)), event.time.astimezone(UTC)
    if not moments:
        return course and replace(course, last=max(course.last, now))
    course = course or Course(next(threads(event)), {}, now)
    whose = _whose(event)
    known = dict(course.marks.get(whose, {}))
    for moment, time in moments:
        new = mark(event, time)
        known[moment] = min(known.get(moment, new), new)
    marks = {**course.marks, whose: known}
    return replace(course, marks=marks, last=max(course.last, now))


def runs(course: Course, rules: ClockRules) -> Iterator[Run]:
    """Yield the runs of an incident's clocks, those that have ended among them."""
    for rule in rules.clock:
        for whose in _runners(course, rule):
            if run := _run(course, rules, rule, whose):
                yield run


def area_of(course: Course, run: Run) -> str:
    """Return where a run counts: in the incident's area, else in that of what started it."""
    return course.home.area if course.home else run.start.area


def clocks(rules: ClockRules | None = None) -> Concern[Course]:
    """Return the concern of clocks.

    Args:
        rules: Which clocks run; the shipped ones, where none are given.
    """
    known = rules or read_clock_rules()

    def decide(course: Course | None, event: Envelope | None, now: datetime) -> Changes[Course]:
        """Return what becomes of an incident's clocks."""
        return decided(course, event, now, known)

    contracts = (*known.contracts, *_SAID)
    return Concern("clocks", known.fingerprint, Course, contracts, threads, decide, MOVES)


def decided(
    course: Course | None, event: Envelope | None, now: datetime, rules: ClockRules
) -> Changes[Course]:
    """Return what becomes of an incident's clocks.

    Args:
        course: What was known; None before its first event.
        event: What was said of it; None to ask what is owed, and when more will be.
        now: The moment against which thresholds are held.
        rules: Which clocks run.
    """
    after = advance(course, event, rules) if event else course
    forgotten = after and after.last + rules.kept
    if after is None or forgotten is None or (event is None and forgotten < now):
        return Changes(None)
    if event:  # a book folds thousands of them, and asks what is owed once they are folded
        return Changes(after)
    every = tuple(runs(after, rules))
    due = min(next_due(every, now) or forgotten, forgotten)
    return Changes(after, owed(every, after.said, now, rules.news), due)


def _whose(event: Envelope) -> str:
    """Return whose moment an event shows: a unit's name is unique within its own agency."""
    match event.data:
        case UnitStatus(home_agency=home, unit_id=unit):
            return f"{home or event.source} {unit}"
        case _:
            return _INCIDENT


def _runners(course: Course, rule: ClockRule) -> list[str]:
    if rule.of == "incident":
        return [_INCIDENT]
    return [whose for whose in course.marks if whose != _INCIDENT]


def _run(course: Course, rules: ClockRules, rule: ClockRule, whose: str) -> Run | None:
    """Return a clock's run for an incident, or for one of its units; None before its start."""

    def came(moment: str) -> Mark | None:
        if not whose:
            return course.first(moment)
        place = whose if moment in rules.of_units else _INCIDENT
        return course.marks.get(place, {}).get(moment)

    if (start := came(rule.starts_at)) is None:
        return None
    agency, _, unit = whose.partition(" ")
    owner = agency or (course.home or start).agency
    if rule.kinds and Agency.parse(owner).kind not in rule.kinds:
        return None
    stop = came(rule.stops_at)  # which came after all, where something spoke against it
    end = stop or _voided(rule, start, came)
    belongs = (course.home or start).correlation
    return Run(
        clock=rule.name,
        clock_id=to_token(" ".join(filter(None, (course.incident_id, rule.name, whose)))),
        agency=owner,
        starts_at=rule.starts_at,
        stops_at=rule.stops_at,
        thresholds_s=rule.thresholds_s,
        start=replace(start, correlation=belongs),
        end=end and replace(end, correlation=belongs),
        missed=stop is None,
        incident_id=course.incident_id,
        unit_id=unit or None,
    )


def _voided(rule: ClockRule, start: Mark, came: Callable[[str], Mark | None]) -> Mark | None:
    """Return what spoke against a run's stop coming; what was before its start does not."""
    found = (came(moment) for moment in rule.voided_by)
    return min((one for one in found if one and one.time >= start.time), default=None)


def threads(event: Envelope) -> Iterator[str]:
    """Yield the incident that an event is about, where it is about one."""
    if incident_id := getattr(event.data, "incident_id", None):
        yield str(incident_id)


MOVES = (
    Move("", "starts_at", "running"),
    Move("running", "stops_at", "within"),
    Move("running", "thresholds_s", "late"),
    Move("late", "stops_at", "after"),
    Move("running", "voided_by", "void"),
    Move("late", "voided_by", "void"),
    Move("void", "stops_at", "within"),  # its stop came after all
    Move("void", "stops_at", "after"),
    Move("", "starts_at", "void"),  # its stop was before its start
)
"""How one run of a clock goes, where everything is heard as it happens."""
