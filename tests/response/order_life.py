"""Orders for the tests: made-up ones, and a life in which anything happens at any time."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    Event,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.response import Changes, Move, Say
from liandong.response.orders import KEPT, Order, stage

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
STATES = st.sampled_from(REPORTABLE)
DESKS = st.sampled_from([0, 1])
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


def life(decide: Decide, moves: set[Move]) -> type[RuleBasedStateMachine]:  # noqa: C901  rules in a row
    """Return a machine: anyone says anything at any time, and two desks look when they like.

    The log is the broker's: in one order, and what is said twice under one name stands in it once.
    A desk reads it before it looks or does not.

    Args:
        decide: What is tried.
        moves: Takes the moves that were seen.
    """

    class OrderLife(RuleBasedStateMachine):
        @initialize(
            deadlines=st.sampled_from(DEADLINES),
            length=st.sampled_from([0, 1, 2, 2]),
            pair=st.sampled_from([None, None, None, False, True]),
        )
        def issue(
            self, deadlines: tuple[int | None, ...], length: int, *, pair: bool | None
        ) -> None:
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

        @rule(state=STATES, desk=DESKS)
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
            assert after(decide, self.log) == self.truth, "a restart knows what was known"
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
            assert decide(order, None, at(self.now)).state == order
            gone = decide(order, None, at(self.now) + KEPT).state is None
            assert gone == order.ended
            if gone:
                moves.add(Move(stage(order), "seven days", ""))

        def store(self, event: Envelope) -> None:
            """Add an event to the log."""
            before = self.truth
            self.log.append(event)
            self.truth = decide(before, event, at(self.now)).state
            order = self.order()
            if before and order.steps != before.steps:
                self.step_at = len(self.log)
            if order.ended and not (before and before.ended):
                self.over_at = len(self.log) - 1
            if stage(before) != stage(order):
                moves.add(Move(stage(before), name_of(event), stage(order)))

        def learn(self, desk: int, until: int) -> None:
            """Have a desk read the log up to there."""
            for event in self.log[self.read[desk] : until]:
                self.desks[desk] = decide(self.desks[desk], event, event.time).state
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
            changes = decide(order, None, at(self.now))
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

    return OrderLife


MANY = 10_000
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
