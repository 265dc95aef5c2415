"""Clocks on a real server: they start, are breached on time and stop; two desks say it once."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    ClockBreached,
    ClockOutcome,
    ClockStarted,
    ClockStopped,
    IncidentReported,
    Location,
    PrimaryUnitStatus,
    SecondaryUnitStatus,
    UnitStatus,
)
from liandong.response import Desk
from liandong.response.clocks import clocks
from response.clock_life import with_clocks

AREA = "cn.99.01"
SECRET = b"a secret of this test"
RULES = with_clocks("react")
QUICK = RULES.model_copy(
    update={"clock": (RULES.clock[0].model_copy(update={"thresholds_s": (0.3, 0.6)}),)}
)


@asynccontextmanager
async def watching(*buses: Bus) -> AsyncGenerator[None]:
    """Run a desk on each bus."""
    desks = [asyncio.create_task(Desk(bus, clocks(QUICK), SECRET).run()) for bus in buses]
    try:
        yield
    finally:
        for desk in desks:
            desk.cancel()
        await asyncio.gather(*desks, return_exceptions=True)


def reported(incident_id: str, ago: timedelta = timedelta()) -> IncidentReported:
    """Return a report of a call that came so long ago."""
    return IncidentReported(
        incident_id=incident_id,
        location=Location(address="Quay 3"),
        summary="Smoke",
        received=datetime.now(UTC) - ago,
    )


def dispatched(incident_id: str) -> UnitStatus:
    """Return that a unit was sent."""
    return UnitStatus(
        unit_id="E1",
        incident_id=incident_id,
        primary_status=PrimaryUnitStatus.NOT_AVAILABLE,
        secondary_status=SecondaryUnitStatus.DISPATCHED,
    )


async def test_a_clock_is_breached_on_time_and_stops(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Of two desks, with what started and stopped it; each threshold once."""
    async with (
        await connect(servers=(nats_server.url,), agency=str(bus.agency)) as twin,
        watching(bus, twin),
    ):
        begun = await bus.publish(reported("lz-1"), area=AREA)
        breaches = await recorder.wait_for(2, ClockBreached)
        ended = await bus.publish(dispatched("lz-1"), area=AREA)
        (stop,) = await recorder.wait_for(1, ClockStopped)
    (start,) = recorder.of(ClockStarted)
    assert isinstance(start.data, ClockStarted)
    started = start.data.started
    assert start.time == started
    assert [breach.time - started for breach in breaches] == [
        timedelta(seconds=0.3),
        timedelta(seconds=0.6),
    ]
    assert start.causation == start.correlation == begun.envelope.id
    assert isinstance(stop.data, ClockStopped)
    assert stop.data.outcome is ClockOutcome.AFTER
    assert (stop.causation, stop.correlation) == (ended.envelope.id, begun.envelope.id)


async def test_a_call_of_last_week_is_not_called_late_today(bus: Bus, recorder: Recorder) -> None:
    """It is read from a file; only what happens now is said."""
    async with watching(bus):
        await bus.publish(reported("lz-old", ago=timedelta(days=6)), area=AREA)
        await bus.publish(reported("lz-new"), area=AREA)
        await recorder.wait_for(2, ClockBreached)
    assert {e.key for e in recorder.of(ClockStarted) + recorder.of(ClockBreached)} == {"lz-new"}
