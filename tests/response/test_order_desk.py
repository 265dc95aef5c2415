"""The order desk on a real server: deadlines pass while it watches, restarts and has a twin."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    Deadline,
    Envelope,
    OrderCancelled,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.response import ORDERS, Desk

AREA = "cn.99.01"
FIRE = "lz/fire/119"
SECRET = b"a secret of this test"


@asynccontextmanager
async def watching(bus: Bus) -> AsyncGenerator[None]:
    """Run a desk."""
    desk = asyncio.create_task(Desk(bus, ORDERS, SECRET).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


def order(order_id: str, **seconds: float) -> OrderIssued:
    """Return an order to the fire service, its deadlines so many seconds from now."""
    now = datetime.now(UTC)
    deadlines = {f"{name}_by": now + timedelta(seconds=s) for name, s in seconds.items()}
    return OrderIssued.model_validate(
        {
            "order_id": order_id,
            "incident_id": "lz-1",
            "addressee": Addressee(agency=FIRE),
            "action": "dispatch",
            "issued_by": "commander",
        }
        | deadlines
    )


def report(order_id: str, state: OrderState) -> OrderReported:
    """Return what the fire service says of an order."""
    return OrderReported(
        order_id=order_id, incident_id="lz-1", state=state, reported_by="duty officer"
    )


def is_overdue(envelope: Envelope) -> bool:
    """Say whether an event reports a missed deadline."""
    return isinstance(envelope.data, OrderReported) and envelope.data.missed is not None


def missed(recorder: Recorder) -> list[tuple[str, Deadline]]:
    """Return which orders missed what, so far."""
    reports = [envelope.data for envelope in recorder.of(OrderReported)]
    return [(r.order_id, r.missed) for r in reports if isinstance(r, OrderReported) and r.missed]


async def test_an_order_that_only_a_machine_has_is_overdue(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Received is not accepted; the report answers the order, at the moment of the deadline."""
    async with watching(bus), await connect(servers=(nats_server.url,), agency=FIRE) as fire:
        issued = await bus.publish(order("o-1", accept=0.5), area=AREA)
        await bus.publish(order("o-2", accept=0.5), area=AREA)
        await fire.publish(report("o-1", OrderState.RECEIVED), area=AREA)
        await fire.publish(report("o-2", OrderState.ACCEPTED), area=AREA)
        (overdue,) = await recorder.wait_for(1, where=is_overdue)
    assert missed(recorder) == [("o-1", Deadline.ACCEPTANCE)]
    assert overdue.causation == issued.envelope.id
    assert isinstance(issued.envelope.data, OrderIssued)
    assert overdue.time == issued.envelope.data.accept_by


async def test_a_deadline_that_passes_while_no_desk_runs_is_reported_after_the_start(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """A restart forgets neither the orders nor the answers, and repeats no report."""
    async with await connect(servers=(nats_server.url,), agency=FIRE) as fire:
        async with watching(bus):
            await bus.publish(order("o-1", receipt=0.1), area=AREA)
            await bus.publish(order("o-2", accept=1), area=AREA)
            await bus.publish(order("o-3", accept=1), area=AREA)
            await recorder.wait_for(1, where=is_overdue)
        await fire.publish(report("o-3", OrderState.ACCEPTED), area=AREA)
    async with watching(bus):
        await recorder.wait_for(2, where=is_overdue)
        await bus.publish(order("o-4", receipt=0.1), area=AREA)
        await recorder.wait_for(3, where=is_overdue)
    assert missed(recorder) == [
        ("o-1", Deadline.RECEIPT),
        ("o-2", Deadline.ACCEPTANCE),
        ("o-4", Deadline.RECEIPT),
    ]


async def test_two_desks_report_a_missed_deadline_once(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Both say it under one id: the broker keeps one event."""
    async with (
        await connect(servers=(nats_server.url,), agency=str(bus.agency)) as twin,
        watching(bus),
        watching(twin),
    ):
        for number in range(5):
            await bus.publish(order(f"o-{number}", receipt=0.2, accept=0.4), area=AREA)
        await recorder.wait_for(5, OrderExpired)
        await bus.publish(order("last", receipt=0.1), area=AREA)
        await recorder.wait_for(6, OrderExpired)
    assert len(set(missed(recorder))) == len(missed(recorder)) == 6
    assert len(recorder.of(OrderExpired)) == 6


async def test_a_replaced_order_is_chased_no_more(bus: Bus, recorder: Recorder) -> None:
    """Only the order that stands in its place is."""
    async with watching(bus):
        await bus.publish(order("o-1", accept=0.4), area=AREA)
        later = order("o-2", accept=0.5).model_copy(update={"supersedes": "o-1"})
        await bus.publish(later, area=AREA)
        await recorder.wait_for(1, where=is_overdue)
    assert missed(recorder) == [("o-2", Deadline.ACCEPTANCE)]


async def test_a_cancelled_order_is_chased_no_more(bus: Bus, recorder: Recorder) -> None:
    """Whoever has it may stop, so nobody is late with it."""
    async with watching(bus):
        await bus.publish(order("o-1", accept=0.4), area=AREA)
        cancelled = OrderCancelled(
            order_id="o-1",
            incident_id="lz-1",
            addressees=(Addressee(agency=FIRE),),
            cancelled_by="commander",
            reason="A false alarm",
        )
        await bus.publish(cancelled, area=AREA)
        await bus.publish(order("o-2", accept=0.5), area=AREA)
        await recorder.wait_for(1, where=is_overdue)
    assert missed(recorder) == [("o-2", Deadline.ACCEPTANCE)]


async def test_a_report_that_is_refused_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A desk that may not say it goes on watching and trying; its log tells why."""
    monkeypatch.setattr("liandong.response.desk._PAUSE_S", 0.05)
    users = (
        "{user: boss, password: p}, {user: desk, password: p, permissions: "
        '{publish: {deny: "ld.live.lz.centre.desk.>"}}}'
    )
    async with (
        Server(tmp_path, extra=f"authorization {{ users = [{users}] }}") as server,
        await connect(servers=(server.url,), user="boss", password="p") as boss,
        await connect(
            servers=(server.url,), agency="lz/centre/desk", user="desk", password="p"
        ) as bus,
    ):
        await boss.apply()
        with capture_logs() as logs:
            async with watching(bus):
                await boss.publish(order("o-1", receipt=0.1), area=AREA)
                while sum(line["event"] == "not_said" for line in logs) < 2:  # noqa: ASYNC110  a log rings no bell
                    await asyncio.sleep(0.01)
    problems = [str(line["problem"]) for line in logs if line["event"] == "not_said"]
    assert "ld.live.lz.centre.desk" in problems[-1]
