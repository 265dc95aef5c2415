"""The stage: two regions' servers and adapters, and the agencies' own systems around them."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from liandong.bus import Bus, connect
from liandong.bus.serve import serving
from liandong.bus.server import LOOPBACK
from liandong.ops.demo.actors.actor import Actor
from liandong.ops.demo.actors.city import Citizen, WorksDepartment
from liandong.ops.demo.actors.desk import Desk
from liandong.ops.demo.actors.hospital import HospitalSystem
from liandong.ops.demo.actors.police import CadSystem
from liandong.ops.demo.actors.units import Sensor, Terminal
from liandong.ops.demo.actors.warnings import Broadcaster, WarningCentre
from liandong.ops.demo.broker import mqtt_broker
from liandong.ops.demo.failure import DemoError, first
from liandong.ops.demo.narrate import Narrator
from liandong.ops.demo.scenario import Scenario
from liandong.ops.demo.watch import Watch
from liandong.ops.site import read_site
from liandong.ops.up import running_adapters, running_console, running_desks

Start = Callable[[Coroutine[Any, Any, None]], None]


@dataclass(frozen=True)
class Stage:
    """What a scenario is played on.

    Attributes:
        bus: The region's bus, for whoever looks on.
        cast: The actors by name.
        watches: What is seen, by region.
        folder: Where agencies drop and find files.
        addresses: Where adapters and the console listen, by name.
    """

    bus: Bus
    cast: Mapping[str, Actor]
    watches: Mapping[str, Watch]
    folder: Path
    addresses: Mapping[str, str]


@asynccontextmanager
async def set_up(
    home: Path, scenario: Scenario, narrator: Narrator, port: int
) -> AsyncGenerator[Stage]:
    """Set everything up while the block runs, ready to play.

    Args:
        home: Where state lives; empty.
        scenario: What will be played.
        narrator: Told of what passes.
        port: The port of the region's server; a free one where it is taken.

    Raises:
        ExceptionGroup: An actor broke down (`DemoError`), or whatever ended the block.
    """
    folder = home / "agencies"
    folder.mkdir()
    async with AsyncExitStack() as stack:
        lz = await _server(stack, home / "nats", "lz/centre/command", _port_or_free(port))
        hj = await _server(stack, home / "neighbour", "hj/centre/command", 0)
        mqtt = await stack.enter_async_context(mqtt_broker())
        command = await _desk(stack, lz, "lz/centre/command")
        police = await _desk(stack, lz, "lz/police/110")
        neighbour = await _desk(stack, hj, "hj/centre/command")
        start = await _background(stack)
        watches = {"lz": Watch(narrator.passed), "hj": Watch(narrator.passed_next_door)}
        start(watches["lz"].run(await command.follow()))
        start(watches["hj"].run(await neighbour.follow()))
        works = WorksDepartment("works department 市政养护", narrator.deed, scenario.clerk)
        start(_acting(works))
        await works.ready.wait()
        plans = Path(str(files("liandong.ops.demo"))) / "plans"
        values = {"mqtt": str(mqtt), "works": works.address, "hj": hj, "plans": str(plans)}
        addresses = await _site(stack, "lz", lz, folder, values)
        await _site(stack, "hj", hj, folder, values)
        cast = _cast(scenario, narrator, folder, mqtt, addresses) | {
            "command": Desk("command 联动中心", narrator.deed, command, watches["lz"]),
            "police": Desk("police duty 公安值班", narrator.deed, police, watches["lz"]),
            "neighbour": Desk("neighbour 邻区", narrator.deed, neighbour, watches["hj"]),
        }
        for actor in cast.values():
            start(_acting(actor))
        await asyncio.gather(*(actor.ready.wait() for actor in cast.values()))
        yield Stage(command, cast, watches, folder, addresses)


async def _server(stack: AsyncExitStack, folder: Path, agency: str, port: int) -> str:
    """Run a region's server; return its address."""
    server = await stack.enter_async_context(serving(folder, agency=agency, port=port))
    return server.url


async def _desk(stack: AsyncExitStack, server: str, agency: str) -> Bus:
    return await stack.enter_async_context(
        await connect(servers=(server,), agency=agency, name=agency)
    )


async def _background(stack: AsyncExitStack) -> Start:
    """Return how to start what runs beside the steps; it is cancelled when the stage is left."""
    tasks = await stack.enter_async_context(asyncio.TaskGroup())
    started: list[asyncio.Task[None]] = []

    def start(work: Coroutine[Any, Any, None]) -> None:
        started.append(tasks.create_task(work))

    def cancel() -> None:
        for task in started:
            task.cancel()

    stack.callback(cancel)
    return start


async def _acting(actor: Actor) -> None:
    try:
        await actor.run()
    except Exception as error:
        raise DemoError(f"{actor.name} failed: {first(error)!r}") from error


async def _site(
    stack: AsyncExitStack, name: str, server: str, folder: Path, values: Mapping[str, str]
) -> dict[str, str]:
    """Run what a site file names, as ``liandong up`` does; return where its parts listen."""
    template = Template((files("liandong.ops.demo") / f"{name}.toml").read_text("utf-8"))
    path = folder / f"{name}.toml"
    path.write_text(template.substitute(values), "utf-8")
    site = read_site(path)
    adapters = await stack.enter_async_context(running_adapters(site.adapters, (server,)))
    await stack.enter_async_context(running_desks(site, (server,)))
    console = await stack.enter_async_context(running_console(site, (server,)))
    return {a.settings.name: a.address or "" for a in adapters} | {"console": console}


def _cast(
    scenario: Scenario,
    narrator: Narrator,
    folder: Path,
    mqtt: int,
    addresses: Mapping[str, str],
) -> dict[str, Actor]:
    """Return the systems that are not on the bus."""
    tell = narrator.deed
    units = {unit.id: Terminal(unit, tell, mqtt) for unit in scenario.units}
    return {
        **units,
        "cad-110": CadSystem("CAD 110", tell, folder / "cad" / "inbox", folder / "cad-orders"),
        "detector": Sensor("gas detector 气体探测仪", tell, mqtt),
        "hospital": HospitalSystem("hospital 医院", tell, addresses["hospital-beds"]),
        "citizen": Citizen("citizen 市民", tell, addresses["line-12345"]),
        "warnings": WarningCentre("warning centre 预警中心", tell, addresses["warning-centre"]),
        "broadcaster": Broadcaster("radio 电台", tell, folder / "broadcast"),
    }


def _port_or_free(port: int) -> int:
    try:
        with socket.create_server((LOOPBACK, port)):
            return port
    except OSError:
        return 0
