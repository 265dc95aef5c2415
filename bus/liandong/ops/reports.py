"""The reports on incidents as they stand: what was filed, what is due, of whom, and how late."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer

from liandong.bus import connect
from liandong.contracts import CommandTier, ReportStage, labels
from liandong.contracts.base import Vocabulary
from liandong.contracts.catalogue.finding import printable
from liandong.ops.errors import CommandError, Exit
from liandong.ops.words import Language
from liandong.response import Shelf
from liandong.response.reporting import Phase, Reporting, Wanted
from liandong.response.reports import reports

_WORDS: Mapping[str, tuple[str, str]] = {
    "due": ("due", "应报"),
    "to": ("to", "报"),
    "by": ("by", "截止"),
    "overdue": ("OVERDUE", "逾期"),
    "chased": ("chased", "已催"),
    "filed": ("filed", "已报"),
    "grade": ("grade", "等级"),
    "first": ("first learned of by", "首接"),
    "nothing": ("no reports", "没有报告"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        incident_id: One incident, with what was filed; empty means all.
        only_open: Only incidents on which a report is due.
        only_overdue: Only those on which one is late.
    """

    incident_id: str = ""
    only_open: bool = False
    only_overdue: bool = False


async def show_reports(
    asked: Asked, settings: dict[str, Any], *, language: Language, as_json: bool
) -> int:
    """Print them; return how the command ends: 1 where only overdue ones are asked for, and are."""
    async with await connect(**settings) as bus:
        shelf = Shelf(bus, reports())
        await shelf.open()
        known = await shelf.states()
    if asked.incident_id and asked.incident_id not in known:
        raise CommandError(
            f"no reports on {asked.incident_id!r}: liandong reports lists them", Exit.NOT_FOUND
        )
    now = datetime.now(UTC)
    cards = [card(one, now) for one in listed(known, asked, now)]
    if as_json:
        typer.echo(json.dumps({"now": now.isoformat(), "incidents": cards}, ensure_ascii=False))
    else:
        for row in _rows(cards, language, filed=bool(asked.incident_id)):
            typer.echo(printable(row))
    return Exit.FAILED if asked.only_overdue and cards else Exit.OK


def listed(known: Mapping[str, Reporting], asked: Asked, now: datetime) -> list[Reporting]:
    """Return those asked for, first what is due soonest; without a name, none that needs none."""
    if asked.incident_id:
        return [known[asked.incident_id]]
    fitting = [
        one
        for one in known.values()
        if (one.wanted if asked.only_open or asked.only_overdue else one.grades or one.filings)
        and not (asked.only_overdue and not any(w.due <= now for w in one.wanted))
    ]
    return sorted(fitting, key=lambda one: min((w.due for w in one.wanted), default=_LAST))


_LAST = datetime.max.replace(tzinfo=UTC)


def card(one: Reporting, now: datetime) -> dict[str, Any]:
    """Return the reports on an incident as plain data."""
    return {
        "incident_id": one.incident_id,
        "area": one.reported.area,
        "summary": one.incident.summary,
        "grade": one.grade and one.grade.value,
        "first_receiver": one.first_receiver,
        "owner": one.owners[-1].agency,
        "over": one.phase is Phase.OVER,
        "due": [_due(one, wanted, now) for wanted in one.wanted],
        "filed": [
            {
                "report_id": filing.report_id,
                "stage": filing.stage.value,
                "series_number": filing.number,
                "to_tier": filing.to_tier.value,
                "by": filing.by,
                "time": filing.when.isoformat(),
            }
            for filing in one.filings
        ],
    }


def _due(one: Reporting, wanted: Wanted, now: datetime) -> dict[str, Any]:
    call = one.call(wanted)
    late = (now - wanted.due).total_seconds()
    return {
        "report_id": wanted.report_id,
        "stage": wanted.stage.value,
        "series_number": wanted.number,
        "form": wanted.form.value,
        "reporter": wanted.reporter,
        "to_tier": wanted.to_tier.value,
        "to_agencies": list(wanted.to_agencies),
        "due": wanted.due.isoformat(),
        "overdue_s": round(late) if late >= 0 else None,
        "reminded": call is not None and call.reminded,
        "chased": call.chased if call else 0,
    }


def _rows(cards: list[dict[str, Any]], language: Language, *, filed: bool) -> Iterator[str]:
    if not cards:
        yield _say("nothing", language)
    for one in cards:
        grade = f"{_say('grade', language)} {one['grade'] or '-'}"
        first = f"{_say('first', language)} {one['first_receiver']}"
        yield f"{one['incident_id']:<24} {grade:<9} {one['summary']}  ({first})"
        for due in one["due"]:
            chased = f" {_say('chased', language)} {due['chased']}" if due["chased"] else ""
            late = (
                f"  {_say('overdue', language)} {due['overdue_s']} s{chased}"
                if due["overdue_s"] is not None
                else ""
            )
            yield (
                f"    {_say('due', language)} {_series(due, language)}  {due['reporter']}  "
                f"{_say('by', language)} {due['due']}{late}"
            )
        for done in one["filed"] if filed else ():
            yield (
                f"    {_say('filed', language)} {_series(done, language)}  {done['by']}  "
                f"{done['time']}"
            )


def _series(report: Mapping[str, Any], language: Language) -> str:
    stage = _code(ReportStage, report["stage"], language)
    tier = _code(CommandTier, report["to_tier"], language)
    return f"{stage} {report['series_number']} {_say('to', language)} {tier}"


def _code(codes: type[Vocabulary], value: str, language: Language) -> str:
    known = {code.value: code for code in codes}
    return getattr(labels.of_code(known[value]), language) if value in known else value


def _say(word: str, language: Language) -> str:
    return _WORDS[word][language == "zh"]
