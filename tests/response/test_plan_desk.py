"""Plans on a real server: one event puts all of a plan into force, and desks agree on it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    CommandLevelEnded,
    CommandPostClosed,
    Envelope,
    IncidentCleared,
    OrderCancelled,
    OrderIssued,
    OrderReported,
    OrderState,
    ResponseGrade,
)
from liandong.response import Desk, Shelf
from liandong.response.plan_activation import Wish, activated, activation_id, changed
from liandong.response.plan_file import Plan
from liandong.response.plan_library import Library
from liandong.response.plan_state import Activation
from liandong.response.plans import plans
from response.plan_parts import POLICE, SMALL, a_plan, an_order

AREA, INCIDENT = "cn.99.01", "lz-7"
SECRET = b"a secret of this test"
BIG = a_plan(orders=[an_order(f"order-{number}") for number in range(20)])
II, III = ResponseGrade.II, ResponseGrade.III


@asynccontextmanager
async def working(bus: Bus, plan: Plan = SMALL) -> AsyncGenerator[None]:
    """Run a desk that knows a plan."""
    desk = asyncio.create_task(Desk(bus, plans(Library.of([plan])), SECRET).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


async def activate(bus: Bus, plan: Plan = SMALL, level: ResponseGrade = II) -> Envelope:
    """Put a plan into force, as a person would."""
    named = activation_id(plan, INCIDENT)
    event = activated(plan, Wish(level, INCIDENT), named, datetime.now(UTC))
    return (await bus.publish(event, area=AREA)).envelope


def cleared() -> IncidentCleared:
    """Return the end of the incident, now."""
    return IncidentCleared(incident_id=INCIDENT, cleared=datetime.now(UTC))


async def test_a_plan_of_twenty_orders_is_in_force_within_a_second(
    bus: Bus, recorder: Recorder
) -> None:
    """Orders, posts, aid, reports, alert: all of it is stored within a second of one event."""
    async with working(bus, BIG):
        await activate(bus, BIG)
        all_said = await recorder.wait_for(26)
    begun = all_said[0].time
    stored = [entry.raw.stored async for entry in bus.history()]
    assert len(recorder.of(OrderIssued)) == 20
    assert max(stored) - begun < timedelta(seconds=1)
    assert {envelope.causation for envelope in all_said[1:]} == {all_said[0].id}


async def test_two_desks_and_a_start_anew_say_everything_once(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """A desk that comes later, or beside another, adds nothing."""
    async with await connect(servers=(nats_server.url,), agency=str(bus.agency)) as twin:
        async with working(bus), working(twin):
            await activate(bus)
            await recorder.wait_for(9)
        async with working(bus):
            await bus.publish(
                IncidentCleared(incident_id=INCIDENT, cleared=datetime.now(UTC)), area=AREA
            )
            await recorder.wait_for(1, CommandPostClosed)
    issued = [e.data.order_id for e in recorder.of(OrderIssued) if isinstance(e.data, OrderIssued)]
    assert len(issued) == len(set(issued)) == 3


async def test_a_lower_level_cancels_only_what_nobody_has_accepted(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """The crew that moves people out goes on; the order that waits at the police is taken back."""
    plan = a_plan(
        orders=[
            an_order("stay"),
            an_order("evacuate", POLICE, grades=["I", "II"]),
            an_order("signs", POLICE, grades=["I", "II"]),
        ]
    )
    async with (
        working(bus, plan),
        await connect(servers=(nats_server.url,), agency=str(POLICE)) as police,
    ):
        begun = await activate(bus, plan)
        await recorder.wait_for(3, OrderIssued)
        accepted = OrderReported(
            order_id="small-lz-7--evacuate",
            incident_id=INCIDENT,
            state=OrderState.ACCEPTED,
            reported_by="duty commander",
        )
        await police.publish(accepted, area=AREA)
        lower = changed(Activation(begun), plan, II, Wish(III), datetime.now(UTC))
        await bus.publish(lower, area=AREA)
        (cancelled,) = await recorder.wait_for(1, OrderCancelled)
        states = await Shelf(bus, plans(Library.of([plan]))).states()
    assert isinstance(cancelled.data, OrderCancelled)
    assert cancelled.data.order_id == "small-lz-7--signs"
    assert states[INCIDENT].tasks["small-lz-7--evacuate"].begun


async def test_an_incident_that_is_cleared_ends_its_plan(bus: Bus, recorder: Recorder) -> None:
    """Where the plan says so: its response ends, its post closes, waiting orders are cancelled."""
    async with working(bus):
        await activate(bus)
        await recorder.wait_for(9)
        await bus.publish(cleared(), area=AREA)
        await recorder.wait_for(1, CommandPostClosed)
        await recorder.wait_for(3, OrderCancelled)
    assert len(recorder.of(CommandLevelEnded)) == 1
