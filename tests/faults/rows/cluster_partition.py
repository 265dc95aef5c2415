"""One node of three cut off from the two others and from the clients, leading a lane or not."""

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from faults.alarmed import CUT_OFF
from faults.judge import judge
from faults.networks import CUTS, Line, line
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, note, note_silent, traffic, watched
from liandong.bus import Bus, Server, connect, jetstream
from liandong.bus.cluster import REPLICAS
from liandong.contracts import TransportError

_LED = ("LD_LIVE_ORDERS", "LD_LIVE_EVENTS", "")  # whose leader is cut off; none is as it comes
_ALONE = "n3"
_PORTS = {"n1": (4222, 6222), "n2": (4223, 6223), _ALONE: (4222, 6222)}
_CLUSTER = 'cluster {{ name: liandong, listen: "{host}:{port}", routes: [{routes}] }}'
_SESSION_S, _AGREE_S, _ELECTION_S, _LOOK_S = 30.0, 60.0, 1.0, 0.2


async def run(spec: Spec) -> Row:
    """Cut and heal while a publisher and a consumer work with the two nodes that are left."""
    row = spec.row()
    with (
        line() as cable,
        cable.far.entered(),
    ):  # the line is cut at the near site: one node is there
        async with _nodes(spec.folder / "nats", cable) as nodes:
            urls = ",".join(node.url for node in nodes.values())
            async with (
                await connect(servers=urls, replicas=REPLICAS) as bus,
                await connect(servers=nodes[_ALONE].url) as alone,
                watched(alone, spec.folder / "alone.jsonl"),
            ):
                await _begin(bus)
                async with traffic(spec, urls) as made:
                    faults = await _cut_again_and_again(spec, cable, bus, made, row)
            await judge(row, urls, [made.said], [made.memory])
    note(row, faults)
    note_silent(row, faults, spec.folder, CUT_OFF)
    return row


@asynccontextmanager
async def _nodes(folder: Path, cable: Line) -> AsyncGenerator[dict[str, Server]]:
    sites = {"n1": cable.far, "n2": cable.far, _ALONE: cable.near}
    routes = ", ".join(f'"nats://{sites[n].address}:{port}"' for n, (_, port) in _PORTS.items())
    nodes = {
        name: Server(
            folder / name,
            host=sites[name].address,
            port=port,
            name=name,
            extra=_CLUSTER.format(host=sites[name].address, port=route, routes=routes),
        )
        for name, (port, route) in _PORTS.items()
    }
    try:
        for name, node in nodes.items():
            with sites[name].entered():
                await node.start()
        yield nodes
    finally:
        await asyncio.gather(*(node.kill() for node in nodes.values()))


async def _begin(bus: Bus) -> None:
    """Set up the streams, once the nodes have found a leader."""
    async with asyncio.timeout(_AGREE_S):
        while True:
            try:
                await bus.apply()
            except TransportError:
                await asyncio.sleep(_LOOK_S)
            else:
                return


async def _cut_again_and_again(
    spec: Spec, cable: Line, bus: Bus, made: Traffic, row: Row
) -> list[Fault]:
    chance, faults = spec.random(), []
    ways = chance.sample(sorted(CUTS), k=len(CUTS))
    row.facts["slowest_while_cut_s"] = 0.0
    for number in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        if stream := _LED[number % len(_LED)]:
            await _lead(bus, stream)
        at = time.monotonic()
        cable.cut(ways[number % len(ways)])
        try:
            stood_still = await made.flows()
            left = chance.uniform(*spec.params["cut_s"]) - stood_still
            await asyncio.sleep(max(0.0, left))
        finally:
            cable.heal()
        slowest = max(row.facts["slowest_while_cut_s"], round(stood_still, 3))
        row.facts["slowest_while_cut_s"] = slowest
        faults.append(Fault(at, await made.flows()))
        await _agreed(bus)
    return faults


async def _lead(bus: Bus, stream: str) -> None:
    """Have the node that will be cut off lead a stream."""
    wish = {"placement": {"preferred": _ALONE}}
    async with asyncio.timeout(_AGREE_S):
        while (led_by := (await _cluster_of(bus, stream)).get("leader")) != _ALONE:
            if led_by:
                await _ask(bus, f"STREAM.LEADER.STEPDOWN.{stream}", wish)
            await asyncio.sleep(_ELECTION_S)  # asked again at once, the next one would step down
    await _agreed(bus)


async def _agreed(bus: Bus) -> None:
    """Wait until every node has caught up."""
    async with asyncio.timeout(_AGREE_S):
        for stream in filter(None, _LED):
            while not _caught_up(await _cluster_of(bus, stream)):  # noqa: ASYNC110
                await asyncio.sleep(_LOOK_S)


def _caught_up(cluster: dict[str, Any]) -> bool:
    return bool(cluster.get("leader")) and all(node["current"] for node in cluster["replicas"])


async def _cluster_of(bus: Bus, stream: str) -> dict[str, Any]:
    return (await _ask(bus, f"STREAM.INFO.{stream}"))["cluster"]


async def _ask(bus: Bus, name: str, request: dict[str, Any] | None = None) -> dict[str, Any]:
    """Ask until there is an answer: whom we ask may be at an election, or cut off."""
    while True:
        try:
            session = await bus.connection.session(_SESSION_S)
            return await jetstream.call(session, name, request)
        except TransportError:
            await asyncio.sleep(_LOOK_S)
