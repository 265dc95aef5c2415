"""The board of incidents, and which of them are likely one, from what a desk keeps."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import typer

from liandong.bus import connect
from liandong.contracts import Location, ResponseGrade, labels
from liandong.contracts.catalogue.finding import printable
from liandong.ops import times
from liandong.ops.errors import CommandError, Exit
from liandong.ops.words import Language
from liandong.response import Shelf
from liandong.response.duplicates import Likeness, likely_duplicates
from liandong.response.incident_board import Wanted, board, by_grade, is_lost, uncleared
from liandong.response.incident_state import Incident
from liandong.response.incidents import INCIDENTS

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "open": "open",
        "offered": "offered to {to}, answer by {by}",
        "cleared": "cleared {at}",
        "merged": "goes on in {into}",
        "lost": "LOST: goes on in {into}, which nobody has reported here",
        "called_over": "over, says {by}; its owner has not said so",
        "none": "no grade",
        "counts": "{uncleared} uncleared, {shown} shown",
        "nothing": "nothing to show",
        "unkept": "nobody keeps the incidents yet: 'liandong up' runs a desk that does",
        "decide": "A person decides: 'liandong publish incident.merged …' where they are one, "
        "'incident.linked … direction=UNLINK' where they are not.",
    },
    "zh": {
        "open": "处置中",
        "offered": "已提出移交给{to}，答复时限{by}",
        "cleared": "已办结 {at}",
        "merged": "并入{into}",
        "lost": "去向不明：并入{into}，而本地无人上报该警情",
        "called_over": "{by}称已办结，主责机构尚未确认",
        "none": "未定级",
        "counts": "未清零{uncleared}起，显示{shown}起",
        "nothing": "没有可显示的警情",
        "unkept": "尚无席位记录警情：运行 liandong up",
        "decide": "由人决定：确为同一警情，发布 incident.merged；不是，发布 incident.linked 并写明 "
        "direction=UNLINK。",
    },
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which incidents to show, in the words of the command line; an empty part means any."""

    area: str = ""
    grade: str = ""
    older_than: str = ""
    uncleared: bool = False

    def wanted(self, now: datetime) -> Wanted:
        """Return it as what a board understands.

        Raises:
            CommandError: There is no such grade, or no such length of time.
        """
        moment = times.since(self.older_than, "--older-than")
        try:
            grade = ResponseGrade(self.grade.upper()) if self.grade else None
        except ValueError:
            raise CommandError(
                f"--grade {self.grade!r}: say I, II, III or IV", Exit.USAGE
            ) from None
        return Wanted(self.area, grade, self.uncleared, now - moment if moment else None)


async def show_board(
    asked: Asked, settings: dict[str, Any], *, now: datetime, language: Language, as_json: bool
) -> None:
    """Print the board; uncleared, grave and old incidents first."""
    wanted = asked.wanted(now)
    incidents = await _kept(settings, language)
    shown = board(incidents, wanted, now)
    if as_json:
        about = {
            "now": now.isoformat(),
            "uncleared": len(uncleared(incidents)),
            "grades": {grade or "none": n for grade, n in by_grade(shown).items()},
            "incidents": [card(one, incidents, now) for one in shown],
        }
        typer.echo(json.dumps(about, ensure_ascii=False))
        return
    for one in shown:
        typer.echo(printable(_row(card(one, incidents, now), language)))
    counts = {"uncleared": len(uncleared(incidents)), "shown": len(shown)}
    typer.echo(_WORDS[language]["counts"].format_map(counts), err=True)


async def show_duplicates(
    settings: dict[str, Any], *, now: datetime, language: Language, as_json: bool
) -> None:
    """Print the pairs of incidents that are likely one, and why, the likeliest first."""
    incidents = await _kept(settings, language)
    found = likely_duplicates(incidents.values())
    if as_json:
        pairs = [_pair(one, incidents, now) for one in found]
        typer.echo(json.dumps({"now": now.isoformat(), "pairs": pairs}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.score:.2f}  {one.in_words(language)}")
        for incident in (one.first, one.second):
            row = _row(card(incident, incidents, now), language)
            typer.echo(printable(f"      {row}"))
    typer.echo(_WORDS[language]["decide" if found else "nothing"], err=True)


def card(one: Incident, incidents: Mapping[str, Incident], now: datetime) -> dict[str, Any]:
    """Return an incident as plain data."""
    facts = one.facts
    status = one.ended.status if one.ended else facts.status
    return {
        "id": one.incident_id,
        "phase": "lost" if is_lost(one, incidents) else one.phase,
        "owner": one.owner,
        "area": one.area,
        "grade": facts.grade and facts.grade.value,
        "status": status and status.value,
        "type": facts.incident_type and facts.incident_type.value,
        "summary": facts.summary,
        "place": _place(facts.location),
        "opened": one.opened.isoformat(),
        "age_s": round((now - one.opened).total_seconds()),
        "heard": one.heard.isoformat(),
        "taking_part": sorted(one.agencies - {one.owner}),
        "offered": one.offer and {"to": one.offer.to, "by": one.offer.answer_by.isoformat()},
        "links": {name: link.direction.value for name, link in sorted(one.links.items())},
        "took_in": sorted(one.took_in),
        "split_off": sorted(one.split_off),
        "cleared": one.ended and one.ended.at.isoformat(),
        "goes_on_in": one.ended and one.ended.into,
        "called_over": {name: at.isoformat() for name, at in sorted(one.called_over.items())},
    }


def _pair(one: Likeness, incidents: Mapping[str, Incident], now: datetime) -> dict[str, Any]:
    return {
        "score": one.score,
        "why": {"en": one.in_words("en"), "zh": one.in_words("zh")},
        "minutes_apart": round(one.apart.total_seconds() / 60, 1),
        "metres_apart": None if one.apart_m is None else round(one.apart_m),
        "incidents": [card(incident, incidents, now) for incident in (one.first, one.second)],
    }


async def _kept(settings: dict[str, Any], language: Language) -> dict[str, Incident]:
    async with await connect(**settings) as bus:
        shelf = Shelf(bus, INCIDENTS)
        await shelf.open()
        incidents, place = await shelf.states(), await shelf.place()
    if not incidents and place is None:
        typer.echo(_WORDS[language]["unkept"], err=True)
    return incidents


def _row(about: dict[str, Any], language: Language) -> str:
    words = _WORDS[language]
    parts = [
        f"{_age(about['age_s']):>7}",
        about["id"],
        _grade(about["grade"], language) or words["none"],
        about["area"],
        about["owner"],
        about["summary"],
        about["place"],
        *_standing(about, words),
    ]
    return "  ".join(filter(None, parts))


def _standing(about: dict[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    values = {"into": about["goes_on_in"], "at": _clock(about["cleared"])}
    if offered := about["offered"]:
        values |= {"to": offered["to"], "by": _clock(offered["by"])}
    yield words[about["phase"]].format_map(values)
    for agency in about["called_over"]:
        yield words["called_over"].format(by=agency)


def _clock(moment: str | None) -> str:
    return f"{datetime.fromisoformat(moment):%m-%d %H:%M}Z" if moment else ""


def _age(seconds: int) -> str:
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours}h{minutes:02}m" if hours else f"{minutes}m"


def _grade(value: str | None, language: Language) -> str:
    """Return what people call a grade; one of a later version as it is written."""
    known = value in set(ResponseGrade)
    return getattr(labels.of_code(ResponseGrade(value)), language) if known else value or ""


def _place(location: Location | None) -> str:
    return (location and (location.place or location.address)) or ""
