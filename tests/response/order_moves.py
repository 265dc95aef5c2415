"""Every move that an order can make, found by saying everything of it."""

from datetime import datetime
from functools import cache

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    OrderEscalated,
    OrderExpired,
    OrderReported,
    OrderState,
)
from liandong.response import Move
from liandong.response.orders import KEPT, Order, stage
from response.order_words import (
    DESK,
    FIRE,
    LINE,
    REPORTABLE,
    SUPERSEDING,
    Decide,
    after,
    at,
    cancelled,
    envelope,
    issued,
    name_of,
    said,
)


def every_move(decide: Decide) -> set[Move]:
    """Return the moves that an order can make: whatever is said of it, four things in a row."""
    first = after(decide, [issued(4, 10, 40, next_in_line=LINE)])
    moves, reached = {Move("", "order.issued", stage(first))}, {first}
    for _ in range(4):
        found = {
            (before, name_of(event), decide(before, event, event.time).state)
            for before in reached
            for event in sayable(before)
        }
        moves |= {Move(stage(b), on, stage(a)) for b, on, a in found if stage(b) != stage(a)}
        reached = {order for _, _, order in found}
    ends = {order for order in reached if decide(order, None, at(60) + KEPT).state is None}
    return moves | {Move(stage(order), "seven days", "") for order in ends}


def sayable(order: Order | None) -> list[Envelope]:
    """Return what may be said of an order next."""
    assert order
    by = Agency.parse(order.addressee.agency)
    events = [_reported(state, by) for state in REPORTABLE]
    events += [_overdue(one.missed, one.due) for one in order.unanswered()]
    events += [_expired(o.missed, o.due) for o in order.unanswered()]
    return [*events, *_step(order), *ENDS]


@cache
def _reported(state: OrderState, by: Agency) -> Envelope:
    return said(state, 5, by=by, until=50 if state is OrderState.IN_PROGRESS else None)


@cache
def _overdue(missed: Deadline, due: datetime) -> Envelope:
    report = OrderReported(
        order_id="o-1", state=OrderState.OVERDUE, missed=missed, reported_by="desk"
    )
    return Envelope(source=DESK, time=due, area="cn.99", data=report)


@cache
def _expired(missed: Deadline, due: datetime) -> Envelope:
    asked = (Addressee(agency=str(FIRE)),)
    end = OrderExpired(order_id="o-1", missed=missed, due=due, asked=asked)
    return Envelope(source=DESK, time=due, area="cn.99", data=end)


def _step(order: Order) -> list[Envelope]:
    return [_escalated(len(order.steps) + 1, order.addressee, order.line)] if order.line else []


@cache
def _escalated(step: int, by: Addressee, line: tuple[Addressee, ...]) -> Envelope:
    passed_on = OrderEscalated(
        order_id="o-1",
        step_number=step,
        missed=Deadline.ACCEPTANCE,
        due=at(10),
        accept_by=at(30),
        escalated_from=by,
        addressee=line[0],
        next_in_line=line[1:],
    )
    return envelope(passed_on, 20, DESK)


ENDS = (cancelled(30), envelope(SUPERSEDING, 30))
