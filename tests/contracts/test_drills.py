"""A drill can never be taken for real: its own events do not exist in mode live."""

import pytest
from pydantic import ValidationError

from liandong.contracts import ContractError, Envelope, Event, Mode, Reason, contract
from liandong.contracts.examples import example

DRILL = [f"exercise.{event}.v1" for event in ("started", "clock_set", "injected", "ended")]


def test_the_contracts_of_drills_are_marked() -> None:
    """These four and no others."""
    assert sorted(name for name, kind in Event.known.items() if kind.drill) == sorted(DRILL)


@pytest.mark.parametrize("name", DRILL)
def test_a_drills_event_is_never_read_as_live(name: str) -> None:
    """Whoever says so on the wire is refused, and told why."""
    with pytest.raises(ContractError, match="mode is live, but exercise") as error:
        Envelope.from_document(example(name) | {"mode": "live"})
    assert error.value.reason is Reason.BAD_ENVELOPE


@pytest.mark.parametrize("name", DRILL)
def test_a_drills_event_cannot_be_made_live(name: str) -> None:
    """A publisher who forgot the mode is stopped before anything is sent."""
    envelope = Envelope.from_document(example(name))
    with pytest.raises(ValidationError, match=f"{name} belongs to an exercise"):
        Envelope(source=envelope.source, area=envelope.area, data=envelope.data)


@pytest.mark.parametrize("mode", [Mode.EXERCISE, Mode.TEST])
def test_a_drill_can_be_held_and_its_tools_tested(mode: Mode) -> None:
    """In the other two modes it is an event like any other."""
    document = example("exercise.injected.v1") | {"mode": mode.value}
    assert Envelope.from_document(document, strict=True).mode is mode


def test_an_answer_to_a_drill_stays_in_its_mode() -> None:
    """What an inject causes is said in the drill, and only a deliberate change would leave it."""
    inject = Envelope.from_document(example("exercise.injected.v1"))
    moved = contract("command.post_moved.v1").model_validate(
        example("command.post_moved.v1")["data"]
    )
    assert inject.answer(moved, source=inject.source).mode is Mode.EXERCISE
