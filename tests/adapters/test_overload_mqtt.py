"""MQTT while the bus takes nothing: held back where that is possible, else counted; bounded."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import pytest_asyncio

from frozen import frozen, resident_bytes, until
from liandong.adapters.medical.ambulances import Ambulances, AmbulanceSettings
from liandong.adapters.sdk import Journal, run, unread
from liandong.bus import Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import OrderReported, TelemetryGap, UnitPosition

AGENCY = "lz/medical/120"
TOPICS = [
    {"pattern": f"ambulances/{{unit}}/{kind}", "mapping": f"ambulance-{kind}"}
    for kind in ("position", "answer")
]
ROOM = 200
AT = "2026-11-21T08:00:00Z"
FLOOD_BYTES = 60_000_000  # for the process, far below what the flood would take


async def publish(port: int, qos: int, topics: Iterable[tuple[str, dict[str, object]]]) -> None:
    """Publish as vehicles do."""
    async with aiomqtt.Client("127.0.0.1", port, max_inflight_messages=0) as vehicles:
        for topic, payload in topics:
            await vehicles.publish(topic, json.dumps(payload), qos=qos)


def positions(count: int, units: int = 50) -> Iterable[tuple[str, dict[str, object]]]:
    """Yield positions, each of another moment."""
    for number in range(count):
        moment = f"2026-11-21T08:{number // 60 % 60:02}:{number % 60:02}.{number:06}Z"
        place = {"time": moment, "lat": 28.87, "lon": 105.44}
        yield f"ambulances/A-{number % units}/position", place


def answers(count: int) -> Iterable[tuple[str, dict[str, object]]]:
    """Yield answers to orders."""
    for number in range(count):
        yield "ambulances/A-1/answer", {"order_id": f"o-{number}", "state": "accepted", "time": AT}


@pytest.fixture(params=["3.1.1", "5"])
def protocol(request: pytest.FixtureRequest) -> str:
    """Speak either version."""
    return str(request.param)


@pytest_asyncio.fixture
async def ambulances(
    mosquitto: Any, nats_server: Server, recorder: Recorder, tmp_path: Path, protocol: str
) -> AsyncIterator[Ambulances]:
    """Run the adapter between both real brokers."""
    del recorder
    said = {"name": "ambulances", "agency": AGENCY, "area": "cn.99", "topics": TOPICS}
    settings = AmbulanceSettings.model_validate(said | {"mqtt": mosquitto.settings(protocol)})
    async with await connect(servers=(nats_server.url,), agency=AGENCY) as own:
        with Journal(tmp_path / "in.db") as journal:
            adapter = Ambulances(settings, journal)
            task = asyncio.create_task(run(adapter, own))
            await adapter.ready.wait()
            yield adapter
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def test_telemetry_that_cannot_be_held_back_is_bounded_and_counted(
    ambulances: Ambulances,
    mosquitto: Any,
    nats_server: Server,
    recorder: Recorder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """QoS 0 into a frozen bus: what is stored and what is told as missing make up what came."""
    monkeypatch.setattr(ambulances.unread, "_backlog", unread.Backlog(ROOM, unread.MOST_BYTES))
    counters = ambulances.health.counters
    async with frozen(nats_server):
        await publish(mosquitto.port, 0, positions(2_000))
        await until(lambda: counters.shed > 0)
        assert len(ambulances.unread) <= ROOM
    (gap,) = await recorder.wait_for(1, TelemetryGap)
    await recorder.wait_for(1, UnitPosition)
    await until(lambda: counters.received - 1 + counters.shed == 2_000)
    assert gap.data.dropped_count == counters.shed
    assert gap.data.publisher == "ambulances"
    assert {part.contract for part in gap.data.parts} == {"unit.position"}
    await recorder.wait_for(counters.received - 1, UnitPosition)


async def test_nothing_that_is_acknowledged_is_lost_and_memory_is_bounded(
    ambulances: Ambulances, mosquitto: Any, nats_server: Server, recorder: Recorder
) -> None:
    """QoS 1 into a frozen bus stays with the broker; afterwards every answer and position comes."""
    before = resident_bytes()
    async with frozen(nats_server):
        await publish(mosquitto.port, 1, answers(300))
        await publish(mosquitto.port, 1, positions(2_000))
        assert resident_bytes() - before < FLOOD_BYTES
        assert len(ambulances.unread) < unread.MOST
    answered = await recorder.wait_for(300, OrderReported)
    assert [e.data.order_id for e in answered] == [f"o-{n}" for n in range(300)]
    await recorder.wait_for(2_000, UnitPosition)
    assert ambulances.health.counters.shed == 0
    assert recorder.of(TelemetryGap) == []
