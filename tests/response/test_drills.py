"""Drills, decided and judged, and that a change of either would be noticed."""

from dataclasses import replace
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.contracts import Envelope, ExerciseClockSet, ExerciseInjected
from liandong.response import Move, Say, drill_evaluation, drills
from liandong.response.drill_state import Drill, Heard
from response.drill_life import DIRECTOR, START, machine
from response.drill_plays import scenario
from response.mutants import mutant

THOROUGH = settings(max_examples=200, stateful_step_count=15)
ENOUGH = settings(max_examples=150, stateful_step_count=15, database=None, phases=(Phase.generate,))


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
    "answers again": ("and play.event_id(about) not in drill.answered", ""),
    "answers at once": ("moment += line.after", "pass"),
    "speaks for nobody": ("line.area or area, speaker)", "line.area or area)"),
    "forgets what was heard too early": (
        "if drill.started is None:\n        return drill",
        "if drill.started is None:\n        return Drill()",
    ),
    "takes any event for a reaction": ("if one.pattern and one.pattern.fits(event)", ""),
    "names other events": ("tuple(play.event_id(about) for about in abouts)", "()"),
    "keeps an ended drill for ever": ("if event or now < ends else Changes(None)", ""),
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
    "is late in time": ("elapsed_s <= expected.within_s", "elapsed_s < expected.within_s"),
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


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def drill(*heard: float) -> Drill:
    """Return a drill whose clock stood still from 100 s to 400 s; an order was heard at times."""
    play = drills.Play(scenario(), "d-1")
    own = {"source": DIRECTOR, "mode": "exercise", "area": "cn.99"}
    start = Envelope(data=drills.start_of(play, DIRECTOR, START, 1), time=START, **own)
    settings = [
        ExerciseClockSet(
            exercise_id="d-1",
            scenario_time=play.scenario.begins + timedelta(seconds=100),
            speed_factor=speed,
        )
        for speed in (0, 1)
    ]
    clock = [Envelope(data=s, time=at(t), **own) for s, t in zip(settings, (100, 400), strict=True)]
    begun = Drill(start, tuple(clock))
    owed = decide_at(begun, play, 60)
    (inject,) = [say for say in owed if isinstance(say.event, ExerciseInjected)]
    injected = Envelope(data=inject.event, time=inject.time, **own)
    orders = frozenset(Heard("order", f"event-of-second-{t:g}", at(t)) for t in heard)
    return replace(begun, injected=(injected,), heard=orders)


def decide_at(state: Drill, play: drills.Play, seconds: float) -> tuple[Say, ...]:
    """Return what is owed so many seconds after the start."""
    return drills.decide(state, None, at(seconds), play).say


def judges_rightly(judge: ModuleType) -> None:
    """Check how an order is judged that was expected within 180 s of an inject at 60 s."""

    def outcome(*heard: float, now: float | None = None) -> list[tuple[str, float | None]]:
        found = judge.results(drill(*heard), None if now is None else at(now))
        return [(one.outcome.value, one.elapsed_s) for one in found]

    assert outcome(450) == [("met", 90)], "a pause does not count"
    assert outcome(540) == [("met", 180)]
    assert outcome(541) == [("late", 181)]
    assert outcome(30, 450, 900) == [("met", 90)], "the first after the inject counts"
    assert outcome(30) == outcome() == [("missed", None)]
    assert outcome(now=540) == [], "it may still come"
    assert outcome(now=541) == [("missed", None)]


def test_reactions_are_judged_by_the_clock_of_the_drill() -> None:
    """Who was in time, who was late, who never came."""
    judges_rightly(drill_evaluation)


@pytest.mark.parametrize(("old", "new"), JUDGES.values(), ids=JUDGES)
def test_a_judge_who_errs_is_caught(old: str, new: str) -> None:
    """A change of the evaluation shows."""
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever breaks
        judges_rightly(mutant(drill_evaluation, old, new))


def owed_while_paused(module: ModuleType) -> tuple[Say, ...]:
    """Return what a drill owes that stands still before its injects, all reactions heard."""
    play = module.Play(scenario(), "d-1")
    heard = frozenset(
        Heard(name, f"reaction-of-{name:->6}", at(450)) for name in ("order", "accept")
    )
    paused = replace(drill(), heard=heard)
    paused = replace(paused, clock=paused.clock[:1])
    return module.decide(paused, None, at(900), play).say


def test_a_drill_that_stands_still_does_not_end_before_its_injects() -> None:
    """Even if somebody has done by chance what was expected; a change of that shows."""
    changed = mutant(drills, "len(drill.injected) < len(play.scenario.injects)", "False")
    assert owed_while_paused(drills) == ()
    assert owed_while_paused(changed) != ()
