"""Lines of a scenario as events: their texts filled in, and all of it checked beforehand."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from liandong.contracts import Agency, ContractError, Envelope, Event
from liandong.contracts.envelope import validated
from liandong.contracts.examples import NoExample, example
from liandong.response.scenario import Line, Pattern, Scenario, newest, value_at

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours"}
_PLACE = re.compile(r"\{(?:(drill)|on\.([\w.]+)|now(?:([+-])(\d{1,5})([smh]))?)\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """When and in what a line is said.

    Attributes:
        drill: The drill's name, unique in the region: what the drill makes up is named after it.
        moment: When it is said, by the wall clock.
        speed: Seconds of the scenario in one of the wall clock: spans in texts are the scenario's.
        on: What it answers; None where it is part of an inject.
    """

    drill: str
    moment: datetime
    speed: float = 1.0
    on: Envelope | None = None


def event_of(line: Line, cue: Cue) -> Event:
    """Return what a line says.

    Raises:
        ContractError: It is not what its contract says; all faults at once.
        KeyError: There is no such contract.
    """
    contract = newest(line.event)
    if contract is None:
        raise KeyError(line.event)
    return validated(contract, _filled(line.data, cue))


def findings(scenario: Scenario) -> list[str]:
    """Return what is wrong with a scenario beyond its form, each with its place; empty if nothing.

    Lines that answer are tried on the contracts' examples.
    """
    return [*_names(scenario), *_roles(scenario), *_times(scenario), *_lines(scenario)]


def _filled(value: Any, cue: Cue) -> Any:
    """Return data with the places in their texts filled in."""
    if isinstance(value, dict):
        return {name: _filled(one, cue) for name, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_filled(one, cue) for one in cast("list[Any]", value)]
    if not isinstance(value, str):
        return value.isoformat() if isinstance(value, datetime) else value
    if whole := _PLACE.fullmatch(value):
        return _fill(whole, cue)  # a number stays one
    return _PLACE.sub(lambda found: str(_fill(found, cue)), value)


def _fill(found: re.Match[str], cue: Cue) -> Any:
    drill, path, sign, number, unit = found.groups()
    if drill:
        return cue.drill
    if path:
        return value_at(cue.on.data.model_dump(mode="json"), path) if cue.on else None
    span = timedelta(**{_UNITS[unit]: int(number)}) if unit else timedelta()
    moment = cue.moment + (-span if sign == "-" else span) / cue.speed
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _names(scenario: Scenario) -> Iterator[str]:
    for what, names in (
        ("injects", [inject.id for inject in scenario.injects]),
        ("expected", [reaction.id for _, reaction in scenario.expected()]),
        ("answers", [answer.id for answer in scenario.answers]),
    ):
        for name, times in Counter(names).items():
            if times > 1:
                yield f"{what}: {name} is there {times} times"


def _roles(scenario: Scenario) -> Iterator[str]:
    named = [(place, line.by) for place, line, _ in scenario.lines()]
    for inject, reaction in scenario.expected():
        named.append((f"injects.{inject.id}.expected.{reaction.id}", reaction.by))
    named += [(f"injects.{i.id}.to", agency) for i in scenario.injects for agency in i.to]
    named += [(f"answers.{a.id}.on", a.on.by) for a in scenario.answers if a.on.by]
    for place, agency in named:
        if agency not in scenario.roles:
            yield f"{place}: {agency} is not among the roles"


def _times(scenario: Scenario) -> Iterator[str]:
    for inject in scenario.injects:
        if inject.at > scenario.lasts:
            yield f"injects.{inject.id}: at is after the end of the drill"
    for inject, reaction in scenario.expected():
        if inject.at <= scenario.lasts < inject.at + reaction.within:
            place = f"injects.{inject.id}.expected.{reaction.id}"
            yield f"{place}: the drill ends before it is late"


def _lines(scenario: Scenario) -> Iterator[str]:
    for inject, reaction in scenario.expected():
        if reaction.pattern:
            yield from _pattern(f"injects.{inject.id}.expected.{reaction.id}", reaction.pattern)
    for answer in scenario.answers:
        yield from _pattern(f"answers.{answer.id}.on", answer.on)
    for place, line, on in scenario.lines():
        yield from _line(scenario, place, line, on)


def _pattern(place: str, pattern: Pattern) -> Iterator[str]:
    contract = newest(pattern.event)
    if contract is None:
        yield f"{place}: there is no contract {pattern.event}"
        return
    for path in pattern.where:
        if path.partition(".")[0] not in contract.model_fields:
            yield f"{place}.where: {pattern.event} has no {path}"


def _line(scenario: Scenario, place: str, line: Line, on: Pattern | None) -> Iterator[str]:
    contract = newest(line.event)
    if contract is None:
        yield f"{place}: there is no contract {line.event}"
        return
    if contract.drill:
        yield f"{place}: {line.event} is the drill's own to say"
    try:
        event = event_of(line, Cue(scenario.id, scenario.begins, on=_tried(on)))
    except ContractError as error:
        yield from (f"{place}: {fault}" for fault in error.faults)
        return
    said = Envelope(source=Agency.parse(line.by), area=scenario.area, mode="exercise", data=event)  # pyright: ignore[reportArgumentType]
    if on and on.fits(said):
        yield f"{place}: it answers itself, for ever"


def _tried(on: Pattern | None) -> Envelope | None:
    """Return an example of what a line answers."""
    contract = newest(on.event) if on else None
    try:
        return Envelope.from_document(example(contract.type_name())) if contract else None
    except NoExample:
        return None
