"""Every time carries its offset: a naive one, or a number of seconds, is refused."""

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from liandong.contracts.base import Event
from liandong.contracts.lint.walk import Field, fields

_NOT_AWARE = ("2026-11-21T08:00:00", 1_795_248_000, "1795248000", "2026-11-21")


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield every field that holds times and takes one without an offset."""
    for field in fields(contract):
        formats = {leaf.get("format") for leaf in field.leaves()}
        if formats & {"date", "time", "duration"}:
            yield f"{field} is a bare date, time or duration: use Instant, or a number with a unit"
        if "date-time" in formats and any(_takes(field, value) for value in _NOT_AWARE):
            yield f"{field} takes a time without an offset: use Instant"


def _takes(field: Field, value: object) -> bool:
    kind: Any = field.info.annotation
    if field.info.metadata:
        kind = Annotated[kind, *field.info.metadata]
    adapter = TypeAdapter[object](kind)
    for candidate in (value, [value]):
        try:
            adapter.validate_python(candidate)
        except ValidationError:
            continue
        return True
    return False
