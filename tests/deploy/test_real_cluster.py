"""Three nodes on the shipped configuration: joined over TLS, and closed to strangers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import pytest_asyncio
from installation import PASSWORD, environment, example_environment
from nodes import NODES, Ports, answering, free_ports, node, ready

from liandong.bus import Bus, connect, jetstream
from liandong.bus.server import LOOPBACK
from liandong.contracts import (
    ConfigurationError,
    Envelope,
    IncidentReported,
    Location,
    NotPermitted,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]
SMOKE = IncidentReported(incident_id="lz-1", summary="Smoke", location=Location(address="Quay 3"))


@pytest_asyncio.fixture
async def cluster(installed: Path) -> AsyncIterator[list[Ports]]:
    """Run the three nodes."""
    ports = free_ports()
    with ExitStack() as stack:
        for number in NODES:
            stack.enter_context(node(installed, number, ports, environment(f"n{number}")))
        await asyncio.gather(*(ready(one) for one in ports))
        yield ports


async def speak(ports: list[Ports], installed: Path, *, user: str, agency: str) -> Bus:
    """Connect as a user, with the password that all of them have here."""
    return await connect(
        servers=tuple(f"tls://{LOOPBACK}:{one.client}" for one in ports),
        tls_ca=installed.parent / "tls" / "ca.pem",
        user=user,
        password=PASSWORD,
        agency=agency,
        inbox_prefix=f"_INBOX.{user}",
        replicas=3,
    )


async def test_it_keeps_streams_three_times_and_an_agency_speaks_as_itself_only(
    cluster: list[Ports], installed: Path
) -> None:
    """The site sets up; the agency publishes and reads; what is not its own is refused."""
    heard: asyncio.Queue[str] = asyncio.Queue()

    async def hear(envelope: Envelope) -> None:
        if isinstance(envelope.data, IncidentReported):
            await heard.put(envelope.id)

    async with (
        await speak(cluster, installed, user="site", agency="lz/centre/desk") as site,
        await speak(cluster, installed, user="fire-119", agency="lz/fire/119") as fire,
        await speak(cluster, installed, user="fire-119", agency="lz/police/110") as liar,
    ):
        await site.apply()
        assert await fire.plan() == []
        await fire.subscribe("desk", hear)
        stored = await fire.publish(SMOKE, area="cn.99")
        assert await heard.get() == stored.envelope.id
        with pytest.raises(NotPermitted):
            await liar.publish(SMOKE, area="cn.99")
        with pytest.raises(NotPermitted):
            await jetstream.call(await fire.connection.session(), "STREAM.DELETE.LD_LIVE_EVENTS")


async def test_what_is_on_disk_is_synced_and_no_other_protocol_is_open(
    cluster: list[Ports],
) -> None:
    """As the nodes themselves say."""
    for one in cluster:
        said = await asyncio.to_thread(_varz, one.monitor)
        assert said["jetstream"]["config"]["sync_always"] is True
        assert (said["tls_required"], said["cluster"]["tls_required"]) == (True, True)
        assert (said["mqtt"], said["websocket"]) == ({}, {})
        assert len(said["cluster"]["urls"]) == 3


async def test_as_shipped_it_lets_nobody_in(installed: Path) -> None:
    """A hash that was not replaced fits no password, not even itself."""
    ports = free_ports()
    example = example_environment()
    with node(installed, 1, ports, environment("n1") | example):
        await answering(ports[0])
        with pytest.raises(ConfigurationError, match="refused our credentials"):
            await connect(
                servers=(f"tls://{LOOPBACK}:{ports[0].client}",),
                tls_ca=installed.parent / "tls" / "ca.pem",
                user="site",
                password=example["SITE_HASH"].strip('"'),
            )


def _varz(port: int) -> dict[str, Any]:
    with urlopen(f"http://{LOOPBACK}:{port}/varz", timeout=10) as answer:
        return json.load(answer)
