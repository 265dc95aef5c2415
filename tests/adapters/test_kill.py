"""Killed at random moments and started again, an adapter ends where it would have ended."""

import asyncio
import json
import random
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest

from liandong.adapters.sdk.folder import drop, list_files
from liandong.bus import Bus, Server
from liandong.contracts import Event, Filter, IncidentReported, OrderReported

KILLS = 6
CALLS = 600
HEADER = "接警单编号,接警时间,警情类别\n"
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@asynccontextmanager
async def process(server: Server, state: Path, **settings: Any) -> AsyncGenerator[None]:
    """Run an adapter in a process of its own, from when it is ready until it is killed."""
    kind = settings.pop("kind")
    common = {"name": "adapter", "agency": "lz/police/110", "area": "lz.1"}
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        Path(__file__).with_name("run_adapter.py"),
        server.url,
        kind,
        state / "journal.db",
        json.dumps(common | settings),
        stdout=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    assert await program.stdout.readline() == b"ready\n"
    yield
    program.kill()
    await program.communicate()


async def kill_again_and_again(
    server: Server, state: Path, done: Callable[[], bool], **settings: Any
) -> None:
    """Kill it a few times while it works, then let it end its work."""
    moments = random.Random(20260102)  # noqa: S311
    for _ in range(KILLS):
        async with process(server, state, **settings):
            await asyncio.sleep(moments.uniform(0, 0.4))
    async with process(server, state, **settings):
        while not done():  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def stored(bus: Bus, contract: type[Event]) -> list[str]:
    """Return the key of every event of a contract that the bus holds, repeats and all."""
    async with aclosing(bus.history(Filter(contracts=(contract,)))) as history:
        return [entry.envelope.key async for entry in history if entry.envelope]


async def test_a_killed_folder_adapter_ends_in_the_same_state(
    bus: Bus, nats_server: Server, tmp_path: Path
) -> None:
    """Every row is one event, none twice; the file is in done/, and nothing is left elsewhere."""
    root = tmp_path / "cad"
    rows = "".join(f"J{n:04},2026-01-02 08:00:00,火灾\n" for n in range(CALLS))
    drop(root / "inbox", "calls.csv", (HEADER + rows).encode("gb18030"))
    await kill_again_and_again(
        nats_server,
        tmp_path,
        lambda: bool(list_files(root / "done")),
        kind="liandong.adapters.police.cad:CadExports",
        folder=str(root),
        settled_s=0,
    )
    assert sorted(await stored(bus, IncidentReported)) == [f"110-J{n:04}" for n in range(CALLS)]
    left = [list_files(root / name) for name in ("inbox", "work", "rejected")]
    assert left == [[], [], []]
    assert len(list_files(root / "done")) == 1


async def test_a_killed_mqtt_adapter_loses_nothing(
    bus: Bus, nats_server: Server, mosquitto: Any, tmp_path: Path
) -> None:
    """Every answer that the broker took, while the adapter lived or not, is on the bus once."""
    answers, enough = 0, asyncio.Event()

    async def stations() -> None:
        nonlocal answers
        async with aiomqtt.Client("127.0.0.1", mosquitto.port) as client:
            while not enough.is_set():
                answer = json.dumps({"order_id": f"o-{answers}", "state": "seen", "time": 1})
                await client.publish("answers/E7", answer, qos=1)
                answers += 1
                await asyncio.sleep(0.003)

    adapter = {
        "kind": "liandong.adapters.fire.telemetry:Telemetry",
        "mqtt": mosquitto.settings().model_dump(mode="json"),
        "topics": [{"pattern": "answers/{unit}", "mapping": "station-answer"}],
    }
    async with process(nats_server, tmp_path, **adapter):
        talking = asyncio.create_task(stations())
    await kill_again_and_again(nats_server, tmp_path, lambda: answers > CALLS, **adapter)
    enough.set()
    await talking
    async with process(nats_server, tmp_path, **adapter):
        while len(seen := await stored(bus, OrderReported)) < answers:  # noqa: ASYNC110
            await asyncio.sleep(0.1)
    assert sorted(seen) == sorted(f"o-{n}" for n in range(answers))
