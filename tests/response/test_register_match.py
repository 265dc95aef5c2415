"""What registers offer: what is free now, where it is asked for, the nearest first."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.contracts import (
    Agency,
    AvailabilityAnswered,
    BedCapacity,
    Code,
    Point,
    SupplyStatus,
    reading,
)
from liandong.response.register_match import MOST, distance_m, match
from liandong.response.register_offers import Entry
from response.register_entries import (
    FIRE,
    HERE,
    NEIGHBOUR,
    NOW,
    ago,
    asked,
    engine,
    hospital,
    north,
    position,
    said,
    shelter,
    stock,
)


def found(question: Any, *entries: Entry) -> list[str]:
    """Return the names of the entries that fit, in order."""
    return [holding.entry_id for holding in match(question, entries, NOW).holdings]


def test_burn_beds_within_forty_kilometres_come_nearest_first() -> None:
    """The question that every register is there for."""
    question = asked("beds", bed_type="Burn", near=HERE, km=40)
    entries = [hospital("far", 39), hospital("near", 3), hospital("too-far", 41)]
    holdings = match(question, entries, NOW).holdings
    assert [(h.entry_id, h.available_quantity) for h in holdings] == [("near", 5), ("far", 5)]
    assert [h.distance_m for h in holdings] == pytest.approx([3000, 39000], rel=1e-3)
    assert {h.last_update for h in holdings} == {NOW}


def test_sandbags_of_an_area_are_those_in_it_and_in_what_lies_in_it() -> None:
    """An area is a path: what begins alike is not inside."""
    entries = [
        stock("inside", envelope={"area": "cn.32.05.06"}),
        stock("itself", envelope={"area": "cn.32.05"}),
        stock("beside", envelope={"area": "cn.32.051"}),
    ]
    question = asked("supplies", item_name="sandbag", area="cn.32.05")
    assert found(question, *entries) == ["inside", "itself"]


@pytest.mark.parametrize("item", ["sandbag", "SANDBAGS", "ｓａｎｄｂａｇ", "沙袋", " Sandbags "])
def test_an_item_is_found_by_part_of_its_name(item: str) -> None:
    """People write it as they like: case, width and blanks do not count."""
    assert found(asked("supplies", item_name=item), stock("s"), stock("x", item="Tent")) == ["s"]


@pytest.mark.parametrize(
    "entry",
    [
        hospital("h", 1, facility_status="Closed"),
        hospital("h", 1, facility_status="Evacuating"),
        hospital("h", 1, bed={"status": "NotAvailable"}),
        hospital("h", 1, 0),
        hospital("h", 1, None),
        hospital("h", 1, envelope={"expires": NOW}),
        hospital("h", None),
    ],
    ids=["closed", "evacuating", "not available", "none free", "unknown", "expired", "nowhere"],
)
def test_beds_that_nobody_can_have_are_not_offered(entry: Entry) -> None:
    """Nobody is driven to a bed that is none."""
    assert found(asked("beds", near=HERE, km=40), entry) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"primary_status": "NotAvailable"},
        {"primary_status": "ConditionallyAvailable"},
        {"secondary_status": "OutofService"},
        {"secondary_status": "Station", "qualified_by": ("EquipmentIssues",)},
        {"lent_to": "qs/fire/119"},
        {"resource_type": "PatrolUnit"},
    ],
)
def test_a_unit_that_cannot_be_sent_is_not_offered(changed: dict[str, Any]) -> None:
    """What is busy, out of service, lent, or something else is not free."""
    question = asked("units", resource_type="HazMatTeam")
    assert found(question, engine("free"), engine("x", **changed)) == ["free"]


@pytest.mark.parametrize("status", ["full", "closed"])
def test_a_shelter_that_takes_nobody_is_not_offered(status: str) -> None:
    """One on standby can be opened."""
    shelters = [
        shelter("standby", status="standby"),
        shelter("x", status=status, available_count=0),
    ]
    assert found(asked("shelter_places"), *shelters) == ["standby"]


def test_a_shelter_must_have_what_people_need() -> None:
    """Without a service asked for, all do."""
    shelters = [shelter("beds", services=("beds", "meals")), shelter("none", 2)]
    assert found(asked("shelter_places", shelter_service="beds"), *shelters) == ["beds"]
    assert len(found(asked("shelter_places"), *shelters)) == 2


def test_what_went_off_since_it_was_counted_is_not_offered() -> None:
    """Once counted again, the rest is."""
    spoilt = stock("spoilt", expires=ago(1), last_update=ago(60))
    counted = stock("counted", expires=ago(60), last_update=ago(1))
    assert found(asked("supplies"), spoilt, counted) == ["counted"]


def test_a_later_word_of_another_agency_makes_an_earlier_one_void() -> None:
    """The borrower says that it has the unit: it is free nowhere, whatever its home said before."""
    home = engine("LZ-H1", minutes=10)
    borrower = engine(
        "LZ-H1", source=NEIGHBOUR, home_agency=str(FIRE), primary_status="NotAvailable"
    )
    assert found(asked("units"), home) == ["LZ-H1"]
    assert found(asked("units"), home, borrower) == found(asked("units"), borrower, home) == []


def test_a_later_word_that_does_not_fit_makes_an_earlier_one_void_too() -> None:
    """It is of another type now."""
    home = engine("LZ-H1", minutes=10)
    changed = engine("LZ-H1", source=NEIGHBOUR, home_agency=str(FIRE), resource_type="PatrolUnit")
    assert found(asked("units", resource_type="HazMatTeam"), home, changed) == []


def test_a_unit_is_where_it_was_last_heard_of() -> None:
    """Its position counts if it is later than its status, and not stale."""
    question = asked("units", near=HERE)
    engines = [
        engine("moved", 30, position=position("moved", 2), minutes=5),
        engine("reported", 4, position=position("reported", 30, minutes=9), minutes=5),
        engine("lost", None, position=position("lost", 6, stale=ago(0)), minutes=5),
        engine("long-ago", None, position=position("long-ago", 6, minutes=61), minutes=99),
        engine("parked", None, position=position("parked", 8, minutes=59), minutes=99),
    ]
    holdings = match(question, engines, NOW).holdings
    near = {h.entry_id: h.distance_m and round(h.distance_m / 1000) for h in holdings}
    assert near == {"moved": 2, "reported": 4, "parked": 8, "long-ago": None, "lost": None}


def test_what_lies_nobody_knows_where_comes_last() -> None:
    """It is offered where no distance is asked for."""
    entries = [hospital("nowhere", None), hospital("far", 90), hospital("near", 1)]
    assert found(asked("beds", near=HERE), *entries) == ["near", "far", "nowhere"]


def test_a_hospital_lies_where_any_of_its_reports_says() -> None:
    """A count by another measure need not tell the place again."""
    counted = hospital("h", None, measure="hourly")
    status = hospital("h", 7, beds=())
    assert found(asked("beds", near=HERE, km=10), counted, status) == ["h"]
    assert found(asked("beds", near=HERE, km=10), counted) == []


def test_beds_without_a_type_are_all_beds() -> None:
    """Each kind is a holding of its own; a ward of the hospital's own kind says its code."""
    code = Code(local="GYC", system="wards")
    beds = (
        BedCapacity(bed_type="Burn", available_count=1),
        BedCapacity(codes=(code,), available_count=6),
    )
    entry = hospital("h", 1, beds=beds)
    holdings = match(asked("beds"), [entry], NOW).holdings
    assert [h.resource.bed_type for h in holdings] == ["Burn", None]
    assert match(asked("beds", local_type=code), [entry], NOW).holdings == (holdings[1],)


def test_a_code_of_ones_own_asks_for_that_code() -> None:
    """A code of another system is another one."""
    own, other = (Code(local="XF-1", system=system) for system in ("lz", "qs"))
    stocks = [stock("own", local_type=own), stock("other", local_type=other), stock("none")]
    assert found(asked("supplies", local_type=own), *stocks) == ["own"]


def test_an_answer_takes_five_hundred_holdings_and_says_that_there_is_more() -> None:
    """And it is an answer that its contract allows."""
    matches = match(asked("supplies"), [stock(f"s{n}") for n in range(MOST + 1)], NOW)
    assert (len(matches.holdings), matches.more) == (MOST, True)
    assert not match(asked("supplies"), [stock("s")], NOW).more
    AvailabilityAnswered(question_id="q", holdings=matches.holdings, answered_by="lz/centre/desk")


def test_a_register_of_a_later_version_holds_nothing_here() -> None:
    """The question is answered all the same."""
    with reading():
        question = asked("helicopters")
    assert found(question, stock("s"), hospital("h", 1)) == []


def test_the_unit_of_a_quantity_is_told() -> None:
    """Half a tonne is half a tonne."""
    status = SupplyStatus(
        stock_id="s",
        item_name="Foam",
        available_quantity=0.5,
        stock_quantity=2,
        quantity_unit="t",
        last_update=NOW,
        owned_by="lz/fire/119",
    )
    (holding,) = match(asked("supplies"), [Entry(said(status))], NOW).holdings
    assert (holding.available_quantity, holding.quantity_unit) == (0.5, "t")
    assert holding.holder == "lz/fire/119"


def test_distances_are_those_of_the_globe() -> None:
    """A degree along the equator, pole to pole, and across the date line, in metres."""
    assert distance_m(Point.at(0, 0), Point.at(1, 0)) == pytest.approx(111_195, rel=1e-4)
    assert distance_m(Point.at(5, 90), Point.at(5, -90)) == pytest.approx(20_015_115, rel=1e-4)
    assert distance_m(Point.at(179.5, 0), Point.at(-179.5, 0)) == pytest.approx(111_195, rel=1e-4)


_POINTS = st.builds(Point.at, st.floats(-180, 180), st.floats(-90, 90))


@given(one=_POINTS, other=_POINTS, third=_POINTS)
def test_a_distance_is_one(one: Point, other: Point, third: Point) -> None:
    """It is the same both ways, nothing to oneself, and no shorter by a detour."""
    assert distance_m(one, one) == 0
    assert distance_m(one, other) == pytest.approx(distance_m(other, one), abs=0.01)
    assert distance_m(one, other) <= distance_m(one, third) + distance_m(third, other) + 1


@given(
    kms=st.lists(st.none() | st.floats(0, 200), max_size=12), limit=st.none() | st.floats(0, 200)
)
def test_what_is_offered_is_in_order_and_within_the_distance(
    kms: list[float | None], limit: float | None
) -> None:
    """Whatever lies wherever: nothing that fits is left out, nothing else is in."""
    entries = [hospital(f"h{n}", km) for n, km in enumerate(kms)]
    holdings = match(asked("beds", near=HERE, km=limit), entries, NOW).holdings
    away = [distance_m(HERE, north(km).point or HERE) for km in kms if km is not None]
    within = sorted(d for d in away if limit is None or d <= limit * 1000)
    assert [h.distance_m for h in holdings if h.distance_m is not None] == pytest.approx(
        within, abs=0.1
    )
    nowhere = [h for h in holdings if h.distance_m is None]
    assert len(nowhere) == (kms.count(None) if limit is None else 0)
    assert list(holdings[len(holdings) - len(nowhere) :]) == nowhere


def test_agencies_are_not_told_apart_by_name_alone() -> None:
    """Two depots of two agencies may give a stock the same name."""
    other = Agency("qs", "centre", "desk")
    entries = [stock("s"), stock("s", envelope={"source": other})]
    assert len(match(asked("supplies"), entries, NOW).holdings) == 2
