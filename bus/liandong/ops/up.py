"""Running a site: its server, its adapters, the desks of joint response."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import structlog
import typer

from liandong.adapters.sdk import Adapter, run_forever
from liandong.adapters.sdk.seal import site_secret
from liandong.bus import connect, home
from liandong.bus.serve import serving
from liandong.bus.settings import read_settings
from liandong.contracts import Agency, Envelope, Mode
from liandong.ops.errors import needing
from liandong.ops.logs import log_to_stderr
from liandong.ops.site import AdapterPlan, Site, read_site
from liandong.response import joint

log = structlog.get_logger()

_READY_S = 5.0


async def run_site(path: Path, settings: dict[str, Any]) -> None:
    """Run a site until it is told to stop."""
    site = read_site(path)
    tuple(joint.concerns(Agency.parse(site.agency).region, site.response))  # wrong ones end it here
    log_to_stderr(service=True)
    async with AsyncExitStack() as stack:
        servers = read_settings(settings).servers or site.servers
        if not servers:
            where = site.server
            folder = home() / "nats"
            server = await stack.enter_async_context(
                serving(folder, agency=site.agency, host=where.host, port=where.port)
            )
            servers = (server.url,)
        adapters = await stack.enter_async_context(running_adapters(site.adapters, servers))
        await stack.enter_async_context(running_desks(site, servers))
        await stack.enter_async_context(running_checker(site.agency, servers))
        console = await stack.enter_async_context(running_console(site, servers))
        _announce(site, servers, adapters, console)
        await told_to_stop()
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
        adapters = [
            await stack.enter_async_context(_running_adapter(plan, servers)) for plan in plans
        ]
        for adapter in adapters:
            with suppress(TimeoutError):
                async with asyncio.timeout(_READY_S):
                    await adapter.ready.wait()
        yield adapters


@asynccontextmanager
async def _running_adapter(
    plan: AdapterPlan, servers: tuple[str, ...]
) -> AsyncGenerator[Adapter[Any]]:
    adapter = plan.build()
    settings = adapter.settings
    with adapter.journal:
        async with (
            await connect(
                servers=servers,
                agency=settings.agency,
                area=settings.area,
                mode=settings.mode,
                name=settings.name,
            ) as bus,
            _background(run_forever(adapter, bus)),
        ):
            yield adapter


@asynccontextmanager
async def running_desks(site: Site, servers: tuple[str, ...]) -> AsyncGenerator[None]:
    """Run the desks of joint response: those of live events and, apart from them, of drills."""
    secret = site_secret(home())
    async with AsyncExitStack() as stack:
        for mode in (Mode.LIVE, Mode.EXERCISE):
            bus = await stack.enter_async_context(
                await connect(servers=servers, agency=site.agency, mode=mode, name="desks")
            )
            await stack.enter_async_context(_background(joint.run(bus, secret, site.response)))
        yield


@asynccontextmanager
async def running_console(site: Site, servers: tuple[str, ...]) -> AsyncGenerator[str]:
    """Serve the console that the site file asks for; give its address, or nothing."""
    if site.console is None:
        yield ""
        return
    with needing("console"):
        from liandong.ops.console import serve  # noqa: PLC0415  not every site has one
    async with (
        await connect(
            servers=servers, agency=site.agency, mode=site.console.mode, name="console"
        ) as bus,
        serve(bus, port=site.console.port) as address,
    ):
        yield address


@asynccontextmanager
async def running_checker(agency: str, servers: tuple[str, ...]) -> AsyncGenerator[None]:
    """Read every event once, so that one nobody can read is kept and its sender told.

    The broker stores bytes; without a reader a foreign program would never learn that its events
    are none.
    """

    async def readable(_: Envelope) -> None:
        """Ask nothing more of an event than that it can be read."""

    async with AsyncExitStack() as stack:
        for mode in Mode:
            bus = await stack.enter_async_context(
                await connect(servers=servers, agency=agency, mode=mode, name="checker")
            )
            await bus.subscribe("checker", readable, even_expired=True)
        yield


@asynccontextmanager
async def _background(work: Coroutine[Any, Any, None]) -> AsyncGenerator[None]:
    """Run something beside the block; a failure of it is logged, the site goes on."""
    task = asyncio.create_task(work)
    task.add_done_callback(_log_failure)
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        log.error("background_failed", exc_info=error)


def _announce(
    site: Site, servers: tuple[str, ...], adapters: list[Adapter[Any]], console: str
) -> None:
    typer.echo(f"site      {site.path}", err=True)
    typer.echo(f"bus       {', '.join(servers)}", err=True)
    typer.echo(f"state     {home()}", err=True)
    for adapter in adapters:
        where = f" at {adapter.address}" if adapter.address else ""
        state = adapter.health.problem or ("ready" if adapter.ready.is_set() else "starting")
        typer.echo(f"adapter   {adapter.settings.name:<20} {state}{where}", err=True)
    if console:
        typer.echo(f"console   http://{console}/", err=True)
    typer.echo("Ctrl-C ends it. In another terminal: liandong tail", err=True)


async def told_to_stop() -> None:
    """Wait for SIGINT or SIGTERM."""
    told = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    await told.wait()
