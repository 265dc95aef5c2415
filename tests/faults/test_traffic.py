"""What a row of traffic must see: what is missing, and orders that do not come again."""

import asyncio
from dataclasses import asdict
from pathlib import Path

import pytest

from faults.checker import Item
from faults.facts import AREA, item_of, ordered, reported
from faults.journal import Journal
from faults.judge import judge
from faults.row import Row
from faults.traffic import Traffic
from liandong.bus import Bus, Server, jetstream

ORDER, EVENT = Item("o", "orders/lz-1", "1"), Item("e", "events/lz-1", "2")


@pytest.fixture
def made(tmp_path: Path) -> Traffic:
    """Return the files of a publisher and a consumer that have said nothing yet."""
    return Traffic(tmp_path / "said", tmp_path / "heard", tmp_path / "memory")


async def _say_and_hear(made: Traffic, item: Item) -> None:
    await asyncio.sleep(0)
    Journal(made.heard).write("effect", **asdict(item))
    Journal(made.said).write("ok", id=item.id)


async def test_an_order_confirmed_and_handled_shows_that_traffic_flows(made: Traffic) -> None:
    """Both, and after the question."""
    saying = asyncio.create_task(_say_and_hear(made, ORDER))
    assert 0 < await made.flows() < 1
    await saying


@pytest.mark.parametrize("item", [ORDER, EVENT], ids=["order from before", "event"])
async def test_other_events_and_earlier_orders_do_not(made: Traffic, item: Item) -> None:
    """A fault after which no order comes is said, not left out of the slowest recovery."""
    await _say_and_hear(made, item)
    saying = asyncio.create_task(_say_and_hear(made, EVENT))
    with pytest.raises(TimeoutError):
        await made.flows(within_s=0.2)
    await saying


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
