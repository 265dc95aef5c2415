"""Which free text may name people: marked in the contract, and delivered only where it may be."""

from functools import cache
from typing import Any, cast, get_args

from pydantic import BaseModel

_MARK = {"restricted": True}


@cache
def restricted_fields(model: type[BaseModel]) -> frozenset[str]:
    """Return the names of a model's own fields that its contract marks as restricted."""
    fields = model.model_fields.items()
    return frozenset(n for n, f in fields if _is_marked(f) or _is_marked(f.annotation))


def holds_restricted(value: object) -> bool:
    """Say whether an event, or a part of one, holds text that may name people."""
    if isinstance(value, tuple):
        return any(map(holds_restricted, cast("tuple[object, ...]", value)))
    if not isinstance(value, BaseModel):
        return False
    return any(
        bool(part := getattr(value, name))
        and (name in restricted_fields(type(value)) or holds_restricted(part))
        for name in type(value).model_fields
    )


def _is_marked(part: Any) -> bool:
    inside = (*get_args(part), *getattr(part, "__metadata__", ()))
    return getattr(part, "json_schema_extra", None) == _MARK or any(map(_is_marked, inside))
