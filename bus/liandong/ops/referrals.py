"""Referrals as they stand: who has each, whose word is awaited; and in figures."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer

from liandong.bus import Bus, connect
from liandong.contracts import Filter, IncidentReported
from liandong.contracts.catalogue.finding import printable
from liandong.ops.errors import Exit
from liandong.ops.times import since as moment_of
from liandong.ops.words import Language
from liandong.response import Shelf
from liandong.response.referral import Phase, Referral, Silence, emergency_id
from liandong.response.referral_figures import Flow, flows
from liandong.response.referrals import referrals

_PHASES: Mapping[str, tuple[str, str]] = {
    Phase.OFFERED: ("offered", "待承接"),
    Phase.ACCEPTED: ("accepted", "已承接"),
    Phase.RETURNED: ("returned", "已退回"),
    Phase.DISPUTED: ("disputed", "有争议"),
    Phase.DECIDED: ("decided", "已裁定"),
    Phase.CLOSED: ("closed", "已办结"),
}
_SILENCES: Mapping[str, tuple[str, str]] = {
    Silence.NOT_TAKEN: ("to be taken by", "待承接："),
    Silence.NOT_DONE: ("to be done by", "待办结："),
    Silence.NOT_SENT_ON: ("to be sent on by", "待再转办："),
    Silence.NOT_DECIDED: ("to be decided by", "待裁定："),
}
_WORDS: Mapping[str, tuple[str, str]] = {
    "with": ("with", "在"),
    "overdue": ("OVERDUE", "逾期"),
    "danger": ("MAY TURN DANGEROUS", "可能有危险"),
    "sent": ("offered to the emergency side as", "已转办紧急一侧："),
    "nothing": ("no referrals", "没有转办单"),
    "requests": ("requests", "诉求"),
    "offered": ("offered", "转办"),
    "taken": ("taken", "承接"),
    "share": ("diverted", "分流"),
    "returned": ("returned", "退回"),
    "disputed": ("disputed", "争议"),
    "closed": ("closed", "办结"),
    "to take": ("to take", "承接用时"),
    "to close": ("to close", "办结用时"),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for.

    Attributes:
        only_open: Leave out what is closed.
        only_overdue: Only those of which a word should have come by now.
        figures: Figures of the log instead.
        since: Of the log since then; empty means all of it.
    """

    only_open: bool = False
    only_overdue: bool = False
    figures: bool = False
    since: str = ""


async def show_referrals(
    wanted: Wanted, settings: dict[str, Any], *, language: Language, as_json: bool
) -> int:
    """Print them; return how the command ends: 1 where only overdue ones are asked for, and are."""
    async with await connect(**settings) as bus:
        if wanted.figures:
            return _show_figures(await figures_of(bus, wanted.since), language, as_json=as_json)
        shelf = Shelf(bus, referrals())
        await shelf.open()
        known = await shelf.states()
    now = datetime.now(UTC)
    cards = [card(one, known, now) for one in listed(known, wanted, now)]
    if as_json:
        typer.echo(json.dumps({"now": now.isoformat(), "referrals": cards}, ensure_ascii=False))
    else:
        for row in _rows(cards, language):
            typer.echo(printable(row))
    return Exit.FAILED if wanted.only_overdue and cards else Exit.OK


def listed(known: Mapping[str, Referral], wanted: Wanted, now: datetime) -> list[Referral]:
    """Return those asked for, first whose word is awaited soonest, last what is closed."""
    fitting = [
        one
        for one in known.values()
        if not (wanted.only_open and one.phase is Phase.CLOSED)
        and not (wanted.only_overdue and not one.overdue(now))
    ]
    return sorted(fitting, key=lambda one: (one.wait is None, one.wait.by if one.wait else now))


def card(one: Referral, known: Mapping[str, Referral], now: datetime) -> dict[str, Any]:
    """Return a referral as plain data, without what may name people."""
    wait, feared, copy = one.wait, one.feared, known.get(emergency_id(one.referral_id))
    return {
        "referral_id": one.referral_id,
        "incident_id": one.offered.incident_id,
        "area": one.first.area,
        "phase": one.phase.value,
        "from_service": one.offered.from_service.value,
        "to_service": one.offered.to_service.value,
        "urgency": one.offered.urgency.value,
        "summary": one.offered.summary,
        "offered_by": one.offerer,
        "held_by": one.holder,
        "waits_for": wait
        and {"what": wait.what.value, "whom": wait.whom, "by": wait.by.isoformat()},
        "overdue_s": round((now - wait.by).total_seconds()) if wait and one.overdue(now) else None,
        "danger": feared
        and {
            "why": feared.why,
            "to_service": feared.to_service.value,
            "offered_as": copy and copy.referral_id,
            "held_by": copy and copy.holder,
        },
        "outcome": one.closed and one.closed.outcome.value,
        "offered": one.first.time.isoformat(),
    }


async def figures_of(bus: Bus, since: str = "") -> list[Flow]:
    """Return the figures of the log: of referrals that were offered since then."""
    concern, known = referrals(), dict[str, Referral]()
    own: dict[str, set[str]] = {}
    read = Filter(contracts=(*concern.contracts, IncidentReported))
    async for entry in bus.history(read, since=moment_of(since)):
        if (event := entry.envelope) is None:
            continue
        if isinstance(event.data, IncidentReported):
            own.setdefault(str(event.source), set()).add(event.data.incident_id)
            continue
        for name in concern.threads(event):
            if (after := concern.decide(known.get(name), event, event.time).state) is not None:
                known[name] = after
    copies = {emergency_id(name) for name in known}
    return flows((one for name, one in known.items() if name not in copies), own)


def _show_figures(figures: list[Flow], language: Language, *, as_json: bool) -> int:
    if as_json:
        typer.echo(json.dumps({"figures": [_figure(f) for f in figures]}, ensure_ascii=False))
    else:
        for row in [_figure_row(f, language) for f in figures] or [_say("nothing", language)]:
            typer.echo(printable(row))
    return Exit.OK


def _figure(flow: Flow) -> dict[str, Any]:
    return {
        "offerer": flow.offerer,
        "from_service": flow.from_service,
        "to_service": flow.to_service,
        "requests": flow.requests,
        "offered": flow.offered,
        "taken": flow.taken,
        "share_diverted": flow.share_diverted,
        "returned": flow.returned,
        "disputed": flow.disputed,
        "closed": flow.closed,
        "dangerous": flow.dangerous,
        "take_s": _percentiles(flow.take_s),
        "close_s": _percentiles(flow.close_s),
    }


def _percentiles(pair: tuple[float, float] | None) -> dict[str, float] | None:
    return None if pair is None else {"p50": pair[0], "p90": pair[1]}


def _figure_row(flow: Flow, language: Language) -> str:
    share = "-" if flow.share_diverted is None else f"{flow.share_diverted:.1%}"
    counts = ("requests", "offered", "taken", "returned", "disputed", "closed")
    told = " ".join(f"{_say(name, language)} {getattr(flow, name):,}" for name in counts)
    times = {"to take": flow.take_s, "to close": flow.close_s}
    spans = " ".join(
        f"{_say(name, language)} p50 {pair[0]:,.0f} s p90 {pair[1]:,.0f} s"
        for name, pair in times.items()
        if pair
    )
    way = f"{flow.offerer} {flow.from_service} → {flow.to_service}"
    return f"{way}  {_say('share', language)} {share}  {told}  {spans}".rstrip()


def _rows(cards: list[dict[str, Any]], language: Language) -> Iterator[str]:
    if not cards:
        yield _say("nothing", language)
    for one in cards:
        phase = _one_of(_PHASES[one["phase"]], language)
        late = f"  {_say('overdue', language)} {one['overdue_s']} s" if one["overdue_s"] else ""
        way = f"{one['from_service']} → {one['to_service']}"
        yield f"{one['referral_id']:<24} {phase:<9} {way}  {one['summary']}{late}"
        waits = one["waits_for"]
        what = _one_of(_SILENCES[waits["what"]], language) if waits else ""
        tail = f"  {what} {waits['whom']}  {waits['by']}" if waits else ""
        yield f"    {_say('with', language)} {one['held_by']}{tail}"
        if danger := one["danger"]:
            copy = danger["offered_as"]
            sent = f"  {_say('sent', language)} {copy} ({danger['held_by']})" if copy else ""
            yield f"    {_say('danger', language)}: {danger['why']}{sent}"


def _say(word: str, language: Language) -> str:
    return _one_of(_WORDS[word], language)


def _one_of(words: tuple[str, str], language: Language) -> str:
    return words[language == "zh"]
