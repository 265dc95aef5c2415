"""Looking for what is wrong, and how to mend it."""

import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import typer

from liandong.bus import Bus, connect, home
from liandong.contracts import ConfigurationError, LiandongError, labels
from liandong.ops.alarms import alarms_of
from liandong.ops.errors import Exit, explain
from liandong.ops.site import adapter_kind, adapter_kinds
from liandong.ops.status import adapters_of

_MIN_FREE_BYTES = 1 << 30
_MAX_SKEW_S = 2.0


@dataclass(frozen=True)
class Finding:
    """One thing looked at.

    Attributes:
        what: What was looked at.
        well: Whether it is well.
        says: What was seen.
        mend: How to mend it; empty where it is well.
    """

    what: str
    well: bool
    says: str
    mend: str = ""


async def examine(settings: dict[str, Any], *, as_json: bool) -> int:
    """Look at everything and print it; return how the command ends."""
    findings = [_program(), *_adapters(), _disk()]
    try:
        async with await connect(**settings) as bus:
            findings.append(Finding("server", True, await bus.url()))
            findings += [await look(bus) for look in _LOOKS]
            findings += await _alarms(bus)
    except LiandongError as error:
        mend = "start it: liandong up SITE.toml; or check --servers, LIANDONG_SERVERS, credentials"
        findings.append(Finding("server", False, "; ".join(explain(error)), mend))
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], ensure_ascii=False))
    else:
        for finding in findings:
            typer.echo(f"{'ok  ' if finding.well else 'BAD '} {finding.what:<12} {finding.says}")
            if finding.mend:
                typer.echo(f"                  mend: {finding.mend}")
    return Exit.OK if all(finding.well for finding in findings) else Exit.FAILED


def _program() -> Finding:
    return Finding("program", True, f"liandong {version('liandong')}, state in {home()}")


def _adapters() -> list[Finding]:
    findings: list[Finding] = []
    for name in sorted(adapter_kinds()):
        try:
            adapter_kind(name)
        except ConfigurationError as error:
            mend = "pip install 'liandong[adapters]'"
            findings.append(Finding("adapter", False, str(error), mend))
    return findings or [Finding("adapters", True, f"{len(adapter_kinds())} can be loaded")]


def _disk() -> Finding:
    folder = next(path for path in (home(), *home().parents) if path.exists())
    free = shutil.disk_usage(folder).free
    says = f"{free / 1e9:.1f} GB free at {folder}"
    mend = "" if free > _MIN_FREE_BYTES else "free space: a full disk stops the broker for good"
    return Finding("disk", not mend, says, mend)


async def _streams(bus: Bus) -> Finding:
    changes = await bus.plan()
    says = "; ".join(map(str, changes[:3])) or "as declared"
    return Finding("streams", not changes, says, "liandong topology apply" if changes else "")


async def _publish(bus: Bus) -> Finding:
    """Prove the whole way: a message to ourselves and back."""
    started = datetime.now(UTC)
    await bus.probe()
    took = (datetime.now(UTC) - started).total_seconds()
    return Finding("round trip", True, f"{took * 1000:.1f} ms")


async def _clock(bus: Bus) -> Finding:
    skew_s = await bus.clock_skew_s()
    well = abs(skew_s) <= _MAX_SKEW_S
    mend = "" if well else "set both clocks by NTP: times order what different agencies say"
    return Finding("clock", well, f"{skew_s:+.2f} s from the broker's", mend)


async def _heartbeats(bus: Bus) -> Finding:
    ill = [a for a in await adapters_of(bus) if a["state"] != "ok"]
    says = "; ".join(f"{a['adapter']} {a['state']} {a['problem']}".strip() for a in ill)
    mend = "its log says why; liandong status shows all" if ill else ""
    return Finding("heartbeats", not ill, says or "no adapter is ill", mend)


async def _dead(bus: Bus) -> Finding:
    waiting = len(await bus.dead_letters.list())
    mend = "liandong dead list; then dead redrive … --why …" if waiting else ""
    return Finding("dead letters", not waiting, f"{waiting} waiting", mend)


async def _alarms(bus: Bus) -> list[Finding]:
    """Name each alarm that holds, and how to mend it, in both languages."""
    findings: list[Finding] = []
    for told in await alarms_of(bus):
        alarm, label = told.alarm, labels.of_code(told.alarm.name)
        says = f"{label.en} {label.zh} {alarm.about}: {alarm.problem} ({alarm.said_by})"
        findings.append(Finding("alarm", False, says, f"{label.mend_en} {label.mend_zh}"))
    return findings or [Finding("alarms", True, "none holds")]


_LOOKS: tuple[Callable[[Bus], Awaitable[Finding]], ...] = (
    _streams,
    _publish,
    _clock,
    _heartbeats,
    _dead,
)
