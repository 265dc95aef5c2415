"""The gateway as a site runs it: it waits for its neighbour, and keeps its secrets from it."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from liandong.adapters.region.neighbour import GatewaySettings, RegionGateway
from liandong.adapters.sdk import Journal, run
from liandong.bus import Bus
from liandong.contracts import Filter, IncidentReported, Location
from liandong.contracts.system import AdapterHeartbeat

Regions = tuple[Any, Any]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@asynccontextmanager
async def running(bus: Bus, server: str, folder: Path) -> AsyncIterator[RegionGateway]:
    """Run the adapter on one side of a border."""
    settings = GatewaySettings.model_validate(
        {
            "name": "gateway-zj",
            "agency": str(bus.agency),
            "area": "cn.99",
            "there": {"servers": [server], "agency": "zj/gateway/js"},
            "share": [{"from_region": "js", "to_region": "zj", "contracts": ["incident.*"]}],
        }
    )
    with Journal(folder / "gateway.journal") as journal:
        adapter = RegionGateway(settings, journal)
        task = asyncio.create_task(run(adapter, bus))
        yield adapter
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_site_joins_its_neighbour_when_the_neighbour_is_there(
    regions: Regions, tmp_path: Path, until: Until
) -> None:
    """While it is not, our own side is told; then what is said crosses."""
    js, zj = regions
    told: list[AdapterHeartbeat] = []

    async def note(envelope: Any) -> None:
        told.append(envelope.data)

    await js.bus.subscribe("desk", note, Filter(contracts=(AdapterHeartbeat,)))
    await zj.kill()
    async with running(js.bus, zj.server.url, tmp_path) as adapter:
        await until(lambda: told and told[-1].state == "down")
        assert adapter.health.problem
        await zj.revive()
        await adapter.ready.wait()
        incident = IncidentReported(incident_id="js-1", summary="Fire", location=Location())
        await js.bus.publish(incident, area="cn.99")
        while not await zj.log():  # noqa: ASYNC110  it asks a broker
            await asyncio.sleep(0.02)
        await until(lambda: told[-1].state == "ok")
    assert adapter.health.problem == ""


class Eavesdropper:
    """A server that only notes how its clients introduce themselves."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.url = ""

    async def listen(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Greet a client, note its CONNECT, hang up."""
        writer.write(b'INFO {"server_id":"x","version":"2.15.1","max_payload":1024}\r\n')
        line = (await reader.readline()).decode()
        self.heard.append(json.loads(line.removeprefix("CONNECT ")))
        writer.close()


@pytest_asyncio.fixture
async def eavesdropper() -> AsyncIterator[Eavesdropper]:
    """Run one."""
    listening = Eavesdropper()
    server = await asyncio.start_server(listening.listen, "127.0.0.1", 0)
    async with server:
        host, port = server.sockets[0].getsockname()
        listening.url = f"nats://{host}:{port}"
        yield listening


async def test_our_own_credentials_are_not_shown_to_the_neighbour(
    regions: Regions,
    eavesdropper: Eavesdropper,
    tmp_path: Path,
    until: Until,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the environment says of our bus is not said to theirs."""
    js, _ = regions
    monkeypatch.setenv("LIANDONG_USER", "ours")
    monkeypatch.setenv("LIANDONG_PASSWORD", "secret")
    async with running(js.bus, eavesdropper.url, tmp_path):
        await until(lambda: eavesdropper.heard)
    assert not eavesdropper.heard[0].keys() & {"user", "pass", "jwt", "auth_token"}
