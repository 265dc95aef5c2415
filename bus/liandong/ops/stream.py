"""Watching the stream, and one incident's timeline."""

import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any

import typer

from liandong.bus import Bus, Entry, connect
from liandong.contracts import Agency, Event, Filter, to_token
from liandong.ops import times
from liandong.ops.errors import CommandError, Exit
from liandong.ops.render import line, wants_colour


@dataclass(frozen=True)
class Wanted:
    """What to show, in the words of the command line; an empty part means any."""

    contracts: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    incident: str = ""
    sender: str = ""
    since: str = ""

    def filter(self) -> Filter:
        """Return it as a filter.

        Raises:
            CommandError: A contract is unknown.
        """
        return Filter(
            contracts=tuple(c for name in self.contracts for c in contracts_named(name)),
            areas=self.areas,
            key=to_token(self.incident) if self.incident else None,
            agency=Agency.parse(self.sender) if self.sender else None,
        )


def contracts_named(name: str) -> list[type[Event]]:
    """Return the contracts of a name (``incident.reported``), an entity (``incident``) or a type.

    Raises:
        CommandError: There is none.
    """
    found = [
        contract
        for type_name, contract in Event.known.items()
        if name in {type_name, contract.event, contract.event.partition(".")[0]}
    ]
    if not found:
        known = ", ".join(sorted({contract.event for contract in Event.known.values()}))
        raise CommandError(f"no contract {name!r}; there are {known}", Exit.USAGE)
    return found


async def tail_stream(
    wanted: Wanted, settings: dict[str, Any], *, follow: bool, count: int, as_json: bool
) -> None:
    """Print messages as they come."""
    which, since = wanted.filter(), times.since(wanted.since)
    colour = wants_colour()
    async with await connect(**settings) as bus:
        entries = await bus.follow(which, since=since) if follow else _past(bus, which, since)
        shown = 0
        async with aclosing(entries):
            async for entry in entries:
                typer.echo(_as_json(entry) if as_json else line(entry, colour=colour))
                shown += 1
                if shown == count:
                    return


def _past(bus: Bus, which: Filter, since: Any) -> Any:
    return bus.history(which, since=since)


async def show_incident(incident_id: str, settings: dict[str, Any], *, as_json: bool) -> None:
    """Print an incident's timeline.

    Raises:
        CommandError: The log holds nothing about it.
    """
    async with await connect(**settings) as bus:
        timeline = [e async for e in _timeline(bus, incident_id)]
    if not timeline:
        raise CommandError(
            f"the log holds nothing about {incident_id!r}; "
            "'liandong tail --since start --contract incident --no-follow' lists incidents",
            Exit.NOT_FOUND,
        )
    if as_json:
        events = [json.loads(_as_json(entry)) for entry in timeline]
        typer.echo(json.dumps({"incident": incident_id, "events": events}, ensure_ascii=False))
        return
    colour = wants_colour()
    for entry in timeline:
        typer.echo(line(entry, colour=colour))


async def _timeline(bus: Bus, incident_id: str) -> AsyncIterator[Entry]:
    """Yield what anybody said about an incident, by when it happened."""
    entries = [e async for e in bus.history(Filter(key=to_token(incident_id)))]
    for entry in sorted(entries, key=lambda e: e.envelope.time if e.envelope else e.raw.stored):
        yield entry


def _as_json(entry: Entry) -> str:
    """Return a message as one line of JSON: the document as published, and where it is stored."""
    stored = {
        "stored": entry.raw.stored.isoformat().replace("+00:00", "Z"),
        "stream": entry.raw.stream,
        "sequence": entry.raw.sequence,
        "nats_subject": entry.raw.subject,
    }
    if entry.envelope is None:
        return json.dumps(stored | {"error": str(entry.error)}, ensure_ascii=False)
    return json.dumps(json.loads(entry.raw.body) | {"_": stored}, ensure_ascii=False)
