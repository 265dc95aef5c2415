"""Deliveries to a reader who is gone: a half-open connection still has requests at the broker."""

import json
from typing import Any

from ears import Ears
from facts import AREA, reported

from liandong.bus import Bus, Server, connect
from liandong.bus.consumers import durable_name

_EXPIRES_NS = 4_000_000_000


async def _ghost(server: Server, bus: Bus, name: str) -> tuple[Bus, list[Any]]:
    """Ask for a subscription's messages over another connection, and never answer."""
    caught: list[Any] = []

    ghost = await connect(servers=(server.url,), agency="lz/centre/ghost")
    session = await ghost.connection.session()
    inbox = session.new_inbox()
    await session.subscribe(inbox, caught.append)
    await session.publish(
        f"$JS.API.CONSUMER.MSG.NEXT.LD_LIVE_EVENTS.{durable_name(bus.agency, name)}",
        json.dumps({"batch": 10, "expires": _EXPIRES_NS}).encode(),
        reply=inbox,
    )
    await session.echo()
    return ghost, caught


async def test_a_delivery_that_went_astray_comes_again_in_order(
    bus: Bus, nats_server: Server
) -> None:
    """Long before the broker's own time for acknowledgements (30 s) is over."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    ghost, caught = await _ghost(nats_server, bus, "desk")
    async with ghost:
        sent = [
            (await bus.publish(reported("lz-1", f"number {n}"), area=AREA)).envelope.id
            for n in range(6)
        ]
        await ears.wait_for(sent[-1], within=15)
    assert caught
    assert list(dict.fromkeys(ears.heard)) == sent


async def test_a_single_delivery_that_went_astray_is_missed_by_the_heartbeat(
    bus: Bus, nats_server: Server
) -> None:
    """No later message shows the gap: the consumer's heartbeat does."""
    ears = Ears()
    await (await bus.subscribe("desk", ears)).close()
    ghost, caught = await _ghost(nats_server, bus, "desk")  # the broker asks the oldest first
    async with ghost:
        await bus.subscribe("desk", ears)
        sent = await bus.publish(reported("lz-1"), area=AREA)
        await ears.wait_for(sent.envelope.id, within=15)
    assert caught
