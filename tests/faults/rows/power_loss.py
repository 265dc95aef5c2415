"""Power loss of the broker under load: on streams a few seconds old, and on aged ones."""

import asyncio
import random
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from faults.alarmed import CUT_OFF, silent
from faults.broker import Broker
from faults.journal import read_journal
from faults.judge import judge
from faults.power import PoweredDisk, powered_disk
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, note, traffic
from liandong.bus import connect


async def run(spec: Spec) -> Row:
    """Cut the power twice of each broker: while its streams are young, and once they are aged."""
    row, chance = spec.row(), spec.random()
    row.facts["streams_missing"] = 0
    for number in range(0, spec.count, 2):
        loads = spec.params["loads"]
        params = spec.params | {"load": loads[number // 2 % len(loads)]}
        machine = Spec(spec.name, spec.seed + number, 2, spec.folder / str(number), params)
        await _wear_out(machine, row, chance)
    return row


async def _wear_out(spec: Spec, row: Row, chance: random.Random) -> None:
    async with powered_broker(spec.folder) as (broker, disk):
        async with await connect(servers=(broker.url,)) as bus:
            await bus.apply()
        async with traffic(spec, broker.url) as made:
            await asyncio.sleep(chance.uniform(*spec.params["young_s"]))
            young = await _lose_power(broker, disk, made)
            await asyncio.to_thread(disk.sync)
            await asyncio.sleep(chance.uniform(*spec.params["aged_s"]))
            aged = await _lose_power(broker, disk, made)
        note(row, [young, aged])
        journals = read_journal(made.said), read_journal(made.heard)
        row.silent = (row.silent or 0) + silent([young.at, aged.at], journals, CUT_OFF)
        row.facts["streams_missing"] += await missing_streams(broker.url)
        await judge(row, broker.url, [made.said], [made.memory])


@asynccontextmanager
async def powered_broker(folder: Path, **server: Any) -> AsyncGenerator[tuple[Broker, PoweredDisk]]:
    """Run a broker whose store lies on a disk that can lose power.

    Args:
        folder: Where it all lies; made here.
        server: More about the broker; see `Broker`.
    """
    with powered_disk(folder / "nats" / "data") as disk:
        async with Broker(folder / "nats", **server) as broker:
            yield broker, disk


async def cut_power(broker: Broker, disk: PoweredDisk) -> None:
    """Cut the power of the broker and its disk, and bring both back."""
    disk.cut()
    await broker.kill()
    await asyncio.to_thread(disk.restore)
    await broker.start()


async def _lose_power(broker: Broker, disk: PoweredDisk, made: Traffic) -> Fault:
    at = time.monotonic()
    await cut_power(broker, disk)
    return Fault(at, await made.flows())


async def missing_streams(url: str) -> int:
    """Return how many of the declared streams the broker does not have."""
    async with await connect(servers=(url,)) as bus:
        return sum(1 for change in await bus.plan() if not change.setting)
