"""Registers, decided: what is listed and asked, and that a change of it would be noticed."""

from types import ModuleType

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.response import Move, registers
from response.mutants import mutant
from response.register_life import machine

THOROUGH = settings(max_examples=500, stateful_step_count=15)
ENOUGH = settings(max_examples=300, stateful_step_count=15, database=None, phases=(Phase.generate,))


def test_registers_hold_to_their_word_whatever_is_said() -> None:
    """Whatever is said, and whenever one looks; and they make the moves of their diagram only."""
    moves: set[Move] = set()
    run_state_machine_as_test(machine(registers, moves), settings=THOROUGH)
    assert moves == set(registers.REGISTERS.moves)


MUTANTS = {
    "answers again and again": ("if str(keeper.agency) in record.answered:", "if False:"),
    "answers too late": ("now > record.of_use_until", "False"),
    "answers for others": ("if not is_asked(wanted, keeper.agency):", "if False:"),
    "answers although nobody it knows is asked": ("if not entries:", "if False:"),
    "lets another take a question over": ("asked.source != record.asked.source or ", ""),
    "asks itself what it heard twice": (" or asked.id == record.asked.id", ""),
    "takes an answer to an earlier asking": ("event.causation in (None, record.asked.id)", "True"),
    "wants every answer to say to what": ("(None, record.asked.id)", "(record.asked.id,)"),
    "forgets who answered": (
        "record.answered | {str(event.source)}",
        "frozenset({str(event.source)})",
    ),
    "forgets nothing": ("event is None and after.ends <= now", "False"),
    "does not say when it forgets": ("Changes(after, say, after.ends)", "Changes(after, say)"),
    "takes two speakers for one": (
        "{status.event} {event.source} {names}",
        "{status.event} {names}",
    ),
    "answers when it is told": ("say = () if event else", "say ="),
    "tells the time of the answer": ("asked, asked.time,", "asked, now,"),
    "has an hour for everything": (
        "self.wanted.answer_by or self.asked.expires or self.asked.time",
        "self.asked.time",
    ),
}


@pytest.mark.parametrize(("old", "new"), MUTANTS.values(), ids=MUTANTS)
def test_a_mutant_is_caught(old: str, new: str) -> None:
    """A change that matters breaks a promise."""
    changed: ModuleType = mutant(registers, old, new)
    with pytest.raises(Exception):  # noqa: B017, PT011  whatever breaks
        run_state_machine_as_test(machine(changed, set()), settings=ENOUGH)
