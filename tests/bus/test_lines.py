"""A connection for each lane, and a broker for each where the settings say so."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio
from ears import NOTICED_S, Ears
from facts import AREA, ordered, reported
from waiting import until

from liandong.bus import Bus, Server, connect
from liandong.contracts import Envelope, Filter
from liandong.contracts.geo import Point
from liandong.contracts.orders import OrderIssued
from liandong.contracts.units import UnitPosition

THREE = ("LD_LIVE_ORDERS", "LD_LIVE_EVENTS", "LD_LIVE_TELEMETRY")


def position() -> UnitPosition:
    """Return where a made-up engine is."""
    return UnitPosition(unit_id="e-1", point=Point.at(118.8, 32.0))


@pytest_asyncio.fixture
async def brokers(tmp_path: Path) -> AsyncIterator[dict[str, Server]]:
    """Run three brokers."""
    async with (
        Server(tmp_path / "events") as events,
        Server(tmp_path / "orders") as orders,
        Server(tmp_path / "telemetry") as telemetry,
    ):
        yield {"servers": events, "orders_servers": orders, "telemetry_servers": telemetry}


@pytest_asyncio.fixture
async def split(brokers: dict[str, Server]) -> AsyncIterator[Bus]:
    """Connect one bus to the three, by settings alone."""
    addresses = {name: (server.url,) for name, server in brokers.items()}
    async with await connect(**addresses, agency="lz/centre/desk") as bus:
        await bus.apply()
        yield bus


async def _count(server: Server, stream: str) -> int:
    """Return how many messages a broker holds in a stream; none where it has no such stream."""
    async with await connect(servers=(server.url,)) as bus:
        held = {state["name"]: state["messages"] for state in await bus.streams()}
    return held[stream]


async def test_each_lane_is_stored_on_its_own_broker(
    split: Bus, brokers: dict[str, Server]
) -> None:
    """Publishing, subscribing, reading and the streams' configuration are as on one."""
    ears = Ears()
    await split.subscribe("desk", ears)
    facts = [ordered(), reported(), position()]
    sent = [await split.publish(fact, area=AREA) for fact in facts]
    await ears.wait_for(sent[-1].envelope.id)
    assert set(ears.heard) == {stored.envelope.id for stored in sent}
    assert await split.plan() == []
    assert {entry.raw.stream async for entry in split.history()} == set(THREE)
    counted = [
        [await _count(server, stream) for stream in THREE]
        for server in (brokers["orders_servers"], brokers["servers"], brokers["telemetry_servers"])
    ]
    assert counted == [[1, 0, 0], [0, 1, 0], [0, 0, 1]]


async def test_orders_go_on_while_the_broker_of_telemetry_is_frozen(
    split: Bus, brokers: dict[str, Server]
) -> None:
    """The bus says that something is wrong, and an order is issued and heard all the same."""
    heard: asyncio.Queue[Envelope] = asyncio.Queue()
    await split.subscribe("orders", heard.put, Filter(contracts=(OrderIssued,)))
    await split.publish(position(), area=AREA)
    frozen = brokers["telemetry_servers"].pid
    assert frozen
    os.kill(frozen, signal.SIGSTOP)
    try:
        await until(lambda: not split.connected, NOTICED_S)
        sent = await split.publish(ordered(), area=AREA)
        assert (await heard.get()).id == sent.envelope.id
        assert split.problem
    finally:
        os.kill(frozen, signal.SIGCONT)
    await until(lambda: split.connected)
    await split.publish(position(), area=AREA)


async def test_an_order_does_not_wait_for_the_telemetry_it_is_sent_with(
    split: Bus, brokers: dict[str, Server]
) -> None:
    """One call, two lanes: the frozen one holds back its own."""
    heard: asyncio.Queue[Envelope] = asyncio.Queue()
    await split.subscribe("orders", heard.put, Filter(contracts=(OrderIssued,)))
    both = [split.envelope(fact, area=AREA) for fact in (position(), ordered())]
    frozen = brokers["telemetry_servers"].pid
    assert frozen
    os.kill(frozen, signal.SIGSTOP)
    try:
        sending = asyncio.create_task(split.send_many(both))
        assert (await heard.get()).id == both[1].id
        assert not sending.done()
    finally:
        os.kill(frozen, signal.SIGCONT)
    assert [stored.stream for stored in await sending] == ["LD_LIVE_TELEMETRY", "LD_LIVE_ORDERS"]


async def test_a_lane_is_connected_when_it_is_first_used(bus: Bus, nats_server: Server) -> None:
    """One connection for a program that speaks of incidents, another once it gives an order."""
    main = await bus.lines.session("LD_LIVE_EVENTS")
    await bus.publish(reported(), area=AREA)
    assert await bus.lines.session("LD_LIVE_EVENTS") is main
    assert await bus.lines.session("LD_LIVE_ORDERS") is not main
    assert await bus.lines.session("LD_DEAD") is main
    assert nats_server.running
