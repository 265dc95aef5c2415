"""Drills, decided and judged, and that a change of either would be noticed."""

from types import ModuleType

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.response import Move, drill_evaluation, drills
from response.drill_life import machine
from response.mutants import mutant

THOROUGH = settings(max_examples=300, stateful_step_count=15)
ENOUGH = settings(max_examples=300, stateful_step_count=15, database=None, phases=(Phase.generate,))


def test_a_drill_holds_to_its_clock_whatever_happens() -> None:
    """However often it is paused, killed or read anew; it makes the moves of its diagram only."""
    moves: set[Move] = set()
    run_state_machine_as_test(machine(drills, moves), settings=THOROUGH)
    assert moves == set(drills.drills().moves)


MUTANTS = {
    "says all at once": ("if say.time <= now)", ")"),
    "does not say when more is due": (
        "min((s.time for s in coming if s.time > now), default=None)",
        "None",
    ),
    "plays an inject again": ("and inject.id not in known", ""),
    "lets anybody set the clock": ("event.source == started.source and ", ""),
    "goes on after its end": ("and drill.ended is None", ""),
    "ends before the rest is in the log": ("if over and not before:", "if over:"),
    "waits for nothing": ("or came != set(expected)", ""),
    "ends although injects are due": ("len(drill.injected) < len(play.scenario.injects)", "False"),
    "answers again": ("and play.event_id(about) not in drill.answered", ""),
    "answers at once": ("moment += line.after", "pass"),
    "speaks for nobody": ("line.area or area, speaker)", "line.area or area)"),
    "forgets what was heard too early": (
        "if drill.started is None:\n        return drill",
        "if drill.started is None:\n        return Drill()",
    ),
    "takes any event for a reaction": ("if one.pattern and one.pattern.fits(event)", ""),
    "names other events": ("tuple(play.event_id(about) for about in abouts)", "()"),
    "keeps an ended drill for ever": ("if event or now < ends", ""),
}


@pytest.mark.parametrize(("old", "new"), MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_caught(old: str, new: str) -> None:
    """A change that matters breaks a promise."""
    changed = mutant(drills, old, new)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever breaks
        run_state_machine_as_test(machine(changed, set()), settings=ENOUGH)


JUDGES = {
    "counts what came before": ("and h.time >= said.time", ""),
    "counts the last": ("return min(after", "return max(after"),
    "is late in time": ("elapsed_s <= expected.within_s", "elapsed_s < expected.within_s / 2"),
    "is never late": (
        "ReactionOutcome.MET if in_time else ReactionOutcome.LATE",
        "ReactionOutcome.MET",
    ),
    "goes by the wall clock": (
        "(drill.scenario_time(heard.time) - injected)",
        "(heard.time - said.time)",
    ),
    "misses what may still come": ("        if left:\n            return None\n", ""),
    "forgives what never came": (
        "return ReactionResult(reaction_id=expected.reaction_id, outcome=ReactionOutcome.MISSED)",
        "return None",
    ),
}


@pytest.mark.parametrize(("old", "new"), JUDGES.values(), ids=JUDGES)
def test_a_judge_who_errs_is_caught(old: str, new: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was in time, who was late, who never came."""
    erring: ModuleType = mutant(drill_evaluation, old, new)
    monkeypatch.setattr(drills, "results", erring.results)
    monkeypatch.setattr(drills, "first_heard", erring.first_heard)
    monkeypatch.setattr("response.drill_life.results", erring.results)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever breaks
        run_state_machine_as_test(machine(drills, set()), settings=ENOUGH)
