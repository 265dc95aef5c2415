"""What waits in bounded memory: what may be left out, what never is, and that it is counted."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from liandong.bus.overload import Backlog, Piece, Put, Shedding, shedding_of
from liandong.contracts import Event, GapCause, Lane, contract

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
MOST, MOST_BYTES = 6, 100

STATUSES = {
    "unit.status.v1": ("unit_id",),
    "facility.status.v1": ("facility_id",),
    "facility.status.v2": ("facility_id", "measure"),
    "shelter.status.v1": ("shelter_id",),
    "supply.status.v1": ("stock_id",),
    "road.status.v1": ("segment_id",),
}


def piece(
    number: int, shedding: Shedding, thing: str = "t", key: str = "k", size: int = 10
) -> Piece[int]:
    """Return a piece whose item is its number."""
    what = shedding.value, thing
    moment = NOON + timedelta(seconds=number)
    return Piece(number, shedding, f"a.{shedding.value}", what, thing, key, moment, size)


def items(backlog: Backlog[int]) -> list[int]:
    """Take everything out."""
    return [one.item for one in backlog.take(MOST, MOST_BYTES)]


def test_what_may_be_left_out_follows_from_the_contract() -> None:
    """Only telemetry and statuses: no order, no alert, no incident."""
    known = [c for c in Event.known.values() if c.__module__.startswith("liandong.contracts.")]
    left_out = {c.type_name(): shedding_of(c) for c in known}
    assert {n for n, s in left_out.items() if s is Shedding.OLDEST} == {
        "adapter.heartbeat.v1",
        "observation.recorded.v1",
        "unit.position.v1",
    }
    assert {n for n, s in left_out.items() if s is Shedding.LATEST} == STATUSES.keys()
    assert {name: contract(name).state_of for name in STATUSES} == STATUSES


def test_nothing_of_the_orders_lane_is_ever_left_out() -> None:
    """Not even a contract that calls itself a state of something."""

    class OrderMade(
        contract("order.issued.v1"), event="order.made", version=1,
        lane=Lane.ORDERS, owner=contract("order.issued.v1").owner, key=("order_id",),
        state_of=("order_id",),
    ):  # fmt: skip
        """An order that says that it is a state."""

    del Event.known[OrderMade.type_name()]
    assert shedding_of(OrderMade) is Shedding.NEVER


def test_telemetry_that_was_overtaken_gives_way_before_the_latest_of_a_quiet_instrument() -> None:
    """A flood of one vehicle does not push out the one reading of another."""
    backlog = Backlog[int](3, MOST_BYTES)
    backlog.put(piece(0, Shedding.OLDEST, "quiet"))
    for number in range(1, 50):
        backlog.put(piece(number, Shedding.OLDEST, "busy"))
    assert items(backlog) == [0, 48, 49]
    assert backlog.missing.count == 47


def test_where_none_was_overtaken_the_oldest_gives_way() -> None:
    """Each of another thing: the first go."""
    backlog = Backlog[int](2, MOST_BYTES)
    puts = [backlog.put(piece(n, Shedding.OLDEST, str(n))) for n in range(4)]
    assert puts == [Put.ACCEPTED, Put.ACCEPTED, Put.SHED, Put.SHED]
    assert items(backlog) == [2, 3]


def test_a_status_takes_the_place_of_the_one_before() -> None:
    """So one that changes all the time is not put off for ever."""
    backlog = Backlog[int](MOST, MOST_BYTES)
    backlog.put(piece(0, Shedding.LATEST, "unit-1"))
    backlog.put(piece(1, Shedding.LATEST, "unit-2"))
    assert backlog.put(piece(2, Shedding.LATEST, "unit-1")) is Put.REPLACED
    assert items(backlog) == [2, 1]


def test_a_status_does_not_overtake_what_is_fixed() -> None:
    """A state after the incident's report stays behind it, and the one before it stays too."""
    backlog = Backlog[int](MOST, MOST_BYTES)
    backlog.put(piece(0, Shedding.LATEST, "unit-1", key="incident"))
    backlog.put(piece(1, Shedding.NEVER, "report", key="incident"))
    assert backlog.put(piece(2, Shedding.LATEST, "unit-1", key="incident")) is Put.ACCEPTED
    assert backlog.put(piece(3, Shedding.LATEST, "unit-1", key="incident")) is Put.REPLACED
    assert items(backlog) == [0, 1, 3]


def test_an_order_that_finds_no_room_is_refused_and_changes_nothing() -> None:
    """Its bringer waits; nothing was left out for it in vain."""
    backlog = Backlog[int](2, MOST_BYTES)
    backlog.put(piece(0, Shedding.NEVER))
    backlog.put(piece(1, Shedding.LATEST, "unit-1"))
    assert backlog.put(piece(2, Shedding.NEVER)) is Put.REFUSED
    assert backlog.put(piece(3, Shedding.LATEST, "unit-2")) is Put.REFUSED
    assert backlog.put(piece(4, Shedding.OLDEST)) is Put.SHED
    assert (items(backlog), backlog.missing.count) == ([0, 1], 1)


def test_a_gap_names_what_misses_most_and_counts_all() -> None:
    """A hundred things by name, the rest in the sum; its times are those of what is missing."""
    backlog = Backlog[int](1, MOST_BYTES)
    for number in range(300):
        backlog.put(piece(number, Shedding.OLDEST, f"unit-{number % 150}"))
    backlog.put(piece(300, Shedding.OLDEST, "unit-7"))
    backlog.put(piece(301, Shedding.OLDEST, "unit-7"))
    gap = backlog.take_missing().gap("avl", GapCause.BUS_SLOW)
    assert (gap.dropped_count, len(gap.parts)) == (301, 100)
    assert (gap.parts[0].about, gap.parts[0].dropped_count) == ("unit-7", 3)
    assert (gap.since, gap.until) == (NOON, NOON + timedelta(seconds=300))
    assert backlog.missing.count == 0


class Waiting(RuleBasedStateMachine):
    """Puts and takes in any order; what must hold holds throughout."""

    def __init__(self) -> None:
        """Begin with an empty backlog and nothing seen."""
        super().__init__()
        self.backlog = Backlog[int](MOST, MOST_BYTES)
        self.put: list[tuple[Piece[int], Put]] = []
        self.taken: list[Piece[int]] = []
        self.told = 0

    @rule(
        shedding=st.sampled_from(Shedding),
        thing=st.sampled_from("abc"),
        key=st.sampled_from("xy"),
        size=st.integers(1, 40),
    )
    def bring(self, shedding: Shedding, thing: str, key: str, size: int) -> None:
        """Put a piece."""
        brought = piece(len(self.put), shedding, thing, key, size)
        before = len(self.backlog), self.backlog.bytes, self.backlog.missing.count
        put = self.backlog.put(brought)
        after = len(self.backlog), self.backlog.bytes, self.backlog.missing.count
        assert put is not Put.REFUSED or before == after
        assert put is not Put.REFUSED or shedding is not Shedding.OLDEST
        self.put.append((brought, put))

    @rule(most=st.integers(1, MOST), most_bytes=st.integers(1, MOST_BYTES))
    def take(self, most: int, most_bytes: int) -> None:
        """Take some out."""
        taken = self.backlog.take(most, most_bytes)
        assert len(taken) <= most
        assert len(taken) <= 1 or sum(one.size for one in taken) <= most_bytes
        self.taken += taken

    @rule()
    def tell(self) -> None:
        """Tell what is missing."""
        self.told += self.backlog.take_missing().count

    @invariant()
    def bounds_hold(self) -> None:
        """Neither more pieces nor more bytes than allowed ever wait."""
        assert len(self.backlog) <= MOST
        assert 0 <= self.backlog.bytes <= MOST_BYTES

    def teardown(self) -> None:
        """Take the rest, and look at all that came out."""
        while rest := self.backlog.take(1, 1):
            self.taken += rest
        assert (len(self.backlog), self.backlog.bytes) == (0, 0)
        brought = [one for one, put in self.put if put is not Put.REFUSED]
        self._nothing_fixed_is_lost(brought)
        self._the_latest_state_of_each_thing_comes(brought)
        self._order_is_kept()
        assert len(self.taken) + self.told + self.backlog.missing.count == len(brought)

    def _nothing_fixed_is_lost(self, brought: list[Piece[int]]) -> None:
        fixed = [one for one in brought if one.shedding is Shedding.NEVER]
        assert [one for one in self.taken if one.shedding is Shedding.NEVER] == fixed

    def _the_latest_state_of_each_thing_comes(self, brought: list[Piece[int]]) -> None:
        def latest(pieces: list[Piece[int]]) -> dict[tuple[str, ...], int]:
            return {one.thing: one.item for one in pieces if one.shedding is Shedding.LATEST}

        assert latest(self.taken) == latest(brought)

    def _order_is_kept(self) -> None:
        newest_of_thing = defaultdict[tuple[str, ...], int](int)
        newest_of_key, fixed_of_key = defaultdict[str, int](int), defaultdict[str, int](int)
        for one in self.taken:
            fixed = one.shedding is Shedding.NEVER
            assert one.item >= newest_of_thing[one.thing]
            assert one.item >= (newest_of_key if fixed else fixed_of_key)[one.key]
            newest_of_thing[one.thing] = one.item
            newest_of_key[one.key] = max(newest_of_key[one.key], one.item)
            fixed_of_key[one.key] = one.item if fixed else fixed_of_key[one.key]


TestWaiting = Waiting.TestCase


@pytest.mark.parametrize("shedding", Shedding)
def test_a_piece_larger_than_all_the_room_never_waits(shedding: Shedding) -> None:
    """It is refused, or counted as missing: never kept."""
    backlog = Backlog[int](MOST, MOST_BYTES)
    put = backlog.put(piece(0, shedding, size=MOST_BYTES + 1))
    assert put in {Put.REFUSED, Put.SHED}
    assert len(backlog) == 0
