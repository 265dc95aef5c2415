"""Orders over four levels, seen from above: whoever passed one down sees what became of it."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from liandong.contracts import Addressee, Agency, Envelope, OrderIssued, OrderState
from liandong.response.order_rollup import Node, roll_up
from liandong.response.orders import Order, decide
from response.order_words import (
    LINE,
    START,
    after,
    as_event,
    at,
    envelope,
    said,
)

PROVINCE, CITY, EAST, WEST, STATION = (
    Agency("lz", "province", "command"),
    Agency("lz", "city", "command"),
    Agency("lz", "county", "east"),
    Agency("lz", "county", "west"),
    Agency("lz", "fire", "station-4"),
)


def passed(
    name: str, by: Agency, to: Agency, because: Envelope | None = None, **facts: Any
) -> Envelope:
    """Return an order from one level to the next, because of the one above."""
    fields: dict[str, Any] = {"addressee": Addressee(agency=str(to)), "incident_id": "lz-1"} | facts
    order = OrderIssued(order_id=name, action="evacuate", issued_by="duty officer", **fields)
    if because is None:
        return envelope(order, 0, by)
    return because.answer(order, source=by, time=START + timedelta(seconds=1))


TOP = passed("p-1", PROVINCE, CITY)
EASTWARD, WESTWARD = (
    passed("c-1", CITY, EAST, TOP),
    passed("c-2", CITY, WEST, TOP, accept_by=at(5)),
)
CALL_OUT = passed("e-1", EAST, STATION, EASTWARD)
CREW = passed(
    "s-1",
    STATION,
    STATION,
    CALL_OUT,
    addressee=Addressee(agency=str(STATION), unit_id="e-4"),
)
LEVELS = (TOP, EASTWARD, WESTWARD, CALL_OUT, CREW)


def known(*events: Envelope) -> Order:
    """Return an order after events."""
    order = after(decide, events)
    assert order
    return order


def names(node: Node) -> Any:
    """Return a tree by the names of its orders."""
    return {node.order.order.order_id: [names(one) for one in node.below]}


def test_four_levels_and_a_crew_are_one_tree() -> None:
    """Province, city, county, station, and the station's own unit."""
    rolled = roll_up(map(known, LEVELS), at(2))
    assert [names(tree) for tree in rolled.trees] == [
        {"p-1": [{"c-2": []}, {"c-1": [{"e-1": [{"s-1": []}]}]}]}
    ]


def test_each_level_sees_what_is_below_it() -> None:
    """And nothing beside it or above it."""
    orders = [known(one) for one in LEVELS]
    assert [names(t) for t in roll_up(orders, at(2), below=str(EAST)).trees] == [
        {"e-1": [{"s-1": []}]}
    ]
    assert roll_up(orders, at(2), below=str(CITY)).phases == {"issued": 4}
    assert roll_up(orders, at(2), below=str(WEST)).trees == ()


def test_what_happens_at_the_bottom_is_seen_at_the_top() -> None:
    """Counted by phase, with what is late and what needs a person."""
    done = known(CREW, envelope(said(OrderState.DONE, 3).data, 3, STATION))
    orders = [known(TOP), known(EASTWARD), known(WESTWARD), known(CALL_OUT), done]
    rolled = roll_up(orders, at(9), below=str(PROVINCE))
    assert (rolled.phases, rolled.open, rolled.overdue, rolled.needs_a_person) == (
        {"done": 1, "issued": 4},
        4,
        1,
        0,
    )


def test_what_needs_a_person_comes_first() -> None:
    """Then what is due soonest, then what has ended."""
    refused = known(passed("r-1", CITY, EAST), envelope(said(OrderState.REFUSED, 1).data, 1, EAST))
    done = known(passed("d-1", CITY, EAST), envelope(said(OrderState.DONE, 1).data, 1, EAST))
    soon, later = (known(passed(f"w-{s}", CITY, EAST, accept_by=at(s))) for s in (10, 20))
    rolled = roll_up([done, later, soon, refused], at(2))
    assert [tree.order.order.order_id for tree in rolled.trees] == ["r-1", "w-10", "w-20", "d-1"]
    open_ = roll_up([done, later, soon, refused], at(2), only_open=True)
    assert [tree.order.order.order_id for tree in open_.trees] == ["r-1", "w-10", "w-20"]


def test_an_order_that_was_passed_on_is_above_what_the_next_one_ordered() -> None:
    """Its causation is the escalation: that is what asked them."""
    first = passed("p-1", PROVINCE, CITY, accept_by=at(5), next_in_line=LINE)
    late = known(first)
    for seconds in (6, 6):
        (say,) = decide(late, None, at(seconds)).say
        step = as_event(say)
        late = decide(late, step, step.time).state or late
    below = passed("w-1", Agency.parse(LINE[0].agency), STATION, step)
    assert [names(tree) for tree in roll_up([late, known(below)], at(7)).trees] == [
        {"p-1": [{"w-1": []}]}
    ]


def test_an_outsider_hangs_nothing_below_an_order() -> None:
    """Only an agency that was asked passes an order down."""
    stray = passed("x-1", WEST, STATION, EASTWARD)
    rolled = roll_up([known(EASTWARD), known(stray)], at(2))
    assert len(rolled.trees) == 2


def test_orders_of_one_incident_only() -> None:
    """What serves another one is left out."""
    other = passed("o-9", CITY, EAST, incident_id="lz-2")
    rolled = roll_up([known(TOP), known(other)], at(2), incident="lz-2")
    assert [names(tree) for tree in rolled.trees] == [{"o-9": []}]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8))
def test_every_order_stands_in_the_answer_once(links: list[tuple[int, int]]) -> None:
    """Whatever a sender claims that it answers: ids may lead in a circle."""
    causes = dict(links)
    orders = [
        known(
            passed(f"o-{n}", CITY, CITY).model_copy(
                update={"id": f"{n:032}", "causation": f"{causes[n]:032}" if n in causes else None}
            )
        )
        for n in range(6)
    ]
    shown = [o for tree in roll_up(orders, at(2)).trees for o in tree.all]
    assert sorted(o.order.order_id for o in shown) == [f"o-{n}" for n in range(6)]
