"""Orders that are carried out: reported as received first, and by how they end."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from liandong.adapters.sdk import Draft, Journal, Settings, run
from liandong.adapters.sdk.orders import Order, OrderHandler, Refused
from liandong.adapters.sdk.outlet import Outlet
from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    AgencyUnavailable,
    AlarmName,
    AlarmRaised,
    ContractError,
    Deadline,
    Envelope,
    Expired,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)

UNTIL = datetime(2030, 1, 2, 8, tzinfo=UTC)
WORKS = "lz/municipal/works"


class Works(OrderHandler[Settings]):
    """Carries out road works, as it is told by its fields."""

    settings_type = Settings
    fault: Exception | None = None
    done = 0

    async def do_close_road(self, order: Order) -> None:
        """Close a road."""
        await order.accepted()
        await order.in_progress(UNTIL)
        if self.fault:
            raise self.fault
        self.done += 1


@pytest.fixture
def works(journal: Journal) -> Works:
    """Return a handler that nothing runs."""
    settings = {"name": "works", "agency": "lz/municipal/works", "area": "cn.99"}
    return Works(Settings.model_validate(settings), journal)


def _order(bus: Bus, action: str = "close-road") -> Envelope:
    """Return an order to the works."""
    order = OrderIssued(
        order_id="o-1",
        incident_id="lz-1",
        addressee=Addressee(agency="lz/municipal/works"),
        action=action,
        issued_by="duty officer",
    )
    return bus.envelope(order, area="cn.99")


async def _reports(recorder: Recorder, count: int) -> list[OrderReported]:
    """Return what was reported."""
    return [e.data for e in await recorder.wait_for(count, OrderReported)]


async def test_an_order_that_is_carried_out_is_done(
    bus: Bus, recorder: Recorder, works: Works
) -> None:
    """Received by itself, accepted and in progress as it says, done when it returns."""
    await Outlet(works, bus, b"s").deliver(_order(bus))
    reports = await _reports(recorder, 4)
    assert [r.state for r in reports] == ["received", "accepted", "in_progress", "done"]
    assert [r.until for r in reports] == [None, None, UNTIL, None]
    assert {(r.order_id, r.incident_id) for r in reports} == {("o-1", "lz-1")}


@pytest.mark.parametrize(
    ("fault", "state", "reason"),
    [
        (Refused("no crew"), OrderState.REFUSED, "no crew"),
        (RuntimeError("a secret"), OrderState.FAILED, "RuntimeError"),
    ],
)
async def test_how_it_ends_is_reported(
    bus: Bus, recorder: Recorder, works: Works, fault: Exception, state: str, reason: str
) -> None:
    """A refusal with its words; any other fault with its kind only."""
    works.fault = fault
    await Outlet(works, bus, b"s").deliver(_order(bus))
    last = (await _reports(recorder, 4))[-1]
    assert (last.state, last.reason) == (state, reason)


async def test_an_action_without_a_method_is_refused(
    bus: Bus, recorder: Recorder, works: Works
) -> None:
    """The reason names it."""
    await Outlet(works, bus, b"s").deliver(_order(bus, "fly"))
    received, refused = await _reports(recorder, 2)
    assert (received.state, refused.state) == ("received", "refused")
    assert "fly" in (refused.reason or "")


async def test_an_agency_that_is_down_is_tried_again(
    bus: Bus, recorder: Recorder, works: Works
) -> None:
    """The error goes to the bus, which retries; the receipt stays one event."""
    outlet, order = Outlet(works, bus, b"s"), _order(bus, "close_road")
    works.fault = AgencyUnavailable("radio silent")
    with pytest.raises(AgencyUnavailable):
        await outlet.deliver(order)
    works.fault = None
    await outlet.deliver(order)
    await recorder.wait_for(1, OrderReported, where=lambda e: e.data.state == "done")
    states = [e.data.state for e in recorder.of(OrderReported)]
    assert (states.count("received"), states[-1], works.done) == (1, "done", 1)


async def test_an_order_that_ended_before_a_crash_is_not_carried_out_again(
    bus: Bus, recorder: Recorder, works: Works
) -> None:
    """Its last report is said again, and is the same event."""
    order = _order(bus)
    said: list[object] = []

    async def say(draft: object, _: Envelope) -> None:
        said.append(draft)

    works.say, works.log = say, bus.history
    (before,) = await works.deliver(order)
    await Outlet(works, bus, b"s").deliver(order)
    ended = await recorder.wait_for(1, OrderReported, where=lambda e: e.data.state == "done")
    assert works.done == 1
    assert ended[0].time == before.time
    assert abs(before.time - datetime.now(UTC)) < timedelta(minutes=1)


def _cancelled() -> OrderCancelled:
    """Return word that the order holds no more."""
    return OrderCancelled(
        order_id="o-1",
        incident_id="lz-1",
        addressees=(Addressee(agency="lz/municipal/works"),),
        cancelled_by="duty officer",
        reason="false alarm",
    )


async def test_an_order_that_was_cancelled_is_not_carried_out(bus: Bus, works: Works) -> None:
    """Although its handler has not come to the cancellation yet, or its order came after that."""
    await bus.publish(_cancelled(), area="cn.99")
    await Outlet(works, bus, b"s").deliver(_order(bus))
    assert works.done == 0


async def test_an_order_that_was_replaced_is_not_carried_out(bus: Bus, works: Works) -> None:
    """The later one is."""
    later = _order(bus).data.model_copy(update={"order_id": "o-2", "supersedes": "o-1"})
    stored = await bus.publish(later, area="cn.99")
    outlet = Outlet(works, bus, b"s")
    await outlet.deliver(_order(bus))
    assert works.done == 0
    await outlet.deliver(stored.envelope)
    assert works.done == 1


async def test_only_its_issuer_cancels_an_order(
    bus: Bus, nats_server: Server, works: Works
) -> None:
    """What another agency says of it changes nothing."""
    async with await connect(servers=(nats_server.url,), agency="lz/fire/119") as other:
        await other.publish(_cancelled(), area="cn.99")
    await Outlet(works, bus, b"s").deliver(_order(bus))
    assert works.done == 1


async def test_an_order_that_expires_while_its_receipt_is_said_is_not_carried_out(
    bus: Bus, works: Works
) -> None:
    """A broker that is away for a while holds the receipt up."""
    order = _order(bus).model_copy(update={"expires": datetime.now(UTC) + timedelta(seconds=0.5)})
    outlet = Outlet(works, bus, b"s")
    said = works.say

    async def slow(draft: Draft, envelope: Envelope) -> None:
        await said(draft, envelope)
        await asyncio.sleep(0.6)

    works.say = slow
    with pytest.raises(Expired):
        await outlet.deliver(order)
    assert works.done == 0


def test_only_its_own_orders_are_wanted(bus: Bus, works: Works) -> None:
    """Those to another agency are left to it."""
    order = _order(bus)
    other = order.data.model_copy(update={"addressee": Addressee(agency="lz/fire/119")})
    assert works.wants(order)
    assert not works.wants(order.model_copy(update={"data": other}))


async def test_an_adapter_that_died_says_so_when_it_runs_again(
    works: Works, bus: Bus, recorder: Recorder
) -> None:
    """Its supervisor has started it; nobody else would know."""
    works.journal.died = True
    running = asyncio.create_task(run(works, bus))
    (raised,) = await recorder.wait_for(1, AlarmRaised)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert (raised.data.name, raised.data.about) == (AlarmName.PROCESS_DIED, "works")


def _passed_on(issued: Envelope, to: str, step_number: int = 1) -> OrderEscalated:
    """Return the next step of an order that nobody answered."""
    return OrderEscalated(
        order_id="o-1",
        incident_id="lz-1",
        step_number=step_number,
        missed=Deadline.ACCEPTANCE,
        due=issued.time,
        escalated_from=Addressee(agency="lz/nobody/here" if step_number == 1 else WORKS),
        addressee=Addressee(agency=to, role="night shift"),
        accept_by=UNTIL,
    )


async def test_an_order_passed_on_to_this_agency_is_carried_out(
    bus: Bus, recorder: Recorder, works: Works
) -> None:
    """What it asks is what was issued; whom and by when is what the step says."""
    stored = await bus.publish(
        _order(bus).data.model_copy(update={"addressee": Addressee(agency="lz/nobody/here")}),
        area="cn.99",
    )
    issued = stored.envelope
    step = await bus.publish(_passed_on(issued, WORKS), area="cn.99")
    await Outlet(works, bus, b"s").deliver(step.envelope)
    reports = await _reports(recorder, 4)
    assert [r.state for r in reports] == ["received", "accepted", "in_progress", "done"]
    answers = recorder.of(OrderReported)
    assert {(e.causation, e.correlation) for e in answers} == {(step.envelope.id, issued.id)}


async def test_an_order_that_was_passed_on_is_not_carried_out_by_who_had_it_first(
    bus: Bus, works: Works
) -> None:
    """An agency that comes back late finds that somebody else has it now."""
    stored = await bus.send(_order(bus))
    await bus.publish(_passed_on(stored.envelope, "lz/nobody/else", 2), area="cn.99")
    await Outlet(works, bus, b"s").deliver(stored.envelope)
    assert works.done == 0


async def test_an_order_that_expired_is_left_to_people(bus: Bus, works: Works) -> None:
    """Nobody was left to ask, and somebody decides: a machine does not act on it any more."""
    stored = await bus.send(_order(bus))
    expired = OrderExpired(
        order_id="o-1",
        incident_id="lz-1",
        missed=Deadline.ACCEPTANCE,
        due=stored.envelope.time,
        asked=(Addressee(agency=WORKS),),
    )
    await bus.publish(expired, area="cn.99")
    await Outlet(works, bus, b"s").deliver(stored.envelope)
    assert works.done == 0


async def test_an_order_passed_on_that_nobody_issued_is_refused(bus: Bus, works: Works) -> None:
    """It says which order is missing."""
    step = await bus.publish(_passed_on(_order(bus), WORKS), area="cn.99")
    with pytest.raises(ContractError, match="o-1"):
        await Outlet(works, bus, b"s").deliver(step.envelope)
