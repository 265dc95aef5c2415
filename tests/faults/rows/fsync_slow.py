"""Have every sync of the broker take a second: all is slow, and orders flow all the same."""

import asyncio
import time
from functools import partial

from faults.broker import Broker
from faults.disks import sync_fault
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, under_load
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.CONFIRMATIONS_SLOW})


async def run(spec: Spec) -> Row:
    """Slow every sync down for a while, again and again, under load."""
    async with Broker(spec.folder / "nats") as broker:
        return await under_load(spec, broker, partial(_slow_again_and_again, spec, broker), _NAMES)


async def _slow_again_and_again(spec: Spec, broker: Broker, made: Traffic) -> list[Fault]:
    """Slow down as often as asked; nothing is mended before an order has come through."""
    chance, faults = spec.random(), []
    for _ in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        async with sync_fault(lambda: broker.server.pid, "delay_exit=1000000"):
            at = time.monotonic()
            await asyncio.sleep(chance.uniform(*spec.params["slow_s"]))
            faults.append(Fault(at, await made.flows()))
    return faults
