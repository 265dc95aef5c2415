"""How orders stand, from the top down: what was passed on, who is late, what needs a person."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import typer

from liandong.bus import connect
from liandong.contracts import Addressee, Deadline, OrderState, labels
from liandong.contracts.catalogue.finding import printable
from liandong.ops.errors import Exit
from liandong.ops.words import Language
from liandong.response import ORDERS, Shelf
from liandong.response.order_rollup import Node, RollUp, is_late, roll_up
from liandong.response.orders import Answer, Order

_WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "issued": "Issued",
        "cancelled": "Cancelled",
        "expired": "Expired",
        "replaced": "Replaced",
        "by": "by",
        "late": "LATE",
        "too_late": "too late",
        "decide": "A PERSON MUST DECIDE",
        "totals": "open {open}, late {overdue}, need a person {needs_a_person}",
        "none": "No order fits.",
    },
    "zh": {
        "issued": "已下达",
        "cancelled": "已撤销",
        "expired": "已失效",
        "replaced": "已被取代",
        "by": "截止",
        "late": "逾期",
        "too_late": "迟到答复",
        "decide": "须由人决定",
        "totals": "未结 {open}，逾期 {overdue}，须由人决定 {needs_a_person}",
        "none": "没有符合条件的指令。",
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for; empty means all.

    Attributes:
        incident: The incident that they serve.
        below: The agency that ordered them, with all that followed.
        only_open: Only what goes on, or needs a person.
    """

    incident: str = ""
    below: str = ""
    only_open: bool = False


async def show_orders(
    wanted: Wanted, settings: dict[str, Any], *, language: Language, as_json: bool
) -> int:
    """Print how orders stand, as the desks know it; return how the command ends."""
    async with await connect(**settings) as bus:
        shelf = Shelf(bus, ORDERS)
        await shelf.open()
        orders = await shelf.states()
    now = datetime.now(UTC)
    rolled = roll_up(
        orders.values(),
        now,
        incident=wanted.incident,
        below=wanted.below,
        only_open=wanted.only_open,
    )
    if as_json:
        typer.echo(json.dumps(orders_of(rolled, now), ensure_ascii=False))
    else:
        for line in lines(rolled, now, language):
            typer.echo(printable(line))
    return Exit.OK


def orders_of(rolled: RollUp, now: datetime) -> dict[str, Any]:
    """Return orders as plain data: the counts, and each with what lies below it."""
    return {
        "now": now.isoformat(),
        "open": rolled.open,
        "overdue": rolled.overdue,
        "needs_a_person": rolled.needs_a_person,
        "phases": rolled.phases,
        "orders": [_card(tree, now) for tree in rolled.trees],
    }


def _card(node: Node, now: datetime) -> dict[str, Any]:
    order = node.order
    said = order.order
    return {
        "id": said.order_id,
        "incident": said.incident_id,
        "action": said.action,
        "text": said.action_text,
        "issuer": str(order.issued.source),
        "issued_by": said.issued_by,
        "issued": order.issued.time.isoformat(),
        "phase": str(order.phase),
        "ended": order.ended,
        "needs_a_person": order.needs_a_person,
        "overdue": is_late(order, now),
        "addressee": order.addressee.model_dump(exclude_none=True),
        "asked": [one.model_dump(exclude_none=True) for one in order.asked],
        "line": [one.model_dump(exclude_none=True) for one in order.line],
        "due": [{"what": o.missed.value, "at": o.due.isoformat()} for o in order.unanswered()],
        "answers": [_answer(answer) for answer in order.answers],
        "below": [_card(one, now) for one in node.below],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "agency": answer.agency,
        "state": answer.state.value,
        "at": answer.at.isoformat(),
        "late": answer.late,
    }


def lines(rolled: RollUp, now: datetime, language: Language) -> Iterator[str]:
    """Yield how orders stand, a line for each, what lies below one under it."""
    words = _WORDS[language]
    if not rolled.trees:
        yield words["none"]
        return
    counts = {"open": rolled.open, "overdue": rolled.overdue}
    yield words["totals"].format(**counts, needs_a_person=rolled.needs_a_person)
    for tree in rolled.trees:
        yield from _rows(tree, now, language, "")


def _rows(node: Node, now: datetime, language: Language, indent: str) -> Iterator[str]:
    order, words = node.order, _WORDS[language]
    parts = [
        f"{indent}{order.order.order_id}",
        _phase(str(order.phase), language),
        _whom(order.addressee),
        order.order.action_text or order.order.action,
        *_due(order, now, language),
        words["decide"] if order.needs_a_person else "",
    ]
    yield "  ".join(filter(None, parts))
    for answer in order.late:
        state = labels.of_code(answer.state)
        what = getattr(state, language)
        yield f"{indent}    {words['too_late']}: {answer.agency} {what} {_clock(answer.at)}"
    for below in node.below:
        yield from _rows(below, now, language, f"{indent}  ")


def _phase(phase: str, language: Language) -> str:
    known = {state.value: getattr(labels.of_code(state), language) for state in OrderState}
    return known.get(phase) or _WORDS[language][phase]


def _whom(addressee: Addressee) -> str:
    inner = addressee.unit_id or addressee.role
    return f"{addressee.agency} {inner}" if inner else addressee.agency


def _due(order: Order, now: datetime, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    for answer in order.unanswered()[:1]:
        late = f" {words['late']}" if answer.due < now else ""
        yield f"{_deadline(answer.missed, language)} {words['by']} {_clock(answer.due)}{late}"


def _deadline(missed: Deadline, language: Language) -> str:
    return getattr(labels.of_code(missed), language)


def _clock(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%m-%d %H:%M:%S}Z"
