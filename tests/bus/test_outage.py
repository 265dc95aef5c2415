"""No loss, no doubles, no ghosts: publishing and reading while the broker dies or freezes."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
from ears import NOTICED_S, Ears, stored_ids
from facts import AREA, ordered, reported
from waiting import until

from faults.checker import Item, check
from liandong.bus import Bus, Server
from liandong.contracts import (
    Expired,
    Filter,
    Reason,
    TransportError,
)
from liandong.contracts.orders import OrderIssued


async def _restart(server: Server) -> Server:
    """Kill a server and start it again where it was."""
    port = server.port
    await server.kill()
    again = Server(server.folder, port=port)
    await again.start()
    return again


async def test_a_killed_broker_loses_doubles_and_reorders_nothing(
    bus: Bus, nats_server: Server
) -> None:
    """Three kills amid publishing: every confirmed event is stored and handled once, in order."""
    ears, server = Ears(), nats_server
    await bus.subscribe("desk", ears)
    sent = [bus.envelope(reported(), area=AREA) for _ in range(90)]
    confirmed: list[str] = []

    async def publish() -> None:
        for envelope in sent:
            await bus.send(envelope)
            confirmed.append(envelope.id)

    publishing = asyncio.create_task(publish())
    try:
        for count in (10, 40, 70):
            await until(lambda count=count: len(confirmed) >= count)
            server = await _restart(server)
        await publishing
        ids = [envelope.id for envelope in sent]
        await until(lambda: set(ears.heard) == set(ids))
        assert confirmed == ids
        items = [Item(i) for i in ids]
        for read in (await stored_ids(bus), ears.heard):
            assert check(items, confirmed, [Item(i) for i in read]).clean
    finally:
        await server.stop()


async def test_a_frozen_broker_is_noticed_and_its_publish_is_one_event(
    bus: Bus, nats_server: Server
) -> None:
    """The freeze is noticed within 5 s; what was sent into it is retried, and stored once."""
    assert nats_server.pid
    ears = Ears()
    await bus.subscribe("desk", ears)
    os.kill(nats_server.pid, signal.SIGSTOP)
    envelope = bus.envelope(ordered(), area=AREA)
    publishing = asyncio.create_task(bus.send(envelope))
    try:
        await until(lambda: not bus.connected, NOTICED_S)
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    await publishing
    await ears.wait_for(envelope.id)
    later = await bus.publish(reported(), area=AREA)
    await ears.wait_for(later.envelope.id)
    assert ears.heard == [envelope.id, later.envelope.id]
    assert await stored_ids(bus) == ears.heard


async def test_a_publish_that_failed_is_unknown_and_sending_it_again_resolves_it(
    bus: Bus, nats_server: Server
) -> None:
    """The frozen broker stores it after all: the same envelope again is the same event."""
    assert nats_server.pid
    envelope = bus.envelope(ordered(), area=AREA)
    os.kill(nats_server.pid, signal.SIGSTOP)
    try:
        async with asyncio.timeout(1):  # "within" is kept
            with pytest.raises(TransportError) as caught:
                await bus.send(envelope, within=0.5)
    finally:
        os.kill(nats_server.pid, signal.SIGCONT)
    assert caught.value.reason in {Reason.NO_CONFIRMATION, Reason.NO_CONNECTION}
    await bus.send(envelope)
    assert await stored_ids(bus) == [envelope.id]


async def test_nothing_is_sent_after_its_caller_was_told_that_there_is_no_connection(
    bus: Bus, nats_server: Server
) -> None:
    """No ghosts: what was refused while disconnected does not appear on reconnecting."""
    port = nats_server.port
    await nats_server.kill()
    await until(lambda: not bus.connected)
    ghost = bus.envelope(ordered("ghost"), area=AREA)
    with pytest.raises(TransportError, match="not connected") as caught:
        await bus.send(ghost, within=0.3)
    assert caught.value.reason is Reason.NO_CONNECTION
    async with Server(nats_server.folder, port=port):
        real = await bus.publish(ordered("real"), area=AREA)
        assert await stored_ids(bus) == [real.envelope.id]


async def test_an_order_that_expires_during_an_outage_is_not_sent(
    bus: Bus, nats_server: Server
) -> None:
    """Its sender is told, and it never reaches the log."""
    port = nats_server.port
    await nats_server.kill()
    await until(lambda: not bus.connected)
    order = bus.envelope(ordered(), area=AREA, expires=datetime.now(UTC) + timedelta(seconds=0.5))
    fresh = bus.envelope(ordered("o-2"), area=AREA)
    sending = asyncio.create_task(bus.send_many([order, fresh]))
    await until(lambda: datetime.now(UTC) > order.expires)
    async with Server(nats_server.folder, port=port):
        with pytest.raises(Expired):
            await sending
        await bus.send(fresh)
        assert await stored_ids(bus) == [fresh.id]


async def test_an_expired_order_is_never_handled(bus: Bus) -> None:
    """One that reached the log in time and its reader too late becomes a dead letter."""
    ears = Ears()
    order = bus.envelope(ordered(), area=AREA, expires=datetime.now(UTC) + timedelta(seconds=0.3))
    await bus.send(order)
    await until(lambda: datetime.now(UTC) > order.expires)
    await bus.subscribe("desk", ears, Filter(contracts=(OrderIssued,)), from_start=True)
    later = await bus.publish(ordered("o-2"), area=AREA)
    await ears.wait_for(later.envelope.id)
    assert ears.heard == [later.envelope.id]
    (found,) = await bus.dead_letters.list()
    assert found.letter.reason == Reason.EXPIRED
