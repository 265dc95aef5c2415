"""How fast the region was: clocks' percentiles per agency and area, and what runs now."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.cells import cell_len

from liandong.bus import Bus, connect
from liandong.contracts import Filter
from liandong.ops.errors import CommandError, Exit
from liandong.ops.times import since as moment
from liandong.ops.words import Language
from liandong.response.clock_figures import METHOD, Figure, Tally
from liandong.response.clock_rules import ClockRules, read_clock_rules
from liandong.response.clocks import Course, area_of
from liandong.response.runs import Run

PERCENTILES = (50, 90, 95)
_SHOWN = 20  # runs that go on; --json has them all


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty means all.

    Attributes:
        clock: A clock's name.
        agency: Whose clocks.
        area: Where, with all that lies in it.
        since: Only what was stored since so long ago.
    """

    clock: str = ""
    agency: str = ""
    area: str = ""
    since: str = ""

    def includes(self, clock: str, agency: str, area: str) -> bool:
        """Say whether a clock's figure is asked for."""
        return (
            self.clock in ("", clock)
            and self.agency in ("", agency)
            and (self.area == "" or f"{area}.".startswith(f"{self.area}."))
        )


async def show_clocks(
    wanted: Wanted,
    settings: dict[str, Any],
    *,
    rules: Path | None,
    language: Language,
    as_json: bool,
) -> int:
    """Print the figures; return how the command ends."""
    known = read_clock_rules(rules)
    if wanted.clock and wanted.clock not in (names := [rule.name for rule in known.clock]):
        problem = f"no clock {wanted.clock!r}; there are {', '.join(names)}"
        raise CommandError(problem, Exit.NOT_FOUND)
    async with await connect(**settings) as bus:
        tally = await tallied(bus, known, since=moment(wanted.since))
    about = clocks_of(tally, wanted, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
    else:
        _print(about, language)
    return Exit.OK


async def tallied(bus: Bus, rules: ClockRules, *, since: datetime | None = None) -> Tally:
    """Return the tally of what the log holds.

    Args:
        bus: Where the log is.
        rules: Which clocks run.
        since: Leave out what was stored before: a clock that was started by it is not counted.
    """
    tally = Tally(rules)
    async for entry in bus.history(Filter(contracts=rules.contracts), since=since):
        if entry.envelope:
            tally.take(entry.envelope)
    return tally


def clocks_of(tally: Tally, wanted: Wanted, now: datetime) -> dict[str, Any]:
    """Return clocks, their figures and what runs now, as plain data."""
    return {
        "percentiles": METHOD,
        "now": now.isoformat(),
        "clocks": [
            rule.model_dump(mode="json")
            for rule in tally.rules.clock
            if wanted.clock in ("", rule.name)
        ],
        "figures": [
            _figure(one)
            for one in tally.figures(now)
            if wanted.includes(one.clock, one.agency, one.area)
        ],
        "running": [
            _running(course, run, now)
            for course, run in tally.running(now)
            if wanted.includes(run.clock, run.agency or "", area_of(course, run))
        ],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "clock": figure.clock,
        "agency": figure.agency,
        "area": figure.area,
        "count": figure.count,
        **{f"p{p}_s": figure.percentile(p) for p in PERCENTILES},
        "breached": figure.breached,
        "running": figure.running,
        "unended": figure.unended,
        "void": figure.void,
    }


def _running(course: Course, run: Run, now: datetime) -> dict[str, Any]:
    return {
        "clock": run.clock,
        "incident": run.incident_id,
        "unit": run.unit_id,
        "agency": run.agency,
        "area": area_of(course, run),
        "started": run.start.time.isoformat(),
        "elapsed_s": round(run.elapsed_s(now), 1),
        "breached": run.passed(now),
    }


_WORDS = {
    "en": ("clock", "agency", "area", "count", "late", "running", "void", "for", "of {} that run"),
    "zh": ("计时", "机构", "区域", "次数", "超时", "进行中", "作废", "已用", "（共 {} 项进行中）"),
}


def _print(about: dict[str, Any], language: Language) -> None:
    clock, agency, area, count, late, running, void, elapsed, of_all = _WORDS[language]
    heads = (clock, agency, area, count, *(f"p{p} s" for p in PERCENTILES), late, running, void)
    rows = [heads, *map(_row, about["figures"])]
    widths = [max(cell_len(row[n]) for row in rows) for n in range(len(heads))]
    for row in rows:
        cells = (text + " " * (w - cell_len(text)) for text, w in zip(row, widths, strict=True))
        typer.echo("  ".join(cells).rstrip())
    for rule in about["clocks"]:
        allowed = ", ".join(f"{s:g}" for s in rule["thresholds_s"])
        typer.echo(f"{rule['name']:<10} {rule['title'][language]}: {allowed} s")
    late_ones = [run for run in about["running"] if run["breached"]]
    for run in late_ones[:_SHOWN]:
        who = " ".join(filter(None, (run["incident"], run["unit"], run["agency"])))
        typer.echo(f"{late} {run['clock']:<10} {who} {elapsed} {run['elapsed_s']:g} s")
    if len(late_ones) > _SHOWN:
        typer.echo(f"… {len(late_ones)} {of_all.format(len(about['running']))}")


def _row(one: dict[str, Any]) -> tuple[str, ...]:
    times = ("-" if (s := one[f"p{p}_s"]) is None else f"{s:g}" for p in PERCENTILES)
    late, running = one["breached"][0], one["running"] + one["unended"]
    names = (one["clock"], one["agency"], one["area"], f"{one['count']:,}")
    return (*names, *times, f"{late:,}", f"{running:,}", f"{one['void']:,}")
