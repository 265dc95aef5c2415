"""The embedded server: ready when it says so, durable, loopback only, one owner."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus, Server, connect
from liandong.bus.server import running_server
from liandong.contracts import ConfigurationError

OWNER = """
import asyncio, sys
from pathlib import Path
from liandong.bus import Server

async def main():
    try:
        async with Server(Path(sys.argv[1])) as server:
            print(server.pid, server.url, flush=True)
            await asyncio.Event().wait()
    except Exception as error:
        print(type(error).__name__, error, flush=True)

asyncio.run(main())
"""


async def _own(folder: Path) -> tuple[asyncio.subprocess.Process, str]:
    """Start another process that runs a server on the folder; return it and its first line."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OWNER, str(folder), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    async with asyncio.timeout(20):
        return process, (await process.stdout.readline()).decode()


def _listening(pid: int) -> list[str]:
    """Return the local addresses that a process listens on, as /proc writes them."""
    inodes = {str(f.readlink()) for f in Path(f"/proc/{pid}/fd").iterdir()}
    rows = [
        line.split()
        for table in ("tcp", "tcp6")
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]
    ]
    return [row[1] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]


async def test_it_is_ready_when_start_returns(tmp_path: Path) -> None:
    """A client connects at once, on a port that was free."""
    async with Server(tmp_path) as server, await connect(servers=(server.url,)) as bus:
        assert bus.connected
        assert server.port > 0
        assert running_server(tmp_path) == server.url


async def test_a_chosen_port_is_used(tmp_path: Path) -> None:
    """A site can fix the port."""
    async with Server(tmp_path / "a") as first:
        port = first.port
    async with Server(tmp_path / "b", port=port) as second:
        assert second.port == port


async def test_a_taken_port_is_said(tmp_path: Path) -> None:
    """The error names the address, and leaves the folder free."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match=rf"127\.0\.0\.1:{port}.*in use"):
            await Server(tmp_path, port=port).start()
    async with Server(tmp_path, port=port) as server:
        assert server.running


async def test_wrong_configuration_is_said(tmp_path: Path) -> None:
    """What nats-server says of its configuration reaches the caller."""
    with pytest.raises(ConfigurationError, match="no_such_setting"):
        await Server(tmp_path, extra="no_such_setting: 1").start()


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_data_survives_a_restart(tmp_path: Path, ending: str) -> None:
    """Stopped or killed: what was confirmed is there."""
    server = Server(tmp_path)
    await server.start()
    async with await connect(servers=(server.url,)) as bus:
        await bus.apply()
        await bus.publish(reported("lz-7"), area=AREA)
    await getattr(server, ending)()
    async with Server(tmp_path) as again, await connect(servers=(again.url,)) as bus:
        assert [e.envelope.key async for e in bus.history() if e.envelope] == ["lz-7"]


async def test_a_second_process_is_refused_and_told_the_address(tmp_path: Path) -> None:
    """Two servers on one folder would destroy it."""
    async with Server(tmp_path) as server:
        process, line = await _own(tmp_path)
        await process.wait()
    assert line.startswith("ConfigurationError")
    assert str(tmp_path) in line
    assert server.url in line


async def test_stopping_an_old_server_leaves_a_new_one_findable(tmp_path: Path) -> None:
    """A second stop does not touch what another owner wrote."""
    old = Server(tmp_path)
    await old.start()
    await old.kill()
    async with Server(tmp_path) as new:
        await old.stop()
        assert running_server(tmp_path) == new.url


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
async def test_it_listens_on_the_loopback_only(nats_server: Server) -> None:
    """Nothing is offered to the network unless the site says so."""
    assert nats_server.pid
    ports = {nats_server.port, nats_server.monitor}
    assert set(_listening(nats_server.pid)) == {f"0100007F:{port:04X}" for port in ports}


async def test_what_is_confirmed_is_on_disk(tmp_path: Path) -> None:
    """JetStream itself says that it syncs always."""
    async with Server(tmp_path) as server, httpx.AsyncClient() as http:
        varz = (await http.get(f"http://127.0.0.1:{server.monitor}/varz")).json()
    assert varz["jetstream"]["config"]["sync_always"] is True
    assert "mqtt" not in varz or not varz["mqtt"].get("port")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal")
async def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    """A killed owner leaves no server behind, and the folder can be used again."""
    process, _ = await _own(tmp_path)
    process.kill()
    await process.wait()
    async with _when_free(tmp_path) as server:  # free only when the orphan is gone
        assert server.running


@asynccontextmanager
async def _when_free(folder: Path) -> AsyncIterator[Server]:
    """Run a server on the folder as soon as its last owner is really gone."""
    server = Server(folder)
    async with asyncio.timeout(20):
        while not server.running:
            try:
                await server.start()
            except ConfigurationError:
                await asyncio.sleep(0.02)
    yield server
    await server.stop()


async def test_the_folder_has_one_owner_as_long_as_the_server_lives(tmp_path: Path) -> None:
    """A killed owner's server still writes for a moment: nobody may start beside it."""
    process, line = await _own(tmp_path)
    pid = int(line.split()[0])
    os.kill(pid, signal.SIGSTOP)
    process.kill()
    await process.wait()
    with pytest.raises(ConfigurationError, match="another server owns"):
        await Server(tmp_path).start()
    os.kill(pid, signal.SIGKILL)
    async with _when_free(tmp_path) as server:
        assert server.running


async def test_a_bus_whose_server_vanishes_says_so(bus: Bus, nats_server: Server) -> None:
    """`connected` and `problem` are about now."""
    await nats_server.kill()
    await until(lambda: not bus.connected and bool(bus.problem), within=5)
    assert "cannot reach" in bus.problem or "lost" in bus.problem
