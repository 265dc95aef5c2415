"""An order's life, decided: whatever is said, in whatever order, and whenever one looks."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    OrderIssued,
    OrderReported,
    OrderState,
    reading,
)
from liandong.response.orders import Order, Overdue, decide

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
ISSUER, FIRE, OTHER, DESK = (
    Agency("lz", "centre", "command"),
    Agency("lz", "fire", "119"),
    Agency("lz", "police", "110"),
    Agency("lz", "centre", "desk"),
)


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def issued(
    receipt: float | None = None,
    accept: float | None = None,
    complete: float | None = None,
    **fields: str,
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
        | dict(zip(("receipt_by", "accept_by", "complete_by"), by, strict=True))
        | fields
    )
    return Envelope(source=ISSUER, time=START, area="cn.99", data=order)


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
    return Envelope(source=by, time=at(seconds), area="cn.99", data=report)


def told(overdue: Overdue) -> Envelope:
    """Return the desk's report of a missed deadline, as it comes back out of the log."""
    report = OrderReported(
        order_id="o-1", state=OrderState.OVERDUE, missed=overdue.missed, reported_by="desk"
    )
    return Envelope(source=DESK, time=overdue.due, area="cn.99", data=report)


def after(*events: Envelope) -> Order:
    """Return the order after events."""
    order = None
    for event in events:
        order = decide(order, event, event.time).state
    assert order
    return order


def owed(order: Order, seconds: float) -> list[Overdue]:
    """Return the overdue reports that an order owes at a moment."""
    said = [(say.event, say.time) for say in decide(order, None, at(seconds)).say]
    return [
        Overdue(report.missed, due)
        for report, due in said
        if isinstance(report, OrderReported) and report.missed
    ]


def missed(order: Order, seconds: float) -> list[Deadline]:
    """Return what is to be reported at a moment."""
    return [overdue.missed for overdue in owed(order, seconds)]


def test_receipt_by_a_machine_is_no_acceptance() -> None:
    """A received order still waits for a person; an accepted one needs no receipt."""
    order = after(issued(receipt=1, accept=5), said(OrderState.RECEIVED, 0.5))
    assert missed(order, 2) == []
    assert missed(order, 6) == [Deadline.ACCEPTANCE]
    assert missed(after(issued(receipt=1, accept=5), said(OrderState.ACCEPTED, 0.5)), 6) == []


def test_a_late_answer_counts() -> None:
    """An order that was reported overdue stands accepted once a person accepts it."""
    late = after(issued(accept=5), told(Overdue(Deadline.ACCEPTANCE, at(5))))
    assert late.standing is OrderState.OVERDUE
    answered = decide(late, said(OrderState.ACCEPTED, 9), at(9)).state
    assert answered
    assert answered.standing is OrderState.ACCEPTED


def test_a_state_of_a_later_version_changes_nothing() -> None:
    """The desk goes on with what it knows, and goes on waiting."""
    with reading():
        later = OrderState("paused")
    order = after(issued(complete=5), said(OrderState.SEEN, 1), said(later, 2))
    assert order.standing is OrderState.SEEN
    assert missed(order, 6) == [Deadline.COMPLETION]


def test_progress_extends_and_a_broken_promise_is_missed_anew() -> None:
    """`until` moves the completion; the new moment is a deadline of its own."""
    order = after(
        issued(complete=10),
        told(Overdue(Deadline.COMPLETION, at(10))),
        said(OrderState.IN_PROGRESS, 11, until=20),
    )
    assert missed(order, 15) == []
    assert order.standing is OrderState.IN_PROGRESS
    assert missed(order, 21) == [Deadline.COMPLETION]
    assert missed(after(order.issued, said(OrderState.DONE, 25)), 99) == []


def test_a_promise_never_shortens_what_was_ordered() -> None:
    """A report due before the order's own end does not make the order late."""
    order = after(issued(complete=10), said(OrderState.IN_PROGRESS, 1, until=5))
    assert missed(order, 6) == []
    assert missed(order, 11) == [Deadline.COMPLETION]


def test_nobody_else_answers_for_the_addressee() -> None:
    """A report of another agency changes nothing."""
    order = after(issued(accept=5), said(OrderState.ACCEPTED, 1, by=OTHER))
    assert order.state is None
    assert missed(order, 6) == [Deadline.ACCEPTANCE]


def test_a_replaced_order_is_not_chased() -> None:
    """An order that its issuer superseded has no deadlines any more."""
    later = issued(accept=9, order_id="o-2", supersedes="o-1")
    order = after(issued(accept=5), later)
    assert order.ended
    assert missed(order, 99) == []


_REPORTABLE = [state for state in OrderState if state is not OrderState.OVERDUE]


class OrderLife(RuleBasedStateMachine):
    """Anyone says anything at any time; the desk looks whenever it likes, and may start again."""

    @initialize(deadlines=st.tuples(*[st.none() | st.integers(1, 60)] * 3))
    def issue(self, deadlines: tuple[int | None, ...]) -> None:
        """Issue the order, its deadlines in order."""
        given = iter(sorted(d for d in deadlines if d is not None))
        first = issued(*[None if d is None else next(given) for d in deadlines])
        self.now = 0
        self.log = [first]
        self.order = after(first)
        self.reported: list[Overdue] = []
        self.answers: list[OrderState] = []

    @rule(
        state=st.sampled_from(_REPORTABLE),
        more=st.integers(1, 30),
        by=st.sampled_from([FIRE, OTHER]),
    )
    def report(self, state: OrderState, more: int, by: Agency) -> None:
        """Say something of the order."""
        until = self.now + more if state is OrderState.IN_PROGRESS else None
        self._take(said(state, self.now, by=by, until=until))
        self.answers += [state] if by is FIRE else []

    @rule(seconds=st.integers(1, 30))
    def wait(self, seconds: int) -> None:
        """Let time pass; what is missed is reported."""
        self.now += seconds
        for overdue in owed(self.order, self.now):
            assert overdue.due < at(self.now), "reported before its time"
            self.reported.append(overdue)
            self._take(told(overdue))

    @rule()
    def restart(self) -> None:
        """Start again from the log."""
        assert after(*self.log) == self.order

    @invariant()
    def each_deadline_is_reported_once(self) -> None:
        """No missed deadline is told of twice."""
        assert len(set(self.reported)) == len(self.reported)

    @invariant()
    def nothing_answered_is_reported(self) -> None:
        """Once the addressee has ended it, nothing is left to chase."""
        ended = {OrderState.DONE, OrderState.FAILED, OrderState.REFUSED} & set(self.answers)
        assert self.order.ended == bool(ended)
        assert not (ended and self.order.unreported())

    @invariant()
    def a_standing_order_is_as_far_as_was_said(self) -> None:
        """The state shown is one that was reported, or overdue where a report said so."""
        assert self.order.standing in {*self.answers, None, OrderState.OVERDUE}
        assert self.reported or self.order.standing is not OrderState.OVERDUE

    def _take(self, event: Envelope) -> None:
        self.log.append(event)
        order = decide(self.order, event, at(self.now)).state
        assert order
        self.order = order


TestOrderLife = OrderLife.TestCase
