"""SIGKILL of one node of three after the other under load, the leader of each lane among them."""

import asyncio
import signal
import time

from faults.alarmed import CUT_OFF
from faults.broker import send_signal
from faults.judge import judge
from faults.row import Row, Spec
from faults.traffic import Fault, Traffic, note, note_silent, traffic, watched
from liandong.bus import Bus, Server, connect, jetstream
from liandong.bus.cluster import REPLICAS, Cluster
from liandong.bus.health import kept_well
from liandong.contracts.system import AlarmName

_LED = ("LD_LIVE_ORDERS", "LD_LIVE_EVENTS", "")  # whose leader dies; none is any node
_SESSION_S = 30.0


async def run(spec: Spec) -> Row:
    """Kill a node, see that orders flow, wait until it was started again and has caught up."""
    row = spec.row()
    async with Cluster(spec.folder / "nats") as cluster:
        urls = ",".join(cluster.urls)
        async with (
            await connect(servers=urls, replicas=REPLICAS) as bus,
            watched(bus, spec.folder / "keeper.jsonl"),
        ):
            await bus.apply()
            async with traffic(spec, urls) as made:
                faults = await _kill_again_and_again(spec, cluster, bus, made)
        await judge(row, urls, [made.said], [made.memory])
    note(row, faults)
    note_silent(row, faults, spec.folder, CUT_OFF | {AlarmName.BROKER_DIED})
    return row


async def _kill_again_and_again(
    spec: Spec, cluster: Cluster, bus: Bus, made: Traffic
) -> list[Fault]:
    chance, faults = spec.random(), []
    for number in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        stream = _LED[number % len(_LED)]
        node = await leader(bus, cluster, stream) if stream else chance.choice(cluster.nodes)
        async with kept_well(node, bus.alarms):
            at = time.monotonic()
            send_signal(node, signal.SIGKILL)
            faults.append(Fault(at, await made.flows()))
            await cluster.settled()
    return faults


async def leader(bus: Bus, cluster: Cluster, stream: str) -> Server:
    """Return the node that leads a stream."""
    session = await bus.connection.session(_SESSION_S)
    led_by = (await jetstream.call(session, f"STREAM.INFO.{stream}"))["cluster"]["leader"]
    return next(node for node in cluster.nodes if node.folder.name == led_by)
