"""Let the broker's disk fill up under load, and make room again; nobody restarts anything."""

import asyncio
import time
from functools import partial

from faults.broker import Broker
from faults.disks import Disk, disk
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, under_load
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.DISK_FULL, AlarmName.BROKER_UNHEALTHY})
_FULL_S = 60.0
_POLL_S = 0.02
_KIB = 1024


async def run(spec: Spec) -> Row:
    """Fill the disk and make room while a publisher publishes and a consumer consumes."""
    with disk(spec.folder / "disk") as store:
        async with Broker(spec.folder / "disk" / "nats") as broker:
            return await under_load(
                spec, broker, partial(_fill_again_and_again, spec, store), _NAMES
            )


async def _fill_again_and_again(spec: Spec, store: Disk, made: Traffic) -> list[Fault]:
    """Leave little room as often as asked, until it is used up; then make room."""
    chance, faults = spec.random(), []
    for _ in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        store.shrink(chance.randrange(*spec.params["left_kib"]) * _KIB)
        try:
            async with asyncio.timeout(_FULL_S):
                while store.free:  # noqa: ASYNC110  the broker fills it
                    await asyncio.sleep(_POLL_S)
            at = time.monotonic()
            await asyncio.sleep(chance.uniform(*spec.params["full_s"]))
        finally:
            store.extend()
        faults.append(Fault(at, await made.flows()))
    return faults
