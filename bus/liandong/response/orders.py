"""One order's life, from its issue through what is reported of it. Pure: no clock, no bus.

Receipt is not acceptance: a machine that has the order answers the first deadline only. A report
that says less than an earlier one changes nothing, since reports may overtake one another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import cast

from liandong.contracts import (
    Addressee,
    Deadline,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
    Precedence,
)
from liandong.response.concern import Changes, Concern, Said, Say

_PROGRESS = {
    OrderState.RECEIVED: 1,
    OrderState.SEEN: 2,
    OrderState.ACCEPTED: 3,
    OrderState.IN_PROGRESS: 4,
    OrderState.REFUSED: 5,
    OrderState.FAILED: 5,
    OrderState.DONE: 5,
}
_RECEIVED, _ACCEPTED = _PROGRESS[OrderState.RECEIVED], _PROGRESS[OrderState.ACCEPTED]
_ENDED = _PROGRESS[OrderState.DONE]
_REPORTED_BY = "order desk"


@dataclass(frozen=True, slots=True)
class Overdue:
    """A deadline that passed unanswered.

    Attributes:
        missed: Which answer was due.
        due: When it was due: the moment that tells one promise from the next.
    """

    missed: Deadline
    due: datetime


@dataclass(frozen=True, slots=True)
class Order:
    """How far an order is.

    Attributes:
        issued: The order itself, an `OrderIssued`.
        state: The furthest that its addressee has reported; None while nothing was.
        until: When the addressee promised to be done, or to report again.
        reported: The missed deadlines that the log tells of.
        replaced: Whether a later order of the same issuer stands in its place.
        passed_on: Its latest escalation, to another addressee; None while the first one has it.
        over: What ended it but its addressee: it was cancelled, or expired; None where nothing did.
    """

    issued: Said
    state: OrderState | None = None
    until: datetime | None = None
    reported: frozenset[Overdue] = frozenset()
    replaced: bool = False
    passed_on: OrderEscalated | None = None
    over: OrderCancelled | OrderExpired | None = None

    @property
    def order(self) -> OrderIssued:
        """What was ordered."""
        return cast("OrderIssued", self.issued.data)

    @property
    def addressee(self) -> Addressee:
        """Who must act now: whom it was issued to, or whom it was passed on to last."""
        return self.passed_on.addressee if self.passed_on else self.order.addressee

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected: done, failed, refused, replaced, cancelled, expired."""
        return self.replaced or self.over is not None or self._progress == _ENDED

    @property
    def standing(self) -> OrderState | None:
        """The state to show: overdue while an answer that was chased is still missing."""
        chased = any(overdue in self.reported for overdue in self.unanswered())
        return OrderState.OVERDUE if chased else self.state

    @property
    def next_due(self) -> datetime | None:
        """When the next deadline passes that nobody has been told of; None where there is none."""
        return min((overdue.due for overdue in self.unreported()), default=None)

    def unreported(self) -> list[Overdue]:
        """Return the deadlines still unanswered that nobody has been told of, soonest first."""
        return [overdue for overdue in self.unanswered() if overdue not in self.reported]

    def unanswered(self) -> list[Overdue]:
        """Return the deadlines that still wait for an answer, passed or not, soonest first."""
        return sorted(self._deadlines(), key=lambda overdue: overdue.due)

    @property
    def _progress(self) -> int:
        return _PROGRESS[self.state] if self.state else 0

    def _deadlines(self) -> Iterator[Overdue]:
        if self.ended:
            return
        asked = self.passed_on or self.order
        promises = [moment for moment in (asked.complete_by, self.until) if moment]
        if asked.receipt_by and self._progress < _RECEIVED:
            yield Overdue(Deadline.RECEIPT, asked.receipt_by)
        if asked.accept_by and self._progress < _ACCEPTED:
            yield Overdue(Deadline.ACCEPTANCE, asked.accept_by)
        if promises:
            yield Overdue(Deadline.COMPLETION, max(promises))


def decide(order: Order | None, event: Envelope | None, now: datetime) -> Changes[Order]:
    """Return what becomes of an order.

    An order's first issue counts. Only who has it now reports on it, and only its issuer replaces
    or cancels it; what anyone else says changes nothing. An answer counts however late it comes,
    until the order was passed on.

    Args:
        order: As it was; None before its issue.
        event: What was said: this order's issue, a report on it, its escalation, cancellation or
            expiry, or the issue of an order that supersedes it. None where only time has passed.
        now: The moment against which deadlines are held.
    """
    after = _apply(order, event) if event else order
    if after is None:
        return Changes(None)
    missed = [overdue for overdue in after.unreported() if overdue.due < now]
    return Changes(after, tuple(_tell(after, overdue) for overdue in missed), after.next_due)


def _tell(order: Order, overdue: Overdue) -> Say:
    event = OrderReported(
        order_id=order.order.order_id,
        incident_id=order.order.incident_id,
        state=OrderState.OVERDUE,
        missed=overdue.missed,
        reported_by=_REPORTED_BY,
    )
    about = f"{order.issued.id} {overdue.missed} {overdue.due.astimezone(UTC).isoformat()}"
    return Say(event, about, order.issued, overdue.due, Precedence.IMMEDIATE)


def _threads(event: Envelope) -> Iterator[str]:
    match event.data:
        case OrderIssued(order_id=order_id, supersedes=replaced):
            yield from filter(None, (order_id, replaced))
        case OrderReported() | OrderEscalated() | OrderCancelled() | OrderExpired() as said:
            yield said.order_id
        case _:
            return


def _apply(order: Order | None, event: Envelope) -> Order | None:
    match event.data:
        case OrderIssued() as issued:
            return _issue(order, issued, event)
        case OrderReported(state=OrderState.OVERDUE, missed=Deadline() as missed) if order:
            return replace(order, reported=order.reported | {Overdue(missed, event.time)})
        case OrderReported() as report if order and _may_report(order, event):
            return _advance(order, report)
        case OrderEscalated() as step if order and _is_next(order, step):
            return replace(order, state=None, until=None, passed_on=step)
        case (OrderCancelled() | OrderExpired()) as end if order and _may_end(order, event):
            return replace(order, over=end)
        case _:
            return order


def _issue(order: Order | None, issued: OrderIssued, event: Envelope) -> Order:
    if order is None:
        return Order(event)
    by_issuer = event.source == order.issued.source
    return replace(
        order,
        replaced=order.replaced or (by_issuer and issued.supersedes == order.order.order_id),
    )


def _may_report(order: Order, event: Envelope) -> bool:
    return str(event.source) == order.addressee.agency


def _may_end(order: Order, event: Envelope) -> bool:
    """Say whether it is cancelled by its issuer, or expires and was not over before."""
    if isinstance(event.data, OrderCancelled):
        return event.source == order.issued.source
    return order.over is None


def _is_next(order: Order, step: OrderEscalated) -> bool:
    """Say whether a step comes after those known: steps may be told twice."""
    return step.step_number > (order.passed_on.step_number if order.passed_on else 0)


def _advance(order: Order, report: OrderReported) -> Order:
    progress = _PROGRESS.get(report.state, 0)  # a state of a later version says nothing here
    before = _PROGRESS[order.state] if order.state else 0
    extends = report.state is order.state is OrderState.IN_PROGRESS
    if progress > before or extends:
        return replace(order, state=report.state, until=report.until or order.until)
    return order


ORDERS = Concern(
    "orders",
    1,
    Order,
    (OrderIssued, OrderReported, OrderEscalated, OrderCancelled, OrderExpired),
    _threads,
    decide,
)
"""Orders: what was ordered, how far each is, and whose answer is overdue."""
