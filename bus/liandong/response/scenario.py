"""The scenario of a drill, as its file says it: who takes part, what happens, what is expected.

A scenario is TOML, in English and Chinese. Everything in it is made up. Times are spans of the
scenario's own time since its beginning: ``90s``, ``12m``, ``2h``.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, cast

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from liandong.contracts import Envelope, Event, Precedence
from liandong.contracts.base import Token
from liandong.contracts.subjects import AgencyName, Area
from liandong.response.rule_file import read_rules

SAMPLE = "hexing-tank-fire.toml"
"""The scenario that comes along."""
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_SPAN = re.compile(r"(\d{1,5})([smh])")


def _span(text: object) -> object:
    found = _SPAN.fullmatch(text) if isinstance(text, str) else None
    if not found:
        raise ValueError("a span such as 90s, 12m or 2h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


Span = Annotated[timedelta, BeforeValidator(_span)]
"""A span of the scenario's time."""
EventName = Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=100)]
"""A contract without its version: its newest is meant."""


class _Table(BaseModel):
    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )


class Words(_Table):
    """What people read, in both languages, in at most 90 characters each."""

    en: Annotated[str, Field(min_length=1, max_length=90)]
    """In English."""
    zh: Annotated[str, Field(min_length=1, max_length=90)]
    """In Chinese."""

    def __str__(self) -> str:
        """Render as one line that everybody can read."""
        return f"{self.en} {self.zh}"


class Pattern(_Table):
    """Which events are meant."""

    event: EventName
    """The contract."""
    by: AgencyName | None = None
    """Who says it; nobody in particular where it is left out."""
    where: dict[str, Any] = {}
    """What its data hold, by dotted path: ``{ "addressee.agency" = "lz/fire/119" }``."""

    def fits(self, event: Envelope) -> bool:
        """Say whether an event is one of these."""
        if event.data.event != self.event or self.by not in (None, str(event.source)):
            return False
        data = event.data.model_dump(mode="json") if self.where else {}
        return all(value_at(data, path) == value for path, value in self.where.items())


class Line(_Table):
    """An event that the drill says for a role."""

    by: AgencyName
    """The role that says it."""
    event: EventName
    """Its contract."""
    data: dict[str, Any]
    """Its data; ``{drill}``, ``{now}``, ``{now+5m}`` and ``{on.path}`` in texts are filled in."""
    area: Area | None = None
    """Where, if not where the drill takes place."""
    precedence: Precedence = Precedence.ROUTINE
    """How soon people must look at it."""
    after: Span = timedelta()
    """How long after what it answers."""


class Expected(_Table):
    """What somebody should do about an inject."""

    id: Token
    """Its name, unique in the scenario."""
    by: AgencyName
    """Who."""
    text: Words
    """What."""
    within: Span
    """How soon after the inject."""
    event: EventName | None = None
    """The contract that they say it by; without one, people judge it."""
    where: dict[str, Any] = {}
    """What its data hold, by dotted path."""

    @property
    def pattern(self) -> Pattern | None:
        """Which events are the reaction; None where it is not said on the bus."""
        return (self.event and Pattern(event=self.event, by=self.by, where=self.where)) or None


class Inject(_Table):
    """Something that the drill lets happen."""

    id: Token
    """Its name, unique in the scenario."""
    at: Span
    """When."""
    title: Words
    """What, in one line."""
    to: tuple[AgencyName, ...] = ()
    """Who is told; all that take part where it is left out."""
    says: tuple[Line, ...] = ()
    """The events that it consists of; none where it is told by mouth."""
    expected: tuple[Expected, ...] = ()
    """What should come of it."""


class Answer(_Table):
    """What a role answers if nobody plays it."""

    id: Token
    """Its name, unique in the scenario."""
    on: Pattern
    """What it answers."""
    says: Annotated[tuple[Line, ...], Field(min_length=1)]
    """What it says, one after the other; all by one role."""

    @model_validator(mode="after")
    def _by_one_role(self) -> "Answer":
        if len({line.by for line in self.says}) > 1:
            raise ValueError("says are by more than one role")
        return self


class Scenario(_Table):
    """A scenario."""

    id: Token
    """Its name."""
    version: Annotated[str, Field(min_length=1, max_length=200)]
    """Its version."""
    name: Words
    """What people call it."""
    story: Words
    """What is assumed to happen, in one line."""
    area: Area
    """Where the drill takes place."""
    begins: AwareDatetime
    """The moment in the scenario that it begins at."""
    lasts: Span
    """How long it lasts at most."""
    roles: Annotated[dict[AgencyName, Words], Field(min_length=1)]
    """The agencies that take part, and what each is called."""
    injects: Annotated[tuple[Inject, ...], Field(min_length=1)]
    """What happens."""
    answers: tuple[Answer, ...] = ()
    """What roles answer that nobody plays."""

    @property
    def ends(self) -> datetime:
        """The moment in the scenario that it ends at."""
        return self.begins + self.lasts

    def expected(self) -> Iterator[tuple[Inject, Expected]]:
        """Yield what is expected, and of what."""
        for inject in self.injects:
            for reaction in inject.expected:
                yield inject, reaction

    def lines(self) -> Iterator[tuple[str, Line, Pattern | None]]:
        """Yield where each line stands, the line, and what it answers, if anything."""
        for inject in self.injects:
            for number, line in enumerate(inject.says):
                yield f"injects.{inject.id}.says[{number}]", line, None
        for answer in self.answers:
            for number, line in enumerate(answer.says):
                yield f"answers.{answer.id}.says[{number}]", line, answer.on


def read_scenario(path: Path | None = None) -> Scenario:
    """Read a scenario file; without a path, the one that comes along.

    Raises:
        ConfigurationError: It is no scenario; says where.
    """
    return read_rules(Scenario, f"scenarios/{SAMPLE}", path)


def newest(name: str) -> type[Event] | None:
    """Return the newest version of a contract; None where there is none of that name."""
    known = [kind for kind in Event.known.values() if kind.event == name]
    return max(known, key=lambda kind: kind.version, default=None)


def value_at(data: Any, path: str) -> Any:
    """Return what stands at a dotted path of parsed JSON; None where nothing does."""
    for name in path.split("."):
        if isinstance(data, dict):
            data = cast("dict[str, Any]", data).get(name)
        elif isinstance(data, list) and name.isdigit():
            data = dict(enumerate(cast("list[Any]", data))).get(int(name))
        else:
            return None
    return data
