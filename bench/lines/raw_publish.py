"""Publishing with plain nats-py, each way an expert would try, without types.

What is ready is the event's data as a dict; id, envelope, JSON, sending and the broker's
confirmation are inside the clock, as they are for the others.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.event import AGENCY, AREA, new_id

Facts = Sequence[dict[str, Any]]
Identify = Callable[[dict[str, Any]], str]

BATCH = 1000  # the broker's limit for an atomic batch
BATCHES_IN_FLIGHT = 3
REQUESTS_IN_FLIGHT = 1024
FLOW = 500  # messages between two confirmations of fast ingest: the broker grants no more
UNCONFIRMED = 4000
PATIENCE_S = 60.0

_TYPE = "incident.reported.v1"
_SUBJECT = f"ld.live.{str(AGENCY).replace('/', '.')}.{_TYPE}"
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode


def at_random(_: dict[str, Any]) -> str:
    """Return an id for an event that is born here."""
    return new_id()


def message(fact: dict[str, Any], identify: Identify = at_random) -> tuple[str, str, bytes]:
    """Return an event's subject, its id and the message body."""
    event_id, key = identify(fact), fact["incident_id"]
    document = {
        "specversion": "1.0",
        "id": event_id,
        "source": AGENCY.uri,
        "type": _TYPE,
        "subject": key,
        "time": datetime.now(UTC).isoformat()[:-6] + "Z",
        "datacontenttype": "application/json",
        "dataschema": f"urn:liandong:schema:{_TYPE}",
        "mode": "live",
        "area": AREA,
        "precedence": "routine",
        "data": fact,
    }
    return f"{_SUBJECT}.{key}.{AREA}", event_id, _encode(document).encode()


def stored(answer: Msg) -> dict[str, Any]:
    """Return the broker's confirmation, or raise what it says instead."""
    said = json.loads(answer.data)
    if "error" in said:
        raise RuntimeError(said["error"]["description"])
    return said


async def one(client: Client, fact: dict[str, Any]) -> None:
    """Publish one event and wait for its confirmation."""
    subject, event_id, body = message(fact)
    headers = {"Nats-Msg-Id": event_id}
    stored(await client.request(subject, body, timeout=PATIENCE_S, headers=headers))


async def publish_async(client: Client, facts: Facts) -> None:
    """nats-py's own pipelining."""
    stream = client.jetstream(publish_async_max_pending=REQUESTS_IN_FLIGHT)
    answers = []
    for fact in facts:
        subject, event_id, body = message(fact)
        headers = {"Nats-Msg-Id": event_id}
        answers.append(await stream.publish_async(subject, body, headers=headers))
    await asyncio.gather(*answers)


async def own_window(client: Client, facts: Facts) -> None:
    """One inbox of our own, a counter in each reply subject, so many requests in flight."""
    inbox = client.new_inbox()
    room, left = asyncio.Semaphore(REQUESTS_IN_FLIGHT), len(facts)
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def confirmed(answer: Msg) -> None:
        nonlocal left
        stored(answer)
        room.release()
        left -= 1
        if not left:
            done.set_result(None)

    subscription = await client.subscribe(f"{inbox}.*", cb=confirmed)
    for number, fact in enumerate(facts):
        subject, event_id, body = message(fact)
        await room.acquire()
        await client.publish(
            subject, body, reply=f"{inbox}.{number}", headers={"Nats-Msg-Id": event_id}
        )
    await asyncio.wait_for(done, PATIENCE_S)
    await subscription.unsubscribe()


async def fast_ingest(client: Client, facts: Facts) -> None:
    """The server's fast ingest (ADR-50): one confirmation for so many messages."""
    inbox, last = client.new_inbox(), len(facts)
    confirmed, grown = 0, asyncio.Event()
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def flow(answer: Msg) -> None:
        nonlocal confirmed
        said = stored(answer)
        if said.get("type") == "ack":
            confirmed = said["seq"]
            grown.set()
        elif said.get("type") is None and said["count"] == last:
            done.set_result(None)
        else:
            done.set_exception(RuntimeError(str(said)))

    subscription = await client.subscribe(f"{inbox}.>", cb=flow)
    for number, fact in enumerate(facts, 1):
        subject, event_id, body = message(fact)
        step = 0 if number == 1 else 2 if number == last else 1
        await client.publish(
            subject,
            body,
            reply=f"{inbox}.{FLOW}.fail.{number}.{step}.$FI",
            headers={"Nats-Msg-Id": event_id},
        )
        while number - confirmed >= UNCONFIRMED:
            grown.clear()
            await asyncio.wait_for(grown.wait(), PATIENCE_S)
    await asyncio.wait_for(done, PATIENCE_S)
    await subscription.unsubscribe()


async def atomic_batches(client: Client, facts: Facts, identify: Identify = at_random) -> None:
    """The server's atomic batches (ADR-50), the next ones on their way while one is stored."""
    in_flight: set[asyncio.Task[Msg]] = set()
    for first in range(0, len(facts), BATCH):
        batch = facts[first : first + BATCH]
        if len(in_flight) == BATCHES_IN_FLIGHT:
            done, in_flight = await asyncio.wait(in_flight, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                stored(task.result())
        in_flight.add(asyncio.create_task(await _send_batch(client, batch, identify)))
    for answer in await asyncio.gather(*in_flight):
        stored(answer)


async def _send_batch(client: Client, facts: Facts, identify: Identify) -> Any:
    """Send a batch; return what waits for its confirmation."""
    batch, last = new_id(), len(facts)
    for number, fact in enumerate(facts, 1):
        subject, event_id, body = message(fact, identify)
        headers = {
            "Nats-Msg-Id": event_id,
            "Nats-Batch-Id": batch,
            "Nats-Batch-Sequence": str(number),
        }
        if number == last:
            headers["Nats-Batch-Commit"] = "1"
            return client.request(subject, body, timeout=PATIENCE_S, headers=headers)
        await client.publish(subject, body, headers=headers)
    raise ValueError("an empty batch")
