"""Offering more than the broker takes: bounded, counted, and nothing lost that must not be."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from facts import AREA, ordered, reported
from waiting import until

from frozen import frozen, resident_bytes
from liandong.bus import Bus, Server, connect, jetstream, sender
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AlarmName,
    Envelope,
    Expired,
    GapCause,
    IncidentReported,
    OrderIssued,
    Point,
    PrimaryUnitStatus,
    TelemetryGap,
    TransportError,
    UnitPosition,
    UnitStatus,
)

WAITING = 1_000
FLOOD = 4 * WAITING
UNITS = 200
ROOM_BYTES = 100_000_000  # for the process, far below what the flood would take


@pytest.fixture(autouse=True)
def _little_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let fewer events wait, so that a small flood is one."""
    monkeypatch.setattr(sender, "WAITING", WAITING)


def position(bus: Bus, number: int) -> Envelope:
    """Return where a unit is."""
    unit = UnitPosition(unit_id=f"unit-{number % UNITS}", point=Point.at(120.6, 31.3))
    return bus.envelope(unit, area=AREA)


def status(bus: Bus, unit: str, state: PrimaryUnitStatus) -> Envelope:
    """Return what state a unit is in, working on an incident."""
    event = UnitStatus(unit_id=unit, incident_id="lz-1", primary_status=state)
    return bus.envelope(event, area=AREA)


async def stored(bus: Bus, stream: str) -> int:
    """Return how many events a stream has ever stored."""
    return next(s["last_sequence"] for s in await bus.streams() if s["name"] == stream)


async def test_a_flood_into_a_frozen_broker_is_bounded_and_every_loss_is_counted(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Memory holds; afterwards what was stored and what is told as missing make up all."""
    before = resident_bytes()
    async with frozen(nats_server):
        for number in range(FLOOD):
            await bus.offer(position(bus, number))
        assert resident_bytes() - before < ROOM_BYTES
        assert AlarmName.MESSAGE_SHED in {alarm.name for alarm in bus.alarms.active}
    gaps = await recorder.wait_for(1, TelemetryGap)
    missing = sum(gap.data.dropped_count for gap in gaps)
    assert missing > 0
    await recorder.wait_for(FLOOD - missing, UnitPosition)
    assert await stored(bus, "LD_LIVE_TELEMETRY") == FLOOD - missing
    assert {part.contract for gap in gaps for part in gap.data.parts} == {"unit.position"}
    latest = {e.data.unit_id: e.id for e in recorder.of(UnitPosition)}
    assert len(latest) == UNITS


async def test_orders_and_incidents_wait_out_a_frozen_broker_and_are_all_stored(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Each offer returns once its event is stored, in the order offered; none is left out."""
    facts = [bus.envelope(reported(f"lz-{n}"), area=AREA) for n in range(50)]
    orders = [bus.envelope(ordered(f"o-{n}"), area=AREA) for n in range(50)]
    async with frozen(nats_server):
        offering = [asyncio.create_task(bus.offer(one)) for one in facts + orders]
        done, _ = await asyncio.wait(offering, timeout=0.2)
        assert not done
    await asyncio.gather(*offering)
    assert await recorder.wait_for(50, IncidentReported) == facts
    assert await recorder.wait_for(50, OrderIssued) == orders
    assert recorder.of(TelemetryGap) == []


async def test_telemetry_that_nothing_stores_does_not_hold_orders_back(
    bus: Bus, recorder: Recorder
) -> None:
    """Its stream is gone, so it waits: an order offered behind it is stored."""
    session = await bus.connection.session()
    await jetstream.call(session, "STREAM.DELETE.LD_LIVE_TELEMETRY")
    for number in range(10):
        await bus.offer(position(bus, number))
    order = bus.envelope(ordered(), area=AREA)
    await bus.offer(order)
    assert await recorder.wait_for(1, OrderIssued) == [order]


async def test_only_the_latest_status_of_a_unit_is_sent_and_those_between_are_counted(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Two units on one incident: neither takes the other's place."""
    states = [PrimaryUnitStatus.AVAILABLE, PrimaryUnitStatus.NOT_AVAILABLE] * 20
    first, *others = (status(bus, unit, state) for state in states for unit in ("E1", "E2"))
    async with frozen(nats_server):
        await bus.offer(first)
        await asyncio.sleep(0)  # it is on its way: nothing takes its place
        for one in others:
            await bus.offer(one)
    (gap,) = await recorder.wait_for(1, TelemetryGap)
    sent = await recorder.wait_for(3, UnitStatus)
    assert sent[0] == first
    assert {e.id for e in sent[1:]} == {e.id for e in others[-2:]}
    assert gap.data.dropped_count == len(others) - 2
    assert {part.about for part in gap.data.parts} == {"E1", "E2"}


async def test_an_outage_is_named_as_the_cause(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """What was left out while the broker was away says so."""
    async with frozen(nats_server):
        await until(lambda: not bus.connected)
        for number in range(WAITING + 2_000):
            await bus.offer(position(bus, number))
    (gap,) = await recorder.wait_for(1, TelemetryGap)
    assert gap.data.cause is GapCause.BUS_AWAY


async def test_what_can_never_be_stored_holds_nothing_up(bus: Bus, recorder: Recorder) -> None:
    """An expired order fails to whoever offers it; the others beside it are stored."""
    expired = bus.envelope(ordered("old"), area=AREA, expires=datetime.now(UTC))
    fresh = bus.envelope(ordered("new"), area=AREA, expires=datetime.now(UTC) + timedelta(hours=1))
    results = await asyncio.gather(bus.offer(expired), bus.offer(fresh), return_exceptions=True)
    assert isinstance(results[0], Expired)
    assert results[1] is None
    assert await recorder.wait_for(1, OrderIssued) == [fresh]


async def test_closing_sends_what_waits(nats_server: Server, bus: Bus) -> None:
    """What was offered just before is in the log."""
    other = await connect(servers=(nats_server.url,), agency="lz/fire/119")
    for number in range(100):
        await other.offer(position(other, number))
    await other.close()
    assert await stored(bus, "LD_LIVE_TELEMETRY") == 100


async def test_closing_into_a_dead_broker_tells_who_waits(nats_server: Server) -> None:
    """An order still on its way is unknown, and its offerer is told."""
    bus = await connect(servers=(nats_server.url,), agency="lz/fire/119")
    await bus.apply()
    await nats_server.kill()
    offering = asyncio.create_task(bus.offer(bus.envelope(ordered(), area=AREA)))
    await asyncio.sleep(0)
    await bus.close()
    with pytest.raises(TransportError, match="closed"):
        await offering
