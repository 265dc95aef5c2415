"""The server alone: it runs, comes back after it died, and ends when told to."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path

import pytest

from liandong.bus import Entry, connect
from liandong.bus.server import running_server
from liandong.contracts import AlarmName, AlarmRaised
from liandong.ops.errors import Exit


@pytest.fixture
def running(tmp_path: Path, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    """Run the command until it says where the server listens."""
    command = ["server", "run", "--port", "0", "--folder", str(tmp_path / "orders")]
    with subprocess.Popen(
        [sys.executable, "-m", "liandong.ops.cli", *command],
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        next(line for line in process.stderr if line.startswith("bus "))
        yield process
        process.kill()


async def test_it_runs_until_it_is_told_to_stop(
    tmp_path: Path, running: subprocess.Popen[str]
) -> None:
    """Streams in place; killed, it is back at its address and says that it died."""
    url = running_server(tmp_path / "orders")
    async with await connect(servers=(url,)) as bus:
        assert await bus.plan() == []
        async with aclosing(await bus.follow()) as coming:
            os.kill(_pid_in(tmp_path / "orders"), signal.SIGKILL)
            said = [await anext(coming)]
            while not _tells_of_a_death(said[-1]):
                said.append(await anext(coming))
        assert running_server(tmp_path / "orders") == url
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == Exit.OK
    assert running_server(tmp_path / "orders") is None


def _tells_of_a_death(entry: Entry) -> bool:
    said = entry.envelope and entry.envelope.data
    return isinstance(said, AlarmRaised) and said.name is AlarmName.BROKER_DIED


def _pid_in(folder: Path) -> int:
    return int(json.loads((folder / "server.json").read_text())["pid"])
