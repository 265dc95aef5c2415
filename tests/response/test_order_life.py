"""Orders in which anything happens at any time; and that a mistake would be noticed."""

from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.response import Move, order_escalation, order_state, orders
from liandong.response.orders import MOVES, ORDERS
from response.mutants import mutant
from response.order_life import life
from response.order_words import Decide

RUNS = settings(max_examples=2_000, stateful_step_count=10)
FEW_RUNS = settings(
    max_examples=300,
    stateful_step_count=10,
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in settings().phases if phase.name == "generate"],
)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_every_order_ends_or_reaches_a_person_whatever_happens() -> None:
    """Anyone says anything at any time, and two desks look when they like."""
    moves: set[Move] = set()
    run_state_machine_as_test(life(ORDERS.decide, moves), settings=RUNS)
    assert moves <= set(MOVES)


def built_on(module: ModuleType, old: str, new: str) -> Decide:
    """Return `decide` as it is with one piece of one module changed."""
    changed = mutant(module, old, new)
    whole = mutant(orders, "_NO_POLICY = ", "_NO_POLICY = ")  # a copy of its own
    for name in ("fold", "owed", "decide"):
        if name in vars(changed):
            setattr(whole, name, vars(changed)[name])
    if module is orders:
        whole = changed
    decided: Callable[..., Any] = whole.orders_under(orders.shipped_policy()).decide
    return decided


STATE, OWED, ORDER = order_state, order_escalation, orders
MISTAKES = (
    # an answer of anybody counts
    (STATE, "has_it = agency == order.addressee.agency", "has_it = True"),
    # a machine's receipt is taken for a person's word
    (
        STATE,
        "asking.accept_by and progress < _ACCEPTED",
        "asking.accept_by and progress < _RECEIVED",
    ),
    # who was passed over still counts as not having answered
    (STATE, "replace(order, state=None, since=None, until=None,", "replace(order, until=None,"),
    # nobody remembers who was asked before
    (STATE, "for step in (*order.steps, *order.in_vain)", "for step in order.in_vain"),
    # progress does not extend
    (STATE, "until = report.until or order.until", "until = order.until"),
    # anyone cancels
    (STATE, "if not by_issuer and cancelled.cancelled_by != DESK:", "if False:"),
    # what came too late is thrown away
    (STATE, "[-_MOST_ANSWERS:]", "[:0]"),
    # a refusal ends it, whoever is left
    (STATE, "or (self.unwilling and not self.line)", "or self.unwilling"),
    # a cancelled order goes on
    (STATE, "or self.over is not None", "or isinstance(self.ending, OrderExpired)"),
    # a deadline is reported when it is not over yet
    (OWED, "if overdue.due < now]", "if overdue.due <= now + _CELL]"),
    # what was reported is reported again under another name
    (OWED, '"{_step(order)} {overdue.missed} {_utc(overdue.due)}"', '"{overdue.missed} {now_}"'),
    # the last in line is skipped
    (OWED, "if order.line else _expire", "if order.line[1:] else _expire"),
    # it is passed on before anybody was told
    (OWED, "if unreported:", "if unreported and not order.line:"),
    # the next one has the time that the first one had
    (OWED, "return to + (due - order.issued.time) if due else None", "return due"),
    # the next one is asked for a time that has passed
    (OWED, "at = since + (now - since) // _CELL * _CELL", "at = since"),
    # the step is not told from the next one
    (OWED, 'f"{_step(order)} next"', 'f"{order.issued.id} next"'),
    # who was asked last is not told to stop
    (OWED, "return _stop(order, order.asked, reason, code)", "return ()"),
    # who was asked for nothing is not told
    (OWED, "return _stop(order, needless,", "return _stop(order, (),"),
    # an order that needs two people passes with one
    (OWED, "if lack := policy.missing(order.order):", "if lack := '':"),
    # a desk sleeps over a deadline
    (ORDER, "one.due >= now), default=None)", "one.due >= now + KEPT), default=None)"),
    # an order is forgotten while it is open
    (ORDER, "if event is None and not say and after.ended_at", "if event is None and not say"),
)


@pytest.mark.parametrize(("module", "old", "new"), MISTAKES, ids=lambda part: str(part)[:40])
def test_a_mistake_is_noticed(module: ModuleType, old: str, new: str) -> None:
    """One place changed, and some life breaks an invariant."""
    with pytest.raises((AssertionError, ValueError, TypeError, NameError)):
        run_state_machine_as_test(life(built_on(module, old, new), set()), settings=FEW_RUNS)
