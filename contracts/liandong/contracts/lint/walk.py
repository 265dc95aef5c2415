"""A contract taken apart: its own fields and those of its parts."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from liandong.contracts.base import Event, Vocabulary

Schema = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """One field of a contract or of a part of one.

    Attributes:
        model: The class that has it.
        name: Its name.
        info: What pydantic knows of it.
        schema: Its JSON Schema.
        siblings: The names of all fields of the class.
    """

    model: type[BaseModel]
    name: str
    info: FieldInfo
    schema: Schema
    siblings: frozenset[str]

    def __str__(self) -> str:
        """Render as ``Class.field``."""
        return f"{self.model.__name__}.{self.name}"

    def leaves(self) -> Iterator[Schema]:
        """Yield the plain types that it can hold, through unions and arrays."""
        yield from _leaves(self.schema)


def fields(contract: type[Event]) -> Iterator[Field]:
    """Yield every field of a contract and of its parts, each class once."""
    for model in models(contract):
        properties = _schema(model)["properties"]
        siblings = frozenset(model.model_fields)
        for name, info in model.model_fields.items():
            yield Field(model, name, info, properties[name], siblings)


def models(contract: type[Event]) -> tuple[type[BaseModel], ...]:
    """Return a contract and the parts that it is made of, the contract first."""
    found: dict[type[BaseModel], None] = {}
    waiting: list[type[BaseModel]] = [contract]
    while waiting:
        model = waiting.pop()
        if model not in found:
            found[model] = None
            annotations = (info.annotation for info in model.model_fields.values())
            waiting += [
                one for a in annotations for one in _classes(a) if issubclass(one, BaseModel)
            ]
    return tuple(found)


def vocabularies(contract: type[Event]) -> tuple[type[Vocabulary], ...]:
    """Return the code lists that a contract uses."""
    annotations = (info.annotation for m in models(contract) for info in m.model_fields.values())
    found = (one for a in annotations for one in _classes(a) if issubclass(one, Vocabulary))
    return tuple(dict.fromkeys(found))


def _classes(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type) and not get_args(annotation):
        yield cast("type[Any]", annotation)
    for inner in get_args(annotation):
        yield from _classes(inner)


@cache
def _schema(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


def _leaves(schema: Schema) -> Iterator[Schema]:
    inner = schema.get("anyOf", []) + schema.get("prefixItems", [])
    inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
    yield schema
    for one in inner:
        if isinstance(one, dict):
            yield from _leaves(cast("Schema", one))
