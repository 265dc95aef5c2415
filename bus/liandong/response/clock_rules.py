"""Which clocks run, and which events show their moments: a site's data, read from TOML."""

import zlib
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from liandong.contracts import (
    Event,
    Milestone,
    Token,
    UnitStatus,
    Vocabulary,
)
from liandong.contracts.codes import SecondsAllowed
from liandong.response.rule_file import read_rules

_SHIPPED = "clock_rules.toml"
_LATEST = 9  # versions of a contract that are looked for


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Title(_Part):
    """What people call something."""

    en: str
    """In English."""
    zh: str
    """In Chinese."""


class Sign(_Part):
    """An event that shows that a moment has come."""

    event: str
    """The contract's name without its version: ``unit.status``."""
    where: dict[str, tuple[str, ...]] = {}
    """Fields, and the values one of which each must have."""
    unless: dict[str, tuple[str, ...]] = {}
    """Fields, and the values none of which may stand there."""
    at: str = ""
    """The field that tells when it came; the event's own time, where empty or absent."""

    @property
    def contract(self) -> type[Event]:
        """The contract, in its newest version."""
        return cast("type[Event]", _newest(self.event))

    @model_validator(mode="after")
    def _names_what_there_is(self) -> Self:
        if not (contract := _newest(self.event)):
            raise ValueError(f"there is no contract {self.event}")
        fields = contract.model_fields
        if unknown := sorted({*self.where, *self.unless, *filter(None, [self.at])} - fields.keys()):
            raise ValueError(f"{self.event} has no {', '.join(unknown)}")
        for name, values in (*self.where.items(), *self.unless.items()):
            codes = {code.value for kind in _codes(fields[name].annotation) for code in kind}
            if codes and (wrong := sorted(set(values) - codes)):
                raise ValueError(f"{name} of {self.event} is never {', '.join(wrong)}")
        return self

    def shows(self, event: Event) -> bool:
        """Say whether an event of its contract is such a one."""
        return all(_holds(event, *one) for one in self.where.items()) and not any(
            _holds(event, *one) for one in self.unless.items()
        )

    def moment(self, event: Event) -> datetime | None:
        """Return when it came, where the event tells of that apart from its own time."""
        return cast("datetime | None", getattr(event, self.at)) if self.at else None


def _newest(event: str) -> type[Event] | None:
    names = (f"{event}.v{number}" for number in range(_LATEST, 0, -1))
    return next((Event.known[name] for name in names if name in Event.known), None)


def _codes(annotation: Any) -> Iterator[type[Vocabulary]]:
    """Yield the code lists that a field is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Vocabulary):
        yield annotation
    for inner in get_args(annotation):
        yield from _codes(inner)


def _holds(event: Event, field: str, values: tuple[str, ...]) -> bool:
    found: Any = getattr(event, field)
    several = cast("tuple[Any, ...]", found) if isinstance(found, tuple) else (found,)
    return any(str(one) in values for one in several)


class ClockRule(_Part):
    """One clock."""

    name: Token
    """Its name."""
    title: Title
    """What people call it."""
    of: Literal["incident", "unit"]
    """Whose time it is: the whole incident's, or that of each unit at work on it."""
    starts_at: Milestone
    """The moment it starts at."""
    stops_at: Milestone
    """The moment it stops at."""
    voided_by: tuple[str, ...] = ()
    """Moments after which its stop will not come any more."""
    thresholds_s: Annotated[tuple[SecondsAllowed, ...], Field(min_length=1, max_length=10)]
    """The times allowed, in seconds, shortest first: to keep the first is to be in time."""
    kinds: tuple[Token, ...] = ()
    """The kinds of agency whose clock it is, such as ``police``; all, where empty."""

    @model_validator(mode="after")
    def _can_run(self) -> Self:
        if self.starts_at == self.stops_at:
            raise ValueError(f"{self.name} starts and stops at {self.starts_at}")
        if any(later <= earlier for earlier, later in pairwise(self.thresholds_s)):
            raise ValueError(f"{self.name}: the thresholds do not rise")
        return self


class ClockRules(_Part):
    """The clocks of a site."""

    clock: tuple[ClockRule, ...]
    """The clocks."""
    moment: dict[str, tuple[Sign, ...]]
    """What shows each moment: any one of these."""
    news_s: SecondsAllowed = 3_600.0
    """How old something may be to be said, in seconds; what is older is only counted."""
    kept_s: SecondsAllowed = 604_800.0
    """For how long an incident is looked at of which nothing is heard, in seconds."""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        names = [rule.name for rule in self.clock]
        if repeated := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two clocks of the name {', '.join(repeated)}")
        needed = {m for r in self.clock for m in (r.starts_at, r.stops_at, *r.voided_by)}
        if missing := sorted(needed - self.moment.keys()):
            raise ValueError(f"no event shows {', '.join(missing)}")
        return self

    @property
    def news(self) -> timedelta:
        """How old something may be to be said."""
        return timedelta(seconds=self.news_s)

    @property
    def kept(self) -> timedelta:
        """For how long an incident is looked at of which nothing is heard."""
        return timedelta(seconds=self.kept_s)

    @cached_property
    def contracts(self) -> tuple[type[Event], ...]:
        """The events that show any moment."""
        return tuple(self._signs)

    def moments(self, event: Event) -> Iterator[tuple[str, datetime | None]]:
        """Yield the moments that an event shows, and when they came where it tells of that."""
        for moment, sign in self._signs.get(type(event), ()):
            if sign.shows(event):
                yield moment, sign.moment(event)

    @cached_property
    def of_units(self) -> frozenset[str]:
        """The moments that units come to one by one; the others are the whole incident's."""
        return frozenset(moment for moment, _ in self._signs.get(UnitStatus, ()))

    @cached_property
    def fingerprint(self) -> int:
        """A number that changes with what shows the moments: states are then folded anew."""
        signs = {name: [sign.model_dump() for sign in signs] for name, signs in self.moment.items()}
        return zlib.crc32(repr(sorted(signs.items())).encode())

    @cached_property
    def _signs(self) -> Mapping[type[Event], list[tuple[str, Sign]]]:
        found: dict[type[Event], list[tuple[str, Sign]]] = {}
        for moment, signs in self.moment.items():
            for sign in signs:
                found.setdefault(sign.contract, []).append((moment, sign))
        return found


def read_clock_rules(path: Path | None = None) -> ClockRules:
    """Return the rules in a file; the shipped ones, which are made up, where none is named.

    Raises:
        ConfigurationError: It cannot be read, or names what there is not. The message says what.
    """
    return read_rules(ClockRules, _SHIPPED, path)
