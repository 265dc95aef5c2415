"""Vehicles, sensors and stations over a real broker onto a real bus, and orders back to them."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import aiomqtt
import pytest

from liandong.adapters.fire.orders import StationOrders, StationOrderSettings
from liandong.adapters.fire.telemetry import Telemetry, TelemetrySettings
from liandong.adapters.sdk import Document, Journal, run
from liandong.bus import Bus
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    ConfigurationError,
    DocumentError,
    Envelope,
    Mode,
    ObservationRecorded,
    OrderIssued,
    OrderReported,
    Point,
    Reason,
    UnitPosition,
)

AGENCY = "lz/fire/springs"
TOPICS = [
    {"pattern": "fire/units/{unit}/position", "mapping": "vehicle-position"},
    {"pattern": "fire/sensors/{datastream}", "mapping": "observation"},
    {"pattern": "fire/answers/{unit}", "mapping": "station-answer"},
]
ANSWER = {"order_id": "o-1", "incident_id": "i-1", "state": "accepted", "time": 1767312000}
ORDER = OrderIssued(
    order_id="o-1",
    incident_id="i-1",
    addressee=Addressee(agency=AGENCY, unit_id="E7"),
    action="dispatch",
    issued_by="incident commander",
)


def telemetry(journal: Journal, mqtt: Any = None, **changes: Any) -> Telemetry:
    """Return the adapter, not running."""
    settings = {
        "name": "telemetry",
        "agency": AGENCY,
        "area": "lz.1",
        "mqtt": mqtt or {"host": "127.0.0.1"},
        "topics": TOPICS,
    }
    return Telemetry(TelemetrySettings.model_validate(settings | changes), journal)


def message(topic: str, payload: Any) -> Document:
    """Return a message as it comes out of the broker."""
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Document(body, "test:1", f"mqtt:{topic}", "application/json")


@asynccontextmanager
async def running(adapter: Telemetry | StationOrders, bus: Bus) -> AsyncGenerator[None]:
    """Run an adapter between the broker and the bus."""
    task = asyncio.create_task(run(adapter, bus))
    await adapter.ready.wait()
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def say(broker: Any, topic: str, payload: object, **options: Any) -> None:
    """Publish as a device does."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        await client.publish(topic, json.dumps(payload), qos=1, **options)


async def test_what_devices_say_is_on_the_bus(
    mosquitto: Any, journal: Journal, bus: Bus, recorder: Recorder
) -> None:
    """A position, a measurement and an answer, each once, in the contract's terms."""
    place = {"time": "2026-01-02T08:00:00+08:00", "lat": 31.3, "lon": 120.6, "course": 360}
    gas = {"phenomenonTime": "2026-01-02T00:00:00Z", "result": 3.5, "observedProperty": "chlorine"}
    adapter = telemetry(journal, mosquitto.settings())
    async with running(adapter, bus):
        for _ in range(2):
            await say(mosquitto, "fire/units/E7/position", place)
        await say(mosquitto, "fire/sensors/gate-3.cl2", gas)
        await say(mosquitto, "fire/answers/E7", ANSWER)
        (answer,) = await recorder.wait_for(1, OrderReported)
        (observation,) = await recorder.wait_for(1, ObservationRecorded)
        (position,) = await recorder.wait_for(1, UnitPosition)
    assert isinstance(position.data, UnitPosition)
    assert position.data.unit_id == "E7"
    assert (position.data.point, position.data.course_deg) == (Point.at(120.6, 31.3), 0)
    assert position.time == observation.time == datetime(2026, 1, 2, tzinfo=UTC)
    assert isinstance(observation.data, ObservationRecorded)
    assert (observation.data.result, observation.data.observed_property) == (3.5, "chlorine")
    assert isinstance(answer.data, OrderReported)
    assert (answer.data.state, answer.data.unit_id, answer.key) == ("accepted", "E7", "i-1")
    assert adapter.health.counters.rejected == 0


async def test_a_retained_answer_is_not_an_answer(
    mosquitto: Any, journal: Journal, bus: Bus, recorder: Recorder
) -> None:
    """One kept from an earlier day could answer today's order: it is dropped."""
    await say(mosquitto, "fire/answers/E6", ANSWER | {"order_id": "old"}, retain=True)
    async with running(telemetry(journal, mosquitto.settings()), bus):
        await say(mosquitto, "fire/answers/E7", ANSWER)
        answers = await recorder.wait_for(1, OrderReported)
    assert [e.data.order_id for e in answers if isinstance(e.data, OrderReported)] == ["o-1"]


async def test_a_broker_that_comes_back_is_joined_again(
    mosquitto: Any, journal: Journal, bus: Bus, recorder: Recorder
) -> None:
    """What devices say after its return is on the bus; the outage was said while it lasted."""
    adapter = telemetry(journal, mosquitto.settings())
    async with running(adapter, bus):
        mosquitto.stop()
        adapter.ready.clear()
        mosquitto.start()
        await adapter.ready.wait()
        await say(mosquitto, "fire/units/E7/position", {"lat": 31.3, "lon": 120.6})
        assert await recorder.wait_for(1, UnitPosition)


async def test_an_order_reaches_its_station(
    mosquitto: Any, journal: Journal, bus: Bus, recorder: Recorder
) -> None:
    """The station gets the whole event, mode included; the bus hears that the broker has it."""
    adapter = station_orders(journal, mosquitto.settings())
    async with running(adapter, bus), aiomqtt.Client("127.0.0.1", mosquitto.port) as station:
        await station.subscribe("fire/orders/E7", qos=1)
        await bus.publish(ORDER, area="lz.1")
        heard = await anext(aiter(station.messages))
        (report,) = await recorder.wait_for(1, OrderReported)
    order = Envelope.decode(bytes(heard.payload))
    assert (order.data, order.mode) == (ORDER, Mode.LIVE)
    assert isinstance(report.data, OrderReported)
    assert (report.data.order_id, report.data.state) == ("o-1", "received")
    assert (report.causation, report.key) == (order.id, "i-1")


def station_orders(journal: Journal, mqtt: Any) -> StationOrders:
    """Return the sink, not running."""
    settings = {"name": "orders", "agency": AGENCY, "area": "lz.1", "mqtt": mqtt}
    return StationOrders(StationOrderSettings.model_validate(settings), journal)


def test_only_orders_for_this_agency_are_delivered(journal: Journal) -> None:
    """Another agency's order is not ours; our own command's is."""
    sink = station_orders(journal, {"host": "127.0.0.1"})
    ours = Envelope(source=sink.settings.agency, area="lz.1", data=ORDER)
    other = ORDER.model_copy(update={"addressee": Addressee(agency="lz/medical/120")})
    assert sink.wants(ours)
    assert not sink.wants(Envelope(source=sink.settings.agency, area="lz.1", data=other))


@pytest.mark.parametrize(
    ("payload", "result"),
    [(b"3.5", 3.5), (b'"high"', "high"), (b'{"result": true}', True), (b'{"result": 7}', 7)],
)
def test_a_result_is_what_was_measured(journal: Journal, payload: bytes, result: object) -> None:
    """A number, a word or a truth, alone or in an object; the time is that of receipt."""
    heard = message("fire/sensors/level.1", payload)
    (draft,) = telemetry(journal).translate(heard)
    assert isinstance(draft.event, ObservationRecorded)
    assert (draft.event.result, draft.event.thing) == (result, "level.1")
    assert draft.time == heard.received
    assert draft.defects == ("time of receipt taken: the document has none",)


@pytest.mark.parametrize(
    ("topic", "payload", "reason"),
    [
        ("fire/units/E7/position", {"lat": 31.3}, Reason.BREAKS_STANDARD),
        ("fire/units/E7/position", {"lat": 0, "lon": 0}, Reason.BREAKS_STANDARD),
        ("fire/units/E7/position", b'{"lat": 31.3, "lat": 1}', Reason.DUPLICATE_KEY),
        ("fire/units/E7/position", b"\xff", Reason.WRONG_CHARSET),
        ("fire/units/E7/position", b"[" * 2000, Reason.OVERSIZE),
        ("fire/answers/E7", ANSWER | {"state": "perhaps"}, Reason.UNMAPPED),
        ("fire/answers/E7", ANSWER | {"state": "refused"}, Reason.BREAKS_STANDARD),
        ("fire/elsewhere", {}, Reason.UNMAPPED),
    ],
)
def test_what_cannot_be_read_is_refused(
    journal: Journal, topic: str, payload: Any, reason: Reason
) -> None:
    """No position, no fix, doubtful JSON, a foreign charset, an unknown state or topic."""
    with pytest.raises(DocumentError) as caught:
        telemetry(journal).translate(message(topic, payload))
    assert caught.value.reason is reason


async def test_a_mapping_that_is_not_there_is_said_at_the_start(journal: Journal) -> None:
    """Before anything is connected."""
    adapter = telemetry(journal, topics=[{"pattern": "a/{unit}", "mapping": "missing.toml"}])
    with pytest.raises(ConfigurationError, match=r"missing\.toml"):
        await anext(aiter(adapter.documents()))


async def test_a_topic_of_earlier_settings_is_a_dead_letter(
    mosquitto: Any, journal: Journal, bus: Bus, recorder: Recorder
) -> None:
    """A session keeps old subscriptions: what comes by one is not dropped in silence."""
    before = [{"pattern": "old/{unit}", "mapping": "vehicle-position"}]
    async with running(telemetry(journal, mosquitto.settings(), topics=before), bus):
        pass
    await say(mosquitto, "old/E7", {"lat": 1, "lon": 1}, retain=True)
    async with running(telemetry(journal, mosquitto.settings()), bus):
        await say(mosquitto, "fire/units/E7/position", {"lat": 31.3, "lon": 120.6})
        await recorder.wait_for(1, UnitPosition)
    (found,) = await bus.dead_letters.list()
    assert found.letter.peer == "mqtt:old/E7"
