"""Mutual aid under anyone saying anything at any time: what holds whatever happens."""

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import isfunction
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import (
    run_state_machine_as_test,
)

from liandong.response import aid, aid_asking, aid_committing, aid_lending, aid_owed
from liandong.response.aid import Decide, deciding
from liandong.response.aid_moves import MOVES
from liandong.response.concern import Move
from response.aid_life import AGREEMENTS, LONG, STEPS, machine, phases
from response.aid_talk import (
    QS,
    YP,
    answered,
    at,
    committed,
    needed,
    recalled,
    refused,
    released,
    reported,
    requested,
    said,
)
from response.mutants import mutant


def run(decide: Decide, examples: int, phases: tuple[Phase, ...] = tuple(Phase)) -> set[Move]:
    """Run the machine; return the moves that were made."""
    moved: set[Move] = set()
    run_state_machine_as_test(
        machine(decide, moved),
        settings=settings(
            max_examples=examples,
            stateful_step_count=10,
            deadline=None,
            phases=phases,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return moved


def every_move(decide: Decide) -> set[Move]:
    """Return the moves that lines and loans can make: whatever is said, until nothing is new."""
    first = decide(None, requested(0, needed("1", 1), asked_agencies=[QS]), at(0)).state
    assert first
    words = [
        answered(QS, 1, "accept", "qs-1"),
        answered(QS, 2, "decline"),
        committed(QS, 3, "qs-1"),
        committed(YP, 4, "yp-1"),
        committed(QS, 5, None, None, answer="decline"),
        *[recalled(who, 6, unit) for who, unit in ((QS, "qs-1"), (YP, "yp-1"))],
        released(7, "qs-1"),
        refused(7, committed(QS, 3, "qs-1")),
        *[reported(QS, 8, "qs-1", **{f"Actual{step}": 8}) for step in STEPS],
        *[requested(9, needed("1", amount)) for amount in (1, 2)],
        requested(10, needed("2", 1)),
        requested(11, recall={"message_id": "LZ-0", "type": "Cancel"}),
    ]
    moves = {Move("", "aid.requested", "open")}
    reached, to_see = set[Any](), [first]
    while to_see:
        before = to_see.pop()
        known = phases(before)
        owed = [said(say) for say in decide(before, None, at(LONG)).say]
        for event in (*words, *owed):
            after = decide(before, event, event.time).state
            assert after
            now = phases(after)
            moves |= {
                Move(known.get(name, ""), event.data.event, phase)
                for name, phase in now.items()
                if known.get(name, "") != phase
            }
            look = (*now.items(), *((len(x.offers), len(x.asked)) for x in after.lines))
            if look not in reached and len(after.loans) < 4 and len(after.lines) < 3:
                reached.add(look)
                to_see.append(after)
        if before.ended:
            moves |= {Move(phase, "seven days", "") for phase in known.values()}
    return moves


def test_the_moves_drawn_are_those_that_can_be_made() -> None:
    """All of them, and no others."""
    made = every_move(deciding("lz", AGREEMENTS))
    assert made == set(MOVES)


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_holds_holds_whatever_is_said() -> None:
    """And no life makes a move that is not drawn."""
    made = run(deciding("lz", AGREEMENTS), 2_000)
    assert made <= set(MOVES)


SEEDED = (
    (aid_committing, "else min(given, missing)", "else given"),
    (aid_committing, "0.0 if any(loan.phase in AWAY for loan in again)", "0.0 if not given"),
    (aid_committing, "if fits else []", "if given else []"),
    (aid_asking, "max(new.requested, granted)", "new.requested"),
    (aid_asking, "asked=(*line.asked, *more)", "asked=line.asked"),
    (aid_lending, "phase=LoanPhase.GOING_HOME, since=now, taken_back=True", "taken_back=True"),
    (aid_lending, "LoanPhase.HOME if gone else LoanPhase.GOING_HOME", "loan.phase"),
    (aid_lending, " and not loan.has_come_to(phase)", ""),
    (aid_owed, "if aid.desk_message(one.about) not in aid.told", "if one.about"),
    (aid_owed, "name for name in names if not was_asked(name, asked)", "names"),
    (aid_owed, "offer.answer is AidAnswer.DEFERRED", "offer.answer is AidAnswer.DECLINE"),
    (aid_owed, "loan.phase is LoanPhase.SURPLUS", "loan.phase is LoanPhase.REFUSED"),
    (
        aid_owed,
        "elif phase in {LinePhase.OPEN, LinePhase.OFFERED}",
        "elif phase is LinePhase.OFFERED",
    ),
    (aid, "one.due < now", "one.due"),
    (aid, "changes=line.changes + 1", "changes=line.changes"),
)


@contextmanager
def seeded(module: ModuleType, old: str, new: str) -> Iterator[None]:
    """Have one place of one module be another."""
    changed = vars(mutant(module, old, new))
    with pytest.MonkeyPatch.context() as patch:
        for user in (aid, aid_asking, aid_committing, aid_lending, aid_owed):
            for name, value in list(vars(user).items()):
                if isfunction(value) and value.__module__ == module.__name__:
                    patch.setattr(user, name, changed[name])
        yield


@pytest.mark.timeout(180)
@pytest.mark.parametrize(("module", "old", "new"), SEEDED)
def test_a_seeded_mutation_is_caught(module: ModuleType, old: str, new: str) -> None:
    """What the machine claims, it would notice."""
    with seeded(module, old, new), pytest.raises((AssertionError, ExceptionGroup)):
        run(aid.deciding("lz", AGREEMENTS), 2_000, (Phase.generate,))
