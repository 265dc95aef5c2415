"""A small made-up plan, and what is said of it, for tests."""

from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.contracts import (
    Agency,
    Envelope,
    Event,
    IncidentCleared,
    OrderIssued,
    OrderReported,
    OrderState,
    PlanActivated,
    ResponseGrade,
)
from liandong.response.concern import Say
from liandong.response.plan_activation import Wish, activated, activation_id, changed, ended
from liandong.response.plan_file import Plan
from liandong.response.plan_library import Library
from liandong.response.plan_state import PlansAtWork
from liandong.response.plans import plans

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
INCIDENT, AREA = "lz-7", "cn.99.01"
COMMAND, DESK = Agency("lz", "centre", "command"), Agency("lz", "centre", "desk")
FIRE, POLICE = Agency("lz", "fire", "119"), Agency("lz", "police", "110")
I, II, III, IV = ResponseGrade  # noqa: E741  the grades' own names


def words(text: str = "x") -> dict[str, str]:
    """Return a text in both languages."""
    return {"en": text, "zh": "字"}


def an_order(item_id: str, to: Agency = FIRE, **more: Any) -> dict[str, Any]:
    """Return an order of a plan as its file has it."""
    return {
        "id": item_id,
        "to": {"agency": str(to)},
        "action": "dispatch",
        "text": words(),
        "receipt": "1m",
        "accept": "5m",
        "complete": "1h",
        "next_in_line": [{"agency": str(COMMAND)}],
    } | more


def _asked() -> dict[str, Any]:
    """Return what a plan asks for besides orders."""
    return {
        "aid": [
            {
                "id": "aid",
                "grades": ["I", "II"],
                "regions": ["hj"],
                "needs": [{"name": words(), "amount": 2}],
                "answer": "15m",
            }
        ],
        "reports": [
            {
                "id": "first",
                "stage": "first",
                "reporter": str(FIRE),
                "to_tier": "city",
                "due": "30m",
            }
        ],
        "alerts": [
            {
                "id": "warn",
                "grades": ["I", "II"],
                "to": "lz/warning/centre",
                "decide": "5m",
                "colour": "orange",
                "categories": ["Safety"],
                "event": words(),
                "urgency": "Immediate",
                "certainty": "Observed",
                "expires": "4h",
                "headline": words(),
            }
        ],
    }


def plan_document(**more: Any) -> dict[str, Any]:
    """Return a sound plan as its file has it: something of everything, at several grades."""
    return {
        "plan_id": "small",
        "version": "1",
        "region": "lz",
        "name": words("A small plan"),
        "trigger": {
            "category": "accident",
            "grades": ["I", "II", "III", "IV"],
            "areas": ["cn.99"],
            "incident_types": ["HAZMAT"],
            "propose": True,
        },
        "deciders": [{"agency": str(COMMAND), "role": words("commander"), "tier": "city"}],
        "agencies": [
            {"agency": str(FIRE), "part": "lead", "contact_role": words(), "contact": "TG 1"},
            {"agency": str(POLICE), "part": "support", "contact_role": words(), "contact": "TG 2"},
        ],
        "posts": [
            {
                "id": "scene",
                "kind": "on_scene",
                "name": words(),
                "tier": "county",
                "agency": str(FIRE),
                "role": words(),
                "place": words(),
                "contact": "TG 3",
            }
        ],
        "orders": [
            an_order("engines"),
            an_order("cordon", POLICE, grades=["I", "II", "III"]),
            an_order("evacuate", POLICE, grades=["I", "II"]),
        ],
        **_asked(),
        "step_down": {"cancel_unaccepted": True},
        "ends": {
            "when": words(),
            "with_incident": True,
            "cancel_unaccepted": True,
            "close_posts": True,
        },
    } | more


def a_plan(**more: Any) -> Plan:
    """Return a sound plan, some of it different."""
    return Plan.model_validate(plan_document(**more))


SMALL = a_plan()
PLANS = plans(Library.of([SMALL]))


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(event: Event, seconds: float = 0, by: Agency = COMMAND) -> Envelope:
    """Return what somebody said."""
    return Envelope(source=by, time=at(seconds), area=AREA, data=event)


def activation(
    level: ResponseGrade = III, seconds: float = 0, *, number: int = 1, plan: Plan = SMALL
) -> Envelope:
    """Return an activation of a plan for the incident."""
    named = activation_id(plan, INCIDENT, number)
    return said(activated(plan, Wish(level, INCIDENT), named, at(seconds)), seconds)


def turn(
    state: PlansAtWork,
    to: ResponseGrade,
    seconds: float,
    *,
    before: ResponseGrade,
    ahead: float = 0,
) -> Envelope:
    """Return a change of the level of the latest activation, to hold so many seconds later."""
    one = state.activations[-1]
    return said(changed(one, SMALL, before, Wish(to), at(seconds + ahead)), seconds)


def end(state: PlansAtWork, seconds: float, *, ahead: float = 0) -> Envelope:
    """Return the end of the response of the latest activation."""
    return said(ended(state.activations[-1], SMALL, Wish(IV), at(seconds + ahead)), seconds)


def cleared(seconds: float) -> Envelope:
    """Return the end of the incident."""
    return said(IncidentCleared(incident_id=INCIDENT, cleared=at(seconds)), seconds)


def answer(
    order_id: str, state: OrderState, seconds: float, *, by: Agency, until: float = 600
) -> Envelope:
    """Return what somebody reports of an order."""
    unwilling = state in {OrderState.REFUSED, OrderState.FAILED}
    progress = state is OrderState.IN_PROGRESS
    report = OrderReported(
        order_id=order_id,
        incident_id=INCIDENT,
        state=state,
        until=at(seconds + until) if progress else None,
        reason="no water" if unwilling else None,
        reported_by="station",
    )
    return said(report, seconds, by)


def heard(say: Say) -> Envelope:
    """Return what a desk says, as it comes back out of the log."""
    return Envelope(
        source=DESK,
        time=say.time,
        area=say.area or say.cause.area,
        causation=say.cause.id,
        precedence=say.precedence,
        data=say.event,
    )


def take(state: PlansAtWork | None, *events: Envelope) -> PlansAtWork | None:
    """Return the state after events."""
    for event in events:
        state = PLANS.decide(state, event, event.time).state
    return state


def carried_out(seconds: float, *events: Envelope) -> tuple[PlansAtWork, list[Say]]:
    """Return the state after events and all that a desk says of it, and what it says."""
    state, all_said = take(None, *events), list[Say]()
    while owed := PLANS.decide(state, None, at(seconds)).say:
        all_said += owed
        state = take(state, *map(heard, owed))
    assert state
    return state, all_said


def names(says: list[Say] | tuple[Say, ...]) -> list[str]:
    """Return what is said, by contract and by what it is about within its activation."""
    return [f"{say.event.event} {say.about.partition('--')[2]}".strip() for say in says]


def ordered(says: list[Say] | tuple[Say, ...]) -> list[str]:
    """Return the orders that are said."""
    return [say.event.order_id for say in says if isinstance(say.event, OrderIssued)]


def fact(event: Envelope) -> PlanActivated:
    """Return what an activation says."""
    assert isinstance(event.data, PlanActivated)
    return event.data
