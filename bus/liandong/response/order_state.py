"""How far an order is, folded from what was said of it. Pure: no clock, no bus.

Receipt is not acceptance: a machine that has the order answers the first deadline only. A report
that says less than an earlier one changes nothing, since reports may overtake one another.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
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
)
from liandong.response.concern import Said

DESK = "order desk"
"""Who reports, passes on and stops, in the words of the contracts."""

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
_UNWILLING = {OrderState.REFUSED, OrderState.FAILED}
_MOST_STEPS = 20  # what `OrderEscalated` counts to
_MOST_ANSWERS = 40  # that are kept: the last ones


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
class Answer:
    """What somebody whom an order reached has reported of it.

    Attributes:
        agency: Who: ``region/kind/name``.
        state: What it was.
        at: When, as its sender says.
        late: Whether it came when it did not count any more: the order was another one's by then,
            or over. People may still want to act on it.
    """

    agency: str
    state: OrderState
    at: datetime
    late: bool = False


@dataclass(frozen=True, slots=True)
class Order:
    """How far an order is.

    Attributes:
        issued: The order itself, an `OrderIssued`.
        state: The furthest that who has it has reported; None while nothing was.
        since: When that was reported.
        until: When the addressee promised to be done, or to report again.
        reported: The missed deadlines of who has it now that the log tells of.
        steps: Each `OrderEscalated` that passed it on, in order.
        in_vain: Those that came when it was over.
        told: Whom a cancellation has named.
        replaced: Whether a later order of the same issuer stands in its place.
        over: What ended it but its addressee: its `OrderCancelled` or `OrderExpired`.
        answers: What was reported of it, as it came; the last 40.
        ended_at: When it ended; None while more is expected.
    """

    issued: Said
    state: OrderState | None = None
    since: datetime | None = None
    until: datetime | None = None
    reported: frozenset[Overdue] = frozenset()
    steps: tuple[Said, ...] = ()
    in_vain: tuple[Said, ...] = ()
    told: tuple[Addressee, ...] = ()
    replaced: bool = False
    over: Said | None = None
    answers: tuple[Answer, ...] = ()
    ended_at: datetime | None = None

    @property
    def order(self) -> OrderIssued:
        """What was ordered."""
        return cast("OrderIssued", self.issued.data)

    @property
    def asking(self) -> OrderIssued | OrderEscalated:
        """What asks now: its issue, or its latest escalation."""
        return cast("OrderEscalated", self.steps[-1].data) if self.steps else self.order

    @property
    def addressee(self) -> Addressee:
        """Who must act now: whom it was issued to, or whom it was passed on to last."""
        return self.asking.addressee

    @property
    def asked(self) -> tuple[Addressee, ...]:
        """Everyone whom it reached, each once, in the order in which they were asked."""
        steps = (cast("OrderEscalated", step.data) for step in (*self.steps, *self.in_vain))
        return tuple(dict.fromkeys((self.order.addressee, *(step.addressee for step in steps))))

    @property
    def line(self) -> tuple[Addressee, ...]:
        """Who is still to be asked, in order."""
        if len(self.steps) == _MOST_STEPS:
            return ()
        asked = self.asked
        return tuple(one for one in self.asking.next_in_line if one not in asked)

    @property
    def ending(self) -> OrderCancelled | OrderExpired | None:
        """What ended it but its addressee; None where nothing did."""
        return cast("OrderCancelled | OrderExpired", self.over.data) if self.over else None

    @property
    def unwilling(self) -> bool:
        """Whether who has it refused it, or failed."""
        return self.state in _UNWILLING

    @property
    def ended(self) -> bool:
        """Whether nothing more comes by itself.

        It is done, replaced, cancelled or expired; or refused or failed, with nobody left to ask.
        """
        return (
            self.replaced
            or self.over is not None
            or self.state is OrderState.DONE
            or (self.unwilling and not self.line)
        )

    @property
    def needs_a_person(self) -> bool:
        """Whether it came to nothing, and a person must decide what happens instead."""
        return self.ended and self.phase in {"expired", *_UNWILLING}

    @property
    def late(self) -> tuple[Answer, ...]:
        """The answers that came when they did not count any more."""
        return tuple(answer for answer in self.answers if answer.late)

    @property
    def standing(self) -> OrderState | None:
        """The state to show: overdue while an answer that was chased is still missing."""
        chased = any(overdue in self.reported for overdue in self.unanswered())
        return OrderState.OVERDUE if chased else self.state

    @property
    def phase(self) -> str:
        """How it stands, in a word: what became of it as a whole before what was reported of it."""
        if isinstance(self.ending, OrderCancelled):
            return "cancelled"
        if self.replaced:
            return "replaced"
        return "expired" if self.ending else self.standing or "issued"

    def unanswered(self) -> list[Overdue]:
        """Return the deadlines that still wait for an answer, passed or not, soonest first."""
        return sorted(self._deadlines(), key=lambda overdue: overdue.due)

    def _deadlines(self) -> Iterator[Overdue]:
        if self.ended or self.unwilling:
            return
        asking, progress = self.asking, _progress(self.state)
        promises = [moment for moment in (asking.complete_by, self.until) if moment]
        if asking.receipt_by and progress < _RECEIVED:
            yield Overdue(Deadline.RECEIPT, asking.receipt_by)
        if asking.accept_by and progress < _ACCEPTED:
            yield Overdue(Deadline.ACCEPTANCE, asking.accept_by)
        if promises:
            yield Overdue(Deadline.COMPLETION, max(promises))


def fold(order: Order | None, event: Envelope) -> Order | None:
    """Return an order after an event; None where there is no order.

    An order's first issue counts. Only who has it now answers it; what others whom it reached say,
    or comes when it is over, is kept as late. Only its issuer replaces or cancels it. What was
    passed on, or expired, while an answer was on its way stays so: others were told.
    """
    after = _apply(order, event)
    if order and after and after.ended and (not order.ended or after.over is not order.over):
        return replace(after, ended_at=event.time)
    return after


def _apply(order: Order | None, event: Envelope) -> Order | None:  # noqa: PLR0911  one a contract
    if order is None:
        return Order(event) if isinstance(event.data, OrderIssued) else None
    match event.data:
        case OrderIssued() as later:
            return _replace(order, later, event)
        case OrderReported(state=OrderState.OVERDUE) as report:
            return _chase(order, report, event)
        case OrderReported() as report:
            return _answer(order, report, event)
        case OrderEscalated() as step:
            return _pass_on(order, step, event)
        case OrderCancelled() as cancelled:
            return _cancel(order, cancelled, event)
        case OrderExpired() if not order.ended:
            return replace(order, over=event)
        case _:
            return order


def _replace(order: Order, later: OrderIssued, event: Envelope) -> Order:
    by_issuer = event.source == order.issued.source
    if by_issuer and later.supersedes == order.order.order_id and not _is_done(order):
        return replace(order, replaced=True)
    return order


def _chase(order: Order, report: OrderReported, event: Envelope) -> Order:
    if report.missed is None or not report.missed.recognised:
        return order
    return replace(order, reported=order.reported | {Overdue(report.missed, event.time)})


def _answer(order: Order, report: OrderReported, event: Envelope) -> Order:
    """Note what an agency reports: an agency speaks for its units and roles."""
    agency = str(event.source)
    if report.state not in _PROGRESS:  # a state of a later version says nothing here
        return order
    if agency not in {asked.agency for asked in order.asked}:
        return order
    heard = {(answer.agency, answer.state, answer.at) for answer in order.answers}
    if (agency, report.state, event.time) in heard:
        return order
    has_it = agency == order.addressee.agency
    late = not has_it or (order.ended and not _is_done(order))
    answers = (*order.answers, Answer(agency, report.state, event.time, late))[-_MOST_ANSWERS:]
    heard_of = replace(order, answers=answers)
    return heard_of if late else _advance(heard_of, report, event)


def _advance(order: Order, report: OrderReported, event: Envelope) -> Order:
    extends = report.state is order.state is OrderState.IN_PROGRESS
    if _progress(report.state) > _progress(order.state) or extends:
        until = report.until or order.until
        return replace(order, state=report.state, since=event.time, until=until)
    return order


def _pass_on(order: Order, step: OrderEscalated, event: Envelope) -> Order:
    """Pass it on, unless the step was told before: steps may be told twice."""
    known = (cast("OrderEscalated", one.data).step_number for one in (*order.steps, *order.in_vain))
    if step.step_number <= max(known, default=0):
        return order
    if order.ended:
        return replace(order, in_vain=(*order.in_vain, event))
    anew = replace(order, state=None, since=None, until=None, reported=frozenset[Overdue]())
    return replace(anew, steps=(*order.steps, event))


def _cancel(order: Order, cancelled: OrderCancelled, event: Envelope) -> Order:
    """Note who was told, and that it is over; what is done stays done."""
    by_issuer = event.source == order.issued.source
    if not by_issuer and cancelled.cancelled_by != DESK:
        return order
    told = tuple(dict.fromkeys((*order.told, *cancelled.addressees)))
    ends = not _is_done(order) if by_issuer else not order.ended
    return replace(order, told=told, over=event if ends else order.over)


def _progress(state: OrderState | None) -> int:
    return _PROGRESS[state] if state else 0


def _is_done(order: Order) -> bool:
    return order.state is OrderState.DONE and order.over is None
