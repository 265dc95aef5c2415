"""A running site: what is wrong with one part of it is said, and the rest goes on."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from liandong.bus import Bus

SITE = """
agency = "lz/centre/desk"
[server]
port = 0
[[adapter]]
uses = "police.cad"
name = "calls"
agency = "lz/police/110"
area = "cn.99"
folder = "cad"
settled_s = 0.1
mapping = "calls-mapping.toml"
"""
MAPPING = """
name = "calls"
version = "1"
event = "incident.reported"
time_formats = ["%Y-%m-%d %H:%M:%S"]
required = ["call", "received"]
[texts]
call = "no"
summary = "what"
address = "where"
[times]
received = "when"
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Write a site of one adapter."""
    (tmp_path / "calls-mapping.toml").write_text(MAPPING)
    path = tmp_path / "site.toml"
    path.write_text(SITE)
    return path


@pytest.fixture
def up(site: Path, environment: dict[str, str]) -> Iterator[Any]:
    """Return a function that runs the site until it says that it is up; gives its lines."""
    running: list[subprocess.Popen[str]] = []

    def start() -> str:
        process = subprocess.Popen(
            [sys.executable, "-m", "liandong.ops.cli", "up", str(site)],
            env=environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        assert process.stderr
        lines: list[str] = []
        for line in process.stderr:
            lines.append(line)
            if line.startswith("Ctrl-C ends it"):
                break
        return "".join(lines)

    yield start
    for process in running:
        process.terminate()
        process.wait(20)
        assert process.stderr
        process.stderr.close()


def test_an_adapter_whose_mapping_is_wrong_stays_down_and_says_so(
    up: Any, site: Path, cli: Any
) -> None:
    """No restart mends it; the sentence names what is missing and what is there."""
    mapping = site.parent / "calls-mapping.toml"
    mapping.write_text(MAPPING.replace("received =", "receivd ="))
    said = up()
    status = json.loads(cli("status", "--json").stdout)
    assert "'received' is required but not mapped; mapped are address, call, receivd" in said
    assert "Traceback" not in said
    assert "receivd" in status["adapters"][0]["problem"]


def test_an_event_that_nobody_can_read_is_kept_and_its_sender_told(
    up: Any, cli: Any, environment: dict[str, str]
) -> None:
    """The broker stores bytes; the site's checker reads them."""
    up()
    home = Path(environment["LIANDONG_HOME"])
    url = json.loads((home / "nats" / "server.json").read_text())["url"]
    broken = '{"specversion": "1.0", "data": {}}'
    program = (
        "import asyncio, sys, nats\n"
        "async def main():\n"
        "    client = await nats.connect(sys.argv[1])\n"
        "    subject = 'ld.live.lz.fire.119.incident.reported.v1.lz-1.cn.99'\n"
        "    await client.jetstream().publish(subject, sys.argv[2].encode())\n"
        "    await client.close()\n"
        "asyncio.run(main())\n"
    )
    subprocess.run([sys.executable, "-c", program, url, broken], check=True, env=os.environ)
    told = cli(
        "tail", "--contract", "message.rejected", "--since", "start", "--count", "1", "--json"
    )
    (letter,) = json.loads(cli("dead", "list", "--json").stdout)
    assert json.loads(told.stdout)["data"]["dead_letter"] == letter["id"]
    assert letter["reason_name"] == "bad envelope"


def test_a_row_with_a_broken_time_says_how_times_are_written(up: Any, site: Path, cli: Any) -> None:
    """The letter names the column, the formats and what stood there."""
    up()
    inbox = site.parent / "cad" / "inbox"
    (inbox / "calls.csv").write_text("no,what,where,when\n7,Smoke,Quay 3,yesterday\n")
    cli("tail", "--contract", "adapter.heartbeat", "--count", "1")
    for _ in range(50):
        if letters := json.loads(cli("dead", "list", "--json").stdout):
            break
    shown = cli("dead", "show", letters[0]["id"])
    assert "column 'when': expected a time written as %Y-%m-%d %H:%M:%S" in shown.stdout
    assert "yesterday" in shown.stdout


def test_a_site_goes_to_the_server_that_the_environment_names(
    up: Any, environment: dict[str, str], bus: Bus
) -> None:
    """And starts none of its own."""
    (url,) = bus.settings.servers
    environment["LIANDONG_SERVERS"] = url
    assert url in up()
    assert not (Path(environment["LIANDONG_HOME"]) / "nats").exists()
