"""FastStream's NATS broker, each way that its documentation advises.

No logger, and orjson installed: both make it faster, and its documentation names both.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from faststream.nats import NatsBroker

from bench.event import AGENCY, AREA, STREAM, Message, new_id
from liandong.contracts.incidents import IncidentReported

IN_FLIGHT = 512
_TYPE = "incident.reported.v1"
_PATIENCE_S = 60.0


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[NatsBroker]:
    """Connect."""
    broker = NatsBroker(url, logger=None)
    await broker.start()
    yield broker
    await broker.stop()


async def one(broker: NatsBroker, event: IncidentReported) -> None:
    """Publish one event and wait for its confirmation."""
    message = Message(
        id=new_id(),
        source=AGENCY.uri,
        type=_TYPE,
        subject=event.incident_id,
        time=datetime.now(UTC),
        dataschema=f"urn:liandong:schema:{_TYPE}",
        mode="live",
        area=AREA,
        data=event,
    )
    await broker.publish(
        message,
        f"ld.live.{AGENCY.region}.{AGENCY.kind}.{AGENCY.name}.{_TYPE}.{message.subject}.{AREA}",
        stream=STREAM,
        headers={"Nats-Msg-Id": message.id},
        timeout=_PATIENCE_S,
    )


async def one_by_one(broker: NatsBroker, events: Sequence[IncidentReported]) -> None:
    """Publish events, one after the other."""
    for event in events:
        await one(broker, event)


async def in_flight(broker: NatsBroker, events: Sequence[IncidentReported]) -> None:
    """Publish events, so many at once."""
    for first in range(0, len(events), IN_FLIGHT):
        await asyncio.gather(*(one(broker, event) for event in events[first : first + IN_FLIGHT]))
