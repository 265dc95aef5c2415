"""Plans for people to read: what would be said, how one at work stands, what is proposed."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from liandong.contracts import (
    AidRequested,
    CommandPostEstablished,
    Event,
    OrderCancelled,
    OrderIssued,
    ReportDue,
    RiskWarningProposed,
    Vocabulary,
    labels,
)
from liandong.ops.words import Language, in_words
from liandong.response.concern import Say
from liandong.response.plan_file import Plan
from liandong.response.plan_proposals import Proposal
from liandong.response.plan_state import SEPARATOR, Activation, PlansAtWork, name_of
from liandong.response.plan_tasks import Task
from liandong.response.plans import end_of, is_ours, levels_of

_WORDS: Mapping[str, tuple[str, str]] = {
    "level": ("level", "响应级别"),
    "ended": ("ended", "已终止"),
    "unknown": ("no such plan here: nothing is carried out", "本机无此预案：不予执行"),
    "elsewhere": (
        "another region has activated it: nothing is carried out here",
        "由其他地区启动：此处不予执行",
    ),
    "waits": ("no answer", "未答复"),
    "answered": ("answered", "已答复"),
    "over": ("over", "已终止"),
    "late": ("late", "超时"),
    "not_yet": ("at work at", "现为"),
    "nothing": ("nothing is proposed", "无提议"),
    "calm": ("everyone has answered", "均已答复"),
}


def word(name: str, language: Language) -> str:
    """Return a word of this page in a language."""
    return _WORDS[name][("en", "zh").index(language)]


def code(value: Vocabulary, language: Language) -> str:
    """Return what a code is called."""
    return getattr(labels.of_code(value), language)


def to_whom(event: Event) -> str:  # noqa: PLR0911  one a kind of event
    """Return whom an event is for: agencies or regions; empty where it is for everyone."""
    match event:
        case OrderIssued():
            return event.addressee.agency
        case OrderCancelled():
            return ", ".join(one.agency for one in event.addressees)
        case CommandPostEstablished():
            return event.agency
        case AidRequested():
            return ", ".join((*event.asked_agencies, *event.asked_regions))
        case ReportDue():
            return event.reporter
        case RiskWarningProposed():
            return event.proposed_to
        case _:
            return ""


def until(event: Event) -> datetime | None:
    """Return by when an event asks for an answer; None where it asks for none."""
    match event:
        case OrderIssued():
            return event.accept_by or event.receipt_by or event.complete_by
        case AidRequested():
            return event.answer_by
        case ReportDue():
            return event.due
        case RiskWarningProposed():
            return event.decide_by
        case _:
            return None


def span(length: timedelta) -> str:
    """Return a span as people type it: ``1h30m``."""
    seconds = int(length.total_seconds())
    parts = ((seconds // 3600, "h"), (seconds % 3600 // 60, "m"), (seconds % 60, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"


def said_card(say: Say, start: datetime) -> dict[str, Any]:
    """Return what would be said as plain data; times in seconds from the activation."""
    by = until(say.event)
    return {
        "after_s": (say.time - start).total_seconds(),
        "type": say.event.type_name(),
        "about": say.about,
        "to": to_whom(say.event),
        "answer_within_s": (by - start).total_seconds() if by else None,
        "precedence": say.precedence.value,
        "data": say.event.model_dump(mode="json", exclude_none=True),
    }


def said_line(say: Say, start: datetime, language: Language) -> str:
    """Return what would be said as one line: when, what, to whom, by when."""
    by = until(say.event)
    within = f"≤{span(by - start)}" if by else ""
    kind = getattr(labels.of_class(type(say.event)), language)
    after = f"+{span(say.time - start)}"
    return f"{after:<8}{within:<9}{kind}  {to_whom(say.event)}  {in_words(say.event, language)}"


def standing_card(
    state: PlansAtWork, one: Activation, plan: Plan | None, now: datetime
) -> dict[str, Any]:
    """Return how a plan at work stands as plain data."""
    end = end_of(one, plan, now)
    return {
        "activation_id": one.fact.activation_id,
        "plan_id": one.fact.plan_id,
        "plan_version": one.fact.plan_version,
        "plan_name": one.fact.plan_name,
        "known": plan is not None,
        "carried_out": is_ours(one, plan),
        "incident_id": one.fact.incident_id,
        "since": one.activated.time.isoformat(),
        "level": levels_of(one, plan, now)[-1].level if plan else one.fact.trigger.grade,
        "ended": end.since.isoformat() if end else None,
        "agencies": [called.model_dump(mode="json") for called in one.fact.agencies],
        "orders": [_task_card(name, task) for name, task in _own(one, state.tasks)],
        "asked": [
            {"name": name, "answered": f"{name} answered" in state.told}
            for name in sorted(_names(one, plan, state))
        ],
    }


def _own(one: Activation, tasks: Mapping[str, Task]) -> list[tuple[str, Task]]:
    prefix = f"{one.fact.activation_id}{SEPARATOR}"
    return [(name, task) for name, task in tasks.items() if name.startswith(prefix)]


def _names(one: Activation, plan: Plan | None, state: PlansAtWork) -> Iterator[str]:
    """Yield what asks for an answer besides orders: requests, reports and alerts."""
    named = one.fact.activation_id
    posts = {post.post_id for post in one.fact.posts}
    posts |= {name_of(named, post.id) for post in plan.posts} if plan else set()
    for name in state.told - posts:
        if name.startswith(f"{named}{SEPARATOR}") and " " not in name:
            yield name


def _task_card(name: str, task: Task) -> dict[str, Any]:
    return {
        "order_id": name,
        "to": task.addressee.model_dump(mode="json", exclude_none=True),
        "state": task.state.value if task.state else None,
        "missed": task.missed.value if task.missed else None,
        "over": task.over,
        "unanswered": task.unanswered,
        "passed_on": task.step,
    }


def standing_lines(card: dict[str, Any], language: Language) -> Iterator[str]:
    """Yield how a plan at work stands, those who have not answered first."""
    state = word("ended", language) if card["ended"] else ""
    about = card["incident_id"] or ""
    yield f"{card['activation_id']}  {card['plan_name']}  {about}"
    yield f"{word('level', language)} {card['level']}  {card['since']} {state}".rstrip()
    if not card["known"]:
        yield word("unknown", language)
    elif not card["carried_out"]:
        yield word("elsewhere", language)
    orders = sorted(card["orders"], key=lambda order: not order["unanswered"])
    for order in orders:
        yield _order_line(order, language)
    for asked in sorted(card["asked"], key=lambda asked: bool(asked["answered"])):
        answer = word("answered" if asked["answered"] else "waits", language)
        yield f"  {answer:<12}{asked['name']}"
    waits = any(order["unanswered"] for order in orders)
    if orders and not waits and not card["ended"]:
        yield word("calm", language)


def _order_line(order: dict[str, Any], language: Language) -> str:
    state = order["state"] or ""
    if order["unanswered"]:
        state = word("waits", language)
    if order["over"]:
        state = word("over", language)
    late = f"  {word('late', language)}: {order['missed']}" if order["missed"] else ""
    to = order["to"]
    whom = " ".join(filter(None, (to["agency"], to.get("unit_id") or to.get("role"))))
    return f"  {state:<12}{order['order_id']}  {whom}{late}"


def proposal_card(one: Proposal) -> dict[str, Any]:
    """Return a proposal as plain data."""
    return {
        "incident_id": one.incident_id,
        "area": one.area,
        "plan_id": one.plan.plan_id,
        "plan_version": one.plan.version,
        "name": {"en": one.plan.name.en, "zh": one.plan.name.zh},
        "level": one.level.value,
        "level_now": one.level_now.value if one.level_now else None,
        "since": one.since.isoformat(),
    }


def proposal_line(one: Proposal, language: Language) -> str:
    """Return a proposal as one line, and what to type."""
    name = getattr(one.plan.name, language)
    if one.level_now:
        now = f" ({word('not_yet', language)} {one.level_now})"
        what = f"liandong plan level {one.incident_id} {one.level}"
    else:
        now = ""
        what = f"liandong plan activate {one.plan.plan_id} --incident {one.incident_id}"
    return f"{one.level:<4} {one.incident_id}  {name}{now}\n     {what}"
