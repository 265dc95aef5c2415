"""How the bus is: server, streams, subscriptions, adapters, dead letters, alarms."""

import json
from datetime import UTC, datetime
from typing import Any

import typer

from liandong.bus import Bus, connect
from liandong.contracts import Filter
from liandong.contracts.system import AdapterHeartbeat
from liandong.ops.alarms import alarms_of, card
from liandong.ops.errors import Exit

_STALE_S = 30.0


async def show_status(settings: dict[str, Any], *, as_json: bool) -> int:
    """Print it; return how the command ends: 1 where an adapter is not well or an alarm holds."""
    async with await connect(**settings) as bus:
        about = await status_of(bus)
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
    else:
        _print(about)
    well = not about["alarms"] and all(a["state"] == "ok" for a in about["adapters"])
    return Exit.OK if well else Exit.FAILED


async def status_of(bus: Bus) -> dict[str, Any]:
    """Return it as plain data."""
    return {
        "server": await bus.url(),
        "mode": bus.mode.value,
        "streams": await bus.streams(),
        "adapters": await adapters_of(bus),
        "dead_letters": len(await bus.dead_letters.list()),
        "alarms": [card(told) for told in await alarms_of(bus)],
    }


async def adapters_of(bus: Bus) -> list[dict[str, Any]]:
    """Return the latest heartbeat of each adapter; one silent for 30 s is called silent."""
    latest: dict[str, dict[str, Any]] = {}
    now = datetime.now(UTC)
    async for entry in bus.history(Filter(contracts=(AdapterHeartbeat,))):
        if entry.envelope and isinstance(beat := entry.envelope.data, AdapterHeartbeat):
            age_s = (now - entry.raw.stored).total_seconds()
            latest[f"{entry.envelope.source}/{beat.adapter}"] = {
                "adapter": beat.adapter,
                "agency": str(entry.envelope.source),
                "state": "silent" if age_s > _STALE_S else beat.state.value,
                "problem": beat.problem,
                "age_s": round(age_s, 1),
                "address": beat.address,
                "counters": beat.counters,
            }
    return [latest[name] for name in sorted(latest)]


def _is_redrive(consumer: str) -> bool:
    return consumer.endswith("_redrive")


def _print(about: dict[str, Any]) -> None:
    typer.echo(f"server   {about['server']}   mode {about['mode']}")
    for stream in about["streams"]:
        readers = [c for c in stream["consumers"] if c["pending"] or not _is_redrive(c["name"])]
        if not stream["messages"] and not readers:
            continue  # --json shows the empty ones too
        typer.echo(f"stream   {stream['name']:<24} {stream['messages']:>10,} messages")
        for consumer in readers:
            typer.echo(
                f"         {consumer['name']:<32} {consumer['pending']:>8,} behind "
                f"{consumer['unsettled']:>6,} in hand"
            )
    for adapter in about["adapters"]:
        moved = " ".join(f"{name} {n:,}" for name, n in adapter["counters"].items() if n)
        where = f" at {adapter['address']}" if adapter["address"] else ""
        typer.echo(f"adapter  {adapter['adapter']:<24} {adapter['state']:<9}{where} {moved}")
        if adapter["problem"]:
            typer.echo(f"         {adapter['problem']}")
    typer.echo(f"dead     {about['dead_letters']} waiting")
    for alarm in about["alarms"]:
        title, mend = alarm["title"], alarm["mend"]
        typer.echo(f"alarm    {title['en']} {title['zh']} {alarm['about']} since {alarm['since']}")
        typer.echo(f"         {alarm['problem']} ({alarm['said_by']})")
        typer.echo(f"         {mend['en']} {mend['zh']}")
