"""Any course that a referral may take, against a plain account of who has it and who must speak."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product, repeat
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liandong.contracts import Agency, AlarmRaised, Envelope, ReferralOffered
from liandong.response.concern import Concern, Move, Say
from liandong.response.referral import Phase, Referral
from response.referral_words import (
    ARBITER,
    DESK,
    DRAINAGE,
    HOTLINE,
    POLICE,
    RULES,
    URGENCIES,
    at,
    back,
    offered,
    said,
)

ANYBODY = "anybody"
_PEOPLE = (POLICE, HOTLINE, DRAINAGE, ARBITER)
_SIDES = (POLICE, HOTLINE, DRAINAGE)
_FIRST = tuple(
    product((str(HOTLINE), str(DRAINAGE), None), URGENCIES, (False, True), (False, True))
)
_EVERY = timedelta(seconds=RULES.chase_every_s)


@dataclass(frozen=True)
class Act:
    """Something that somebody may say."""

    what: str
    by: Agency
    about: str | None = None
    fields: tuple[tuple[str, str], ...] = ()
    promise: int | None = None


def _acts() -> Iterator[Act]:
    for by in _PEOPLE:
        judge = HOTLINE if by is ARBITER else ARBITER
        for to in (*_SIDES, None):
            yield from repeat(Act("offered", by, to and str(to)), 4 if by is ARBITER else 1)
        for what, promise in product(("accepted", "progressed"), (None, 0, 7, 25)):
            yield Act(what, by, promise=promise)
        for held_by in _SIDES:
            fields = ("held_by", str(held_by)), ("arbiter", str(judge))
            yield Act("disputed", by, fields=fields)
        to = HOTLINE if by is POLICE else POLICE
        yield from repeat(Act("returned", by, fields=(("returned_to", str(to)),)), 4)
        yield from repeat(Act("closed", by), 2)
    for seconds in (1, 4, 9, 10, 17, 40):
        yield from repeat(Act("wait", DESK, promise=seconds), 4)
        yield Act("wait", ARBITER, promise=seconds)  # the desk is killed meanwhile
    yield from repeat(Act("restart", DESK), 3)


_ACTS = tuple(_acts())


@dataclass
class Account:
    """What people would say: who has the request, who was asked to take it."""

    phase: str
    holder: str
    asked: str | None
    other: str | None = None
    arbiter: str = ""

    def hear(self, event: Envelope) -> None:
        """Note what an event changes."""
        who, what, data = str(event.source), event.data.event.removeprefix("referral."), event.data
        mine, was_asked = who == self.holder, self.was_asked(who)
        match self.phase, what:
            case "closed", _:
                return
            case (("offered" | "returned"), "offered") if who == str(POLICE):
                self.phase, self.asked = "offered", data.to_agency or ANYBODY  # type: ignore[attr-defined]
                self.other = data.to_agency  # type: ignore[attr-defined]
            case "disputed", "offered" if who == self.arbiter and data.to_agency:  # type: ignore[attr-defined]
                self.phase, self.asked, self.other = "decided", data.to_agency, data.to_agency  # type: ignore[attr-defined]
            case _, "accepted" if was_asked:
                self._take(who)
            case _, "progressed" if was_asked and not mine:
                self._take(who)
            case _, "closed" if mine or was_asked:
                self.phase, self.holder = "closed", who
            case "offered", "returned" if was_asked:
                self._give_back(who)
            case "accepted", "returned" if mine and who != str(POLICE):
                self._give_back(who)
            case (("offered" | "accepted" | "returned"), "disputed"):
                self._dispute(who, data)
            case _:
                return

    def was_asked(self, who: str) -> bool:
        """Say whether somebody may take it now."""
        if self.phase == "disputed":
            return who == self.other
        if self.phase not in {"offered", "decided"}:
            return False
        return who != str(POLICE) if self.asked == ANYBODY else who == self.asked

    def _take(self, who: str) -> None:
        self.phase, self.holder, self.other = "accepted", who, who

    def _give_back(self, who: str) -> None:
        self.phase, self.holder, self.other = "returned", str(POLICE), who

    def _dispute(self, who: str, data: Any) -> None:
        if self.was_asked(who):
            self.other = who
        parties = {str(POLICE), self.holder, self.other}
        if who in parties:
            self.phase, self.arbiter = "disputed", data.arbiter
            self.holder = data.held_by if data.held_by in parties else self.holder


class ReferralLife(RuleBasedStateMachine):
    """Anyone says anything at any time; a desk looks whenever it likes, and may be killed."""

    concern: ClassVar[Concern[Referral]]
    made: ClassVar[set[Move]]

    @initialize(first=st.sampled_from(_FIRST))
    def begin(self, first: tuple[str | None, str, bool, bool]) -> None:
        """Offer a request; some smell of gas, some come from the fire service itself."""
        to, urgency, gas, own = first
        self.now = 0
        self.service = "fire" if own else "police"
        self.dangerous = gas and not own
        self.text = "gas" if gas else "A broken lamp"
        self.urgency = urgency
        self.account = Account("offered", str(POLICE), to or ANYBODY, to)
        self.log: list[Envelope] = []
        self.owed: dict[str, tuple[Any, datetime]] = {}
        self.told: list[AlarmRaised] = []
        self.copies = 0
        self.state: Referral | None = None
        self._hear(self._offer(to), heard=True)

    @rule(act=st.sampled_from(_ACTS))
    def happen(self, act: Act) -> None:
        """Something is said, true or not; or time passes; or a desk begins again."""
        match act.what:
            case "wait":
                self._wait(act.promise or 1, killed=act.by is ARBITER)
            case "restart":
                self._restart()
            case "offered":
                self._hear(self._offer(act.about, act.by))
            case _:
                fields = dict(act.fields)
                if act.promise is not None:
                    fields["expected_datetime"] = at(self.now + act.promise)
                self._hear(said(act.by, act.what, self.now, **fields))

    @invariant()
    def somebody_answers_for_it(self) -> None:
        """Who, is what people would say; and somebody's word is awaited until it is closed."""
        assert self.state
        assert self.state.phase == self.account.phase
        assert self.state.holder == self.account.holder
        assert (self.state.wait is None) == (self.state.phase is Phase.CLOSED)

    @invariant()
    def a_silence_is_somebodys(self) -> None:
        """Whoever's word is awaited is who can speak it."""
        assert self.state
        whom = {
            "offered": self.account.asked,
            "decided": self.account.asked,
            "accepted": self.account.holder,
            "returned": str(POLICE),
            "disputed": self.account.arbiter,
        }.get(self.account.phase)
        named = "municipal" if whom == ANYBODY else whom
        assert (self.state.wait and self.state.wait.whom) == named

    def _wait(self, seconds: int, *, killed: bool) -> None:
        """Let time pass; a desk looks, and may be killed before it has said anything."""
        self.now += seconds
        changes = self.concern.decide(self.state, None, at(self.now))
        assert changes.due is None or changes.due > at(self.now), "it would look for ever"
        for say in changes.say:
            self._is_due(say)
            if not killed:
                self._say(say)
        if not killed:
            again = self.concern.decide(self.state, None, at(self.now)).say
            assert again == (), "what was said is still owed"
            self._is_told_of()

    def _restart(self) -> None:
        state = None
        for event in self.log:
            state = self.concern.decide(state, event, event.time).state
        assert state == self.state, "a restart knows something else"

    def _offer(self, to: str | None, by: Agency = POLICE) -> Envelope:
        return offered(
            self.now,
            by=by,
            to_agency=to,
            urgency=self.urgency,
            summary=self.text,
            from_service=self.service,
        )

    def _hear(self, event: Envelope, *, heard: bool = False) -> None:
        before = self.state.phase if self.state else ""
        self._fold(event)
        if not heard:
            self.account.hear(event)
        assert self.state, "an event made it forgotten"
        if before != self.state.phase:
            self.made.add(Move(before, event.data.event, self.state.phase))

    def _fold(self, event: Envelope) -> None:
        self.log.append(event)
        self.state = self.concern.decide(self.state, event, event.time).state

    def _say(self, say: Say) -> None:
        self.copies += isinstance(say.event, ReferralOffered)
        if isinstance(say.event, AlarmRaised):
            self.told.append(say.event)
        self._fold(back(say))

    def _is_due(self, say: Say) -> None:
        """Check that it is time to say it, and that it is the same whenever it is said."""
        assert say.time <= at(self.now), "said before its time"
        known = self.owed.setdefault(say.about, (say.event, say.time))
        assert known == (say.event, say.time), "one thing is said in two ways"
        if isinstance(say.event, AlarmRaised):
            assert self.state
            assert self.state.wait, "nobody's word is awaited"
            assert say.event.since == self.state.wait.by <= at(self.now), "told too early"

    def _is_told_of(self) -> None:
        """Check that a desk that has said what it had to say owes nobody a word."""
        assert self.state
        late, chase = self.state.overdue(at(self.now)), self.state.chase
        if late:
            assert chase, "a silence that nobody was told of"
            assert at(self.now) - chase.told < _EVERY, "told too seldom"
            assert not chase.over, "it is not over"
        elif self.told:
            assert chase, "who told it has forgotten"
            assert chase.over, "nobody was told that it is over"
        ids = [(alarm.alarm_id, alarm.valid_until) for alarm in self.told]
        assert len(set(ids)) == len(ids), "told twice"
        assert self.copies == self.dangerous, "danger goes to the emergency side, once"


def machine(concern: Concern[Referral]) -> type[ReferralLife]:
    """Return a machine that plays any course, and keeps the moves that it saw in its ``made``."""
    return type("ReferralLife", (ReferralLife,), {"concern": concern, "made": set()})
