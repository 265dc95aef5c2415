"""What a row of traffic must see: what is missing, and orders that do not come again."""

from dataclasses import asdict
from pathlib import Path

import pytest

from faults.checker import Item
from faults.facts import AREA, item_of, ordered, reported
from faults.journal import Journal
from faults.judge import judge
from faults.row import Row
from faults.traffic import Traffic, note_recoveries, recoveries
from liandong.bus import Bus, Server, jetstream

ORDER, EVENT = Item("o", "orders/lz-1", "1"), Item("e", "events/lz-1", "2")


@pytest.fixture
def made(tmp_path: Path) -> Traffic:
    """Return the files of a publisher and a consumer that have said nothing yet."""
    return Traffic(tmp_path / "said", tmp_path / "heard", tmp_path / "memory")


@pytest.mark.parametrize("item", [ORDER, EVENT], ids=["order", "event"])
def test_orders_alone_count_as_recovered(made: Traffic, item: Item) -> None:
    """Confirmed and handled after the moment; other events, or one of the two, are not enough."""
    said, heard = Journal(made.said), Journal(made.heard)
    heard.write("effect", **asdict(item))
    said.write("ok", id=item.id)
    before, after = -1.0, 1e12
    assert [s is not None for s in recoveries([before, after], made)] == [item is ORDER, False]


def test_a_fault_after_which_no_order_comes_is_a_missed_bar(made: Traffic) -> None:
    """It is said, not left out of the slowest recovery."""
    row = Row("partition", 1)
    note_recoveries(row, [1e12], made)
    assert row.slowest_recovery_s is None
    assert row.failed == ["after fault 1 no order came through"]


async def test_a_confirmed_event_that_is_gone_from_the_log_is_lost(
    bus: Bus, nats_server: Server, made: Traffic
) -> None:
    """One of three is deleted behind everybody's back."""
    said = Journal(made.said)
    for event in (reported("lz-1", 1), reported("lz-1", 2), ordered("lz-1", 3)):
        stored = await bus.publish(event, area=AREA)
        said.write("invoke", **asdict(item_of(stored.envelope)))
        said.write("ok", id=stored.envelope.id)
    session = await bus.connection.session()
    await jetstream.call(session, "STREAM.MSG.DELETE.LD_LIVE_EVENTS", {"seq": 2})
    row = Row("disk-full", 1)
    await judge(row, nats_server.url, [made.said], [])
    assert (row.acked, row.lost, row.duplicated, row.reordered) == (3, 1, 0, 0)
