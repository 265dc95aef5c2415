"""Whom an event is for follows from its contract."""

from typing import Any, get_args

import pytest
from pydantic import BaseModel

from liandong.contracts import Envelope, Event
from liandong.contracts.examples import example
from liandong.response.review import towards
from liandong.response.review.requests import _ANSWERS
from liandong.response.review.towards import Towards

NEWEST = {contract.event: contract for contract in Event.known.values()}


def has(model: Any, path: list[str]) -> bool:
    """Say whether a contract, or what one of its fields is made of, has a field."""
    if not path:
        return True
    if isinstance(model, type) and issubclass(model, BaseModel):
        field = model.model_fields.get(path[0])
        return field is not None and has(field.annotation, path[1:])
    return any(has(part, path) for part in get_args(model))


@pytest.mark.parametrize("name", towards._NAMED)  # noqa: SLF001  the table is what is tested
def test_every_field_that_names_a_recipient_exists(name: str) -> None:
    """A field that was renamed would silently be nobody."""
    contract = NEWEST[name]
    paths = towards._NAMED[name]  # noqa: SLF001
    assert [path for path in paths if not has(contract, path.split("."))] == []


def test_every_answer_that_ends_an_errand_is_a_contract() -> None:
    """And so is every beginning of a thread."""
    assert _ANSWERS.keys() | towards._BEGIN <= NEWEST.keys()  # noqa: SLF001


@pytest.mark.parametrize("name", sorted(NEWEST))
def test_an_event_is_never_for_its_own_sender(name: str) -> None:
    """Whatever it names; and each recipient is named once."""
    event = Envelope.from_document(example(NEWEST[name].type_name()))
    to = Towards().of(event)
    assert str(event.source) not in to
    assert len(set(to)) == len(to)
