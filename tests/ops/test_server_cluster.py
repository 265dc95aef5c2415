"""The cluster of trials: it runs, works on without one of its nodes, and ends when told to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from liandong.bus import Bus, Entry, connect
from liandong.bus.server import is_owned
from liandong.contracts import AlarmCleared, AlarmName, IncidentReported, Location
from liandong.ops.errors import Exit


@pytest.fixture
def running(tmp_path: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run the command."""
    command = ["server", "cluster", "--port", "0", "--folder", str(tmp_path / "cluster")]
    with subprocess.Popen(
        [sys.executable, "-m", "liandong.ops.cli", *command],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_it_works_on_while_a_node_is_dead_and_brings_it_back(
    tmp_path: Path, running: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it prints is all that a program needs; each stream is there three times."""
    assert running.stdout
    for line in (running.stdout.readline(), running.stdout.readline()):
        monkeypatch.setenv(*line.strip().split("=", 1))
    async with await connect(agency="lz/fire/119") as bus:
        assert len(bus.settings.servers) == 3
        assert await bus.plan() == []
        async with aclosing(await bus.follow()) as coming:
            await _report(bus, "before")
            os.kill(_pid_in(tmp_path / "cluster" / "n2"), signal.SIGKILL)
            await _report(bus, "after")
            await _return_told(coming)
    running.send_signal(signal.SIGINT)
    assert running.wait(30) == Exit.OK
    assert [is_owned(tmp_path / "cluster" / name) for name in ("n1", "n2", "n3")] == [False] * 3


async def _report(bus: Bus, incident_id: str) -> None:
    event = IncidentReported(
        incident_id=incident_id, summary="Smoke", location=Location(address="Quay 3")
    )
    assert (await bus.publish(event, area="cn.99")).stream == "LD_LIVE_EVENTS"


async def _return_told(coming: AsyncIterator[Entry]) -> None:
    async for entry in coming:
        said = entry.envelope and entry.envelope.data
        if isinstance(said, AlarmCleared) and said.name is AlarmName.BROKER_DIED:
            return


def _pid_in(folder: Path) -> int:
    return int(json.loads((folder / "server.json").read_text())["pid"])
