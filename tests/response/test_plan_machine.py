"""Plans at work hold what they promise, and the test that says so would notice if not."""

from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.response import plan_state, plan_tasks, plans
from liandong.response.plan_library import Library
from response.mutants import mutant
from response.plan_machine import Decide, Moves, machine
from response.plan_parts import PLANS, SMALL

_EVERY = settings(max_examples=2000, stateful_step_count=15, deadline=None)
_UNTIL_CAUGHT = settings(
    max_examples=300,
    stateful_step_count=20,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_whatever_is_said_plans_hold_what_they_promise() -> None:
    """And their moves are those that their page draws, all of them."""
    moves: Moves = set()
    run_state_machine_as_test(machine(PLANS.decide, moves), settings=_EVERY)
    assert moves == {(move.before, move.on, move.after) for move in PLANS.moves}


def caught(decide: Decide) -> bool:
    """Say whether the machine notices that something decides wrongly."""
    try:
        run_state_machine_as_test(machine(decide), settings=_UNTIL_CAUGHT)
    except BaseException:  # noqa: BLE001  whatever it fails with, it has noticed
        return True
    return False


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("if name not in state.told and name not in state.tasks:", "if name not in state.told:"),
        ("if name not in state.told and name not in state.tasks:", "if name not in state.tasks:"),
        ("    if end is None:\n", "    if end is None or True:\n"),
        ("if task and not task.begun and not task.over:", "if task and not task.over:"),
        ("if task and not task.begun and not task.over:", "if task and not task.begun:"),
        ("return rank(level) > than", "return rank(level) != than"),
        ("if task is None or task.cancelled_for not in turns:", "if True:"),
        ("if task is None or task.cancelled_for not in turns:", "if not task or not task.over:"),
        ("*(level for level in later if level.since <= now)", "*later"),
        ('f"{one.response_id} level" not in state.told', "True"),
        ('and f"{name} closed" not in state.told', ""),
        ("        if not holds(level.level):\n            break\n", ""),
        ("if one.has_own_response and one.ended is None:", "if one.has_own_response:"),
        ("held = [end for end in ends if end.since <= now]", "held = ends"),
        ("moments += [one.cleared.time] if one.cleared else []", "pass"),
    ],
)
def test_a_wrong_decision_is_noticed(old: str, new: str) -> None:
    """Each breaks a promise: twice, too early, too late, withdrawn, or never."""
    assert caught(mutant(plans, old, new).decider_of(Library.of([SMALL])))


@pytest.mark.parametrize(
    ("module", "old", "new", "name", "into"),
    [
        (plan_state, "if still or one.fact", "if one.fact", "fold", plans),
        (plan_state, "return one if known or one.ended else", "return", "fold", plans),
        (plan_state, "ended=one.ended or event", "ended=event", "fold", plans),
        (plan_state, "if event.time >= one.activated.time:", ":", "fold", plans),
        (plan_state, "if fact.order_id not in state.tasks:", ":", "fold", plans),
        (plan_tasks, "begun = task.begun or state in _BEGUN", "begun = False", "heard", plan_state),
        (
            plan_tasks,
            "if by_addressee:\n            return _adv",
            "if True:\n            return _adv",
            "heard",
            plan_state,
        ),
        (plan_tasks, "over=True, cancelled_for=", "cancelled_for=", "heard", plan_state),
    ],
)
def test_what_is_remembered_wrongly_is_noticed(
    module: ModuleType,
    old: str,
    new: str,
    name: str,
    into: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the log tells decides as much as the rules do."""
    monkeypatch.setattr(into, name, getattr(mutant(module, old, new), name))
    assert caught(plans.decider_of(Library.of([SMALL])))
