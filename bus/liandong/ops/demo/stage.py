"""The stage: two regions' servers and adapters, the gateway, and the agencies' own systems."""

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any

from liandong.adapters.region.agreement import Agreement
from liandong.adapters.region.gateway import Gateway
from liandong.adapters.sdk.seal import site_secret
from liandong.bus import Bus, Server, connect
from liandong.bus.server import LOOPBACK
from liandong.ops.demo.actors.actor import Actor
from liandong.ops.demo.actors.city import Citizen, WorksDepartment
from liandong.ops.demo.actors.desk import Desk
from liandong.ops.demo.actors.hospital import HospitalSystem
from liandong.ops.demo.actors.police import CadSystem
from liandong.ops.demo.actors.units import Sensor, Terminal
from liandong.ops.demo.actors.warnings import Broadcaster, WarningCentre
from liandong.ops.demo.broker import mqtt_broker
from liandong.ops.demo.narrate import Narrator
from liandong.ops.demo.scenario import Scenario
from liandong.ops.demo.watch import Watch
from liandong.ops.site import read_site
from liandong.ops.up import running_adapters
from liandong.response import OrderDesk

Start = Callable[[Coroutine[Any, Any, None]], None]

_AREA = "cn.99.01"


@dataclass(frozen=True)
class Stage:
    """What a scenario is played on.

    Attributes:
        bus: The region's bus, for whoever looks on.
        cast: The actors by name.
        watches: What is seen, by region.
        folder: Where agencies drop and find files.
        addresses: Where adapters listen, by name.
    """

    bus: Bus
    cast: Mapping[str, Actor]
    watches: Mapping[str, Watch]
    folder: Path
    addresses: Mapping[str, str]


@dataclass(frozen=True)
class _Region:
    """A region's server, its watch, and how its agencies connect."""

    server: Server
    watch: Watch
    stack: AsyncExitStack

    async def connect(self, agency: str) -> Bus:
        return await self.stack.enter_async_context(
            await connect(servers=(self.server.url,), agency=agency, name=agency)
        )


@asynccontextmanager
async def set_up(
    home: Path, run: str, scenario: Scenario, narrator: Narrator, port: int
) -> AsyncGenerator[Stage]:
    """Set everything up while the block runs, ready to play.

    Args:
        home: Where state lives.
        run: The name of this run.
        scenario: What will be played.
        narrator: Told of what passes.
        port: The port of the region's server; a free one where it is taken.
    """
    folder = home / "demo" / run
    folder.mkdir(parents=True)
    async with AsyncExitStack() as stack:
        lz = await _region(stack, home / "nats", port, Watch(narrator.passed))
        hj = await _region(stack, home / "neighbour", 0, Watch(narrator.passed_next_door))
        bus, neighbour = (
            await lz.connect("lz/centre/command"),
            await hj.connect("hj/centre/command"),
        )
        order_desk, gateway = await _services(lz, hj, home, scenario)
        mqtt = await stack.enter_async_context(mqtt_broker())
        start = await _background(stack)
        for region, watched in ((lz, bus), (hj, neighbour)):
            start(region.watch.run(await watched.follow()))
        start(order_desk.run())
        start(gateway.run())
        works = WorksDepartment("works department 市政养护", narrator.deed, scenario.clerk)
        start(works.run())
        await asyncio.gather(works.ready.wait(), gateway.ready.wait())
        sites = {"mqtt": str(mqtt), "works": works.address}
        addresses = await _adapters(stack, lz, "lz", folder, sites)
        await _adapters(stack, hj, "hj", folder, sites)
        cast = _cast(scenario, narrator, folder, mqtt, addresses) | {
            "command": Desk("command 联动中心", narrator.deed, bus, lz.watch),
            "neighbour": Desk("neighbour 邻区", narrator.deed, neighbour, hj.watch),
        }
        for actor in cast.values():
            start(actor.run())
        await asyncio.gather(*(actor.ready.wait() for actor in cast.values()))
        yield Stage(bus, cast, {"lz": lz.watch, "hj": hj.watch}, folder, addresses)


async def _region(stack: AsyncExitStack, folder: Path, port: int, watch: Watch) -> _Region:
    server = await stack.enter_async_context(Server(folder, port=_port_or_free(port)))
    async with await connect(servers=(server.url,)) as bus:
        await bus.apply()
    return _Region(server, watch, stack)


async def _services(
    lz: _Region, hj: _Region, home: Path, scenario: Scenario
) -> tuple[OrderDesk, Gateway]:
    """Return what runs on the buses themselves: the order desk, and the gateway between them."""
    desk = OrderDesk(await lz.connect("lz/centre/order-desk"), site_secret(home))
    gateway = Gateway(
        await lz.connect("lz/region/gateway"),
        await hj.connect("hj/region/gateway"),
        Agreement.model_validate(scenario.agreement),
        area=_AREA,
    )
    return desk, gateway


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


async def _adapters(
    stack: AsyncExitStack, region: _Region, name: str, folder: Path, values: Mapping[str, str]
) -> dict[str, str]:
    """Run the adapters of a site file, as ``liandong up`` does; return where they listen."""
    template = Template((files("liandong.ops.demo") / f"{name}.toml").read_text("utf-8"))
    path = folder / f"{name}.toml"
    path.write_text(template.substitute(values), "utf-8")
    running = running_adapters(read_site(path).adapters, (region.server.url,))
    adapters = await stack.enter_async_context(running)
    return {adapter.settings.name: adapter.address or "" for adapter in adapters}


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
