"""A Node program with a plain NATS client checks with ajv what it publishes and what it reads."""

import asyncio
import json
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import Envelope, IncidentReported
from liandong.contracts.examples import example

pytestmark = pytest.mark.timeout(180)  # the first test installs them
Process = asyncio.subprocess.Process


@pytest.fixture
def environment(nats_server: Server, exported: Path) -> dict[str, str]:
    """Point the programs at this test's server and at the exported contracts."""
    mine = {"LIANDONG_SERVERS": nats_server.url, "LIANDONG_CONTRACTS": str(exported)}
    return os.environ | mine


@pytest_asyncio.fixture
async def subscriber(
    programs: Path, environment: dict[str, str], bus: Bus
) -> AsyncIterator[Process]:
    """Run ``subscribe.mjs`` against a bus whose streams are in place."""
    del bus
    process = await asyncio.create_subprocess_exec(
        "node", "subscribe.mjs", cwd=programs, env=environment, stdout=asyncio.subprocess.PIPE
    )
    yield process
    process.kill()
    await process.wait()


async def publish(
    programs: Path, environment: dict[str, str], document: dict[str, Any], folder: Path
) -> tuple[int | None, str, str]:
    """Run ``publish.mjs`` on a document; return how it ended and what it said."""
    path = folder / "event.json"
    path.write_text(json.dumps(document), "utf-8")
    process = await asyncio.create_subprocess_exec(
        "node", "publish.mjs", str(path), cwd=programs, env=environment,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    return process.returncode, out.decode(), err.decode()


async def read_line(process: Process) -> list[str]:
    """Return the words of the next line that a program prints."""
    assert process.stdout
    return (await process.stdout.readline()).decode().split(" ", 2)


async def test_what_node_checks_and_publishes_is_valid_here(
    programs: Path, environment: dict[str, str], bus: Bus, recorder: Recorder, tmp_path: Path
) -> None:
    """The golden example goes out by Node and is read strictly by us, from its own stream."""
    document = example("incident.reported.v1")
    code, out, _ = await publish(programs, environment, document, tmp_path)
    assert (code, out) == (0, "LD_LIVE_EVENTS holds it as number 1\n")
    (event,) = await recorder.wait_for(1, IncidentReported)
    assert event == Envelope.from_document(document, strict=True)
    assert [entry.envelope async for entry in bus.history()] == [event]


async def test_node_refuses_to_publish_what_breaks_the_contract(
    programs: Path, environment: dict[str, str], bus: Bus, tmp_path: Path
) -> None:
    """Every fault is said with its place, and nothing is stored."""
    document = example("incident.reported.v1")
    document["data"] |= {"status": "Burning", "trapped_count": -1, "colour": "red"}
    code, _, err = await publish(programs, environment, document, tmp_path)
    assert code == 1
    places = {line.split()[0] for line in err.splitlines()}
    assert places == {"/data", "/data/status", "/data/trapped_count"}
    assert [entry async for entry in bus.history()] == []


async def test_node_refuses_a_subject_that_is_not_the_key(
    programs: Path, environment: dict[str, str], bus: Bus, tmp_path: Path
) -> None:
    """Every reader would refuse it; no schema can say so."""
    document = example("incident.reported.v1") | {"subject": "another"}
    code, _, err = await publish(programs, environment, document, tmp_path)
    assert (code, err.split()[0]) == (1, "/subject")
    assert [entry async for entry in bus.history()] == []


async def test_node_reads_what_we_publish(subscriber: Process, bus: Bus) -> None:
    """Checked with the reader's schemas, then printed and acknowledged."""
    envelope = Envelope.from_document(example("incident.reported.v1"))
    await bus.send(envelope)
    type_name, key, data = await read_line(subscriber)
    assert (type_name, key) == (envelope.type, envelope.key)
    assert json.loads(data)["summary"] == envelope.data.model_dump()["summary"]


async def test_node_reads_a_later_publisher_and_refuses_nonsense(
    subscriber: Process, bus: Bus
) -> None:
    """An unknown field and an unknown code are no faults; a missing field is one."""
    later, nonsense = example("incident.reported.v1"), example("incident.updated.v1")
    later["data"] |= {"status": "FloodedOut", "depth_m": 2.5}
    del nonsense["data"]["incident_id"]
    session = await bus.connection.session()
    for document in (later, nonsense):
        subject = Envelope.from_document(example(document["type"])).subject
        await session.request(str(subject), json.dumps(document).encode())
    assert (await read_line(subscriber))[0] == later["type"]
    assert (await read_line(subscriber))[:2] == ["unreadable", nonsense["id"]]
