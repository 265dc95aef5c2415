"""An order's life, decided: whatever is said, in whatever order, and whenever one looks."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts import (
    Addressee,
    ConfigurationError,
    Deadline,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderReported,
    OrderState,
    reading,
)
from liandong.response.order_policy import read_policy
from liandong.response.orders import KEPT, MOVES, ORDERS, Order, decide, orders_under
from response.order_moves import every_move
from response.order_words import (
    FIRE,
    LINE,
    OTHER,
    POLICE,
    RELEASED,
    Decide,
    after,
    as_event,
    at,
    cancelled,
    issued,
    said,
)

FIRE_SERVICE = Addressee(agency=str(FIRE))


def known(*events: Envelope) -> Order:
    """Return the order after events."""
    order = after(decide, events)
    assert order
    return order


def owed(order: Order, seconds: float, deciding: Decide = decide) -> list[Any]:
    """Return what an order owes at a moment."""
    return [say.event for say in deciding(order, None, at(seconds)).say]


def missed(order: Order, seconds: float) -> list[Deadline]:
    """Return what is to be reported at a moment."""
    return [e.missed for e in owed(order, seconds) if isinstance(e, OrderReported)]


def told(order: Order, seconds: float) -> Order:
    """Return an order once the log tells of all that it owed at a moment."""
    for say in decide(order, None, at(seconds)).say:
        order = known_after(order, as_event(say))
    return order


def known_after(order: Order, event: Envelope) -> Order:
    """Return an order after one more event."""
    later = decide(order, event, event.time).state
    assert later
    return later


def test_receipt_by_a_machine_is_no_acceptance() -> None:
    """A received order still waits for a person; an accepted one needs no receipt."""
    order = known(issued(receipt=1, accept=5), said(OrderState.RECEIVED, 0.5))
    assert missed(order, 2) == []
    assert missed(order, 6) == [Deadline.ACCEPTANCE]
    assert missed(known(issued(receipt=1, accept=5), said(OrderState.ACCEPTED, 0.5)), 6) == []


def test_an_order_that_was_seen_is_not_accepted() -> None:
    """Received, seen and accepted are three things."""
    order = known(issued(receipt=1, accept=5), said(OrderState.SEEN, 0.5))
    assert order.phase == "seen"
    assert missed(order, 6) == [Deadline.ACCEPTANCE]


def test_a_missed_deadline_is_reported_before_it_is_passed_on() -> None:
    """So an answer that was stored in time, and read late, still counts."""
    order = known(issued(accept=5, next_in_line=LINE))
    assert [type(event) for event in owed(order, 6)] == [OrderReported]
    reported = told(order, 6)
    assert [type(event) for event in owed(reported, 6)] == [OrderEscalated]
    assert owed(known_after(reported, said(OrderState.ACCEPTED, 4.9)), 6) == []


def test_the_next_in_line_has_the_same_time_as_the_first() -> None:
    """The spans count from the deadline that was missed."""
    order = told(known(issued(receipt=4, accept=10, complete=40, next_in_line=LINE)), 4.5)
    (say,) = decide(order, None, at(4.5)).say
    step = say.event
    assert isinstance(step, OrderEscalated)
    assert (say.time, step.receipt_by, step.accept_by, step.complete_by) == (
        at(4),
        at(8),
        at(14),
        at(44),
    )
    assert (step.escalated_from, step.addressee, step.next_in_line) == (
        FIRE_SERVICE,
        LINE[0],
        LINE[1:],
    )
    assert (step.step_number, step.missed, step.due) == (1, Deadline.RECEIPT, at(4))


def test_after_an_hour_without_a_desk_the_next_one_still_has_their_time() -> None:
    """Nobody is asked for what was due long ago; two desks that look together say the same."""
    order = told(known(issued(accept=10, next_in_line=LINE)), 3600.2)
    first, second = (decide(order, None, at(s)).say[0] for s in (3600.2, 3600.9))
    assert first == second
    assert first.time == at(3600)
    assert isinstance(first.event, OrderEscalated)
    assert first.event.accept_by == at(3610)


@pytest.mark.parametrize("state", [OrderState.REFUSED, OrderState.FAILED])
def test_what_is_refused_or_failed_goes_to_the_next_at_once(state: OrderState) -> None:
    """No deadline needs to pass."""
    order = known(issued(accept=60, next_in_line=LINE), said(state, 2))
    (step,) = owed(order, 2.1)
    assert (step.addressee, step.state, step.missed) == (LINE[0], state, None)


def test_a_refusal_with_nobody_left_ends_with_a_person() -> None:
    """The refusal is the answer: its issuer has it."""
    order = known(issued(accept=60), said(OrderState.REFUSED, 2))
    assert (order.ended, order.needs_a_person, owed(order, 99)) == (True, True, [])


def test_when_nobody_is_left_a_person_is_told_whom_was_asked() -> None:
    """An order ends, and not in silence."""
    order = told(told(told(known(issued(accept=5, next_in_line=LINE[:1])), 5.1), 5.1), 11)
    (say,) = decide(order, None, at(11)).say
    assert isinstance(say.event, OrderExpired)
    assert (say.event.asked, say.event.missed, say.event.due) == (
        (FIRE_SERVICE, LINE[0]),
        Deadline.ACCEPTANCE,
        at(10),
    )
    ended = known_after(order, as_event(say))
    assert (ended.phase, ended.needs_a_person, owed(ended, 99)) == ("expired", True, [])


def test_an_answer_after_the_expiry_is_seen_and_changes_nothing() -> None:
    """People may still want to act on it."""
    expired = told(told(known(issued(accept=5)), 6), 6)
    order = known_after(expired, said(OrderState.ACCEPTED, 30))
    assert (order.phase, [late.state for late in order.late]) == ("expired", ["accepted"])


def test_an_answer_that_crosses_the_expiry_is_seen() -> None:
    """It was stored a moment before: the order is over, and people see that somebody has it."""
    reported = told(known(issued(accept=5)), 6)
    (expiry,) = decide(reported, None, at(6)).say
    order = known_after(known_after(reported, said(OrderState.ACCEPTED, 5.9)), as_event(expiry))
    assert (order.phase, order.needs_a_person) == ("expired", True)
    assert [answer.state for answer in order.answers] == ["accepted"]


def test_who_did_not_answer_in_time_is_late_and_not_the_addressee() -> None:
    """The order is the next one's; what the first one says is kept."""
    order = told(told(known(issued(accept=5, next_in_line=LINE)), 6), 6)
    later = known_after(order, said(OrderState.ACCEPTED, 7))
    assert (later.addressee, later.phase) == (LINE[0], "issued")
    assert [(late.agency, late.state) for late in later.late] == [(str(FIRE), "accepted")]
    assert known_after(later, said(OrderState.ACCEPTED, 8, by=POLICE)).phase == "accepted"


def test_a_late_answer_counts_until_it_is_passed_on() -> None:
    """An order that was reported overdue stands accepted once a person accepts it."""
    late = told(known(issued(accept=5)), 6)
    assert late.standing is OrderState.OVERDUE
    assert known_after(late, said(OrderState.ACCEPTED, 9)).standing is OrderState.ACCEPTED


def test_a_state_of_a_later_version_changes_nothing() -> None:
    """The desk goes on with what it knows, and goes on waiting."""
    with reading():
        later = OrderState("paused")
    order = known(issued(complete=5), said(OrderState.SEEN, 1), said(later, 2))
    assert order.standing is OrderState.SEEN
    assert missed(order, 6) == [Deadline.COMPLETION]


def test_progress_extends_and_a_broken_promise_is_missed_anew() -> None:
    """`until` moves the completion; the new moment is a deadline of its own."""
    overdue = told(known(issued(complete=10)), 10.5)
    order = known_after(overdue, said(OrderState.IN_PROGRESS, 11, until=20))
    assert missed(order, 15) == []
    assert order.standing is OrderState.IN_PROGRESS
    assert missed(order, 21) == [Deadline.COMPLETION]
    assert missed(known(order.issued, said(OrderState.DONE, 25)), 99) == []


def test_a_promise_never_shortens_what_was_ordered() -> None:
    """A report due before the order's own end does not make the order late."""
    order = known(issued(complete=10), said(OrderState.IN_PROGRESS, 1, until=5))
    assert missed(order, 6) == []
    assert missed(order, 11) == [Deadline.COMPLETION]


def test_nobody_else_answers_for_the_addressee() -> None:
    """A report of an agency that was never asked changes nothing."""
    order = known(issued(accept=5), said(OrderState.ACCEPTED, 1, by=OTHER))
    assert (order.state, order.answers) == (None, ())
    assert missed(order, 6) == [Deadline.ACCEPTANCE]


def test_a_replaced_order_is_not_chased() -> None:
    """An order that its issuer superseded has no deadlines any more."""
    later = issued(accept=9, order_id="o-2", supersedes="o-1")
    order = known(issued(accept=5), later)
    assert order.ended
    assert missed(order, 99) == []


def test_a_cancel_reaches_those_whom_its_issuer_did_not_know_of() -> None:
    """The desk had passed the order on a moment before."""
    passed_on = told(told(known(issued(accept=5, next_in_line=LINE)), 6), 6)
    order = known_after(passed_on, cancelled(6.1, FIRE_SERVICE))
    (stop,) = owed(order, 7)
    assert (stop.addressees, stop.reason) == ((LINE[0],), "A false alarm")
    assert owed(told(order, 7), 8) == []


def test_who_is_asked_when_it_is_done_is_told_to_stop() -> None:
    """Two messages may cross; nobody drives out for nothing for long."""
    reported = told(known(issued(accept=5, next_in_line=LINE)), 6)
    (step,) = decide(reported, None, at(6)).say
    crossed = known_after(known_after(reported, said(OrderState.DONE, 6)), as_event(step))
    assert [stop.addressees for stop in owed(crossed, 7)] == [(LINE[0],)]
    assert told(crossed, 7).phase == "done"


def test_an_order_that_two_must_release_is_stopped_where_one_did() -> None:
    """Its addressee is told not to, its issuer why; nobody else is asked."""
    order = known(issued(accept=5, action="divert_flood", next_in_line=LINE))
    (stop,) = owed(order, 6, ORDERS.decide)
    assert isinstance(stop, OrderCancelled)
    assert stop.addressees == (FIRE_SERVICE,)
    assert stop.reason == (
        "divert_flood needs two people to release it, "
        "one of them duty director or deputy mayor on duty"
    )
    assert told_by(ORDERS.decide, order, 6).phase == "cancelled"


def test_an_order_that_two_people_released_is_let_pass() -> None:
    """By a second role that the policy names; another one is not enough."""
    released = issued(accept=5, action="divert_flood", **RELEASED)
    assert owed(known(released), 1, ORDERS.decide) == []
    other = {"release_roles": ("clerk",), "released_by": "clerk"}
    not_by_them = known(issued(accept=5, action="divert_flood", **other))
    assert [type(event) for event in owed(not_by_them, 1, ORDERS.decide)] == [OrderCancelled]
    either = known(issued(accept=5, action="cut_gas", **other))
    assert owed(either, 1, ORDERS.decide) == []


def test_a_site_writes_its_own_policy(tmp_path: Path) -> None:
    """Its actions need two people; those of the policy that comes along do not."""
    file = tmp_path / "orders.toml"
    file.write_text('[[release]]\naction = "dispatch"\nroles = ["duty director"]\n')
    site = orders_under(read_policy(file))
    assert [type(e) for e in owed(known(issued()), 1, site.decide)] == [OrderCancelled]
    assert owed(known(issued(**RELEASED)), 1, site.decide) == []
    assert owed(known(issued(action="divert_flood")), 1, site.decide) == []


@pytest.mark.parametrize("text", ["[[release]]\nroles = []", "release = 7", "[[release"])
def test_what_is_no_policy_is_refused_with_its_place(tmp_path: Path, text: str) -> None:
    """A policy that is read wrong lets orders pass that should not."""
    file = tmp_path / "orders.toml"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"orders\.toml"):
        read_policy(file)


def test_an_ended_order_is_forgotten_after_a_week() -> None:
    """Until then people see how it ended; what is open is kept."""
    done = known(issued(accept=5), said(OrderState.DONE, 4))
    assert decide(done, None, at(4) + KEPT - timedelta(seconds=1)).state == done
    assert decide(done, None, at(4) + KEPT).state is None
    assert decide(done, None, at(5)).due == at(4) + KEPT
    assert decide(known(issued()), None, at(4) + KEPT).state is not None


def test_what_is_said_of_an_order_that_nobody_knows_begins_none() -> None:
    """A report does not say what was ordered."""
    assert decide(None, said(OrderState.DONE, 1), at(1)).state is None


def test_the_state_diagram_has_every_move_and_no_other() -> None:
    """Whatever is said of an order, four things in a row."""
    assert every_move(decide) == set(MOVES)
    assert len(set(MOVES)) == len(MOVES)


def told_by(deciding: Decide, order: Order, seconds: float) -> Order:
    """Return an order once the log tells of all that it owed under a policy."""
    for say in deciding(order, None, at(seconds)).say:
        order = known_after(order, as_event(say))
    return order
