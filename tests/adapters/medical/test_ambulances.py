"""Ambulances over a real MQTT broker: states and answers in, orders out. All of it is made up."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
import pytest_asyncio

from liandong.adapters.medical.ambulances import (
    AmbulanceOrders,
    AmbulanceOrderSettings,
    Ambulances,
    AmbulanceSettings,
)
from liandong.adapters.sdk import Draft, Journal
from liandong.adapters.sdk.mqtt import MqttMessage, MqttSettings
from liandong.adapters.sdk.runner import run
from liandong.bus import Bus, connect
from liandong.bus.server import Server
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    Discipline,
    DocumentError,
    OrderIssued,
    OrderReported,
    OrderState,
    PrimaryUnitStatus,
    Reason,
    SecondaryUnitStatus,
    UnitPosition,
    UnitStatus,
)

AGENCY = "lz/medical/120"
WHO = {"agency": AGENCY, "area": "cn.99"}
TOPICS = [
    {"pattern": f"ambulances/{{unit}}/{kind}", "mapping": f"ambulance-{kind}"}
    for kind in ("status", "position", "answer")
]
AT = "2026-11-21T08:00:00Z"


def sources(mqtt: MqttSettings, journal: Journal) -> Ambulances:
    """Return the adapter that reads."""
    settings = {"name": "ambulances", "mqtt": mqtt, "topics": TOPICS}
    return Ambulances(AmbulanceSettings.model_validate(WHO | settings), journal)


def said(journal: Journal, kind: str, payload: Mapping[str, object]) -> Draft:
    """Return what one message says, to an adapter that nothing runs."""
    topic = f"ambulances/A-7/{kind}"
    message = MqttMessage(json.dumps(payload).encode(), topic, f"mqtt:{topic}", topic=topic)
    (draft,) = sources(MqttSettings(host="nowhere"), journal).translate(message)
    return draft


def test_a_state_is_kept_beside_the_common_one(journal: Journal) -> None:
    """EIDO's primary and secondary state, the service's own, the incident and the hospital."""
    payload = {
        "status": "transporting",
        "time": AT,
        "incident_id": "lz-1",
        "hospital": "lz-first",
        "eta": "2026-11-21T08:12:00Z",
    }
    draft = said(journal, "status", payload)
    status = draft.event
    assert isinstance(status, UnitStatus)
    assert (status.unit_id, status.discipline) == ("A-7", Discipline.MEDICAL)
    assert status.primary_status is PrimaryUnitStatus.NOT_AVAILABLE
    assert status.secondary_status is SecondaryUnitStatus.TRANSPORTING
    assert status.local_status is not None
    assert status.local_status.local == "transporting"
    assert (status.incident_id, status.destination_facility_id) == ("lz-1", "lz-first")
    assert draft.time == datetime(2026, 11, 21, 8, tzinfo=UTC)
    assert draft.defects == ()


def test_a_state_that_nobody_mapped_is_refused(journal: Journal) -> None:
    """Whether the ambulance can be sent must not be guessed."""
    with pytest.raises(DocumentError) as refused:
        said(journal, "status", {"status": "lunch", "time": AT})
    assert refused.value.reason is Reason.UNMAPPED


def test_a_position_and_an_answer_are_read(journal: Journal) -> None:
    """The other two mappings that are shipped."""
    position = said(journal, "position", {"time": AT, "lat": 28.87, "lon": 105.44}).event
    answer = said(journal, "answer", {"time": AT, "order_id": "o-1", "state": "accepted"}).event
    assert isinstance(position, UnitPosition)
    assert (position.unit_id, position.point.coordinates) == ("A-7", (105.44, 28.87))
    assert isinstance(answer, OrderReported)
    assert (answer.order_id, answer.unit_id, answer.state) == ("o-1", "A-7", OrderState.ACCEPTED)


@pytest_asyncio.fixture
async def service(
    mosquitto: Any,
    nats_server: Server,
    recorder: Recorder,
    tmp_path: Path,
) -> AsyncIterator[Bus]:
    """Run both adapters on a real bus; give the ambulance service's own connection."""
    del recorder
    orders = {"name": "ambulance-orders", "mqtt": mosquitto.settings("5")}
    async with await connect(servers=(nats_server.url,), agency=AGENCY) as own:
        with Journal(tmp_path / "in.db") as first, Journal(tmp_path / "out.db") as second:
            coming = sources(mosquitto.settings("5"), first)
            going = AmbulanceOrders(AmbulanceOrderSettings.model_validate(WHO | orders), second)
            tasks = [asyncio.create_task(run(adapter, own)) for adapter in (coming, going)]
            async with asyncio.timeout(10):
                await asyncio.gather(coming.ready.wait(), going.ready.wait())
            yield own
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_order_reaches_the_ambulance_and_its_answers_come_back(
    service: Bus, bus: Bus, recorder: Recorder, mosquitto: Any
) -> None:
    """Ordered out, received by the broker, accepted by the crew, on scene: each an event."""
    del service
    order = OrderIssued(
        order_id="o-1",
        incident_id="lz-1",
        addressee=Addressee(agency=AGENCY, unit_id="A-7"),
        action="dispatch",
        issued_by="duty officer",
    )
    async with aiomqtt.Client("127.0.0.1", mosquitto.port) as crew:
        await crew.subscribe("ambulances/A-7/orders", qos=1)
        await bus.publish(order, area="cn.99")
        heard = json.loads((await anext(crew.messages)).payload)
        assert (heard["mode"], heard["data"]["order_id"]) == ("live", "o-1")
        answer = {"order_id": "o-1", "incident_id": "lz-1", "state": "accepted", "time": AT}
        await crew.publish("ambulances/A-7/answer", json.dumps(answer), qos=1)
        status = {"status": "on_scene", "incident_id": "lz-1", "time": AT}
        await crew.publish("ambulances/A-7/status", json.dumps(status), qos=1)
    reports = await recorder.wait_for(2, OrderReported)
    states = {
        envelope.data.state for envelope in reports if isinstance(envelope.data, OrderReported)
    }
    assert states == {OrderState.RECEIVED, OrderState.ACCEPTED}
    (arrived,) = await recorder.wait_for(1, UnitStatus)
    assert arrived.key == "lz-1"
