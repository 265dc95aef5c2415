"""No text, list, map or integer can grow without end."""

from collections.abc import Iterator, Mapping
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.lint.walk import Schema, fields

_BOUNDS: Mapping[str, frozenset[str]] = {
    "string": frozenset({"maxLength", "pattern", "format"}),
    "array": frozenset({"maxItems"}),
    "object": frozenset({"maxProperties"}),
    "integer": frozenset({"maximum", "exclusiveMaximum"}),
}
_CLOSED = {"const", "enum", "$ref", "anyOf"}


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield every field without an upper bound."""
    for field in fields(contract):
        for leaf in field.leaves():
            if not _is_bounded(leaf):
                yield f"{field} is a {leaf['type']} without an upper bound"


def _is_bounded(leaf: Schema) -> bool:
    if _CLOSED & leaf.keys():
        return True
    bounds = _BOUNDS.get(leaf.get("type", ""), frozenset())
    endless = leaf.get("pattern", "").rstrip("$").endswith(("*", "+")) and "maxLength" not in leaf
    return not bounds or bool(bounds & leaf.keys() and not endless)
