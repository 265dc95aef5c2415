"""Have the disk refuse to sync what the broker writes; nobody restarts anything."""

import asyncio
import time
from functools import partial

from faults.broker import Broker
from faults.disks import sync_fault
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, under_load
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.BROKER_UNHEALTHY, AlarmName.CONFIRMATIONS_SLOW})


async def run(spec: Spec) -> Row:
    """Refuse every sync for a while, again and again, under load."""
    async with Broker(spec.folder / "nats") as broker:
        return await under_load(
            spec, broker, partial(_refuse_again_and_again, spec, broker), _NAMES
        )


async def _refuse_again_and_again(spec: Spec, broker: Broker, made: Traffic) -> list[Fault]:
    chance, faults = spec.random(), []
    for _ in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        async with sync_fault(lambda: broker.server.pid, "error=EIO"):
            at = time.monotonic()
            await asyncio.sleep(chance.uniform(*spec.params["broken_s"]))
        faults.append(Fault(at, await made.flows()))
    return faults
