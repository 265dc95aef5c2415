"""The catalogue as a list: one entry a contract, with what a program must know to carry it."""

from typing import Any

from liandong.contracts.base import Event, Lane
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.parts import invariants_of
from liandong.contracts.catalogue.words import titles
from liandong.contracts.envelope import SCHEMA_ROOT
from liandong.contracts.subjects import ROOT, Mode

Entry = dict[str, Any]


def index() -> list[Entry]:
    """Return one entry a contract, sorted by type name."""
    return [entry(event) for event in contracts().values()]


def entry(event: type[Event]) -> Entry:
    """Return what a program must know of a contract beside its schema."""
    return {
        "name": event.type_name(),
        "event": event.event,
        "version": event.version,
        "title": titles(event),
        "lane": event.lane.value,
        "owner": event.owner.value,
        "key": list(event.key_fields),
        "address": address(event),
        "streams": streams(event),
        "dataschema": f"{SCHEMA_ROOT}{event.type_name()}",
        "invariants": list(invariants_of(event)),
    }


def modes(event: type[Event]) -> tuple[str, ...]:
    """Return the modes that a contract may travel in: what belongs to a drill is never live."""
    return tuple(mode.value for mode in Mode if not (event.drill and mode is Mode.LIVE))


def streams(event: type[Event]) -> dict[str, str]:
    """Return the streams that hold a contract, by mode."""
    return {mode: stream(event.lane, Mode(mode)) for mode in modes(event)}


def address(event: type[Event]) -> str:
    """Return the NATS subject of a contract, with what differs from event to event in braces."""
    sender = "{mode}.{region}.{kind}.{agency}"
    return f"{ROOT}.{sender}.{event.type_name()}.{{key}}.{{area}}"


def stream(lane: Lane, mode: Mode) -> str:
    """Return the JetStream stream of a lane and a mode: ``LD_LIVE_ORDERS``."""
    return f"LD_{mode.upper()}_{lane.upper()}"
