"""Registers, decided: whoever speaks of what, whoever asks, and whenever one looks."""

from datetime import datetime, timedelta
from functools import cache
from types import ModuleType
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liandong.contracts import Agency, AvailabilityAnswered, AvailabilityAsked, Envelope, Event
from liandong.contracts.examples import example
from liandong.response import Move
from liandong.response.register_offers import Entry
from response.register_entries import (
    CENTRE,
    FIRE,
    NEIGHBOUR,
    NOW,
    asked,
    engine,
    hospital,
    said,
    shelter,
    stock,
)

STATUSES: dict[str, Event] = {
    one.said.data.event: one.said.data
    for one in (engine("LZ-H1"), hospital("h", 1), shelter("s"), stock("sandbags"))
} | {"road.status": Envelope.from_document(example("road.status.v1")).data}
ENTRIES = (engine("LZ-H1"), engine("QS-H1", source=NEIGHBOUR))
WHOM: dict[str, dict[str, Any]] = {
    "everyone": {},
    "us": {"asked_agencies": (str(CENTRE),)},
    "our region": {"asked_regions": ("lz",)},
    "one whose entries we know": {"asked_agencies": (str(NEIGHBOUR),)},
    "a stranger": {"asked_agencies": ("xx/fire/119",)},
}
OFFERED = {
    "everyone": ["LZ-H1", "QS-H1"],
    "us": ["LZ-H1", "QS-H1"],
    "our region": ["LZ-H1", "QS-H1"],
    "one whose entries we know": ["QS-H1"],
    "a stranger": None,
}


def known() -> tuple[Entry, ...]:
    """Return what the keeper knows."""
    return ENTRIES


@cache
def question(whom: str, minutes: int | None) -> AvailabilityAsked:
    """Return a question, of use for so many minutes."""
    by = None if minutes is None else NOW + timedelta(minutes=minutes)
    return asked("units", answer_by=by, **WHOM[whom])


class Life(RuleBasedStateMachine):
    """Anyone says anything; the desk looks whenever it likes, and may start again."""

    module: ModuleType
    moves: set[Move]
    keeper: Any

    @initialize(whom=st.sampled_from(list(WHOM)), of_use=st.sampled_from([None, 5, 90]))
    def begin(self, whom: str, of_use: int | None) -> None:
        """Nothing is listed, and nothing asked."""
        self.question, self.offered = question(whom, of_use), OFFERED[whom]
        self.minutes, self.log = 0, list[Envelope]()
        self.kept: dict[str, Any] = {}
        self.listed: dict[str, Envelope] = {}
        self.asking: Envelope | None = None
        self.heard, self.answers = set[str](), set[str]()

    @rule(which=st.sampled_from(list(STATUSES)), by=st.sampled_from([FIRE, NEIGHBOUR]))
    def speak(self, which: str, by: Agency) -> None:
        """Say how something is."""
        event = self._said(STATUSES[which], by)
        self.listed[f"{which} {by}"] = event
        self._fold(event)

    @rule(by=st.sampled_from([FIRE, NEIGHBOUR]))
    def ask(self, by: Agency) -> None:
        """Ask, or ask again; another agency takes the same name."""
        event = self._said(self.question, by)
        if self.asking is None or self.asking.source == by:
            self.asking, self.heard, self.answers = event, set(), set()
        self._fold(event)

    @rule(question=st.booleans())
    def hear_what_is_old(self, *, question: bool) -> None:
        """The question comes twice; somebody answers an earlier asking."""
        if self.asking is not None:
            old = self._said(ANSWER, NEIGHBOUR, causation="0" * 32)
            self._fold(self.asking if question else old)

    @rule(says_to_what=st.booleans())
    def another_answers(self, *, says_to_what: bool) -> None:
        """A neighbour answers, perhaps without a word on which asking it means."""
        if self.asking is not None:
            cause = {"causation": self.asking.id} if says_to_what else {}
            self.heard.add(str(NEIGHBOUR))
            self._fold(self._said(ANSWER, NEIGHBOUR, **cause))

    @rule(told=st.booleans())
    def answer(self, *, told: bool) -> None:
        """The desk looks; what it says comes back, or the desk is killed before."""
        owed = [
            say
            for kept in self.kept.values()
            for say in self.module.decide(kept, None, self._now(), self.keeper).say
        ]
        assert bool(owed) == self._owes(), "who is asked answers once, in time, and nobody else"
        for say in owed:
            assert self.asking is not None
            assert (say.time, say.cause) == (self.asking.time, self.asking)
            assert [h.entry_id for h in say.event.holdings] == self.offered
            self.answers.add(say.about)
            if told:
                self.heard.add(str(CENTRE))
                self._fold(self._said(say.event, CENTRE, causation=say.cause.id))

    @rule(minutes=st.sampled_from([1, 4, 60]))
    def wait(self, minutes: int) -> None:
        """Let time pass."""
        self.minutes += minutes

    @rule()
    def restart(self) -> None:
        """Start again from the log."""
        log, kept = self.log, self.kept
        self.log, self.kept = [], {}
        for event in log:
            self._fold(event)
        assert self.kept == kept

    @invariant()
    def an_entry_is_what_its_speaker_said_last(self) -> None:
        """Two speakers of one thing are two entries."""
        listed = [kept.status for kept in self.kept.values() if kept.phase == "listed"]
        assert sorted(e.id for e in listed) == sorted(e.id for e in self.listed.values())

    @invariant()
    def a_question_is_its_askers(self) -> None:
        """Nobody else takes its name, and those who answered this asking are known."""
        asked = [kept for kept in self.kept.values() if kept.phase != "listed"]
        expected = [(self.asking, frozenset(self.heard))] if self.asking else []
        assert [(kept.asked, kept.answered) for kept in asked] == expected

    @invariant()
    def one_asking_has_one_answer_of_ours(self) -> None:
        """However often the desk is killed, what it says has one name."""
        assert len(self.answers) <= 1

    @invariant()
    def everything_is_forgotten_in_the_end(self) -> None:
        """And not before: entries after 90 days, questions after 7."""
        for kept in self.kept.values():
            days = {"listed": 90}.get(kept.phase, 7)
            said = kept.status if kept.phase == "listed" else kept.asked
            ends = said.time + timedelta(days=days)
            assert self.module.decide(kept, None, ends - timedelta(seconds=1)).state == kept
            assert self.module.decide(kept, None, ends - timedelta(seconds=1)).due == ends
            assert self.module.decide(kept, None, ends).state is None
            self.moves.add(Move(kept.phase, f"{days} days", ""))

    def _owes(self) -> bool:
        if self.asking is None or str(CENTRE) in self.heard or self.offered is None:
            return False
        by = self.question.answer_by or self.asking.time + timedelta(hours=1)
        return self._now() <= by

    def _said(self, data: Event, by: Agency, **more: Any) -> Envelope:
        return said(data, by, -self.minutes, **more)

    def _now(self) -> datetime:
        return NOW + timedelta(minutes=self.minutes)

    def _fold(self, event: Envelope) -> None:
        self.log.append(event)
        for thread in self.module.REGISTERS.threads(event):
            before = self.kept.get(thread)
            changes = self.module.decide(before, event, event.time, self.keeper)
            assert changes.say == (), "only time makes an answer due"
            if changes.state is None:
                assert before is None
                continue
            self.kept[thread] = changes.state
            phases = (before.phase if before else "", changes.state.phase)
            if phases[0] != phases[1]:
                self.moves.add(Move(phases[0], event.data.event, phases[1]))


def machine(module: ModuleType, moves: set[Move]) -> type[RuleBasedStateMachine]:
    """Return the life of some entries and of one question, as decided by a module.

    Args:
        module: `registers`, or a mutant of it.
        moves: Takes the moves that were seen.
    """
    keeper = module.Keeper(CENTRE, known)
    return type("LifeOf", (Life,), {"module": module, "moves": moves, "keeper": keeper})


ANSWER = AvailabilityAnswered(question_id="q-1", answered_by=str(NEIGHBOUR))
