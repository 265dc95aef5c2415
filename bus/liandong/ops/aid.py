"""Mutual aid as it stands: requests with their lines, offers in order, and what is lent."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from liandong.bus import connect
from liandong.contracts.catalogue.finding import printable
from liandong.ops.errors import CommandError, Exit
from liandong.ops.words import Language
from liandong.response import Shelf
from liandong.response.agreements import Agreements, read_agreements
from liandong.response.aid import mutual_aid
from liandong.response.aid_rank import Ranked, rank
from liandong.response.aid_state import Aid, Line
from liandong.response.aid_view import Lent, lent

_PHASES: Mapping[str, tuple[str, str]] = {
    "open": ("open", "待支援"),
    "offered": ("offered, nobody has chosen", "已有应答，待选定"),
    "with_person": ("with people", "待人工处理"),
    "filled": ("filled", "已满足"),
    "withdrawn": ("withdrawn", "已撤回"),
    "committed": ("committed", "已承诺"),
    "under_way": ("under way", "途中"),
    "at_work": ("at work", "工作中"),
    "going_home": ("going home", "返回途中"),
    "surplus": ("too much, to be refused", "多余，待谢绝"),
}
_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "of": "granted of",
        "unanswered": "not answered yet:",
        "since": "since",
        "until": "until",
        "late": "LATE",
        "for": "for",
        "take": "take",
        "nothing": "nothing is lent or asked for",
    },
    "zh": {
        "of": "已落实 / 需求",
        "unanswered": "尚未答复：",
        "since": "自",
        "until": "至",
        "late": "超时",
        "for": "支援",
        "take": "取",
        "nothing": "没有求援，也没有借出的力量",
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty means all.

    Attributes:
        request: A request's name.
        lender: An agency, or a region, that lends.
        borrower: One that borrows.
        ranked: Whether offers are shown, the best first.
    """

    request: str = ""
    lender: str = ""
    borrower: str = ""
    ranked: bool = False


async def show_aid(
    wanted: Wanted,
    settings: dict[str, Any],
    *,
    agreements: Path | None,
    language: Language,
    as_json: bool,
) -> int:
    """Print it; return how the command ends."""
    known = read_agreements(agreements)
    async with await connect(**settings) as bus:
        shelf = Shelf(bus, mutual_aid(bus.agency.region, known))
        await shelf.open()
        threads = await shelf.states()
    if wanted.request and wanted.request not in threads:
        raise CommandError(
            f"no request {wanted.request!r}: liandong aid lists them", Exit.NOT_FOUND
        )
    about = aid_of(threads, wanted, known, datetime.now(UTC))
    if as_json:
        typer.echo(json.dumps(about, ensure_ascii=False))
    else:
        for row in _rows(about, language):
            typer.echo(printable(row))
    return Exit.OK


def aid_of(
    threads: Mapping[str, Aid], wanted: Wanted, agreements: Agreements, now: datetime
) -> dict[str, Any]:
    """Return requests and what is lent, as plain data."""
    mine = [aid for name, aid in sorted(threads.items()) if wanted.request in ("", name)]
    away = lent(mine, now, lender=wanted.lender, borrower=wanted.borrower)
    asked = [aid for aid in mine if _concerns(aid, wanted)]
    return {
        "now": now.isoformat(),
        "requests": [_request(aid, wanted, agreements) for aid in asked],
        "lent": [_lent(one) for one in away],
    }


def _concerns(aid: Aid, wanted: Wanted) -> bool:
    lenders = {
        *(loan.lender for loan in aid.loans),
        *(one.name for line in aid.lines for one in line.asked),
        *(offer.lender for line in aid.lines for offer in line.offers),
    }
    return _fits(wanted.borrower, aid.borrower) and (
        not wanted.lender or any(_fits(wanted.lender, lender) for lender in lenders)
    )


def _fits(wanted: str, agency: str) -> bool:
    return not wanted or agency == wanted or agency.startswith(f"{wanted}/")


def _request(aid: Aid, wanted: Wanted, agreements: Agreements) -> dict[str, Any]:
    return {
        "request": aid.request_id,
        "incident": aid.message.incident_id,
        "borrower": aid.borrower,
        "asked_at": aid.said.time.isoformat(),
        "ended": aid.ended,
        "lines": [_line(aid, line, wanted, agreements) for line in aid.lines],
    }


def _line(aid: Aid, line: Line, wanted: Wanted, agreements: Agreements) -> dict[str, Any]:
    about: dict[str, Any] = {
        "line": line.line_id,
        "name": line.name,
        "phase": aid.phase(line).value,
        "requested": line.requested,
        "granted": aid.granted(line),
        "unit": line.unit,
        "needed_by": _moment(line.needed_by),
        "answer_by": _moment(line.answer_by),
        "unanswered": [one.name for one in line.asked if one.answered is None],
        "offers": len(line.offers),
    }
    if wanted.ranked:
        about["ranked"] = [_ranked(one) for one in rank(aid, line, agreements)]
    return about


def _ranked(one: Ranked) -> dict[str, Any]:
    return {
        "lender": one.offer.lender,
        "unit": one.offer.unit_id or one.offer.name,
        "answer": one.offer.answer.value,
        "amount": one.offer.amount,
        "take": one.take,
        "arrives": _moment(one.arrives),
        "late_s": one.late_s,
        "why": {"en": one.en, "zh": one.zh},
    }


def _lent(one: Lent) -> dict[str, Any]:
    loan = one.loan
    return {
        "lender": loan.lender,
        "unit": loan.unit_id,
        "name": loan.name,
        "home_agency": loan.home_agency or loan.lender,
        "amount": loan.amount,
        "borrower": one.borrower,
        "request": one.request_id,
        "incident": one.incident_id or None,
        "phase": loan.phase.value,
        "since": loan.since.isoformat(),
        "where": loan.where or None,
        "arrives": _moment(loan.arrives),
        "until": _moment(loan.until),
        "asked_back": _moment(loan.asked_back),
        "back": _moment(loan.back),
        "late": one.late,
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _rows(about: dict[str, Any], language: Language) -> Iterator[str]:
    words = _WORDS[language]
    for request in about["requests"]:
        yield f"{request['request']}  {request['borrower']}  {request['incident'] or ''}".rstrip()
        for line in request["lines"]:
            figures = f"{line['granted']:g} {words['of']} {line['requested']:g} {line['unit']}"
            silent = " ".join(line["unanswered"])
            waits = f"  {words['unanswered']} {silent}" if silent else ""
            phase = _phase(line["phase"], language)
            yield f"  {line['line']:<4} {line['name']}: {figures.rstrip()}; {phase}{waits}"
            for number, one in enumerate(line.get("ranked", ()), 1):
                take = f" {words['take']} {one['take']:g}." if one["take"] else ""
                why = one["why"][language]
                yield f"       {number}. {one['lender']} {one['unit']}: {why}{take}"
    for one in about["lent"]:
        yield _lent_row(one, language)
    if not about["requests"] and not about["lent"]:
        yield words["nothing"]


def _lent_row(one: dict[str, Any], language: Language) -> str:
    words = _WORDS[language]
    parts = [
        one["lender"],
        one["unit"] or f"{one['amount']:g} {one['name']}",
        f"{words['for']} {one['borrower']} ({one['request']})",
        f"{_phase(one['phase'], language)} {words['since']} {_short(one['since'])}",
        one["where"] or "",
        f"{words['until']} {_short(one['until'])}" if one["until"] else "",
        words["late"] if one["late"] else "",
    ]
    return "  ".join(filter(None, parts))


def _phase(name: str, language: Language) -> str:
    en, zh = _PHASES[name]
    return zh if language == "zh" else en


def _short(moment: str) -> str:
    return f"{datetime.fromisoformat(moment).astimezone(UTC):%m-%d %H:%MZ}"
