"""What an order owes to the bus: who is late, who is asked next, who must stop. Pure.

A missed deadline is reported first. Only when the log tells of that, with no answer before it, is
the order passed on: an answer that was stored in time, and is read late, counts.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from liandong.contracts import (
    Addressee,
    Code,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderReported,
    OrderState,
    Precedence,
)
from liandong.response.concern import Say
from liandong.response.order_policy import OrderPolicy
from liandong.response.order_state import DESK, Order, Overdue

_REASONS = "liandong-order-desk"
_CELL = timedelta(seconds=1)


def owed(order: Order, policy: OrderPolicy, now: datetime) -> tuple[Say, ...]:
    """Return what an order owes to the bus now.

    Args:
        order: How far it is.
        policy: Which orders two people must release.
        now: The moment against which deadlines are held.
    """
    if order.ended:
        return _take_back(order)
    if lack := policy.missing(order.order):
        return _stop(order, order.asked, lack, "not_released")
    missed = [overdue for overdue in order.unanswered() if overdue.due < now]
    unreported = [overdue for overdue in missed if overdue not in order.reported]
    if unreported:
        return tuple(_tell(order, overdue) for overdue in unreported)
    if order.unwilling and order.since:  # not ended: somebody is left in the line
        return (_escalate(order, None, order.since, now),)
    if not missed:
        return ()
    last = max(missed, key=attrgetter("due"))
    return (_escalate(order, last, last.due, now) if order.line else _expire(order, last),)


def _tell(order: Order, overdue: Overdue) -> Say:
    event = OrderReported(
        order_id=order.order.order_id,
        incident_id=order.order.incident_id,
        state=OrderState.OVERDUE,
        missed=overdue.missed,
        reported_by=DESK,
    )
    about = f"{_step(order)} {overdue.missed} {_utc(overdue.due)}"
    return Say(event, about, order.issued, overdue.due, Precedence.IMMEDIATE)


def _step(order: Order) -> str:
    return f"{order.issued.id} step {len(order.steps)}"


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()


def _escalate(order: Order, overdue: Overdue | None, since: datetime, now: datetime) -> Say:
    """Pass an order on to the next in line, with the spans that it was issued with.

    They count from the deadline. After a time without a desk they count from when it looks, in
    whole seconds since the deadline: the next one has the whole of their time, and two desks that
    look together say the same.
    """
    at = since + (now - since) // _CELL * _CELL
    following, *rest = order.line
    step, first = len(order.steps) + 1, order.order
    event = OrderEscalated(
        order_id=order.order.order_id,
        incident_id=order.order.incident_id,
        step_number=step,
        missed=overdue and overdue.missed,
        due=overdue and overdue.due,
        state=order.state,
        escalated_from=order.addressee,
        addressee=following,
        next_in_line=tuple(rest),
        receipt_by=_moved(order, first.receipt_by, at),
        accept_by=_moved(order, first.accept_by, at),
        complete_by=_moved(order, first.complete_by, at),
    )
    return Say(
        event, f"{order.issued.id} step {step}", order.issued, at, _at_least_immediate(order)
    )


def _moved(order: Order, due: datetime | None, to: datetime) -> datetime | None:
    """Return a deadline of the order's own, counted from another moment than its issue."""
    return to + (due - order.issued.time) if due else None


def _at_least_immediate(order: Order) -> Precedence:
    flash = order.issued.precedence is Precedence.FLASH
    return Precedence.FLASH if flash else Precedence.IMMEDIATE


def _expire(order: Order, overdue: Overdue) -> Say:
    event = OrderExpired(
        order_id=order.order.order_id,
        incident_id=order.order.incident_id,
        missed=overdue.missed,
        due=overdue.due,
        state=order.state,
        asked=order.asked,
    )
    about = f"{order.issued.id} expired"
    return Say(event, about, order.issued, overdue.due, Precedence.FLASH)


def _take_back(order: Order) -> tuple[Say, ...]:
    """Tell those to stop who do not know: its issuer may not have known that they were asked."""
    match order.ending:
        case OrderCancelled(reason=reason, reason_code=code):
            return _stop(order, order.asked, reason, code)
        case _:
            asked = (step.data for step in order.in_vain)
            needless = tuple(s.addressee for s in asked if isinstance(s, OrderEscalated))
            return _stop(order, needless, "It was over before it was passed on.", "over_before")


def _stop(
    order: Order, addressees: tuple[Addressee, ...], reason: str | None, code: str | Code | None
) -> tuple[Say, ...]:
    given = Code(local=code, system=_REASONS) if isinstance(code, str) else code
    return tuple(_cancel(order, one, reason, given) for one in _untold(order, addressees))


def _untold(order: Order, addressees: tuple[Addressee, ...]) -> Iterator[Addressee]:
    return (one for one in addressees if one not in order.told)


def _cancel(order: Order, addressee: Addressee, reason: str | None, code: Code | None) -> Say:
    event = OrderCancelled(
        order_id=order.order.order_id,
        incident_id=order.order.incident_id,
        addressees=(addressee,),
        cancelled_by=DESK,
        reason=reason,
        reason_code=code,
    )
    about = f"{order.issued.id} stop {order.asked.index(addressee)}"
    since = order.ended_at or order.issued.time
    return Say(event, about, order.issued, since, _at_least_immediate(order))
