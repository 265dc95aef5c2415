"""Another language needs a NATS client and JSON: the README's two programs on a real server."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import ROOT, code_blocks

from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import Envelope, IncidentReported, Location
from needs import miss, need

EXAMPLES = ROOT / "examples" / "node"
NODE = "https://nodejs.org, or apt-get install nodejs npm"


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install what the examples name, beside a copy of them, or skip."""
    need("node", NODE)
    npm = need("npm", NODE)
    folder = tmp_path_factory.mktemp("node")
    shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("node_*"))
    installed = subprocess.run(
        [npm, "install", "--no-audit", "--no-fund", "--silent"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return folder if installed.returncode == 0 else miss(f"npm cannot install: {installed.stderr}")


@pytest.fixture
def environment(nats_server: Server) -> dict[str, str]:
    """Point the programs at this test's server."""
    return os.environ | {"LIANDONG_SERVERS": nats_server.url}


@pytest.fixture
def subscriber(
    programs: Path, environment: dict[str, str], bus: Bus
) -> Iterator[subprocess.Popen[str]]:
    """Run ``subscribe.mjs`` against a bus whose streams are in place."""
    del bus
    with subprocess.Popen(
        ["node", "subscribe.mjs"], cwd=programs, env=environment, text=True, stdout=subprocess.PIPE
    ) as process:
        yield process
        process.kill()


async def test_what_node_publishes_is_stored_and_valid(
    programs: Path, environment: dict[str, str], bus: Bus, recorder: Recorder
) -> None:
    """``publish.mjs`` is told where its event is stored; we read it strictly."""
    publisher = await asyncio.create_subprocess_exec(
        "node", "publish.mjs", cwd=programs, env=environment, stdout=subprocess.PIPE
    )
    said, _ = await publisher.communicate()
    (event,) = await recorder.wait_for(1, IncidentReported)
    entries = [entry async for entry in bus.history()]
    assert said == b"LD_LIVE_EVENTS holds it as number 1\n"
    assert (str(event.source), event.key) == ("lz/fire/119", "lz-2026-000123")
    assert [Envelope.decode(e.raw.body, strict=True) for e in entries] == [event]
    assert entries[0].raw.subject == str(event.subject)


async def test_node_reads_what_we_publish(bus: Bus, subscriber: subprocess.Popen[str]) -> None:
    """``subscribe.mjs`` prints an incident, also one that was reported before it came."""
    incident = IncidentReported(
        incident_id="lz-7", summary="Barge adrift", location=Location(address="Lock 2")
    )
    await bus.publish(incident, area="cn.99.01.02")
    assert subscriber.stdout
    assert subscriber.stdout.readline() == (
        "liandong://lz/centre/desk incident.reported.v1 lz-7 Barge adrift\n"
    )


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
@pytest.mark.parametrize("program", ["publish.mjs", "subscribe.mjs"])
def test_the_readme_shows_the_programs_as_they_are(readme: str, program: str) -> None:
    """What is tested is what is read."""
    shown = [content for _, content in code_blocks((ROOT / readme).read_text("utf-8"))]
    assert (EXAMPLES / program).read_text("utf-8") in shown
