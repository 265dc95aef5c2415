"""How fast events get on the bus and off it, beside the plain client, in one run on one broker.

    python bench/publish.py [--rounds 3] [--count 2000] [--json]

Every line sends the same bodies with the same ids to a real server that syncs each confirmed
message to disk. Rounds alternate between the lines, so that a slow moment of the machine hits all
of them; a line's figure is the median of its rounds, and what counts is the ratio.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from itertools import count as counting
from pathlib import Path

import nats
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingLeft
from nats.js.api import ConsumerConfig

from liandong.bus import Bus, Server, connect
from liandong.contracts import Envelope, Event, Filter, Location
from liandong.contracts.incidents import IncidentReported
from liandong.contracts.orders import Addressee, OrderIssued

AREA = "cn.99.01"
WINDOW = 256
ONE_BY_ONE_SHARE = 5  # each of those waits for the disk: fewer of them tell as much
_number = counting()

Line = Callable[[list[Envelope]], Awaitable[None]]


def incident() -> Event:
    """Return an incident of some 500 bytes."""
    return IncidentReported(
        incident_id=f"lz-{next(_number)}",
        summary="Smoke over the harbour, two callers, wind from the west",
        location=Location(address="Quay 3"),
    )


def order() -> Event:
    """Return an order of about the same size."""
    return OrderIssued(
        order_id=f"o-{next(_number)}",
        addressee=Addressee(agency="lz/fire/119"),
        action="dispatch",
        action_text="Two engines and a ladder to Quay 3",
        issued_by="duty officer",
    )


def plain_publish(client: Client) -> Line:
    """nats-py's own ``js.publish``, one after the other."""
    stream = client.jetstream()

    async def send(envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            headers = {"Nats-Msg-Id": envelope.id}
            await stream.publish(str(envelope.subject), envelope.encode(), headers=headers)

    return send


def plain_window(client: Client) -> Line:
    """The plain client with a window of requests in flight, each waiting for its PubAck."""

    async def send(envelopes: list[Envelope]) -> None:
        for first in range(0, len(envelopes), WINDOW):
            await asyncio.gather(
                *(
                    client.request(
                        str(envelope.subject),
                        envelope.encode(),
                        timeout=30,
                        headers={"Nats-Msg-Id": envelope.id},
                    )
                    for envelope in envelopes[first : first + WINDOW]
                )
            )

    return send


def bus_publish(bus: Bus) -> Line:
    """``bus.send``, one after the other."""

    async def send(envelopes: list[Envelope]) -> None:
        for envelope in envelopes:
            await bus.send(envelope)

    return send


def bus_many(bus: Bus) -> Line:
    """``bus.send_many``: a batch on the events lane, a window on the orders lane."""

    async def send(envelopes: list[Envelope]) -> None:
        await bus.send_many(envelopes)

    return send


async def plain_fetch(client: Client, wanted: int, number: int) -> None:
    """nats-py's pull subscription: fetch, acknowledge each, until all are read."""
    subscription = await client.jetstream().pull_subscribe(
        "", f"plain-{number}", "LD_LIVE_EVENTS", config=ConsumerConfig(max_ack_pending=1024)
    )
    read = 0
    while read < wanted:
        try:
            messages = await subscription.fetch(WINDOW, timeout=5)
        except NothingLeft:
            continue
        for message in messages:
            Envelope.decode(message.data)
            await message.ack()
        read += len(messages)


async def bus_subscribe(bus: Bus, wanted: int, number: int) -> None:
    """A durable subscription that reads all there is: decoded, checked, in order, acknowledged."""
    done, read = asyncio.Event(), counting(1)

    async def handle(_: Envelope) -> None:
        if next(read) >= wanted:
            done.set()

    which = Filter(contracts=(IncidentReported,))
    subscription = await bus.subscribe(f"bench-{number}", handle, which, from_start=True)
    await done.wait()
    await subscription.close()


async def measure(rounds: int, count: int) -> dict[str, list[float]]:
    """Return the rates (events a second) of every line, by round."""
    rates: dict[str, list[float]] = {}

    async def timed(name: str, work: Awaitable[None], events: int) -> None:
        begun = time.perf_counter()
        await work
        rates.setdefault(name, []).append(events / (time.perf_counter() - begun))

    with tempfile.TemporaryDirectory() as folder:
        async with (
            Server(Path(folder)) as server,
            await connect(servers=(server.url,)) as bus,
        ):
            await bus.apply()
            client = await nats.connect(server.url)
            few = max(1, count // ONE_BY_ONE_SHARE)
            lines: list[tuple[str, Line, Callable[[], Event], int]] = [
                ("publish: nats-py one by one", plain_publish(client), incident, few),
                ("publish: bus.send one by one", bus_publish(bus), incident, few),
                ("publish: nats-py, 256 in flight", plain_window(client), incident, count),
                ("publish: bus.send_many, events", bus_many(bus), incident, count),
                ("publish: bus.send_many, orders", bus_many(bus), order, count),
            ]
            for number in range(rounds):
                for name, send, fact, events in lines:
                    envelopes = [bus.envelope(fact(), area=AREA) for _ in range(events)]
                    await timed(name, send(envelopes), events)
                held = (2 * few + 2 * count) * (number + 1)
                await timed("subscribe: nats-py fetch", plain_fetch(client, held, number), held)
                await timed("subscribe: bus.subscribe", bus_subscribe(bus, held, number), held)
            await client.close()
    return rates


BASELINES = {
    "publish: bus.send one by one": "publish: nats-py one by one",
    "publish: bus.send_many, events": "publish: nats-py, 256 in flight",
    "publish: bus.send_many, orders": "publish: nats-py, 256 in flight",
    "subscribe: bus.subscribe": "subscribe: nats-py fetch",
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--count", type=int, default=2000, help="events a round and line")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rates = asyncio.run(measure(given.rounds, given.count))
    median = {name: statistics.median(values) for name, values in rates.items()}
    ratio = {name: median[name] / median[base] for name, base in BASELINES.items()}
    if given.json:
        print(json.dumps({"events_per_second": median, "ratio": ratio, "rounds": rates}))
        return
    for name, rate in median.items():
        beside = f"  {ratio[name]:5.2f} x {BASELINES[name]}" if name in ratio else ""
        print(f"{name:34}{rate:10,.0f} /s{beside}")


if __name__ == "__main__":
    main()
