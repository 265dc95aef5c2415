"""What a batch's answer is worth when the power goes: atomic batches, and fast ingest's flow acks.

Spoken as the broker has it, without our publisher: whether it may rely on these answers is what
this row establishes.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from faults.power import PoweredDisk
from faults.row import Row, Spec
from faults.rows.power_loss import cut_power, powered_broker

_BODY = b"x" * 500
_BATCH = 200
_FLOW, _UNCONFIRMED = 10, 200  # few, so that what is answered for is nearly all there is
_START, _APPEND = 0, 1
_STREAM = {"name": "B", "subjects": ["b.>"], "allow_atomic": True, "allow_batched": True}


@dataclass(slots=True)
class Outcome:
    """What one cut left.

    Attributes:
        acked: Messages that the broker had answered for when the power went.
        stored: Messages that the stream holds afterwards.
    """

    acked: int = 0
    stored: int = 0

    @property
    def lost(self) -> int:
        """Answered for and gone."""
        return max(0, self.acked - self.stored)


Send = Callable[[Client, Outcome], Awaitable[None]]


async def run(spec: Spec) -> Row:
    """Cut the power amid batches of both kinds; at first without our setting, to show loss."""
    row, chance = spec.row(), spec.random()
    kinds: dict[str, Send] = {"atomic": send_atomic, "flow": send_flow}
    for name, send in kinds.items():
        outcome = await cut_amid(
            spec.folder / f"{name}-proof", send, spec.params["runs_s"][1], "2m"
        )
        row.facts[f"{name}_lost_without_sync"] = outcome.lost
        row.facts |= {f"{name}_acked": 0, f"{name}_lost": 0}
    row.facts["half_stored_batches"] = 0
    for number in range(spec.count):
        name = list(kinds)[number % len(kinds)]
        runs_s = chance.uniform(*spec.params["runs_s"])
        outcome = await cut_amid(spec.folder / str(number), kinds[name], runs_s, "always")
        row.injected += 1
        row.facts[f"{name}_acked"] += outcome.acked
        row.facts[f"{name}_lost"] += outcome.lost
        row.facts["half_stored_batches"] += name == "atomic" and outcome.stored % _BATCH > 0
    row.acked, row.lost = row.facts["atomic_acked"], row.facts["atomic_lost"]
    row.facts["fast_ingest_flow_ack_on_disk"] = row.facts["flow_lost"] == 0
    return row


async def cut_amid(folder: Path, send: Send, runs_s: float, sync: str) -> Outcome:
    """Cut the power while batches are sent; the disk was synced once in the middle of it.

    Args:
        folder: Where it all lies; made here.
        send: Sends batches for ever.
        runs_s: Seconds after which the power goes.
        sync: How often the broker syncs.
    """
    outcome = Outcome()
    async with powered_broker(folder, sync=sync) as (broker, disk):
        client = await nats.connect(broker.url, allow_reconnect=False, error_cb=_say_nothing)
        await _api(client, "STREAM.CREATE.B", _STREAM)
        sending = asyncio.create_task(send(client, outcome))
        await _age(disk, runs_s)
        await cut_power(broker, disk)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        client = await nats.connect(broker.url)
        info = await _api(client, "STREAM.INFO.B", {})
        outcome.stored = info["state"]["messages"] if "state" in info else 0  # it may be gone
        await client.close()
    return outcome


async def _age(disk: PoweredDisk, runs_s: float) -> None:
    await asyncio.sleep(runs_s / 2)
    await asyncio.to_thread(disk.sync)
    await asyncio.sleep(runs_s / 2)


async def send_atomic(client: Client, outcome: Outcome) -> None:
    """Send atomic batches, one after the other."""
    batch = 0
    while True:
        batch += 1
        for n in range(1, _BATCH):
            await client.publish(f"b.{n}", _BODY, headers=_place(batch, n))
        answer = await client.request(
            "b.0", _BODY, headers=_place(batch, _BATCH) | {"Nats-Batch-Commit": "1"}, timeout=30
        )
        if "error" in json.loads(answer.data):
            raise OSError(answer.data)
        outcome.acked += _BATCH


def _place(batch: int, n: int) -> dict[str, str]:
    return {"Nats-Batch-Id": str(batch), "Nats-Batch-Sequence": str(n)}


async def send_flow(client: Client, outcome: Outcome) -> None:
    """Send one fast-ingest batch without an end, which the broker answers for as it goes."""
    inbox, news = client.new_inbox(), asyncio.Event()

    async def take(message: Msg) -> None:
        answer = json.loads(message.data)
        if answer.get("type") == "ack":
            outcome.acked = max(outcome.acked, answer["seq"])
        news.set()

    await client.subscribe(f"{inbox}.>", cb=take)
    n = 0
    while True:
        n += 1
        step = _START if n == 1 else _APPEND
        await client.publish(f"b.{n % 10}", _BODY, reply=f"{inbox}.{_FLOW}.fail.{n}.{step}.$FI")
        while n - outcome.acked >= _UNCONFIRMED:
            news.clear()
            await news.wait()


async def _say_nothing(_: Exception) -> None:
    """Take an error that cutting the power was bound to cause."""


async def _api(client: Client, name: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await client.request(f"$JS.API.{name}", json.dumps(body).encode(), timeout=10)
    return json.loads(answer.data)
