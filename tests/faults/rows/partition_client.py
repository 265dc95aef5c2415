"""Cut the line between a broker and its clients, for a while and in different ways."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from faults.alarmed import CUT_OFF
from faults.judge import judge
from faults.networks import CUTS, Line, line
from faults.row import Row, Spec
from faults.traffic import Fault, note, note_silent, traffic
from liandong.bus import Server, connect


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
                faults = await cut_again_and_again(spec, cable, made.flows)
            await judge(row, server.url, [made.said], [made.memory])
        finally:
            await server.kill()
    note(row, faults)
    note_silent(row, faults, spec.folder, CUT_OFF)
    return row


async def cut_again_and_again(
    spec: Spec, cable: Line, flows: Callable[[], Awaitable[float]]
) -> list[Fault]:
    """Cut as often as asked; wait each time until orders flow, which takes so many seconds."""
    chance, faults = spec.random(), []
    ways = chance.sample(sorted(CUTS), k=len(CUTS))
    for number in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        at = time.monotonic()
        cable.cut(ways[number % len(ways)])
        try:
            await asyncio.sleep(chance.uniform(*spec.params["cut_s"]))
        finally:
            cable.heal()
        faults.append(Fault(at, await flows()))
    return faults
