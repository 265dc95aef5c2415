"""Publishing one event from the command line."""

import json
from pathlib import Path
from typing import Any

import typer

from liandong.bus import Bus, Stored, connect
from liandong.contracts import Envelope, Event
from liandong.contracts.catalogue.validate import validate
from liandong.contracts.envelope import validated
from liandong.ops.catalogue.messages import content
from liandong.ops.errors import CommandError, Exit
from liandong.ops.stream import contracts_named


async def publish_one(
    what: str, fields: list[str], settings: dict[str, Any], *, area: str, as_json: bool
) -> None:
    """Publish a document (file or ``-``), or a contract's fields, and say where it is stored."""
    if (document := _document(what)) is not None:
        stored = await _publish_document(document, settings)
    else:
        contract = contracts_named(what)[-1]
        if not area:
            raise CommandError("say where: --area cn.32.05", Exit.USAGE)
        event = _event(contract, fields)
        async with await connect(**settings) as bus:
            stored = await bus.publish(event, area=area)
        if "agency" not in settings:
            typer.echo(f"published as {stored.envelope.source}; --agency names another", err=True)
    _report(stored, as_json=as_json)


def _document(what: str) -> bytes | None:
    """Return the document that is meant, or None where a contract is named."""
    path = Path(what)
    meant = what == "-" or "/" in what or path.suffix == ".json" or path.is_file()
    return content(path) if meant else None


async def _publish_document(body: bytes, settings: dict[str, Any]) -> Stored:
    """Publish a CloudEvents document as it says of itself: its own source and mode."""
    if findings := validate(body):
        raise CommandError("\n".join(finding.line("en") for finding in findings))
    envelope = Envelope.decode(body, strict=True)
    said = {"agency": envelope.source, "mode": envelope.mode}
    async with await connect(**said | settings) as bus:
        _check_mode(bus, envelope)
        return await bus.send(envelope)


def _check_mode(bus: Bus, envelope: Envelope) -> None:
    if bus.mode is not envelope.mode:
        raise CommandError(
            f"the document is {envelope.mode}, --mode says {bus.mode}: nothing turns one into "
            "the other",
            Exit.CONFLICT,
        )


def _event(contract: type[Event], fields: list[str]) -> Event:
    values: dict[str, Any] = {}
    for field in fields:
        path, found, text = field.partition("=")
        if not found:
            raise CommandError(f"{field!r}: say field=value", Exit.USAGE)
        _put(values, path.split("."), _value(text))
    return validated(contract, values)


def _put(values: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        values = values.setdefault(part, {})
    values[path[-1]] = value


def _value(text: str) -> Any:
    """Read a value: JSON where it looks like a list, an object, a number or a word of JSON."""
    if text[:1] in {"[", "{"} or text in {"true", "false", "null"}:
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text


def _report(stored: Stored, *, as_json: bool) -> None:
    about = {
        "id": stored.envelope.id,
        "subject": str(stored.envelope.subject),
        "stream": stored.stream,
        "sequence": stored.sequence,
        "duplicate": stored.duplicate,
    }
    if as_json:
        typer.echo(json.dumps(about))
    else:
        known = " (it was there already)" if stored.duplicate else ""
        typer.echo(f"stored {about['subject']} as {stored.stream} {stored.sequence}{known}")
