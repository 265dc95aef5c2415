"""Any course that the reports on an incident may take, against what people count on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product, repeat
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liandong.contracts import Agency, Envelope, ReportDue, ReportOverdue
from liandong.response.concern import Concern, Move, Say
from liandong.response.reporting import Reporting, Wanted
from response.report_words import (
    CITY,
    COUNTY,
    DESK,
    GRADES,
    POLICE,
    STATION,
    at,
    back,
    cleared,
    filed,
    graded,
    reopened,
    reported,
    said,
    taken_over,
)

TIERS = ("county", "city", "province")
PASSER = {"county": STATION, "city": COUNTY, "province": CITY}
REMIND, EVERY, FINAL = timedelta(seconds=3), timedelta(seconds=10), timedelta(seconds=100)


@dataclass(frozen=True)
class Act:
    """Something that may happen."""

    what: str
    by: Agency = STATION
    value: str = ""
    seconds: int = 0


def _acts() -> Iterator[Act]:
    for grade in GRADES:
        yield Act("graded", COUNTY, grade)
    for by, tier, stage in product(
        (STATION, POLICE, COUNTY, CITY), TIERS, ("first", "follow_up", "final")
    ):
        yield from repeat(Act(stage, by, tier), 3 if by is PASSER[tier] else 1)
    for to in (STATION, POLICE):
        yield from repeat(Act("taken over", to), 2)
    yield from repeat(Act("cleared", value="Closed"), 4)
    yield Act("cleared", value="Cancelled")
    yield from repeat(Act("reopened"), 3)
    yield Act("merged")
    for seconds in (1, 2, 4, 8, 15, 40):
        yield from repeat(Act("wait", DESK, seconds=seconds), 4)
        yield Act("wait", CITY, seconds=seconds)  # the desk is killed meanwhile
    yield from repeat(Act("restart"), 3)


_ACTS = tuple(_acts())


class ReportLife(RuleBasedStateMachine):
    """Anyone says anything at any time; a desk looks whenever it likes, and may be killed."""

    concern: ClassVar[Concern[Reporting]]
    made: ClassVar[set[Move]]

    @initialize(grade=st.sampled_from([*GRADES, None]))
    def begin(self, grade: str | None) -> None:
        """Report an incident."""
        self.now = 0
        self.grades = [(grade, 0)] if grade else []
        self.owner = STATION
        self.filings: list[tuple[Agency, str, str, int]] = []
        self.cleared: int | None = None
        self.merged = self.none = self.final = False
        self.log: list[Envelope] = []
        self.owed: dict[str, tuple[Any, datetime]] = {}
        self.deadlines: dict[tuple[Any, ...], datetime] = {}
        self.chased: set[tuple[str, str, datetime, int]] = set()
        self.reminded: set[tuple[str, str, datetime]] = set()
        self.state: Reporting | None = None
        self._hear(reported(grade))

    @rule(act=st.sampled_from(_ACTS))
    def happen(self, act: Act) -> None:
        """Something is said, true or not; or time passes; or a desk begins again."""
        match act.what:
            case "wait":
                self._wait(act.seconds, killed=act.by is CITY)
            case "restart":
                self._restart()
            case "graded":
                self.grades.append((act.value, self.now))
                self._hear(graded(act.value, self.now))
            case "taken over" if self.owner is not act.by:
                self._hear(taken_over(act.by, self.owner, self.now))
                self.owner = act.by
            case "cleared" if self.cleared is None:
                self.cleared = self.now
                self.none = act.value == "Cancelled" and not self.filings
                self._hear(cleared(self.now, status=act.value))
            case "reopened" if self.cleared is not None:
                self.cleared, self.none, self.merged, self.final = None, False, False, False
                self._hear(reopened(self.now))
            case "merged":
                self.merged = True
                self._hear(said(STATION, "incident.merged", self.now))
            case "first" | "follow_up" | "final":
                self._file(act)
            case _:
                pass

    @invariant()
    def what_was_filed_is_never_asked_for_again(self) -> None:
        """Nor forgotten; and there is one report to a tier at most."""
        assert self.state
        assert len(self.state.filings) == len(self.filings)
        wanted = [one.to_tier.value for one in self.state.wanted]
        assert sorted(wanted) == sorted(set(wanted)), "two reports to one tier"
        for one in self.state.wanted:
            counted = {number for _, _, _, number in self._counted(one.to_tier.value)}
            assert one.number not in counted, "it was filed"
            assert one.number == 1 or counted, "the first one is missing"

    @invariant()
    def who_learned_of_it_first_owes_the_first_report(self) -> None:
        """Whoever answers for it later owes the later ones; each tier passes on its own."""
        assert self.state
        for one in self.state.wanted:
            tier, first = one.to_tier.value, one.number == 1
            lowest = STATION if first else self.owner
            assert one.reporter == str(lowest if tier == "county" else PASSER[tier])

    @invariant()
    def no_tier_is_left_out(self) -> None:
        """A grade that reaches a tier asks for a first report once the tier below has one."""
        assert self.state
        wanted = {one.to_tier.value: one for one in self.state.wanted}
        if self.merged or self.none:
            assert not wanted, "nothing is due of what is none"
            return
        for place, tier in enumerate(TIERS):
            reached = any(TIERS.index(GRADES[grade][0]) >= place for grade, _ in self.grades)
            below = not place or self._counted(TIERS[place - 1])
            if reached and below:
                assert tier in wanted or self._counted(tier), f"{tier} hears nothing"
            if tier in wanted:
                assert reached, f"{tier} is none of theirs"
                self._is_asked_for_in_time(wanted[tier])

    @invariant()
    def clearing_asks_for_the_final_report(self) -> None:
        """Within the time for it, of what was reported at all."""
        assert self.state
        lowest = [one for one in self.state.wanted if one.to_tier == "county"]
        assert not (lowest and self.final), "the final report was filed"
        for one in lowest:
            over = self.cleared is not None and one.number > 1
            assert (one.stage == "final") == over
            since = max(self.cleared or 0, min(when for _, when in self.grades))
            assert not over or one.due == at(since) + FINAL

    def _is_asked_for_in_time(self, one: Wanted) -> None:
        """Check that a deadline is no later than any grade says, and never moves back."""
        column = 2 if one.to_tier != "county" else {"first": 1, "follow_up": 3}.get(one.stage)
        within = [(w, GRADES[w][column]) for w, _ in self.grades] if column else []
        times = dict(within)
        for grade, when in self.grades:
            allowed = times.get(grade)
            if allowed and at(when) >= one.since:
                assert one.due <= at(when) + timedelta(seconds=allowed), "not hastened"
        key = (one.to_tier, one.number, one.stage, one.since)
        assert one.due <= self.deadlines.get(key, one.due), "a deadline has moved back"
        self.deadlines[key] = one.due
        assert one.since < one.due, "no time is left from the beginning"

    def _counted(self, tier: str) -> list[tuple[Agency, str, str, int]]:
        """Return what was filed to a tier by who owes it."""
        first = {STATION, PASSER[tier]}
        later = {*self.owners, PASSER[tier]} if tier != "county" else self.owners
        return [f for f in self.filings if f[1] == tier and f[0] in (first if f[3] == 1 else later)]

    @property
    def owners(self) -> set[Agency]:
        """Return who has answered for it until now."""
        assert self.state
        return {a for a in (STATION, POLICE) if str(a) in {o.agency for o in self.state.owners}}

    def _file(self, act: Act) -> None:
        numbers = [number for _, tier, _, number in self.filings if tier == act.value]
        number = 1 if act.what == "first" else max([1, *numbers]) + 1
        self.filings.append((act.by, act.value, act.what, number))
        by_owner = act.value == "county" and act.by in self.owners
        self.final = self.final or (act.what == "final" and by_owner)
        self._hear(filed(act.by, act.value, self.now, act.what, number))

    def _wait(self, seconds: int, *, killed: bool) -> None:
        """Let time pass; a desk looks, and may be killed before it has said anything."""
        self.now += seconds
        changes = self.concern.decide(self.state, None, at(self.now))
        assert changes.due is None or changes.due > at(self.now), "it would look for ever"
        for say in changes.say:
            self._is_due(say)
        if killed:
            return
        for _ in range(2):  # what was asked for too late is chased as soon as that is heard
            for say in self.concern.decide(self.state, None, at(self.now)).say:
                self._say(say)
        assert self.concern.decide(self.state, None, at(self.now)).say == (), "still owed"
        self._is_chased()

    def _is_due(self, say: Say) -> None:
        """Check that it is time to say it, and that it is the same whenever it is said."""
        assert say.time <= at(self.now), "said before its time"
        known = self.owed.setdefault(say.about, (say.event, say.time))
        assert known == (say.event, say.time), "one thing is said in two ways"
        if isinstance(say.event, ReportOverdue):
            assert say.event.due <= at(self.now), "chased before its deadline"

    def _say(self, say: Say) -> None:
        event = say.event
        if isinstance(event, ReportOverdue):
            which = (event.report_id, event.reporter, event.due, event.reminder_number)
            assert which not in self.chased, "chased twice"
            self.chased.add(which)
        elif isinstance(event, ReportDue) and say.about.startswith("reminder"):
            due = (event.report_id, event.reporter, event.due)
            assert due not in self.reminded, "reminded twice"
            assert say.time == event.due - REMIND <= at(self.now) < event.due, "no reminder"
            self.reminded.add(due)
        self._fold(back(say))

    def _is_chased(self) -> None:
        """Check that what is late was chased, as often as it should have been by now."""
        assert self.state
        for one in self.state.wanted:
            call = self.state.call(one)
            assert call, "nobody was asked for it"
            late = (at(self.now) - one.due) // EVERY + 1
            assert call.chased == max(0, late), "chased too seldom"
            soon = one.when < one.due - REMIND <= at(self.now) < one.due
            assert call.reminded or not soon, "nobody was reminded"

    def _restart(self) -> None:
        state = None
        for event in self.log:
            state = self.concern.decide(state, event, event.time).state
        assert state == self.state, "a restart knows something else"

    def _hear(self, event: Envelope) -> None:
        before = self.state.phase if self.state else ""
        self._fold(event)
        assert self.state, "an event made it forgotten"
        if before != self.state.phase:
            self.made.add(Move(before, event.data.event, self.state.phase))

    def _fold(self, event: Envelope) -> None:
        self.log.append(event)
        self.state = self.concern.decide(self.state, event, event.time).state


def machine(concern: Concern[Reporting]) -> type[ReportLife]:
    """Return a machine that plays any course, and keeps the moves that it saw in its ``made``."""
    return type("ReportLife", (ReportLife,), {"concern": concern, "made": set()})
