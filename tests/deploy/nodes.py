"""Nodes that run on the shipped configuration, each on ports and folders of a test."""

import asyncio
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from liandong.bus.health import Health, health
from liandong.bus.server import LOOPBACK, binary

NODES = (1, 2, 3)


@dataclass(frozen=True)
class Ports:
    """Where a node listens."""

    client: int
    route: int
    monitor: int


@contextmanager
def node(installed: Path, number: int, ports: list[Ports], env: dict[str, str]) -> Iterator[None]:
    """Run a node on ports of the test, and folders of its own."""
    text = (installed / "bus.conf").read_text("utf-8")
    own = ports[number - 1]
    for other, there in zip(NODES, ports, strict=True):
        text = text.replace(f"node{other}.bus.example:6222", f"{LOOPBACK}:{there.route}")
    for shipped, port in (
        ("0.0.0.0:4222", own.client),
        ("0.0.0.0:6222", own.route),
        ("127.0.0.1:8222", own.monitor),
    ):
        text = text.replace(shipped, f"{LOOPBACK}:{port}")
    config = installed / f"n{number}.conf"
    config.write_text(text.replace("/data/bus", f"/data/n{number}"), "utf-8")
    with subprocess.Popen([binary(), "-c", str(config)], env=env, stderr=subprocess.DEVNULL) as ran:
        try:
            yield
        finally:
            ran.terminate()


def free_ports() -> list[Ports]:
    """Return ports that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server((LOOPBACK, 0))) for _ in range(9)]
        numbers = [one.getsockname()[1] for one in taken]
    return [Ports(*numbers[at : at + 3]) for at in (0, 3, 6)]


async def ready(ports: Ports) -> None:
    """Wait until a node says that it is well."""
    await _until(ports, lambda found: not found.problem)


async def answering(ports: Ports) -> None:
    """Wait until a node answers, whatever it says."""
    await _until(ports, lambda found: found.answered)


async def _until(ports: Ports, fits: Callable[[Health], bool]) -> None:
    async with asyncio.timeout(60):
        while not fits(await health(ports.monitor)):  # noqa: ASYNC110  it is asked over HTTP
            await asyncio.sleep(0.2)
