"""A gateway that is killed at any moment loses nothing, repeats nothing and keeps the order."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from liandong.contracts import Envelope, IncidentReported, Location

Regions = tuple[Any, Any]
Until = Callable[[Callable[[], object]], Awaitable[None]]

PROGRAM = """
import asyncio, sys
from liandong.adapters.region.agreement import Agreement
from liandong.adapters.region.gateway import Gateway
from liandong.bus import connect

async def main(js, zj):
    share = {"from_region": "js", "to_region": "zj", "contracts": ["incident.*"]}
    agreement = Agreement.model_validate({"share": [share]})
    async with (
        await connect(servers=(js,), agency="js/gateway/desk") as here,
        await connect(servers=(zj,), agency="zj/gateway/desk") as there,
    ):
        gateway = Gateway(here, there, agreement, area="cn.99")
        async with asyncio.TaskGroup() as group:
            group.create_task(gateway.run())
            await gateway.ready.wait()
            print("ready", flush=True)

asyncio.run(main(*sys.argv[1:]))
"""


async def start(js: Any, zj: Any) -> asyncio.subprocess.Process:
    """Start a gateway of its own and return when what is said will cross."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        PROGRAM,
        js.server.url,
        zj.server.url,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    while b"ready" not in await process.stdout.readline():
        assert process.returncode is None
    return process


async def report_many(bus: Any, count: int, done: list[Envelope]) -> None:
    """Say many things about ten incidents, one after another."""
    for number in range(count):
        incident = IncidentReported(
            incident_id=f"js-{number % 10}", summary=f"Report {number}", location=Location()
        )
        done.append((await bus.publish(incident, area="cn.99")).envelope)


async def test_a_gateway_killed_three_times_carries_everything_once_and_in_order(
    regions: Regions, until: Until
) -> None:
    """SIGKILL between any two of its steps; the next one goes on where it stopped."""
    js, zj = regions
    done: list[Envelope] = []
    gateway = await start(js, zj)
    telling = asyncio.create_task(report_many(js.bus, 600, done))
    for mark in (100, 250, 400):
        await until(lambda mark=mark: len(done) >= mark)
        gateway.kill()
        await gateway.wait()
        gateway = await start(js, zj)
    await telling
    while len(await zj.bodies()) < 600:  # noqa: ASYNC110  it asks a broker
        await asyncio.sleep(0.05)
    gateway.kill()
    await gateway.wait()
    assert await zj.bodies() == [envelope.encode() for envelope in done]
