"""The life of an incident's clocks, as a state machine, and what agencies say in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liandong.contracts import (
    Agency,
    ClockBreached,
    ClockStarted,
    ClockStopped,
    Envelope,
    Event,
    IncidentCleared,
    IncidentReported,
    IncidentStatus,
    Location,
    PrimaryUnitStatus,
    SecondaryUnitStatus,
    UnitStatus,
)
from liandong.response import clocks as real
from liandong.response.clock_rules import ClockRules, read_clock_rules
from liandong.response.clocks import Course, decided
from liandong.response.concern import Say

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
FIRE, POLICE, DESK = (
    Agency("lz", "fire", "119"),
    Agency("lz", "police", "110"),
    Agency("lz", "centre", "desk"),
)
SHIPPED = read_clock_rules()


def with_clocks(*names: str, **changes: Any) -> ClockRules:
    """Return the shipped rules with some of their clocks only."""
    kept = tuple(rule for rule in SHIPPED.clock if rule.name in names)
    return SHIPPED.model_copy(update={"clock": kept, **changes})


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(event: Event, seconds: float, by: Agency = FIRE) -> Envelope:
    """Return an event of that agency."""
    return Envelope(source=by, time=at(seconds), area="cn.99.01", data=event)


def reported(seconds: float, received: float | None = None) -> Envelope:
    """Return the incident's report."""
    report = IncidentReported(
        incident_id="lz-1",
        location=Location(address="Quay 3"),
        summary="Smoke",
        received=at(seconds if received is None else received),
    )
    return said(report, seconds)


def unit(state: str, seconds: float, name: str = "E1", **fields: Any) -> Envelope:
    """Return a unit's state."""
    free = state in {"Cleared", "InService"}
    primary = PrimaryUnitStatus.AVAILABLE if free else PrimaryUnitStatus.NOT_AVAILABLE
    by = POLICE if name.startswith("P") else FIRE
    status = UnitStatus(
        unit_id=name,
        incident_id="lz-1",
        primary_status=primary,
        secondary_status=SecondaryUnitStatus(state),
        **fields,
    )
    return said(status, seconds, by)


def cleared(seconds: float, status: IncidentStatus = IncidentStatus.CLOSED) -> Envelope:
    """Return the incident's end."""
    return said(IncidentCleared(incident_id="lz-1", cleared=at(seconds), status=status), seconds)


def after(*events: Envelope, rules: ClockRules = SHIPPED) -> Course:
    """Return the course of the incident after events."""
    course = None
    for event in events:
        course = decided(course, event, event.time, rules).state
    assert course
    return course


def phases(*events: Envelope, seconds: float, rules: ClockRules = SHIPPED) -> dict[str, str]:
    """Return how each clock stands at a moment; a unit's are named after it as well."""
    found = real.runs(after(*events, rules=rules), rules)
    return {" ".join(filter(None, (r.clock, r.unit_id))): r.phase(at(seconds)) for r in found}


def owed(*events: Envelope, seconds: float, rules: ClockRules = SHIPPED) -> list[str]:
    """Return what is to be said at a moment, in a few words."""
    says = decided(after(*events, rules=rules), None, at(seconds), rules).say
    return [in_words(say) for say in says]


def in_words(say: Say) -> str:
    """Return what a desk says: of which clock, what, and how many seconds after the start."""
    match say.event:
        case ClockStarted(clock=clock):
            what = "started"
        case ClockBreached(clock=clock, threshold_s=threshold_s):
            what = f"breached {threshold_s:g}"
        case ClockStopped(clock=clock, outcome=outcome):
            what = f"stopped {outcome}"
        case _:
            raise AssertionError(say)
    return f"{clock} {what} at {(say.time - START).total_seconds():g}"


QUICK = with_clocks("react", "roll", news_s=400.0, kept_s=100_000.0).model_copy(
    update={
        "clock": tuple(
            rule.model_copy(update={"thresholds_s": (20.0, 60.0)})
            for rule in with_clocks("react", "roll").clock
        )
    }
)
SECONDS = st.sampled_from([1, 5, 10, 20, 40])
"""How long until the next thing happens: often exactly a threshold."""
_ENDS = {"react": ("closed", "cancelled"), "roll": ("free", "cancelled")}
_STARTS = {"react": ("received", "sent"), "roll": ("sent", "there")}


@dataclass(frozen=True)
class Fact:
    """What somebody said, as the test remembers it."""

    what: str
    who: str
    seconds: int


@dataclass(frozen=True)
class Expected:
    """A run as the test reckons it, from the facts alone."""

    clock: str
    who: str
    start: int
    stop: int | None
    void: int | None

    @property
    def end(self) -> int | None:
        """When it ended; None while it runs."""
        return self.void if self.stop is None else self.stop

    def phase(self, now: int) -> str:
        """Return how it stands."""
        if self.stop is not None and self.stop < self.start:
            return "void"
        if self.stop is None and self.void is not None:
            return "void"
        if self.stop is None:
            return "late" if now - self.start > 20 else "running"
        return "after" if self.stop - self.start > 20 else "within"


def expected(facts: list[Fact]) -> list[Expected]:
    """Return the runs that facts make."""

    def first(what: str, who: str) -> int | None:
        shared = what in {"received", "closed", "cancelled"} or not who
        times = [f.seconds for f in facts if f.what == what and (shared or f.who == who)]
        return min(times, default=None)

    found: list[Expected] = []
    for clock, who in (("react", ""), ("roll", "E1"), ("roll", "P7")):
        begins, stops = _STARTS[clock]
        if (start := first(begins, who)) is not None:
            ends = [end for what in _ENDS[clock] if (end := first(what, who)) is not None]
            void = min((end for end in ends if end >= start), default=None)
            found.append(Expected(clock, who, start, first(stops, who), void))
    return found


class ClockLife(RuleBasedStateMachine):
    """Agencies say what happens as it happens; a desk looks whenever it likes.

    Attributes:
        module: What decides.
        moves: The moves that its clocks made: before, on, after.
    """

    module: ModuleType = real
    moves: ClassVar[set[tuple[str, str, str]]] = set()

    @initialize(received=st.booleans())
    def begin(self, *, received: bool) -> None:
        """Somebody calls, or a unit comes upon it."""
        self.now, self.log = 0, list[Envelope]()
        self.facts, self.told = list[Fact](), list[Say]()
        self.course: Any = None
        self._hear(reported(0) if received else unit("Dispatched", 0), 0)

    @rule(seconds=SECONDS)
    def report(self, seconds: int) -> None:
        """The call is entered."""
        self._hear(reported(self.now + seconds), seconds)

    @rule(
        seconds=SECONDS,
        state=st.sampled_from(["Dispatched", "OnScene", "Cleared"]),
        name=st.sampled_from(["E1", "P7"]),
    )
    def move(self, seconds: int, state: str, name: str) -> None:
        """A unit comes into a state."""
        self._hear(unit(state, self.now + seconds, name), seconds)

    @rule(
        seconds=SECONDS,
        status=st.sampled_from([IncidentStatus.CLOSED, IncidentStatus.CANCELLED]),
    )
    def end(self, seconds: int, status: IncidentStatus) -> None:
        """The incident is closed, or was none."""
        self._hear(cleared(self.now + seconds, status), seconds)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Time passes, and nobody looks."""
        self._pass(seconds)

    @rule()
    def rest(self) -> None:
        """So much time passes that all becomes history."""
        self._pass(450)

    @rule()
    def look(self) -> None:
        """A desk says what is owed, and hears itself."""
        for say in self._owed():
            assert say.time <= at(self.now), "said before its time"
            assert say.time > at(self.now - 400), "said though it is history"
            self.told.append(say)
            self._take(Envelope(source=DESK, time=say.time, area="cn.99", data=say.event))
        assert not self._owed(), "owed still, though it was said"

    @rule()
    def restart(self) -> None:
        """A desk begins anew from the log."""
        course: Any = None
        for event in self.log:
            course = self.module.decided(course, event, event.time, QUICK).state
        assert course == self.course

    @invariant()
    def a_clock_stands_as_the_facts_say(self) -> None:
        """Neither when it was heard nor what was said of it matters."""
        stood = {(r.clock, r.unit_id or ""): r.phase(at(self.now)) for r in self._runs()}
        assert stood == {(e.clock, e.who): e.phase(self.now) for e in expected(self.facts)}

    @invariant()
    def nothing_is_said_twice(self) -> None:
        """Neither a start, a breach nor a stop."""
        assert len({say.about for say in self.told}) == len(self.told)

    @invariant()
    def what_is_owed_is_what_happened_and_was_not_said(self) -> None:
        """No breach of a clock that has stopped, none before its time, none forgotten."""
        told = {_matter(_line(say)) for say in self.told}
        due = {line for run in expected(self.facts) for line in _lines(run, self.now)}
        owed_now = [_line(say) for say in self._owed()]
        assert sorted(owed_now) == sorted(line for line in due if _matter(line) not in told)

    @invariant()
    def a_desk_is_woken_in_time(self) -> None:
        """At the next threshold of a clock that runs, else when all is forgotten."""
        running = [run.start for run in expected(self.facts) if run.end is None]
        ahead = [start + s for start in running for s in (20, 60) if start + s >= self.now]
        last = max(fact.seconds for fact in self.facts)
        due = self.module.decided(self.course, None, at(self.now), QUICK).due
        assert due == at(min([*ahead, last + 100_000]))
        assert self.module.decided(self.course, None, at(last + 100_000), QUICK).state
        assert self.module.decided(self.course, None, at(last + 100_001), QUICK).state is None

    def _owed(self) -> tuple[Say, ...]:
        return self.module.decided(self.course, None, at(self.now), QUICK).say

    def _runs(self) -> list[Any]:
        return list(self.module.runs(self.course, QUICK))

    def _hear(self, event: Envelope, seconds: int) -> None:
        self._pass(seconds)
        before = self._phases()
        self.facts += _facts(event, self.now)
        self._take(event)
        for name, phase in self._phases().items():
            if before.get(name, "") != phase:
                self.moves.add((before.get(name, ""), _on(event, name[0]), phase))

    def _pass(self, seconds: int) -> None:
        before = self._phases()
        self.now += seconds
        changed = {n: p for n, p in self._phases().items() if before[n] != p}
        self.moves.update((before[name], "thresholds_s", phase) for name, phase in changed.items())

    def _phases(self) -> dict[tuple[str, str], str]:
        return {(e.clock, e.who): e.phase(self.now) for e in expected(self.facts)}

    def _take(self, event: Envelope) -> None:
        self.log.append(event)
        self.course = self.module.decided(self.course, event, event.time, QUICK).state


def machine(module: ModuleType, moves: set[tuple[str, str, str]]) -> type[RuleBasedStateMachine]:
    """Return the life of an incident's clocks, decided by a module; its moves are noted."""
    return type("Life", (ClockLife,), {"module": module, "moves": moves})


def _facts(event: Envelope, seconds: int) -> list[Fact]:
    match event.data:
        case IncidentReported():
            return [Fact("received", "", seconds)]
        case IncidentCleared(status=IncidentStatus.CLOSED):
            return [Fact("closed", "", seconds)]
        case IncidentCleared():
            return [Fact("cancelled", "", seconds)]
        case UnitStatus(unit_id=who, secondary_status=state):
            what = {"Dispatched": "sent", "OnScene": "there", "Cleared": "free"}[str(state)]
            return [Fact(what, who, seconds)]
        case _:
            return []


def _on(event: Envelope, clock: str) -> str:
    (fact,) = _facts(event, 0)
    starts, stops = _STARTS[clock]
    if fact.what == starts:
        return "starts_at"
    return "stops_at" if fact.what == stops else "voided_by"


def _line(say: Say) -> str:
    return f"{in_words(say)} {getattr(say.event, 'unit_id', None) or '-'}"


def _matter(line: str) -> tuple[str, ...]:
    """Return what a line tells of: of a start or a stop only the first word stands."""
    clock, what, *rest, who = line.split()
    return (clock, who, what, *(rest if what == "breached" else ()))


def _lines(run: Expected, now: int) -> Iterator[str]:
    """Yield what there is to say of a run."""
    lines = [("started", run.start)]
    if run.end is not None:
        lines.append((f"stopped {run.phase(now)}", max(run.end, run.start)))
    else:
        lines += [(f"breached {s}", run.start + s) for s in (20, 60) if now - run.start > s]
    yield from (f"{run.clock} {what} at {s} {run.who or '-'}" for what, s in lines if s > now - 400)
