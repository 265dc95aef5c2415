"""Running a site: its server, its adapters, the order desk."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
import typer

from liandong.adapters.sdk import Adapter, run_forever
from liandong.bus import Bus, Server, connect, home
from liandong.ops.logs import log_to_stderr
from liandong.ops.site import AdapterPlan, Site, read_site

log = structlog.get_logger()


async def run_site(path: Path, settings: dict[str, Any]) -> None:
    """Run a site until it is told to stop."""
    site = read_site(path)
    log_to_stderr(service=True)
    async with AsyncExitStack() as stack:
        servers = settings.get("servers") or site.servers
        if not servers:
            folder, server = home() / "nats", site.server
            running = Server(folder, host=server.host, port=server.port)
            await stack.enter_async_context(running)
            servers = (running.url,)
            async with await connect(servers=servers) as bus:
                await bus.apply()
        adapters = await stack.enter_async_context(running_adapters(site.adapters, servers))
        _announce(site, servers, adapters)
        await _told_to_stop()
        typer.echo("stopping", err=True)


@asynccontextmanager
async def running_adapters(
    plans: tuple[AdapterPlan, ...], servers: tuple[str, ...]
) -> AsyncGenerator[list[Adapter[Any]]]:
    """Run adapters, each with its own connection as its own agency, while the block runs.

    Yields:
        The adapters, once each is ready or has shown that its far side is not there yet.
    """
    async with AsyncExitStack() as stack:
        adapters: list[Adapter[Any]] = []
        for plan in plans:
            adapter = plan.build()
            stack.callback(adapter.journal.close)
            bus = await stack.enter_async_context(
                await connect(
                    servers=servers,
                    agency=adapter.settings.agency,
                    mode=adapter.settings.mode,
                    name=adapter.settings.name,
                )
            )
            stack.push_async_callback(_cancel, _task(adapter, bus))
            adapters.append(adapter)
        for adapter in adapters:
            with suppress(TimeoutError):
                async with asyncio.timeout(_READY_S):
                    await adapter.ready.wait()
        yield adapters


_READY_S = 5.0


def _task(adapter: Adapter[Any], bus: Bus) -> asyncio.Task[None]:
    return asyncio.create_task(run_forever(adapter, bus), name=adapter.settings.name)


async def _cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _announce(site: Site, servers: tuple[str, ...], adapters: list[Adapter[Any]]) -> None:
    typer.echo(f"site      {site.path}", err=True)
    typer.echo(f"bus       {', '.join(servers)}", err=True)
    typer.echo(f"state     {home()}", err=True)
    for adapter in adapters:
        where = f" at {adapter.address}" if adapter.address else ""
        state = adapter.health.problem or ("ready" if adapter.ready.is_set() else "starting")
        typer.echo(f"adapter   {adapter.settings.name:<20} {state}{where}", err=True)
    typer.echo("Ctrl-C ends it. In another terminal: liandong tail", err=True)


async def _told_to_stop() -> None:
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
