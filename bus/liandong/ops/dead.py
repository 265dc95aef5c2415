"""Dead letters at the command line."""

import json
from typing import Any

import typer

from liandong.bus import Bus, Found, connect
from liandong.ops.errors import CommandError, Exit
from liandong.ops.originals import original_of


async def list_letters(settings: dict[str, Any], *, everything: bool, as_json: bool) -> None:
    """Print the letters that wait, oldest first."""
    async with await connect(**settings) as bus:
        found = await bus.dead_letters.list(everything=everything)
    if as_json:
        typer.echo(json.dumps([_about(one) for one in found], ensure_ascii=False))
        return
    for one in found:
        letter = one.letter
        typer.echo(
            f"{letter.id[:12]}  {letter.at.astimezone():%m-%d %H:%M:%S}  {letter.consumer:<16} "
            f"{letter.reason} {letter.name:<20} {letter.identity or letter.subject}"
            + ("  (re-driven)" if one.redriven else "")
        )
        typer.echo(f"              {_shown(letter.message, 160)}")
    if not found:
        typer.echo("no dead letters wait", err=True)


async def show_letter(
    prefix: str, settings: dict[str, Any], *, original: bool, as_json: bool
) -> None:
    """Print one letter whole."""
    async with await connect(**settings) as bus:
        found = await bus.dead_letters.get(prefix)
    body = original_of(found)
    if original:
        if body is None:
            raise CommandError(_AWAY.format(found.letter.consumer), Exit.NOT_FOUND)
        typer.echo(body, nl=False)
        return
    text = body.decode("utf-8", "backslashreplace") if body is not None else None
    if as_json:
        typer.echo(json.dumps(_about(found) | {"original": text}, ensure_ascii=False))
        return
    for name, value in _told(found).items():
        if value not in ("", None, 0):
            typer.echo(f"{name:<12} {value}")
    typer.echo("original     " + (_shown(text) if text else _AWAY.format(found.letter.consumer)))
    typer.echo(f'\nonce mended: liandong dead redrive {found.letter.id[:12]} --why "…"', err=True)


_AWAY = "kept in the journal of adapter {}, on the machine where it runs"


async def redrive_letters(
    prefixes: list[str], settings: dict[str, Any], *, consumer: str, why: str, as_json: bool
) -> None:
    """Order letters to be tried again."""
    if not prefixes and not consumer:
        raise CommandError("name letters, or --consumer for all that it gave up", Exit.USAGE)
    async with await connect(**settings) as bus:
        wanted = [await bus.dead_letters.get(prefix) for prefix in prefixes]
        if consumer:
            waiting = await bus.dead_letters.list()
            wanted += [one for one in waiting if one.letter.consumer == consumer]
        done = [await _redrive(bus, one, why) for one in wanted]
    if as_json:
        typer.echo(json.dumps(done))
        return
    for one in done:
        word = "ordered" if one["ordered"] else "was ordered before; nothing done"
        typer.echo(f"{one['letter'][:12]}  {word}: {one['consumer']} takes it when it runs")


async def _redrive(bus: Bus, found: Found, why: str) -> dict[str, Any]:
    ordered = await bus.dead_letters.redrive(found.letter, why=why)
    return {"letter": found.letter.id, "consumer": found.letter.consumer, "ordered": ordered}


def _about(found: Found) -> dict[str, Any]:
    about = found.letter.model_dump(mode="json", exclude_none=True)
    return about | {"reason_name": found.letter.name, "redriven": found.redriven}


def _told(found: Found) -> dict[str, Any]:
    """Return what is told to people: the reason with its name, each fault in words."""
    about = _about(found)
    faults = about.pop("faults", [])
    about["reason"] = f"{about['reason']} {about.pop('reason_name')}"
    about["message"] = _shown(about["message"])
    for number, fault in enumerate(faults, 1):
        words = f"{fault['path'] or 'document'}: expected {fault['expected']}"
        about[f"fault {number}"] = _shown(words + f", found {fault['found'] or 'nothing'}")
    return about


def _shown(text: str, limit: int = 2000) -> str:
    """Return text that cannot steer a terminal."""
    safe = "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in text)
    return safe[:limit] + (
        f" … ({len(text)} characters; --original for all)" if len(text) > limit else ""
    )
