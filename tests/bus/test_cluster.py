"""Three nodes, of which any one may go."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from ears import Ears, stored_ids
from facts import AREA, ordered, reported

from liandong.bus import Bus, connect, jetstream
from liandong.bus.cluster import REPLICAS, Cluster
from liandong.bus.server import Server

LANES = {"LD_LIVE_ORDERS": ordered, "LD_LIVE_EVENTS": reported}


@pytest_asyncio.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    """Run a cluster."""
    async with Cluster(tmp_path) as running:
        yield running


@pytest_asyncio.fixture
async def bus(cluster: Cluster) -> AsyncIterator[Bus]:
    """Connect a bus to it, streams in place."""
    async with await connect(servers=cluster.urls, replicas=REPLICAS) as opened:
        await opened.apply()
        yield opened


async def _leader(bus: Bus, cluster: Cluster, stream: str) -> Server:
    """Return the node that leads a stream."""
    info = await jetstream.call(await bus.connection.session(), f"STREAM.INFO.{stream}")
    named = {node.folder.name: node for node in cluster.nodes}
    assert len(info["cluster"]["replicas"]) == REPLICAS - 1
    return named[info["cluster"]["leader"]]


@pytest.mark.parametrize("stream", LANES)
async def test_the_leader_of_a_lane_dies_and_nothing_is_lost(
    cluster: Cluster, bus: Bus, stream: str
) -> None:
    """Publishing and reading go on without it, and it catches up when it comes back."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    sent = [await bus.publish(LANES[stream](), area=AREA)]
    leader = await _leader(bus, cluster, stream)
    await leader.kill()
    sent += [await bus.publish(LANES[stream](f"again-{n}"), area=AREA) for n in range(20)]
    await ears.wait_for(sent[-1].envelope.id)
    await leader.start()
    await cluster.settled()
    ids = [stored.envelope.id for stored in sent]
    assert list(dict.fromkeys(ears.heard)) == ids
    assert await stored_ids(bus) == ids
