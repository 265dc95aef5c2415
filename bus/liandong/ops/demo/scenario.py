"""The scenario as data: its cast, its phases, and its steps with what each waits for."""

import re
import tomllib
from datetime import datetime, timedelta
from functools import reduce
from importlib.resources import files
from typing import Annotated, Any, cast
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from liandong.contracts import Envelope

ZONE = ZoneInfo("Asia/Shanghai")
_PLACEHOLDER = re.compile(r"\{(now|local|hl7)(?:([+-]\d+)s)?\}")
_FORMATS = {"local": "%Y-%m-%d %H:%M:%S", "hl7": "%Y%m%d%H%M%S%z"}


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Condition(_Table):
    """An event that must have been seen."""

    event: str
    """The contract, without its version."""
    region: str = "lz"
    """On whose bus."""
    by: str | None = None
    """Who said it, ``region/kind/name``; None takes anyone."""
    where: dict[str, Any] = {}
    """What its data hold, by dotted path."""
    at_least: dict[str, float] = {}
    """The least that numbers in its data are, by dotted path."""
    times: Annotated[int, Field(ge=1)] = 1
    """How many such events there must be."""

    def fits(self, envelope: Envelope) -> bool:
        """Say whether an event is one of these."""
        if envelope.data.event != self.event or self.by not in (None, str(envelope.source)):
            return False
        data = envelope.data.model_dump(mode="json")
        return all(_at(data, path) == value for path, value in self.where.items()) and all(
            (_at(data, path) or 0) >= least for path, least in self.at_least.items()
        )

    def __str__(self) -> str:
        """Render for a person who looks for what is missing."""
        said = [f"{path} = {value}" for path, value in (self.where | self.at_least).items()]
        who = f" by {self.by}" if self.by else ""
        count = f"{self.times} × " if self.times > 1 else ""
        return f"{count}{self.event}{who}" + (f" with {', '.join(said)}" if said else "")


class Step(_Table):
    """Someone does something, once what it waits for has been seen."""

    name: str
    """What a failure names."""
    phase: str | None = None
    """The phase that begins with it."""
    who: str
    """The actor."""
    does: str
    """The actor's method."""
    given: dict[str, Any] = {}
    """Its arguments."""
    when: tuple[Condition, ...] = ()
    """What must have been seen before, in any order."""
    patience_s: Annotated[float, Field(gt=0)] = 15
    """How long that may take from the step before, and how long the deed itself."""


class Phase(_Table):
    """A heading of the narration."""

    title: str
    zh: str
    shows: str
    """What to look at, in one line."""


class Leg(_Table):
    """One thing that a unit does with an order; exactly one of the fields besides ``pause_s``."""

    answer: str | None = None
    """Tell the control room how far it is."""
    status: str | None = None
    """Tell what it is doing, in its service's words."""
    drive: tuple[tuple[float, float], ...] = ()
    """Drive along longitudes and latitudes, telling each position."""
    pause_s: float = 0.2
    """How long each takes."""


class Unit(_Table):
    """A vehicle with a terminal, which listens for orders and answers them."""

    id: str
    """Its name."""
    listens: str
    """The MQTT topic of its orders."""
    answers: str
    """Where it answers."""
    positions: str
    """Where it tells its position."""
    statuses: str | None = None
    """Where it tells what it is doing."""
    crew: str
    """Who answers."""
    on_order: tuple[Leg, ...]
    """What it does with an order."""


class Scenario(_Table):
    """The whole of it."""

    phases: dict[str, Phase]
    units: tuple[Unit, ...]
    clerk: tuple[tuple[str, str], ...]
    """What the city's clerk writes under each request, one after the other: status, notes."""
    steps: tuple[Step, ...]


def load(run: str) -> Scenario:
    """Return the scenario of a run.

    Args:
        run: A token that names everything in it, so that two runs on one bus never mix.
    """
    text = (files("liandong.ops.demo") / "scenario.toml").read_text("utf-8")
    return Scenario.model_validate(tomllib.loads(text.replace("{run}", run)))


def filled(value: Any, now: datetime) -> Any:
    """Return a value with the times in its texts filled in.

    ``{now}`` and ``{now+90s}`` are ISO 8601, ``{local}`` is what a CAD writes, ``{hl7}`` HL7's.
    """
    if isinstance(value, str):
        return _PLACEHOLDER.sub(lambda found: _moment(found, now.astimezone(ZONE)), value)
    if isinstance(value, dict):
        table = cast("dict[str, Any]", value)
        return {key: filled(inner, now) for key, inner in table.items()}
    if isinstance(value, list | tuple):
        return [filled(inner, now) for inner in cast("list[Any]", value)]
    return value


def _moment(found: re.Match[str], now: datetime) -> str:
    moment = now + timedelta(seconds=int(found[2] or 0))
    form = _FORMATS.get(found[1])
    return moment.strftime(form) if form else moment.isoformat(timespec="seconds")


def _at(data: Any, path: str) -> Any:
    def inside(found: Any, name: str) -> Any:
        if isinstance(found, list) and name.isdigit():
            items = cast("list[Any]", found)
            return items[int(name)] if int(name) < len(items) else None
        return cast("dict[str, Any]", found).get(name) if isinstance(found, dict) else None

    return reduce(inside, path.split("."), data)
