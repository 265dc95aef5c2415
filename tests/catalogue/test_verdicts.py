"""What the gate calls breaking breaks: a message that one side may send and the other refuses."""

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, ValidationError, create_model

from liandong.contracts import Instant, Value, Vocabulary
from liandong.contracts.base import reading
from liandong.contracts.catalogue.change import BOTH, NOBODY, PUBLISHERS, READERS, Party
from liandong.contracts.catalogue.compare import compare
from liandong.contracts.catalogue.normal import Normal, of_schema
from liandong.contracts.catalogue.plain import plain

Model = type[Value]
Few = Vocabulary("Few", {"RED": "red", "GREEN": "green"})
Many = Vocabulary("Many", {"RED": "red", "GREEN": "green", "BLUE": "blue"})


def model(annotation: Any = None, default: Any = ...) -> Model:
    """Return a model of one field ``x``, or of none."""
    fields: dict[str, Any] = {"x": (annotation, default)} if annotation else {}
    return create_model("Thing", __base__=Value, **fields)


def is_written(kind: Model, data: dict[str, Any]) -> bool:
    """Say whether a publisher may write it."""
    return _fits(kind, data, extra="forbid")


def is_read(kind: Model, data: dict[str, Any]) -> bool:
    """Say whether a reader takes it."""
    with reading():
        return _fits(kind, data, extra="ignore")


def _fits(kind: Model, data: dict[str, Any], extra: Any) -> bool:
    try:
        kind.model_validate(data, extra=extra)
    except ValidationError:
        return False
    return True


def verdict(old: Model, new: Model, rule: str) -> tuple[Party, ...]:
    """Return whom the gate says that a change breaks, which it must find by this rule."""
    (found,) = [one for one in compare(_state(old), _state(new)) if one.rule == rule]
    return found.breaks


def _state(kind: Model) -> dict[str, Normal]:
    schema = {"$id": "thing", **plain(kind.model_json_schema(mode="serialization"))}
    return {"thing": of_schema(schema)}


TEXT, WHOLE = model(str), model(int)
SHORT, LONG = (model(Annotated[str, Field(max_length=n)]) for n in (3, 9))
LETTER = model(Annotated[str, Field(pattern="^[a-z]$")])
DIGIT = model(Annotated[str, Field(pattern="^[0-9]$")])
# The rule, what was, what is, and messages: one that a publisher wrote rightly before, one that a
# publisher writes rightly now.
CASES = (
    ("field-removed", TEXT, model(), {"x": "a"}, {}),
    ("field-added-required", model(), TEXT, {}, {"x": "a"}),
    ("field-added-optional", model(), model(str | None, None), {}, {"x": "a"}),
    ("made-required", model(str | None, None), TEXT, {}, {"x": "a"}),
    ("made-optional", TEXT, model(str | None, None), {"x": "a"}, {}),
    ("type-changed", TEXT, WHOLE, {"x": "a"}, {"x": 1}),
    ("type-narrowed", model(int | bool), model(bool), {"x": 7}, {"x": True}),
    ("type-widened", model(bool), model(int | bool), {"x": True}, {"x": 7}),
    ("narrowed", LONG, SHORT, {"x": "abcdef"}, {"x": "abc"}),
    ("widened", SHORT, LONG, {"x": "abc"}, {"x": "abcdef"}),
    ("pattern-changed", LETTER, DIGIT, {"x": "a"}, {"x": "1"}),
    ("code-removed", model(Many), model(Few), {"x": "blue"}, {"x": "red"}),
    ("code-added", model(Few), model(Many), {"x": "red"}, {"x": "blue"}),
    ("narrowed", model(Literal["a", "b"]), model(Literal["a"]), {"x": "b"}, {"x": "a"}),
    ("widened", model(Literal["a"]), model(Literal["a", "b"]), {"x": "a"}, {"x": "b"}),
    ("narrowed", TEXT, model(Instant), {"x": "soon"}, {"x": "2026-11-21T06:00:00Z"}),
)


@pytest.mark.parametrize(("rule", "old", "new", "before", "now"), CASES)
def test_a_change_breaks_whom_the_gate_says(
    rule: str, old: Model, new: Model, before: dict[str, Any], now: dict[str, Any]
) -> None:
    """The messages are right where they are written; where one is refused, somebody is broken."""
    assert is_written(old, before)
    assert is_written(new, now)
    said = verdict(old, new, rule)
    assert (Party.PUBLISHER in said) is not is_written(new, before)
    assert (Party.READER in said) is not is_read(old, now)


@pytest.mark.parametrize("whom", [NOBODY, PUBLISHERS, READERS, BOTH])
def test_the_cases_hold_every_verdict(whom: tuple[Party, ...]) -> None:
    """Whom a change breaks is not always the same."""
    assert whom in {verdict(old, new, rule) for rule, old, new, *_ in CASES}
