"""Cut the line between two regions, each with its own broker, that a gateway joins."""

import time
from contextlib import AsyncExitStack
from functools import partial

from faults.gateway import Join
from faults.judge import judge
from faults.networks import Site, line
from faults.programs import running
from faults.row import Row, Spec
from faults.rows.partition_client import cut_again_and_again
from faults.traffic import Traffic, note, note_silent, traffic
from liandong.bus import Server, connect
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.GATEWAY_CUT})
_HERE, _THERE = "lz/centre/desk", "hz/centre/desk"


async def run(spec: Spec) -> Row:
    """Cut and heal while one region publishes and the other consumes; the gateway is near."""
    row = spec.row()
    with line() as cable, cable.near.entered():
        async with AsyncExitStack() as running_brokers:
            here = await _broker(spec, cable.near, _HERE, running_brokers)
            there = await _broker(spec, cable.far, _THERE, running_brokers)
            joined = Join((here,), str(spec.folder / "gateway.jsonl"), there=(there,))
            async with (
                running("gateway", joined),
                traffic(spec, here, at=there, agency=_THERE) as made,
            ):
                faults = await cut_again_and_again(spec, cable, partial(_flows, row, made))
            await judge(row, there, [made.said], [made.memory])
    note(row, faults)
    note_silent(row, faults, spec.folder, _NAMES)
    return row


async def _flows(row: Row, made: Traffic) -> float:
    """Wait for the first order of those that had to wait, then for a new one behind them all."""
    begun = time.monotonic()
    seconds = await made.flows(new=False)
    await made.flows()
    caught_up = round(time.monotonic() - begun, 3)
    row.facts["slowest_new_order_s"] = max(caught_up, row.facts.get("slowest_new_order_s", 0.0))
    return seconds


async def _broker(spec: Spec, site: Site, agency: str, brokers: AsyncExitStack) -> str:
    server = Server(spec.folder / site.name, host=site.address)
    with site.entered():
        await server.start()
    brokers.push_async_callback(server.kill)
    async with await connect(servers=(server.url,), agency=agency) as bus:
        await bus.apply()
    return server.url
