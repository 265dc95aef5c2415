"""Orders: answered by their deadlines, passed on where they are not, and never left in silence.

How far an order is follows from the log (`liandong.response.order_state`); what is owed to the bus
follows from that and the time (`liandong.response.order_escalation`).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial

from liandong.contracts import (
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
)
from liandong.response.concern import Changes, Concern, Move
from liandong.response.order_escalation import owed
from liandong.response.order_policy import OrderPolicy, shipped_policy
from liandong.response.order_state import Answer, Order, Overdue, fold

__all__ = ["ORDERS", "Answer", "Order", "Overdue", "decide", "orders_under", "threads"]

CONTRACTS = (OrderIssued, OrderReported, OrderEscalated, OrderCancelled, OrderExpired)
"""What is said of orders."""
KEPT = timedelta(days=7)
"""How long an order is known after its end, so that people still see how it ended."""
_NO_POLICY = OrderPolicy()


def threads(event: Envelope) -> Iterator[str]:
    """Yield the orders that an event is about: first the one that it may begin."""
    match event.data:
        case OrderIssued(order_id=order_id, supersedes=replaced):
            yield from filter(None, (order_id, replaced))
        case OrderReported() | OrderEscalated() | OrderCancelled() | OrderExpired() as said:
            yield said.order_id
        case _:
            return


def decide(
    order: Order | None,
    event: Envelope | None,
    now: datetime,
    policy: OrderPolicy = _NO_POLICY,
) -> Changes[Order]:
    """Return what becomes of an order.

    Args:
        order: As it was; None before its issue.
        event: What was said: this order's issue, a report on it, its escalation, cancellation or
            expiry, or the issue of an order that supersedes it. None where only time has passed.
        now: The moment against which deadlines are held.
        policy: Which orders two people must release.
    """
    after = fold(order, event) if event else order
    if after is None:
        return Changes(None)
    say = owed(after, policy, now)
    if event is None and not say and after.ended_at and after.ended_at + KEPT <= now:
        return Changes(None)
    return Changes(after, say, _next_look(after, now))


def _next_look(order: Order, now: datetime) -> datetime | None:
    """Return when more will be owed, or it is forgotten, if nothing is heard."""
    if order.ended_at:
        return order.ended_at + KEPT
    return min((one.due for one in order.unanswered() if one.due >= now), default=None)


MOVES = (
    Move("", "order.issued", "asked"),
    Move("asked", "order.reported accepted", "accepted"),
    Move("asked", "order.reported in_progress", "accepted"),
    Move("asked", "order.reported overdue", "overdue"),
    Move("asked", "order.reported failed", "refused"),
    Move("asked", "order.reported refused", "refused"),
    Move("asked", "order.reported done", "done"),
    Move("asked", "order.expired", "expired"),
    Move("asked", "supersedes", "replaced"),
    Move("asked", "order.cancelled", "cancelled"),
    Move("accepted", "order.escalated", "asked"),
    Move("accepted", "order.reported overdue", "overdue"),
    Move("accepted", "order.reported failed", "refused"),
    Move("accepted", "order.reported refused", "refused"),
    Move("accepted", "order.reported done", "done"),
    Move("accepted", "order.expired", "expired"),
    Move("accepted", "supersedes", "replaced"),
    Move("accepted", "order.cancelled", "cancelled"),
    Move("overdue", "order.escalated", "asked"),
    Move("overdue", "order.reported received", "asked"),
    Move("overdue", "order.reported seen", "asked"),
    Move("overdue", "order.reported accepted", "accepted"),
    Move("overdue", "order.reported in_progress", "accepted"),
    Move("overdue", "order.reported failed", "refused"),
    Move("overdue", "order.reported refused", "refused"),
    Move("overdue", "order.reported done", "done"),
    Move("overdue", "order.expired", "expired"),
    Move("overdue", "supersedes", "replaced"),
    Move("overdue", "order.cancelled", "cancelled"),
    Move("refused", "order.escalated", "asked"),
    Move("refused", "supersedes", "replaced"),
    Move("refused", "order.cancelled", "cancelled"),
    Move("refused", "seven days", ""),
    Move("done", "seven days", ""),
    Move("expired", "supersedes", "replaced"),
    Move("expired", "order.cancelled", "cancelled"),
    Move("expired", "seven days", ""),
    Move("replaced", "order.cancelled", "cancelled"),
    Move("replaced", "seven days", ""),
    Move("cancelled", "seven days", ""),
)
"""What becomes of an order, by `stage`."""


def orders_under(policy: OrderPolicy) -> Concern[Order]:
    """Return the concern of orders as a site's policy has it."""
    deciding = partial(decide, policy=policy)
    return Concern("orders", 1, Order, CONTRACTS, threads, deciding, MOVES)


_STAGES = {
    "issued": "asked",
    "received": "asked",
    "seen": "asked",
    "in_progress": "accepted",
    "failed": "refused",
}


def stage(order: Order | None) -> str:
    """Return where an order is in its state diagram; empty where there is none.

    It is *asked* until a person has accepted it, whatever a machine has received and a person has
    seen; *accepted* while it is done; *refused* also where it failed.
    """
    return _STAGES.get(order.phase, order.phase) if order else ""


ORDERS = orders_under(shipped_policy())
"""Orders under the policy that comes along: what was ordered, how far each is, who is asked."""
