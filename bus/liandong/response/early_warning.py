"""Early warning: from a clue to its review, each step with an owner and a deadline. Pure.

All of it carries the correlation that its first clue began, so what is kept is kept by that: the
facts, each by its event, from which the steps follow (`warning_steps`). In whatever order they are
heard, the steps come out the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from liandong.contracts import (
    AlertIssued,
    AlertUpdated,
    ClockBreached,
    ClockStarted,
    ClockStopped,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    ReviewPublished,
    RiskAssessed,
    RiskClueReported,
    RiskWarningProposed,
    to_token,
)
from liandong.response.concern import Changes, Concern, Move
from liandong.response.runs import heard, mark, next_due, owed
from liandong.response.warning_facts import Facts, added
from liandong.response.warning_rules import WarningRules, read_warning_rules
from liandong.response.warning_steps import CLOCK, Phase, phase_of, run_of, steps

_SAID = (ClockStarted, ClockBreached, ClockStopped)
_ORDERS = (OrderIssued, OrderReported, OrderEscalated, OrderCancelled, OrderExpired)
_HELD = (RiskClueReported, RiskAssessed, RiskWarningProposed, *_ORDERS)
HEARD = (*_HELD, AlertIssued, AlertUpdated, ReviewPublished)
"""The events that steps follow from."""


@dataclass(frozen=True, slots=True)
class Loop:
    """All that carries one correlation, as far as early warning cares.

    Attributes:
        facts: What was said.
        last: When something was last heard of it (UTC).
        said: What has been said of its steps.
    """

    facts: Facts
    last: datetime
    said: frozenset[str] = frozenset()

    @property
    def risks(self) -> tuple[str, ...]:
        """The risks that it is about, by name."""
        return tuple(sorted({clue.risk_id for clue in self.facts.clues.values()}))


def advance(loop: Loop | None, event: Envelope) -> Loop | None:
    """Return what is known of a correlation after an event that carries it.

    An order may be heard before the clue that it follows, since they travel in two lanes: it is
    kept as well. Nothing else begins a loop but a clue, or what was concluded from one.
    """
    if isinstance(event.data, _SAID):
        if not event.data.clock.startswith(CLOCK):  # a clock of the incident that it belongs to
            return loop
        return loop and replace(loop, said=heard(loop.said, event.data))
    if loop is None and not isinstance(event.data, _HELD):
        return None
    loop = loop or Loop(Facts(), mark(event).time)
    return replace(loop, facts=added(loop.facts, event), last=max(loop.last, mark(event).time))


def warnings(rules: WarningRules | None = None) -> Concern[Loop]:
    """Return the concern of early warnings.

    Args:
        rules: Who has how long for what; the shipped ones, where none are given.
    """
    known = rules or read_warning_rules()

    def decide(loop: Loop | None, event: Envelope | None, now: datetime) -> Changes[Loop]:
        """Return what becomes of a loop."""
        return decided(loop, event, now, known)

    return Concern("warnings", 1, Loop, (*HEARD, *_SAID), threads, decide, MOVES)


def decided(
    loop: Loop | None, event: Envelope | None, now: datetime, rules: WarningRules
) -> Changes[Loop]:
    """Return what becomes of a loop.

    Args:
        loop: What was known; None before its first event.
        event: What was said; None to ask what is owed, and when more will be.
        now: The moment against which deadlines are held.
        rules: Who has how long for what.
    """
    after = advance(loop, event) if event else loop
    if after is None or event:  # a book folds many events, and asks what is owed once they are
        return Changes(after)
    forgotten = after.last + _kept(after, rules)
    if forgotten < now:
        return Changes(None)
    runs = [
        run_of(step, risk_id, rules)
        for risk_id in after.risks
        for step in steps(after.facts, risk_id, rules)
        if step.chased
    ]
    say = owed(runs, after.said, now, timedelta(seconds=rules.news_s))
    return Changes(after, say, min(next_due(runs, now) or forgotten, forgotten))


def _kept(loop: Loop, rules: WarningRules) -> timedelta:
    """Return for how long a loop is kept after its last event: orders without a clue briefly."""
    if not loop.risks:
        return timedelta(seconds=rules.news_s)
    over = all(phase_of(loop.facts, risk_id) is Phase.CLOSED for risk_id in loop.risks)
    return timedelta(seconds=rules.kept_s if over else rules.silent_s)


def threads(event: Envelope) -> Iterator[str]:
    """Yield what an event belongs to: its correlation, which a first clue begins."""
    if correlation := event.correlation:
        yield to_token(correlation)
    elif isinstance(event.data, RiskClueReported):
        yield to_token(event.id)


_BEFORE_ORDERS = (Phase.CLUE, Phase.WATCHED, Phase.TO_WARN, Phase.PROPOSED, Phase.TASKING)
_CONCLUDED = {
    "warn": Phase.TO_WARN,
    "task": Phase.TASKING,
    "watch": Phase.WATCHED,
    "close": Phase.CLOSED,
}
MOVES = (
    Move("", "risk.clue_reported", Phase.CLUE.value),
    *(
        Move(before.value, f"risk.assessed {conclusion}", after.value)
        for before in _BEFORE_ORDERS
        for conclusion, after in _CONCLUDED.items()
        if before is not after
    ),
    Move(Phase.TO_WARN.value, "risk.warning_proposed", Phase.PROPOSED.value),
    Move(Phase.PROPOSED.value, "alert.issued", Phase.TASKING.value),
    *(Move(before.value, "order.issued", Phase.HANDLING.value) for before in _BEFORE_ORDERS),
    *(
        Move(Phase.HANDLING.value, on, Phase.REVIEWING.value)
        for on in ("order.reported done", "order.cancelled", "order.expired", "risk.assessed close")
    ),
    Move(Phase.TASKING.value, "risk.assessed close", Phase.REVIEWING.value),  # after a warning
    Move(Phase.REVIEWING.value, "review.published", Phase.CLOSED.value),
)
"""How one risk goes, where each does its part and everything is heard as it happens."""
