"""Running an adapter: everything around its mapping."""

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any, cast

import structlog

from liandong.adapters.sdk.adapter import Adapter, Bridge, Sink, Source
from liandong.adapters.sdk.backoff import Backoff
from liandong.adapters.sdk.intake import Intake
from liandong.adapters.sdk.outlet import Outlet
from liandong.adapters.sdk.seal import site_secret
from liandong.adapters.sdk.watcher import Watcher
from liandong.bus import Bus, home
from liandong.contracts import ConfigurationError, LiandongError
from liandong.contracts.system import AdapterHeartbeat, AdapterState, AlarmName

log = structlog.get_logger()

_HEARTBEAT_S = 10.0
_STEADY_S = 60.0  # who ran so long may fail again without waiting longer for it


async def read_once(source: Source[Any], bus: Bus, watcher: Watcher) -> None:
    """Take a source that ends (files given by name) to the bus, whole.

    Args:
        source: The source.
        bus: A bus that speaks for the source's agency.
        watcher: Told what passes, to account for every document.
    """
    await Intake(source, bus, site_secret(home()), watcher).run()


async def run(adapter: Adapter[Any], bus: Bus) -> None:
    """Run an adapter until cancelled.

    Args:
        adapter: A `Source`, a `Sink`, or both in one; or a `Bridge`.
        bus: A bus that speaks for the adapter's agency.
    """
    if adapter.journal.died:
        adapter.journal.died = False
        problem = "it ended without a goodbye and runs again"
        bus.alarms.set(AlarmName.PROCESS_DIED, problem, about=adapter.settings.name)
    if isinstance(adapter, Bridge):
        await adapter.carry(bus)
        return
    secret = site_secret(home())
    async with AsyncExitStack() as stack:
        if isinstance(adapter, Sink):
            subscription = await Outlet(adapter, bus, secret).start()
            stack.push_async_callback(subscription.close)
        beat = asyncio.create_task(_beat(adapter, bus), name=f"{adapter.settings.name} heartbeat")
        stack.callback(beat.cancel)
        if isinstance(adapter, Source):
            await Intake(adapter, bus, secret).run()
        else:
            adapter.ready.set()
            await asyncio.Event().wait()


async def run_forever(adapter: Adapter[Any], bus: Bus) -> None:
    """Run an adapter; start it again, with growing pauses, if it fails.

    One whose settings are wrong stays down and says so.
    """
    backoff = Backoff()
    clock = asyncio.get_running_loop().time
    while True:
        begun = clock()
        try:
            await run(adapter, bus)
        except Exception as error:
            if wrong := _misconfiguration(error):
                await _stay_down(adapter, bus, wrong)
            log.exception("adapter_failed", adapter=adapter.settings.name)
            adapter.health.note("it failed and is started again; its log says why")
        if clock() - begun > _STEADY_S:
            backoff.reset()
        await asyncio.sleep(backoff.next())


def _misconfiguration(error: Exception) -> ConfigurationError | None:
    """Return the wrong setting that an adapter stopped at: starting it again would not mend it."""
    if isinstance(error, ExceptionGroup):
        group = cast("ExceptionGroup[Exception]", error)
        return next(filter(None, map(_misconfiguration, group.exceptions)), None)
    return error if isinstance(error, ConfigurationError) else None


async def _stay_down(adapter: Adapter[Any], bus: Bus, wrong: ConfigurationError) -> None:
    """Say what is wrong for as long as the site runs."""
    log.error("adapter_misconfigured", adapter=adapter.settings.name, problem=str(wrong))
    adapter.health.note(str(wrong))
    adapter.ready.set()
    await _beat(adapter, bus)


async def _beat(adapter: Adapter[Any], bus: Bus) -> None:
    """Say that the adapter lives, at once and every ten seconds; a lost beat is not repeated."""
    started, shed = datetime.now(UTC), 0
    while True:
        health = adapter.health
        if health.counters.shed > shed:
            shed = health.counters.shed
            too_much = "more telemetry came than the bus takes"
            bus.alarms.set(AlarmName.MESSAGE_SHED, too_much, about=adapter.settings.name)
        problem = health.problem or "; ".join(f"{a.name}: {a.problem}" for a in bus.alarms.active)
        state = AdapterState.OK if not problem else AdapterState.DEGRADED
        heartbeat = AdapterHeartbeat(
            adapter=adapter.settings.name,
            kind=f"{type(adapter).__module__.removeprefix('liandong.adapters.')}",
            program_version=version("liandong"),
            started=started,
            state=state,
            problem=problem[:500],
            counters=health.counters.as_dict() | {"alarms": bus.alarms.risen.total()},
            address=adapter.address,
        )
        try:
            await bus.send(bus.envelope(heartbeat, area=adapter.settings.area), within=2)
        except LiandongError as error:
            log.debug("heartbeat_lost", adapter=adapter.settings.name, problem=str(error))
        await asyncio.sleep(_HEARTBEAT_S)
