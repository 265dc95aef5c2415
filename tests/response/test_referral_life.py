"""Every course that a referral may take; and a mistake in what decides it would be noticed."""

from collections.abc import Iterator
from itertools import product
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.contracts import Envelope
from liandong.response import referral, referral_steps, referrals
from liandong.response.concern import Move
from response.mutants import mutant
from response.referral_life import machine
from response.referral_words import ARBITER, HOTLINE, POLICE, RULES, offered, said

_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def play(examples: int, *phases: Phase) -> set[Move]:
    """Play so many courses; return the moves that were made."""
    life = machine(referrals.referrals(RULES))
    rounds = settings(
        max_examples=examples,
        stateful_step_count=15,
        phases=phases or tuple(Phase),
        report_multiple_bugs=False,
        database=None,
        deadline=None,
        suppress_health_check=_CHECKS,
    )
    run_state_machine_as_test(life, settings=rounds)
    return life.made


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_is_said_somebody_answers_for_the_request() -> None:
    """And every move made on the way is one that the diagram shows."""
    assert play(2_000) <= set(referrals.referrals(RULES).moves)


_ALPHABET = (
    offered(),
    offered(by=ARBITER),
    said(HOTLINE, "accepted"),
    said(HOTLINE, "progressed"),
    said(HOTLINE, "returned"),
    said(HOTLINE, "disputed"),
    said(HOTLINE, "closed"),
    said(POLICE, "closed"),
)


def moves_of(*events: Envelope) -> Iterator[Move]:
    """Yield the moves of a course."""
    concern, state = referrals.referrals(RULES), None
    for event in events:
        before = state.phase if state else ""
        state = concern.decide(state, event, event.time).state
        assert state
        yield Move(before, event.data.event, state.phase)


def test_the_diagram_shows_every_move_and_no_other() -> None:
    """All courses of four events make each of them."""
    courses = product([offered()], *[_ALPHABET] * 4)
    made = {move for course in courses for move in moves_of(*course)}
    changes = {move for move in made if move.before != move.after}
    assert changes == {move for move in referrals.referrals(RULES).moves if move.after}


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (referral_steps, "if not before.may_take(who):", "if False:"),
        (referral_steps, "holder=before.offerer,", "holder=before.holder,"),
        (referral_steps, "who == before.dispute.arbiter", "before.dispute.arbiter"),
        (referral_steps, "if offer.to_agency else None", "if True else None"),
        (referral_steps, "before.phase is Phase.OFFERED and before.may_take(who)", "False"),
        (referral_steps, "who == before.holder != before.offerer", "who != before.offerer"),
        (referral_steps, "if said.held_by in parties else before.holder", "if True else ''"),
        (referral_steps, "{Phase.DISPUTED, Phase.DECIDED}", "{Phase.DECIDED}"),
        (referral_steps, "if who not in parties:", "if False:"),
        (referral_steps, "return before if who == before.holder else", "return before if who else"),
        (referrals, "case _ if before.phase is Phase.CLOSED:", "case _ if False:"),
        (referrals, "referral.sent_on or", "False or"),
        (referrals, "feared.to_service is offer.from_service", "False"),
        (referrals, "not wait.by <= now", "not wait.by <= now - timedelta(seconds=9)"),
        (referrals, "chase.told >= moment:", "chase.told >= wait.by:"),
        (referrals, "chase.over or chase.ended is None", "chase.ended is None"),
        (referrals, "told=max(known.told, when)", "told=known.told"),
        (referrals, "ended=None if lasts else chase.ended or when", "ended=None"),
        (referrals, "wait = awaited(heard, rules)", "wait = heard.wait or awaited(heard, rules)"),
        (referrals, "late = max(0, (now - referral.wait.by) // every + 1)", "late = 0"),
        (referral, "case Phase.DISPUTED:  # who gives in", "case Phase.RETURNED:"),
        (referral, "return agency != self.offerer", "return True"),
    ],
)
def test_a_mistake_is_noticed(
    module: ModuleType, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each changes one place of what decides; the same courses show it."""
    changed = mutant(module, old, new)
    for name in {"step", "awaited", "decide_by"} & vars(changed).keys():
        monkeypatch.setattr(referrals, name, getattr(changed, name))
    monkeypatch.setattr(referral.Referral, "may_take", changed.Referral.may_take)
    with pytest.raises((AssertionError, ExceptionGroup)):
        play(1_000, Phase.generate)
