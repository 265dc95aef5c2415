"""The life of a risk, as a state machine, by chance and by script."""

from datetime import timedelta
from types import ModuleType
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liandong.contracts import Agency, ClockBreached, ClockStopped, Envelope, RiskConclusion
from liandong.response import early_warning as real
from liandong.response.concern import Say
from liandong.response.warning_steps import Step
from response.warning_words import (
    AUTHORITY,
    DESK,
    FIRE,
    LEAD,
    NOTICER,
    RULES,
    START,
    alerted,
    assessed,
    at,
    clue,
    ended,
    ordered,
    proposed,
    reviewed,
    said,
)

SECONDS = st.sampled_from([1, 60, 600, 900, 1_800])


class WarningLife(RuleBasedStateMachine):
    """Agencies say what they find and do; a desk looks whenever it likes.

    Attributes:
        module: What decides.
        moves: The moves that its risks made: before, on, after.
        orderly: Whether each does what it is asked for, in turn, and a risk that is over stays so.
    """

    orderly: bool = False

    module: ModuleType = real
    moves: ClassVar[set[tuple[str, str, str]]] = set()

    @initialize()
    def begin(self) -> None:
        """An agency notices something."""
        self.now, self.number = 0, 0
        self.log, self.told = list[Envelope](), list[Say]()
        self.loop: Any = None
        self.phase, self.latest, self.judged = "", "", 0
        self.asked, self.alerts = list[int](), list[int]()
        self.open, self.given, self.over = set[str](), 0, False
        self._hear(clue(), "risk.clue_reported", 0)

    @precondition(lambda self: self._in_turn("clue watched to_warn proposed tasking handling"))
    @rule(seconds=SECONDS, conclusion=st.sampled_from(list(RiskConclusion)))
    def assess(self, seconds: int, conclusion: RiskConclusion) -> None:
        """The agencies judge it, again perhaps; who was warned or sent is told when it is over."""
        if self.orderly and (self.alerts or self.given):
            conclusion = RiskConclusion.CLOSE
        self.number += 1
        self.latest, self.judged = conclusion.value, self.now + seconds
        event = assessed(self.now + seconds, conclusion, self.number)
        self._hear(event, f"risk.assessed {conclusion}", seconds)

    @precondition(lambda self: self.latest and self._in_turn("to_warn"))
    @rule(seconds=SECONDS)
    def propose(self, seconds: int) -> None:
        """They ask the authority to warn."""
        self.asked.append(self.now + seconds)
        self._hear(proposed(self.now + seconds), "risk.warning_proposed", seconds)

    @precondition(lambda self: self.latest and self._in_turn("proposed"))
    @rule(seconds=SECONDS)
    def alert_public(self, seconds: int) -> None:
        """The authority warns, asked or not."""
        self.alerts.append(self.now + seconds)
        self._hear(alerted(self.now + seconds), "alert.issued", seconds)

    @precondition(lambda self: self._in_turn("clue watched to_warn proposed tasking handling"))
    @rule(seconds=SECONDS)
    def order(self, seconds: int) -> None:
        """Somebody is sent."""
        self.given += 1
        name = f"o-{self.given}"
        self.open.add(name)
        self._hear(ordered(self.now + seconds, name), "order.issued", seconds)

    @precondition(lambda self: self.given and self._in_turn("handling"))
    @rule(
        seconds=SECONDS,
        how=st.sampled_from(["done", "cancelled", "expired", "escalated"]),
        which=st.integers(0, 9),
    )
    def go_on(self, seconds: int, how: str, which: int) -> None:
        """An order ends, or is passed on."""
        name = f"o-{which % self.given + 1}"
        self.open = self.open | {name} if how == "escalated" else self.open - {name}
        on = f"order.{'reported done' if how == 'done' else how}"
        self._hear(ended(self.now + seconds, name, how), on, seconds)

    @precondition(lambda self: self._in_turn("reviewing"))
    @rule(seconds=SECONDS)
    def review(self, seconds: int) -> None:
        """Somebody reviews it."""
        self.over = True
        self._hear(reviewed(self.now + seconds), "review.published", seconds)

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Time passes, and nobody looks."""
        self.now += seconds

    @rule()
    def look(self) -> None:
        """A desk says what is owed, and hears itself."""
        for say in self._owed():
            assert say.time <= at(self.now), "said before its time"
            self.told.append(say)
            data: Any = say.event
            self._take(said(data, (say.time - START).total_seconds(), DESK))
        assert not self._owed(), "owed still, though it was said"

    @rule()
    def restart(self) -> None:
        """A desk begins anew from the log."""
        loop: Any = None
        for event in self.log:
            loop = self.module.decided(loop, event, event.time, RULES).state
        assert loop == self.loop

    @invariant()
    def a_risk_is_as_far_as_was_said(self) -> None:
        """Neither when it was heard nor who was chased matters."""
        assert self._module_phase() == self.phase

    @invariant()
    def a_risk_that_is_not_over_waits_for_somebody(self) -> None:
        """There is a step with an owner and a deadline, until it is closed; then there is none."""
        waits = [step for step in self._steps() if step.end is None]
        assert bool(waits) == (self.phase != "closed"), [step.name for step in waits]
        assert all(step.owner and step.due >= step.begun.time for step in waits)

    @invariant()
    def the_right_agency_is_waited_for(self) -> None:
        """Whoever noticed it, the lead, the authority, or who was ordered; each for one thing."""
        waits = [step for step in self._steps() if step.end is None and step.name != "handle"]
        assert len({step.name for step in waits}) == len(waits), "asked for one thing twice"
        names = {step.name.value: step for step in self._steps() if step.end is None}
        name, owners, due = {
            "clue": ("assess", {NOTICER}, 1_800),
            "watched": ("reassess", {LEAD}, self.judged + 21_600),
            "to_warn": ("propose", {LEAD}, self.judged + 900),
            "proposed": ("issue", {AUTHORITY}, None),
            "tasking": ("task", {LEAD}, None),
            "handling": ("handle", {FIRE, NOTICER}, None),
            "reviewing": ("review", {LEAD if self.latest else NOTICER}, None),
            "closed": ("", set[Agency](), None),
        }[self.phase]
        assert ("review" in names) == (self.phase == "reviewing"), "reviewed before it is over"
        assert not name or names[name].owner in set(map(str, owners))
        assert due is None or names[name].due == at(due)

    @invariant()
    def nothing_is_said_twice(self) -> None:
        """Nobody is chased twice for one miss."""
        assert len({say.about for say in self.told}) == len(self.told)

    @invariant()
    def what_was_begun_is_not_lost(self) -> None:
        """A step that was told of is there, done or not; a review waits for what is ordered."""
        there = {f"{self._clock_id(step)} started" for step in self._steps()}
        begun = {say.about for say in self.told if say.about.endswith(" started")}
        assert {about for about in begun - there if "warning-review" not in about} == set()

    @invariant()
    def who_is_late_is_chased_and_nobody_else(self) -> None:
        """At the deadline, a quarter of an hour later, and an hour later; not once it is done."""
        told = {say.about for say in self.told}
        owed = {say.about for say in self._owed() if isinstance(say.event, ClockBreached)}
        late = {
            f"{self._clock_id(step)} breached {n}"
            for step in self._steps()
            for n, more in enumerate((0, 900, 3_600), start=1)
            if step.end is None and step.due + timedelta(seconds=more) < at(self.now)
        }
        assert owed == late - told

    @invariant()
    def what_stopped_was_done_or_is_void(self) -> None:
        """Void means that nobody did it and nobody has to any more."""
        ends = {
            f"{self._clock_id(step)} stopped": step.void or step.end < step.begun
            for step in self._steps()
            if step.end
        }
        says = [say for say in self._owed() if isinstance(say.event, ClockStopped)]
        void = {say.about: getattr(say.event, "outcome", "") == "void" for say in says}
        told = {say.about for say in self.told}
        assert void == {about: is_void for about, is_void in ends.items() if about not in told}

    def _in_turn(self, phases: str) -> bool:
        return not self.orderly or self.phase in phases.split()

    def _steps(self) -> tuple[Step, ...]:
        return self.module.steps(self.loop.facts, "r-1", RULES)

    def _clock_id(self, step: Step) -> str:
        return self.module.run_of(step, "r-1", RULES).clock_id

    def _module_phase(self) -> str:
        return self.module.phase_of(self.loop.facts, "r-1").value

    def _owed(self) -> tuple[Say, ...]:
        return self.module.decided(self.loop, None, at(self.now), RULES).say

    def _hear(self, event: Envelope, on: str, seconds: int) -> None:
        self.now += seconds
        self._take(event)
        before, self.phase = self.phase, self._expected()
        if before != self.phase:
            self.moves.add((before, on, self.phase))

    def _expected(self) -> str:
        if self.over:
            return "closed"
        if self.latest == "close":
            return "reviewing" if self.given or (self.alerts and self.asked) else "closed"
        if self.given:
            return "handling" if self.open else "reviewing"
        if self.latest == "warn":
            since = min((t for t in self.asked if t > self.judged), default=None)
            warned = since is not None and any(t > since for t in self.alerts)
            return "tasking" if warned else "to_warn" if since is None else "proposed"
        return {"": "clue", "task": "tasking", "watch": "watched"}[self.latest]

    def _take(self, event: Envelope) -> None:
        self.log.append(event)
        self.loop = self.module.decided(self.loop, event, event.time, RULES).state


def machine(
    module: ModuleType, moves: set[tuple[str, str, str]], *, orderly: bool
) -> type[WarningLife]:
    """Return the life of a risk, decided by a module; its moves are noted."""
    return type("Life", (WarningLife,), {"module": module, "moves": moves, "orderly": orderly})


SCRIPTS = (
    "assess:warn propose assess:warn wait assess:watch look assess:watch look",
    "assess:warn propose assess:task assess:warn propose alert_public assess:close review",
    "assess:warn propose assess:close",
    "assess:task order order look go_on:done:1 look go_on:cancelled:0 look review",
    "order go_on:done:0 go_on:escalated:0 wait wait look go_on:expired:0 restart",
    "assess:warn alert_public propose look alert_public wait look order assess:close look",
)
"""Lives that chance comes to rarely: calls, with a conclusion or what becomes of which order."""


def play(life: WarningLife, script: str) -> None:
    """Live as a script says; every invariant holds after each call."""
    life.begin()
    for call in script.split():
        match call.split(":"):
            case ["assess", conclusion]:
                life.assess(60, RiskConclusion(conclusion))
            case ["go_on", how, which]:
                life.go_on(60, how, int(which))
            case ["wait"]:
                life.wait(30_000)
            case [name]:
                getattr(life, name)(*([] if name in {"look", "restart"} else [60]))
            case _:
                raise AssertionError(call)
        life.a_risk_is_as_far_as_was_said()
        life.a_risk_that_is_not_over_waits_for_somebody()
        life.the_right_agency_is_waited_for()
        life.nothing_is_said_twice()
        life.what_was_begun_is_not_lost()
        life.who_is_late_is_chased_and_nobody_else()
        life.what_stopped_was_done_or_is_void()
