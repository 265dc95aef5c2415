"""What plans are written in: spans of time, names, and texts in two languages."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

_SPAN = re.compile(r"(?=.)(?:(\d{1,3})d)?(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,7})s)?")
_LONGEST = timedelta(days=366)


def span(text: object) -> timedelta:
    """Read ``90s``, ``15m``, ``1h30m`` or ``2d``.

    Raises:
        ValueError: It is none, or not above 0, or above 366 days.
    """
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError("not a span such as 90s, 15m, 1h30m or 2d")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    length = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < length <= _LONGEST:
        raise ValueError("not above 0 and at most 366 days")
    return length


Span = Annotated[
    timedelta,
    BeforeValidator(span),
    WithJsonSchema({"type": "string", "pattern": r"^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$"}),
]
"""How long after what calls for it."""
PlanId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=24)]
"""A plan's name, unique in its region: lower case, so that a file can have it."""
ItemId = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=16)]
"""What one thing in a plan is called: unique in the plan."""
Contact = Annotated[str, Field(min_length=1, max_length=200)]
"""A role's office line or talk group, never a private number."""


class Part(BaseModel):
    """A part of a plan: fixed, and closed to names that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Words(Part):
    """One line for people, in both languages."""

    en: Annotated[str, Field(min_length=1, max_length=120)]
    """In English."""
    zh: Annotated[str, Field(min_length=1, max_length=79)]
    """In Chinese."""

    @property
    def line(self) -> str:
        """Both, as they go onto the bus: at most 200 characters."""
        return f"{self.en} {self.zh}"


class Sentences(Part):
    """Some sentences, in both languages."""

    en: Annotated[str, Field(min_length=1, max_length=2_000)]
    """In English."""
    zh: Annotated[str, Field(min_length=1, max_length=1_999)]
    """In Chinese."""

    @property
    def text(self) -> str:
        """Both, as they go onto the bus."""
        return f"{self.en}\n{self.zh}"
