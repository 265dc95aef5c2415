"""What a contract is made of: the models and code lists that its fields hold, at any depth."""

from collections.abc import Iterator
from typing import Any, get_args

from liandong.contracts.base import Value, Vocabulary

Part = type[Value] | type[Vocabulary]


def parts_of(model: type[Value]) -> dict[str, Part]:
    """Return every part below a model by its name, in the order of the fields."""
    found: dict[str, Part] = {}
    for field in model.model_fields.values():
        for kind in _kinds(field.annotation):
            if kind.__name__ not in found:
                found[kind.__name__] = kind
                found |= parts_of(kind) if issubclass(kind, Value) else {}
    return found


def declared(model: type[Value], path: str) -> tuple[type[Value], str]:
    """Return the model that declares the field at a path of the normal form, and its name.

    ``location.address`` is that of `Location`; ``shape|Circle.radius_m`` of `Circle`.
    """
    *above, last = path.split(".")
    for step in above:
        name, _, branch = step.rstrip("[]").partition("|")
        if name != "*":
            kinds = parts_at(model, name)
            inner = kinds[branch] if branch else next(iter(kinds.values()))
            model = inner if issubclass(inner, Value) else model
    return model, last


def parts_at(model: type[Value], name: str) -> dict[str, Part]:
    """Return the parts that one field can hold, by name."""
    return {kind.__name__: kind for kind in _kinds(model.model_fields[name].annotation)}


def invariants_of(model: type[Value]) -> tuple[str, ...]:
    """Return the names of the rules across fields, of the model and of its parts, sorted.

    A schema cannot say them: they are methods, and only their names are known here.
    """
    own = {name.strip("_") for name in _validators(model)}
    below = {
        f"{kind.__name__}.{name.strip('_')}"
        for kind in parts_of(model).values()
        if issubclass(kind, Value)
        for name in _validators(kind)
    }
    return tuple(sorted(own) + sorted(below))


def _validators(model: type[Value]) -> Iterator[str]:
    decorators = model.__pydantic_decorators__
    yield from decorators.model_validators
    yield from decorators.field_validators


def _kinds(annotation: Any) -> Iterator[Part]:
    if isinstance(annotation, type) and issubclass(annotation, (Value, Vocabulary)):
        yield annotation
    for argument in get_args(annotation):
        yield from _kinds(argument)
