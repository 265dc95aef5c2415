"""Strategies of Hypothesis for whatever a contract allows."""

import types
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from hypothesis import strategies as st
from pydantic import AwareDatetime, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from liandong.contracts import Polygon

Model = TypeVar("Model", bound=BaseModel)
Strategy = st.SearchStrategy[Any]

FEW = 2  # items at most, where the contract allows more: enough to show order and repetition
TEXT = st.characters(exclude_categories=["Cs"])
RINGS = (
    ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)),
    ((118.4, 31.9), (118.5, 31.9), (118.4, 32.0), (118.4, 31.9)),
)
WHOLE: dict[Any, Strategy] = {
    type(None): st.none(),
    bool: st.booleans(),
    AwareDatetime: st.datetimes(
        datetime(1900, 1, 1),  # noqa: DTZ001  Hypothesis adds the zone
        datetime(2200, 1, 1),  # noqa: DTZ001
        timezones=st.just(UTC),
    ),
    Polygon: st.sampled_from([Polygon(coordinates=(ring,)) for ring in RINGS]),
}


def values(annotation: Any, constraints: tuple[Any, ...] = ()) -> Strategy:
    """Return a strategy for an annotation and the constraints beside it."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return values(arguments[0], constraints + tuple(flat(arguments[1:])))
    if origin in (Union, types.UnionType):
        return st.one_of([values(one, constraints) for one in arguments])
    if origin in (tuple, dict):
        return containers(origin, arguments, constraints)
    if origin is Literal:
        return st.sampled_from(arguments)
    return WHOLE[annotation] if annotation in WHOLE else plain(annotation, constraints)


def containers(origin: Any, arguments: tuple[Any, ...], constraints: tuple[Any, ...]) -> Strategy:
    """Return tuples or mappings with a few items."""
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=FEW)
    if arguments[-1] is not ...:
        return st.tuples(*map(values, arguments))
    least = limit(constraints, MinLen, "min_length", 0)
    return st.lists(values(arguments[0]), min_size=least, max_size=max(least, FEW)).map(tuple)


def plain(kind: type, constraints: tuple[Any, ...]) -> Strategy:
    """Return texts, numbers, codes or parts."""
    if kind is str:
        return texts(constraints)
    if kind in (int, float):
        return numbers(kind, constraints)
    if issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return models(kind)


def texts(constraints: tuple[Any, ...]) -> Strategy:
    """Return texts that match the pattern, or of an allowed length."""
    pattern = next((p for c in constraints if (p := getattr(c, "pattern", None))), None)
    least = limit(constraints, MinLen, "min_length", 0)
    if pattern is not None:
        longest = limit(constraints, MaxLen, "max_length", 500)
        return st.from_regex(pattern, fullmatch=True).filter(lambda t: len(t) <= longest)
    longest = limit(constraints, MaxLen, "max_length", 20)
    return st.text(TEXT, min_size=least, max_size=min(longest, 20))


def numbers(kind: type, constraints: tuple[Any, ...]) -> Strategy:
    """Return numbers within the limits; every limit of ours is a whole number."""
    lowest = limit(constraints, Ge, "ge", None)
    above = limit(constraints, Gt, "gt", None)
    highest = limit(constraints, Le, "le", None)
    below = limit(constraints, Lt, "lt", None)
    if kind is int:
        lowest = above + 1 if above is not None else lowest
        highest = below - 1 if below is not None else highest
        return st.integers(lowest, highest)
    return st.floats(
        above if lowest is None else lowest,
        below if highest is None else highest,
        exclude_min=above is not None,
        exclude_max=below is not None,
        allow_nan=False,
        allow_infinity=False,
    )


def limit(constraints: tuple[Any, ...], kind: type, name: str, default: Any) -> Any:
    """Return the limit that a constraint of this kind sets."""
    return next((getattr(one, name) for one in constraints if isinstance(one, kind)), default)


def flat(constraints: tuple[Any, ...]) -> list[Any]:
    """Return the constraints with those inside a pydantic ``Field`` taken out."""
    return [
        one
        for constraint in constraints
        for one in (constraint.metadata if isinstance(constraint, FieldInfo) else [constraint])
    ]


@cache
def models(kind: type[Model]) -> st.SearchStrategy[Model]:
    """Return values of a model, with any of its optional fields, that keep its rules."""
    fields = {
        name: values(field.annotation, tuple(field.metadata))
        for name, field in kind.model_fields.items()
    }
    required = {
        name: fields[name] for name, field in kind.model_fields.items() if field.is_required()
    }
    optional = {name: value for name, value in fields.items() if name not in required}
    built = st.fixed_dictionaries(required, optional=optional).map(lambda data: allowed(kind, data))
    return cast("st.SearchStrategy[Model]", built.filter(lambda value: value is not None))


def allowed(kind: type[Model], data: dict[str, Any]) -> Model | None:
    """Return the model, or None where a rule across its fields is broken."""
    try:
        return kind(**data)
    except ValidationError as error:
        assert {fault["type"] for fault in error.errors()} == {"value_error"}  # noqa: PT017  else the strategy is wrong
        return None
