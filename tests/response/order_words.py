"""Made-up orders and what is said of them, for the tests."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    Event,
    OrderCancelled,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.response import Changes, Say
from liandong.response.orders import Order

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
ISSUER, FIRE, POLICE, WORKS, OTHER, DESK = (
    Agency("lz", "centre", "command"),
    Agency("lz", "fire", "119"),
    Agency("lz", "police", "110"),
    Agency("lz", "municipal", "works"),
    Agency("lz", "medical", "120"),
    Agency("lz", "centre", "desk"),
)
LINE = (
    Addressee(agency=str(POLICE), role="duty officer"),
    Addressee(agency=str(WORKS), unit_id="crew-4"),
)
RELEASED = {"release_roles": ("duty director",), "released_by": "duty director"}
REPORTABLE = [state for state in OrderState if state is not OrderState.OVERDUE]
SPANS = ("receipt_by", "accept_by", "complete_by")
ANYONE = (FIRE, POLICE, WORKS, OTHER)
DEADLINES = (
    (4, 10, 40),
    (4, 10, None),
    (None, 10, None),
    (None, 10, 40),
    (None, None, 40),
    (4, None, None),
    (None, None, None),
)
Decide = Callable[[Order | None, Envelope | None, datetime], Changes[Order]]


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def envelope(data: Event, seconds: float, by: Agency = ISSUER) -> Envelope:
    """Return an event in its envelope."""
    return Envelope(source=by, time=at(seconds), area="cn.99", data=data)


def issued(
    receipt: float | None = None,
    accept: float | None = None,
    complete: float | None = None,
    **fields: Any,
) -> Envelope:
    """Return an order to the fire service, its deadlines in seconds after the start."""
    by = [None if s is None else at(s) for s in (receipt, accept, complete)]
    order = OrderIssued.model_validate(
        {
            "order_id": "o-1",
            "addressee": Addressee(agency=str(FIRE)),
            "action": "dispatch",
            "issued_by": "commander",
        }
        | dict(zip(SPANS, by, strict=True))
        | fields
    )
    return envelope(order, 0)


def said(
    state: OrderState, seconds: float, *, by: Agency = FIRE, until: float | None = None
) -> Envelope:
    """Return a report on it."""
    unwilling = state in {OrderState.REFUSED, OrderState.FAILED}
    report = OrderReported(
        order_id="o-1",
        state=state,
        until=None if until is None else at(until),
        reason="no water" if unwilling else None,
        reported_by="station",
    )
    return envelope(report, seconds, by)


def cancelled(seconds: float, *whom: Addressee, by: Agency = ISSUER) -> Envelope:
    """Return its cancellation, which names some."""
    addressees = whom or (Addressee(agency=str(FIRE)),)
    cancel = OrderCancelled(
        order_id="o-1", addressees=addressees, cancelled_by="commander", reason="A false alarm"
    )
    return envelope(cancel, seconds, by)


def as_event(say: Say) -> Envelope:
    """Return what the desk says, as it comes back out of the log."""
    return Envelope(
        source=DESK, time=say.time, area="cn.99", precedence=say.precedence, data=say.event
    )


def after(decide: Decide, events: Iterable[Envelope]) -> Order | None:
    """Return the order after events."""
    order = None
    for event in events:
        order = decide(order, event, event.time).state
    return order


def name_of(event: Envelope) -> str:
    """Return what moved an order, as its diagram says it."""
    match event.data:
        case OrderReported(state=state):
            return f"order.reported {state}"
        case OrderIssued(supersedes=str()):
            return "supersedes"
        case _:
            return event.data.event


SUPERSEDING = issued(order_id="o-2", supersedes="o-1").data
WILLING = {OrderState.ACCEPTED, OrderState.IN_PROGRESS}


def is_overdue(event: Envelope) -> bool:
    """Say whether an event reports a missed deadline."""
    return isinstance(event.data, OrderReported) and event.data.state is OrderState.OVERDUE


def is_from(event: Envelope, addressee: Addressee) -> bool:
    """Say whether somebody's agency said it."""
    return str(event.source) == addressee.agency


def is_answer(event: Envelope, order: Order) -> bool:
    """Say whether it is an answer of anyone whom the order reached."""
    answers = isinstance(event.data, OrderReported) and not is_overdue(event)
    return answers and any(is_from(event, one) for one in order.asked)


def is_cancel(event: Envelope) -> bool:
    """Say whether its issuer cancels it."""
    return isinstance(event.data, OrderCancelled) and event.source == ISSUER


def spans(asking: Any, since: datetime) -> list[timedelta | None]:
    """Return how long each answer may take."""
    due = [getattr(asking, name) for name in SPANS]
    return [moment and moment - since for moment in due]


def reported(log: list[Envelope], missed: Deadline | None, due: datetime | None) -> bool:
    """Say whether the log tells of a missed deadline."""
    told = [(e.data.missed, e.time) for e in log if is_overdue(e)]
    return (missed, due) in told


def is_late(order: Order, log: list[Envelope], now: datetime) -> bool:
    """Say whether who has an order has not answered what was due."""
    if order.ended or order.unwilling:
        return False
    asking, done = order.asking, promised(order, log)
    due = [asking.receipt_by] if order.state is None else []
    due += [asking.accept_by] if order.state not in WILLING else []
    return any(moment < now for moment in (*due, done) if moment)


def promised(order: Order, log: list[Envelope]) -> datetime | None:
    """Return when who has an order must be done: as ordered, or as promised since."""
    steps = [n for n, event in enumerate(log) if event in order.steps]
    mine = [e.data for e in log[max(steps, default=0) :] if is_from(e, order.addressee)]
    until = [report.until for report in mine if isinstance(report, OrderReported) and report.until]
    return max(filter(None, (order.asking.complete_by, *until[-1:])), default=None)
