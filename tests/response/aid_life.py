"""A request for aid under anyone saying anything at any time, and what holds all the while."""

from collections import Counter
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from liandong.contracts import AidAnswer, AidCommitted, AidInformationAsked, AidRequested, Envelope
from liandong.response.agreements import Agreements
from liandong.response.aid import Decide
from liandong.response.aid_loans import AWAY, LENT, LoanPhase
from liandong.response.aid_state import Aid, LinePhase
from liandong.response.concern import Move
from response.aid_talk import (
    BH,
    LZ,
    QS,
    YP,
    answered,
    at,
    committed,
    extension_answered,
    extension_asked,
    needed,
    ordered,
    recalled,
    refused,
    released,
    reported,
    requested,
    return_answered,
    return_asked,
    said,
    terms,
)

Thing = tuple[str, str | None]
THINGS = st.sampled_from([(QS, "qs-1"), (QS, "qs-2"), (YP, "yp-1"), (BH, "bh-1"), (BH, None)])
WHICH = st.integers(0, 3)
STEPS = ["Departure", "Arrival", "ReturnDeparture", "ReturnArrival"]
LINES = st.sampled_from(["1", "1", "2"])
ANSWERS = st.sampled_from(["accept", "in_part", "provisional", "deferred", "decline"])
LATER = st.integers(1, 20)
LONG = 60 * 24 * 30
AGREEMENTS = Agreements.model_validate(
    {
        "answer_within_s": 600,
        "agreement": [
            terms(QS, 1),
            terms(YP, 1),
            terms(BH, 2, agencies=[BH, "bh/fire/119-baihe"]),
        ],
    }
)
ENDS = {LinePhase.FILLED, LinePhase.WITHDRAWN, LinePhase.WITH_PERSON}


def machine(decide: Decide, moved: set[Move]) -> type[RuleBasedStateMachine]:
    """Return the life of a request under a `decide`; the moves that are made are added."""
    return type("Life", (AidLife,), {"decide": staticmethod(decide), "moved": moved})


class AidLife(RuleBasedStateMachine):
    """Three neighbours, two lines; the desk says what it owes whenever time passes."""

    decide: ClassVar[Decide]
    moved: ClassVar[set[Move]]

    @initialize(
        amounts=st.tuples(st.integers(2, 3), st.sampled_from([1, 2.5])),
        who=st.sampled_from([(), (QS,), (QS, YP), (QS, YP, BH)]),
        answer_by=st.integers(5, 30),
    )
    def ask(self, amounts: tuple[float, float], who: tuple[str, ...], answer_by: int) -> None:
        """Ask for two things."""
        self.now = 0.0
        self.log: list[Envelope] = []
        self.spoken: list[Envelope] = []
        self.let_go: set[Thing] = set()
        self.named = set(who)
        self.deferred: list[str] = []
        self.aid: Aid | None = None
        self.phases: dict[str, str] = {}
        lines = [needed("1", amounts[0]), needed("2", amounts[1])]
        self.take(requested(0, *lines, answer_by=answer_by, asked_agencies=who))

    # --- What people say

    @rule(thing=THINGS, line=LINES, answer=ANSWERS, until=LATER)
    def answer(self, thing: Thing, line: str, answer: str, until: int) -> None:
        """Answer, unbound."""
        who, unit = thing
        times = {"until": self.now + until} if answer == "deferred" else {}
        self.take(answered(who, self.now, answer, unit, line=line, **times))

    @rule(thing=THINGS, line=LINES, amount=st.sampled_from([2, 1, 2]))
    def commit(self, thing: Thing, line: str, amount: float) -> None:
        """Bind oneself to lend a unit, or goods."""
        who, unit = thing
        times = {"EstimatedArrival": self.now + 9, "EstimatedReturnDeparture": self.now + 30}
        self.let_go.discard(thing)
        self.take(committed(who, self.now, unit, amount, line=line, **times))

    @rule(thing=THINGS, line=LINES, yes=st.booleans())
    def order(self, thing: Thing, line: str, yes: bool) -> None:  # noqa: FBT001  drawn
        """Order what may have been offered; the lender is silent, or declines after all."""
        who, unit = thing
        self.take(ordered(self.now, who, unit))
        if not yes:
            self.take(committed(who, self.now, None, None, line=line, answer="decline"))

    @rule(which=WHICH, by_borrower=st.booleans(), step=st.sampled_from(STEPS))
    def report(self, which: int, by_borrower: bool, step: str) -> None:  # noqa: FBT001  drawn
        """Report a step of something lent."""
        for who, unit in self.some(which):
            by = LZ if by_borrower else who
            self.take(reported(by, self.now, unit, **{f"Actual{step}": self.now}))

    @rule(which=WHICH, more=LATER, yes=st.booleans())
    def extend(self, which: int, more: int, yes: bool) -> None:  # noqa: FBT001  drawn
        """Ask to keep something longer, and have it granted or not."""
        for who, unit in self.some(which):
            before = self.promised(unit)
            self.take(extension_asked(self.now, who, unit, self.now + more))
            assert self.promised(unit) == before, "kept longer before its lender agreed"
            if yes:
                self.take(extension_answered(who, self.now, unit))

    @rule(which=WHICH, more=LATER, yes=st.booleans())
    def want_back(self, which: int, more: int, yes: bool) -> None:  # noqa: FBT001  drawn
        """Ask for something back, and have it promised or not."""
        for who, unit in self.some(which):
            self.take(return_asked(who, self.now, unit, self.now + more))
            if yes:
                self.take(return_answered(self.now, who, unit))

    @rule(which=WHICH)
    def recall(self, which: int) -> None:
        """Take something back."""
        for who, unit in self.some(which):
            self.let_go.add((who, unit))
            self.take(recalled(who, self.now, unit))

    @rule(which=WHICH, named=st.booleans())
    def release(self, which: int, named: bool) -> None:  # noqa: FBT001  drawn
        """Let something go."""
        for who, unit in self.some(which):
            self.let_go.add((who, unit))
            self.take(released(self.now, unit, lender=who if named else None))

    @rule(which=WHICH)
    def refuse(self, which: int) -> None:
        """Refuse a commitment: its unit is lent elsewhere."""
        said_ = [e for e in self.log if isinstance(e.data, AidCommitted) and e.data.lines]
        for commitment in said_[which : which + 1]:
            self.take(refused(self.now, commitment))

    @rule(amount=st.sampled_from([1, 1, 4]), only_first=st.booleans())
    def ask_otherwise(self, amount: int, only_first: bool) -> None:  # noqa: FBT001  drawn
        """Ask for more or less, or for one thing only."""
        lines = [needed("1", amount), *([] if only_first else [needed("2", 1)])]
        self.take(requested(self.now, *lines, answer_by=self.now + 5))

    @rule()
    def withdraw(self) -> None:
        """Need nothing any more."""
        recall = {"message_id": "LZ-0", "type": "Cancel"}
        self.take(requested(self.now, needed(), recall=recall))

    # --- What the desk does

    @rule(minutes=LATER)
    def wait(self, minutes: int) -> None:
        """Let time pass; what is owed is said, by one desk or by two."""
        self.now += minutes
        self.say()

    @rule()
    def restart(self) -> None:
        """Start again from the log."""
        again = None
        for event in self.log:
            again = self.decide(again, event, event.time).state
        assert again == self.aid, "the state does not follow from the log"

    def teardown(self) -> None:
        """Let everybody fall silent, then take one thing back: each line comes to its end."""
        if not hasattr(self, "aid") or self.aid is None:
            return
        self.comes_to_an_end()
        if lent := [loan for loan in self.loans() if loan.phase in LENT and loan.unit_id]:
            self.take(recalled(lent[0].lender, self.now, lent[0].unit_id))
            self.comes_to_an_end()
        self.no_neighbour_is_asked_twice()
        self.nothing_is_said_twice()
        self.deferred_are_asked_for()
        self.forgotten()

    def comes_to_an_end(self) -> None:
        """Say all that is owed to the silent: every line is filled, withdrawn or with people."""
        assert self.aid
        self.now += LONG
        self.say()
        phases = {self.aid.phase(line) for line in self.aid.lines}
        assert phases <= ENDS, "a line ends in silence"
        assert all(loan.phase is not LoanPhase.SURPLUS for loan in self.loans())
        self.people_know_the_figure()

    # --- What holds

    @invariant()
    def granted_is_never_more_than_requested(self) -> None:
        """Of each line."""
        for line in self.aid.lines if self.aid else ():
            assert self.aid
            assert self.aid.granted(line) <= line.requested

    @invariant()
    def a_released_or_recalled_unit_is_nobodys(self) -> None:
        """Until it is lent anew."""
        lent = {(x.lender, x.unit_id) for x in self.loans() if x.phase in LENT}
        assert not lent & self.let_go

    @invariant()
    def a_unit_is_lent_once(self) -> None:
        """It cannot be in two places."""
        away = Counter((x.lender, x.unit_id) for x in self.loans() if x.phase in AWAY)
        assert all(n == 1 for (_, unit), n in away.items() if unit)

    @invariant()
    def no_neighbour_is_asked_twice(self) -> None:
        """About the same line."""
        asked = Counter(
            (line.line_id, name)
            for event in self.spoken
            if isinstance(event.data, AidRequested)
            for line in event.data.lines
            for name in (*event.data.asked_agencies, *event.data.asked_regions)
        )
        assert all(n == 1 for n in asked.values())
        assert not {name for _, name in asked} & self.named

    @invariant()
    def nothing_is_said_twice(self) -> None:
        """Each message of the desk has a name of its own."""
        names = Counter(getattr(event.data, "message_id", "") for event in self.spoken)
        assert all(n == 1 for n in names.values())

    def people_know_the_figure(self) -> None:
        """Who was handed a line was told how much of it is missing now."""
        told = {
            line.line_id: line.assignment.quantity.amount
            for event in self.spoken
            if isinstance(event.data, AidInformationAsked) and event.data.said_to == LZ
            for line in event.data.lines
            if line.assignment and line.assignment.quantity
        }
        for line in self.aid.lines if self.aid else ():
            if self.aid and self.aid.phase(line) is LinePhase.WITH_PERSON:
                assert told[line.line_id] == self.aid.missing(line)

    def deferred_are_asked_for(self) -> None:
        """Each deferred answer that still counts was asked for again, once."""
        asked = Counter(
            event.data.preceding_message_id
            for event in self.spoken
            if isinstance(event.data, AidInformationAsked) and event.data.said_to != LZ
            if any(r.response and r.response.answer is AidAnswer.DEFERRED for r in event.data.lines)
        )
        for line in self.aid.lines if self.aid else ():
            for offer in line.offers:
                if offer.answer is AidAnswer.DEFERRED and self.aid and self.aid.missing(line):
                    assert asked[offer.message_id] == 1

    # --- How

    def loans(self) -> tuple[Any, ...]:
        """Return what is or was lent."""
        return self.aid.loans if self.aid else ()

    def some(self, which: int) -> list[tuple[str, str]]:
        """Return one of the units that are or were lent, and whose it is."""
        units = [(x.lender, x.unit_id) for x in self.loans() if x.unit_id]
        return units[which % len(units) :][:1] if units else []

    def promised(self, unit: str) -> list[Any]:
        """Return until when a unit was promised, each time that it was lent."""
        return [x.until for x in self.loans() if x.unit_id == unit]

    def say(self) -> None:
        """Say what is owed, and what follows from that."""
        for _ in range(20):
            if self.aid is None or not (say := self.decide(self.aid, None, at(self.now)).say):
                return
            for one in say:
                assert one.time < at(self.now), "said before its time"
                self.spoken.append(said(one))
                self.take(said(one))
        raise AssertionError("it never falls silent")

    def take(self, event: Envelope) -> None:
        """Fold an event."""
        before = self.phases
        self.log.append(event)
        self.now += 0.001
        self.aid = self.decide(self.aid, event, at(self.now)).state
        self.phases = phases(self.aid)
        self.moved.update(
            Move(before.get(which, ""), event.data.event, phase)
            for which, phase in self.phases.items()
            if before.get(which, "") != phase
        )

    def forgotten(self) -> None:
        """Note what is forgotten once it is over."""
        if self.decide(self.aid, None, at(self.now + LONG)).state is None:
            self.moved.update(Move(phase, "seven days", "") for phase in self.phases.values())
        else:
            assert self.aid
            assert not self.aid.ended


def phases(state: Aid | None) -> dict[str, str]:
    """Return how far every line and everything lent is."""
    if state is None:
        return {}
    lines = {f"line {line.line_id}": state.phase(line).value for line in state.lines}
    loans = {
        f"{x.lender} {x.message_id} {x.commit_line_id} {x.unit_id or number}": x.phase.value
        for number, x in enumerate(state.loans)
    }
    return lines | loans
