"""An order's life in which anything happens at any time."""

from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderReported,
    OrderState,
)
from liandong.response import Move, Say
from liandong.response.orders import KEPT, Order, stage
from response.order_words import (
    ANYONE,
    DEADLINES,
    ISSUER,
    LINE,
    OTHER,
    RELEASED,
    REPORTABLE,
    START,
    SUPERSEDING,
    WILLING,
    Decide,
    after,
    as_event,
    at,
    cancelled,
    envelope,
    is_answer,
    is_cancel,
    is_from,
    is_late,
    is_overdue,
    issued,
    name_of,
    promised,
    reported,
    said,
    spans,
)

STATES = st.sampled_from(REPORTABLE)
CROSSING = st.sampled_from([OrderState.DONE, OrderState.ACCEPTED, OrderState.REFUSED])
DESKS = st.sampled_from([0, 1])


MANY = 10_000


class OrderLife(RuleBasedStateMachine):
    """Anyone says anything at any time, and two desks look when they like.

    The log is the broker's: in one order, and what is said twice under one name stands in it once.
    A desk reads it before it looks or does not.

    Attributes:
        decide: What is tried.
        moves: Takes the moves that were seen.
    """

    decide: ClassVar[Decide]
    moves: ClassVar[set[Move]]

    @initialize(
        deadlines=st.sampled_from(DEADLINES),
        length=st.sampled_from([0, 1, 2, 2]),
        pair=st.sampled_from([None, None, None, False, True]),
    )
    def issue(self, deadlines: tuple[int | None, ...], length: int, *, pair: bool | None) -> None:
        """Issue the order: to so many, and where it needs a pair of people, by two or one."""
        first = issued(
            *deadlines,
            next_in_line=LINE[:length],
            action="dispatch" if pair is None else "divert_flood",
            **(RELEASED if pair else {}),
        )
        self.now, self.unreleased = 0.0, pair is False
        self.log: list[Envelope] = []
        self.said: set[str] = set()
        self.truth: Order | None = None
        self.step_at, self.over_at = 0, MANY
        self.desks: list[Order | None] = [None, None]
        self.read = [0, 0]
        self.store(first)

    @rule(state=STATES, who=st.sampled_from([None, None, None, *ANYONE]))
    def report(self, state: OrderState, who: Agency | None) -> None:
        """Say something of the order: most often, who has it does."""
        by = who or Agency.parse(self.order().addressee.agency)
        until = self.now + 15 if state is OrderState.IN_PROGRESS else None
        self.store(said(state, self.now, by=by, until=until))

    @rule(seconds=st.sampled_from([5, 20, 60]), desk=DESKS)
    def wait(self, seconds: int, desk: int) -> None:
        """Let time pass, while a desk is at work."""
        self.now += seconds
        self.work(desk)

    @rule(seconds=st.sampled_from([0, 5, 60]), desk=DESKS, looks=st.sampled_from([1, 2]))
    def stop_midway(self, seconds: int, desk: int, looks: int) -> None:
        """Let time pass; a desk looks by what it knew, reads on, and is stopped there."""
        self.now += seconds
        for _ in range(looks):
            self.look(desk)
            self.learn(desk, len(self.log))

    @rule(state=CROSSING, desk=DESKS)
    def cross(self, state: OrderState, desk: int) -> None:
        """Let an answer be stored that a desk has not read when it passes the order on."""
        self.now += 60
        self.learn(desk, len(self.log))
        self.look(desk)
        self.learn(desk, len(self.log))
        self.report(state, None)
        self.look(desk)

    @precondition(lambda self: len(self.log) > 6)
    @rule(by=st.sampled_from([None, ISSUER, OTHER, OTHER]))
    def end(self, by: Agency | None) -> None:
        """Cancel it, as far as one may, for whom one knows of; or put another in its place."""
        later = envelope(SUPERSEDING, self.now)
        before = self.truth
        self.store(cancelled(self.now, by=by) if by else later)
        assert by is not OTHER or self.truth == before, "anyone cancels"

    @invariant()
    def nothing_escalates_twice(self) -> None:
        """The steps are numbered one after the other."""
        steps = [step.step_number for step in self.of(OrderEscalated)]
        assert steps == list(range(1, len(steps) + 1))

    @invariant()
    def nobody_is_asked_twice(self) -> None:
        """Whoever did not answer, or would not, is left alone."""
        assert len(set(self.asked())) == len(self.asked())

    @invariant()
    def each_deadline_is_reported_once(self) -> None:
        """No missed deadline is told of twice, and it expires once."""
        told = [(e.data.missed, e.time) for e in self.log if is_overdue(e)]
        assert len(set(told)) == len(told)
        assert len(self.of(OrderExpired)) <= 1

    @invariant()
    def what_stands_was_said_by_who_has_it(self) -> None:
        """An answer of somebody else is not the addressee's; it is kept where it was asked."""
        order, mine = self.order(), set[OrderState]()
        for event in self.log[self.step_at :]:
            if isinstance(event.data, OrderReported):
                mine |= {event.data.state} if is_from(event, order.addressee) else set()
        assert order.state in {*mine, None}

    @invariant()
    def what_came_too_late_is_seen(self) -> None:
        """Whoever was asked and answers when it is over is heard by people."""
        order = self.order()
        late = {e.time for e in self.log[self.over_at + 1 :] if is_answer(e, order)}
        assert order.state is OrderState.DONE or late <= {one.at for one in order.answers}

    def teardown(self) -> None:
        """Let time pass until nobody answers any more, and look at how it ended."""
        if not hasattr(self, "log"):
            return
        for _ in range(len(LINE) + 2):
            self.now += 100
            self.work(0)
        self.learn(1, len(self.log))
        assert self.desks[0] == self.desks[1] == self.truth, "the desks agree"
        assert after(self.decide, self.log) == self.truth, "a restart knows what was known"
        self.every_order_ends_or_reaches_a_person()
        self.a_cancel_reaches_everyone()
        self.an_ended_order_is_forgotten_after_a_week()

    def every_order_ends_or_reaches_a_person(self) -> None:
        """Unless nothing was asked of anybody by a time."""
        order = self.order()
        assert order.ended or order.unanswered() == []
        assert order.ended or not order.order.complete_by
        assert order.ended or not order.order.accept_by or order.state in WILLING
        assert order.ended or not order.order.receipt_by or order.state
        assert order.ended or order.state is not OrderState.IN_PROGRESS, "a broken promise"
        assert order.ended or not self.unreleased, "it was let pass"
        lost = order.phase in {"expired", "refused", "failed"}
        assert order.needs_a_person == lost
        whole_line = 1 + len(order.order.next_in_line)
        assert not lost or len(self.asked()) == whole_line, "others could still be asked"

    def a_cancel_reaches_everyone(self) -> None:
        """Those whom its issuer did not know of too, and those asked when it was over."""
        told = {one for cancel in self.of(OrderCancelled) for one in cancel.addressees}
        asked, order = self.asked(), self.order()
        assert order.phase != "cancelled" or set(asked) <= told
        by_issuer = any(is_cancel(event) for event in self.log)
        assert order.phase != "cancelled" or by_issuer or self.unreleased
        needless = [e.data for e in self.log[self.over_at + 1 :]]
        assert {e.addressee for e in needless if isinstance(e, OrderEscalated)} <= told

    def an_ended_order_is_forgotten_after_a_week(self) -> None:
        """And not before; one that has not ended never is."""
        order = self.order()
        assert self.decide(order, None, at(self.now)).state == order
        gone = self.decide(order, None, at(self.now) + KEPT).state is None
        assert gone == order.ended
        if gone:
            self.moves.add(Move(stage(order), "seven days", ""))

    def store(self, event: Envelope) -> None:
        """Add an event to the log."""
        before = self.truth
        self.log.append(event)
        self.truth = self.decide(before, event, at(self.now)).state
        order = self.order()
        if before and order.steps != before.steps:
            self.step_at = len(self.log)
        if order.ended and not (before and before.ended):
            self.over_at = len(self.log) - 1
        if stage(before) != stage(order):
            self.moves.add(Move(stage(before), name_of(event), stage(order)))

    def learn(self, desk: int, until: int) -> None:
        """Have a desk read the log up to there."""
        for event in self.log[self.read[desk] : until]:
            self.desks[desk] = self.decide(self.desks[desk], event, event.time).state
        self.read[desk] = until

    def work(self, desk: int) -> None:
        """Have a desk read to the end and look, until it has nothing more to say."""
        self.learn(desk, len(self.log))
        while self.look(desk):
            self.learn(desk, len(self.log))

    def look(self, desk: int) -> bool:
        """Have a desk say what it must; say whether there was anything new."""
        order, known = self.desks[desk], self.log[: self.read[desk]]
        if order is None:
            return False
        changes = self.decide(order, None, at(self.now))
        assert changes.state == order, "time alone changes what is known"
        assert changes.due is None or changes.due >= at(self.now), "it looks for ever"
        assert changes.say or changes.due or not order.unanswered(), "a deadline is slept over"
        assert changes.say or not is_late(order, known, at(self.now)), "silence"
        new = [say for say in changes.say if say.about not in self.said]
        for say in new:
            self.check(order, say, known)
            self.said.add(say.about)
            self.store(as_event(say))
        return bool(new)

    def check(self, order: Order, say: Say, known: list[Envelope]) -> None:
        """Check what a desk says, against the order as it knows it."""
        assert say.time <= at(self.now), "said before it was true"
        asks = not isinstance(say.event, OrderCancelled)
        assert not (asks and order.ended), "it goes on after the end"
        assert not (asks and self.unreleased), "it was let pass"
        assert not (asks and any(is_cancel(e) for e in known)), "a cancelled order asks more"
        match say.event:
            case OrderReported(missed=missed):
                assert say.time < at(self.now), "reported before its time"
                due = promised(order, known)
                assert missed is not Deadline.COMPLETION or say.time == due
            case OrderEscalated() as step:
                assert at(self.now) - say.time < timedelta(seconds=1)
                assert spans(step, say.time) == spans(self.log[0].data, START)
                assert order.unwilling or reported(known, step.missed, step.due)
            case OrderExpired() as end:
                assert reported(known, end.missed, end.due)
            case _:
                pass

    def of(self, contract: type[Any]) -> list[Any]:
        """Return what the log holds of one contract."""
        return [e.data for e in self.log if isinstance(e.data, contract)]

    def asked(self) -> list[Addressee]:
        """Return everyone who was asked, as often as they were."""
        first = self.log[0].data
        asks = [first, *self.of(OrderEscalated)]
        return [one.addressee for one in asks]

    def order(self) -> Order:
        """Return the order as the whole log has it."""
        assert self.truth
        return self.truth


def life(decide: Decide, moves: set[Move]) -> type[RuleBasedStateMachine]:
    """Return the life of orders under some `decide`, which adds the moves that it sees."""
    return type("Life", (OrderLife,), {"decide": staticmethod(decide), "moves": moves})
