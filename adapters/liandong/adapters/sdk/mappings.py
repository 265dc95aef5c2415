"""Mapping files of an adapter: read, and checked against the contracts before anything is."""

import re
from collections.abc import Iterator
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from liandong.adapters.codecs.mapping import Mapping, load_mapping
from liandong.contracts import (
    ConfigurationError,
    Discipline,
    Event,
    IncidentType,
    OrderState,
    Precedence,
    PrimaryUnitStatus,
    ResourceType,
    SecondaryUnitStatus,
    Vocabulary,
)

_AREA = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,9}")
NEEDED = {
    "incident.reported": ({"call", "received"},),
    "unit.status": ({"call", "received", "unit"}, {"unit", "primary"}),  # a row; a message
    "order.reported": ({"order", "state"},),
    "unit.position": ({"unit", "location"},),
    "observation.recorded": ({"datastream"},),
}
"""What a mapping for each event must require: one of these sets."""
_COMMON: dict[str, type[Vocabulary]] = {
    "kind": IncidentType,
    "unit_type": ResourceType,
    "unit_discipline": Discipline,
    "referral": Discipline,
    "precedence": Precedence,
    "state": OrderState,
    "primary": PrimaryUnitStatus,
    "secondary": SecondaryUnitStatus,
}


def read_mapping(path: Path, *events: type[Event]) -> Mapping:
    """Return the mapping in a file.

    Args:
        path: The file.
        events: What it may be for.

    Raises:
        ConfigurationError: It cannot be read, or says what the contracts do not know.
    """
    try:
        mapping = load_mapping(path.read_bytes(), path.name)
    except OSError as error:
        raise ConfigurationError(f"mapping {path}: {error.strerror}") from None
    check_mapping(mapping, *events)
    return mapping


def shipped_mappings(package: str, *events: type[Event]) -> tuple[Mapping, ...]:
    """Return the mappings in a package's ``mappings`` folder that are for one of these events."""
    paths = (files(package) / "mappings").iterdir()
    found = [load_mapping(p.read_bytes(), p.name) for p in paths if p.name.endswith(".toml")]
    fitting = [m for m in found if m.event in {event.event for event in events}]
    for mapping in fitting:
        check_mapping(mapping, *events)
    return tuple(fitting)


def named_mapping(package: str, name: str, *events: type[Event]) -> Mapping:
    """Return the shipped mapping of that name, else the one in the file of that name."""
    shipped = {mapping.name: mapping for mapping in shipped_mappings(package, *events)}
    return shipped.get(name) or read_mapping(Path(name), *events)


def check_mapping(mapping: Mapping, *events: type[Event]) -> None:
    """Refuse a mapping that says what the contracts do not know.

    Args:
        mapping: The mapping.
        events: What it may be for.

    Raises:
        ConfigurationError: It is for another event, does not require what that needs, or gives a
            common code that is none.
    """
    if problem := next(_problems(mapping, [event.event for event in events]), None):
        raise ConfigurationError(f"mapping {mapping.name}: {problem}")


def _problems(mapping: Mapping, events: list[str]) -> Iterator[str]:
    if mapping.event not in events:
        yield f"event is {mapping.event!r}, not {' or '.join(events)}"
    elif missing := min((n - set(mapping.required) for n in NEEDED[mapping.event]), key=len):
        yield f"{mapping.event} requires {sorted(missing)}"
    for name, codes in mapping.codes.items():
        for local, common in codes.common.items():
            if not _is_known(name, common):
                yield (
                    f"codes.{name}: {local!r} is {common!r}, which no contract knows"
                    f"{_near(name, common)}"
                )


def _is_known(name: str, common: str) -> bool:
    if name == "area":
        return _AREA.fullmatch(common) is not None
    if name == "discipline":  # a call may ask for several services
        return set(common.split()) <= set(Discipline)
    return name not in _COMMON or common in set(_COMMON[name])


def _near(name: str, common: str) -> str:
    """Return what may have been meant, to end a message with."""
    near = get_close_matches(common, list(_COMMON.get(name, ())))
    return f"; near it are {', '.join(near)}" if near else ""
