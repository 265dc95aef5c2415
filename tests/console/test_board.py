"""The board by itself: events in, incidents and orders out."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from told import (
    DESK,
    FIRE,
    NOON,
    POLICE,
    after,
    answered,
    cancelled,
    cleared,
    escalated,
    expired,
    merged,
    ordered,
    reopened,
    reported,
    said,
    updated,
)

from liandong.contracts import (
    AdapterHeartbeat,
    AdapterState,
    Envelope,
    Event,
    IncidentCategory,
    IncidentClassified,
    IncidentStatus,
    MergeDirection,
    OrderState,
    ResponseGrade,
)
from liandong.ops.console import board
from liandong.ops.console.board import adapter_card, fold, incident_card, order_card

STORY = [
    said(reported(), 0),
    said(updated(grade=ResponseGrade.II), 1),
    said(updated(status=IncidentStatus.RESOURCES_ON_SCENE), 2),
    said(cleared(at=9), 9),
    said(reported("lz-2"), 3),
    said(ordered(accept_by=after(5), complete_by=after(30)), 1),
    said(answered(OrderState.RECEIVED), 2, FIRE),
    said(answered(OrderState.ACCEPTED), 3, FIRE),
    said(ordered("o-2", supersedes="o-1"), 4),
    said(escalated(), 6),
    said(expired(), 8),
    said(cancelled(), 9),
]


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    """The grade rises, summary and place stay."""
    incident = fold([said(reported()), said(updated(grade=ResponseGrade.II), 1)]).incidents["lz-1"]
    assert (incident.grade, incident.summary, incident.place) == ("II", "Smoke", "Quay 3")
    assert (incident.first, incident.latest) == (NOON, after(1))


def test_a_cleared_incident_keeps_what_it_was() -> None:
    """How it ended is in its timeline; the list says what it was."""
    incident = fold([said(reported()), said(cleared(at=9), 9)]).incidents["lz-1"]
    assert (incident.cleared, incident.summary, incident.status) == (after(9), "Smoke", "Closed")


@pytest.mark.parametrize(
    ("changes", "is_open"),
    [
        ({"status": IncidentStatus.RE_OPENED}, True),
        ({"status": IncidentStatus.CANCELLED}, False),
        ({"note": "The hydrant was returned."}, False),
    ],
)
def test_an_update_reopens_a_cleared_incident_only_by_its_status(
    changes: dict[str, str],
    is_open: bool,  # noqa: FBT001  what is expected
) -> None:
    """A late remark opens nothing."""
    story = [said(reported()), said(cleared(at=9), 9), said(updated(**changes), 10)]
    assert (fold(story).incidents["lz-1"].cleared is None) is is_open


def test_an_incident_that_was_cleared_too_soon_is_open_again() -> None:
    """It says what is happening now, where that was said."""
    story = [said(reported()), said(cleared()), said(reopened(at=9, summary="Fire"), 9)]
    incident = fold(story).incidents["lz-1"]
    assert (incident.cleared, incident.status, incident.summary) == (None, "ReOpened", "Fire")
    assert fold([*story[:2], said(reopened(at=9), 9)]).incidents["lz-1"].summary == "Smoke"


@pytest.mark.parametrize(
    ("direction", "closed"),
    [(MergeDirection.REPLACED, after(3)), (MergeDirection.REPLACING, None)],
)
def test_of_two_merged_incidents_one_ends(
    direction: MergeDirection, closed: datetime | None
) -> None:
    """What went into another one is not counted twice."""
    story = [said(reported()), said(merged(direction), 3)]
    assert fold(story).incidents["lz-1"].cleared == closed


def test_a_classified_incident_has_the_grade_that_was_judged() -> None:
    """And stays what it was otherwise."""
    judged = IncidentClassified(
        incident_id="lz-1",
        category=IncidentCategory.ACCIDENT,
        grade=ResponseGrade.II,
        agency=str(DESK),
        decided_by="duty director",
        basis="Two tanks alight",
    )
    incident = fold([said(reported()), said(judged, 2)]).incidents["lz-1"]
    assert (incident.grade, incident.status, incident.summary) == ("II", "Active", "Smoke")


def test_the_incident_to_look_at_comes_first() -> None:
    """Open before cleared, grave before slight, new before old."""
    story = [
        said(reported("over", grade=ResponseGrade.I)),
        said(cleared("over", 9), 9),
        said(reported("ungraded"), 8),
        said(reported("slight", grade=ResponseGrade.IV), 1),
        said(reported("grave", grade=ResponseGrade.II), 1),
        said(reported("graver", grade=ResponseGrade.II), 2),
    ]
    found = [incident.id for incident in fold(story).in_order()]
    assert found == ["graver", "grave", "slight", "ungraded", "over"]


def test_the_order_whose_answer_is_due_soonest_comes_first() -> None:
    """Then those without a deadline, then those that ended."""
    story = [
        said(ordered("done", complete_by=after(1))),
        said(answered(OrderState.DONE, "done"), 1, FIRE),
        said(ordered("open")),
        said(ordered("later", accept_by=after(9))),
        said(ordered("sooner", accept_by=after(3))),
    ]
    found = [order.order.order_id for order in fold(story).orders_in_order()]
    assert found == ["sooner", "later", "open", "done"]


def test_receipt_is_not_acceptance() -> None:
    """A machine's receipt leaves the acceptance due."""
    story = [
        said(ordered(receipt_by=after(1), accept_by=after(5))),
        said(answered(OrderState.RECEIVED), 1, FIRE),
    ]
    card = order_card(fold(story).orders["o-1"])
    assert card["state"] == "received"
    assert card["due"] == [{"what": "acceptance", "at": after(5).isoformat()}]


def test_an_order_is_overdue_by_the_clock_whether_or_not_anybody_says_so() -> None:
    """The console does not depend on the order desk."""
    orders = fold([said(ordered(accept_by=after(5)))])
    assert (orders.overdue(after(4)), orders.overdue(after(6))) == (0, 1)


def test_an_order_replaced_by_its_issuer_has_ended() -> None:
    """And one that replaces an order nobody knows makes none of that name."""
    orders = fold([*STORY, said(ordered("o-3", supersedes="unheard-of"), 5)]).orders
    assert (orders["o-1"].ended, orders["o-2"].ended) == (True, False)
    assert set(orders) == {"o-1", "o-2", "o-3"}


@pytest.mark.parametrize(("end", "state"), [(cancelled(), "cancelled"), (expired(), "expired")])
def test_an_order_that_holds_no_more_waits_for_no_answer(end: Event, state: str) -> None:
    """The card says why, whatever had been reported of it."""
    story = [said(ordered(accept_by=after(5))), said(answered(OrderState.SEEN), 1, FIRE)]
    board = fold([*story, said(end, 6)])
    card = order_card(board.orders["o-1"])
    assert (card["state"], card["ended"], card["due"]) == (state, True, [])
    assert board.overdue(after(60)) == 0


def test_only_its_issuer_cancels_an_order() -> None:
    """What anybody else says of its end changes nothing."""
    board = fold([said(ordered()), said(cancelled(), 1, FIRE)])
    assert order_card(board.orders["o-1"])["state"] == "issued"


def test_an_escalated_order_is_the_next_ones() -> None:
    """The card shows who must answer now, and by when; the one before is not heard any more."""
    story = [
        said(ordered(accept_by=after(5))),
        said(answered(OrderState.SEEN), 1, FIRE),
        said(escalated(accept_by=after(12)), 6),
        said(answered(OrderState.ACCEPTED), 7, FIRE),
    ]
    card = order_card(fold(story).orders["o-1"])
    assert (card["to"], card["whom"], card["state"]) == (str(POLICE), "duty officer", "issued")
    assert card["due"] == [{"what": "acceptance", "at": after(12).isoformat()}]
    done = [*story, said(answered(OrderState.DONE), 8, POLICE), said(escalated(), 9)]
    assert order_card(fold(done).orders["o-1"])["state"] == "done"


def test_an_adapter_is_called_silent_after_half_a_minute() -> None:
    """Its last word counts only so long."""
    beat = AdapterHeartbeat(
        adapter="beds", kind="x", program_version="1", started=NOON, state=AdapterState.OK
    )
    heartbeat = fold([said(beat)]).adapters["lz/centre/desk/beds"]
    later = NOON + board.SILENT_AFTER + timedelta(seconds=1)
    assert adapter_card(heartbeat, NOON)["state"] == "ok"
    assert adapter_card(heartbeat, later)["state"] == "silent"


def test_what_ended_is_forgotten_before_what_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    """However much comes, the board keeps its size."""
    monkeypatch.setattr(board, "KEPT", 3)
    monkeypatch.setattr(board, "_SLACK", 0)
    story = [said(reported(f"open-{n}"), n) for n in range(2)]
    story += [said(event, n) for n in range(9) for event in (reported(f"x-{n}"), cleared(f"x-{n}"))]
    kept = fold(story).incidents
    assert len(kept) == 3
    assert {"open-0", "open-1"} < set(kept)


@given(st.lists(st.sampled_from(STORY), max_size=30))
def test_events_in_any_order_and_number_make_a_board(events: list[Envelope]) -> None:
    """Nothing that the log may hold stops the console, and all of it can be shown."""
    made = fold(events)
    shown = [incident_card(i) for i in made.in_order()]
    assert len(shown) == len({e.key for e in events if e.data.event.startswith("incident")})
    assert len([order_card(o) for o in made.orders_in_order()]) == len(made.orders)
    assert made.overdue(after(60)) <= len(made.orders)


@given(st.permutations([0] * 4 + [1] + [2] * 7))
def test_how_keys_and_lanes_interleave_does_not_matter(turns: list[int]) -> None:
    """Within a key and lane the log keeps the order; across them it may come in any."""
    threads = [iter(STORY[:4]), iter(STORY[4:5]), iter(STORY[5:])]
    whole = fold(STORY)
    mixed = fold(next(threads[turn]) for turn in turns)
    assert (mixed.incidents, mixed.orders) == (whole.incidents, whole.orders)


def test_the_same_log_twice_is_the_same_board() -> None:
    """The past and what comes may overlap."""
    once, twice = fold(STORY), fold([*STORY, *STORY])
    assert (twice.incidents, twice.orders) == (once.incidents, once.orders)
