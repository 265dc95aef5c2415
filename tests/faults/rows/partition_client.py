"""Cut the line between a broker and its clients, for a while and in different ways."""

import asyncio
import time

from faults.judge import judge
from faults.networks import CUTS, Line, line
from faults.row import Row, Spec
from faults.traffic import Traffic, note_recoveries, traffic
from liandong.bus import Server, connect

_FLOWS_S = 60.0


async def run(spec: Spec) -> Row:
    """Cut and heal while a publisher publishes and a consumer consumes, both on the near site."""
    row = spec.row()
    with line() as cable, cable.near.entered():
        server = Server(spec.folder / "nats", host=cable.far.address)
        try:
            with cable.far.entered():
                await server.start()
            async with await connect(servers=(server.url,)) as bus:
                await bus.apply()
            async with traffic(spec, server.url) as made:
                healed = await cut_again_and_again(spec, cable, made)
            await judge(row, server.url, [made.said], [made.memory])
        finally:
            await server.kill()
    row.injected = len(healed)
    note_recoveries(row, healed, made)
    return row


async def cut_again_and_again(spec: Spec, cable: Line, made: Traffic) -> list[float]:
    """Cut as often as asked, wait until orders flow; return the moments of healing."""
    chance, healed = spec.random(), []
    shortest, longest = spec.params["cut_s"]
    ways = sorted(CUTS)
    for number in range(spec.count):
        cable.cut(ways[number % len(ways)])
        try:
            await asyncio.sleep(chance.uniform(shortest, longest))
        finally:
            cable.heal()
        healed.append(time.monotonic())
        await made.flows(healed[-1], _FLOWS_S)
        await asyncio.sleep(chance.uniform(0, spec.params["rest_s"]))
    return healed
