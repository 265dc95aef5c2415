"""Every fault that a bus meets has a name, is known within 10 s, and says what it is about."""

import asyncio
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from ears import Ears
from facts import AREA, ordered, reported
from waiting import until

from liandong.bus import Bus, Server, connect, consumers, jetstream, topology
from liandong.contracts import AlarmName, Envelope, NotPermitted, TransportError

ALARM_S = 10.0
USERS = """
accounts {{ SITE {{ jetstream: enabled, users: [
  {{ user: admin, password: a }}
  {{ user: desk, password: {password}
     permissions: {{ publish: {{ deny: "ld.live.>" }} }} }} ] }} }}
"""


async def _told(bus: Bus, name: AlarmName) -> str:
    """Return what an alarm is about, once it is raised."""
    await until(lambda: name in {alarm.name for alarm in bus.alarms.active}, ALARM_S)
    return next(alarm.about for alarm in bus.alarms.active if alarm.name is name)


async def test_a_deleted_consumer(bus: Bus) -> None:
    """The broker's name of it is said; what came meanwhile is read, though nothing was before."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    name = consumers.durable_name(bus.agency, "desk")
    session = await bus.connection.session(5)
    await jetstream.call(session, f"CONSUMER.DELETE.LD_LIVE_EVENTS.{name}")
    stored = await bus.publish(reported(), area=AREA)
    assert await _told(bus, AlarmName.CONSUMER_DELETED) == name
    await ears.wait_for(stored.envelope.id)


async def test_a_stream_that_is_missing(nats_server: Server) -> None:
    """Nobody stores what is published."""
    async with await connect(servers=(nats_server.url,)) as bus:
        with pytest.raises(TransportError):
            await bus.send(bus.envelope(ordered(), area=AREA), within=1)
        assert await _told(bus, AlarmName.STREAM_MISSING) == "LD_LIVE_ORDERS"


async def test_a_stream_that_is_full(bus: Bus) -> None:
    """An order that finds no room is refused, and everybody learns why."""
    session = await bus.connection.session(5)
    full = topology.streams()["LD_LIVE_ORDERS"] | {"max_msgs": 1}
    await jetstream.call(session, "STREAM.UPDATE.LD_LIVE_ORDERS", full)
    await bus.publish(ordered("o-1"), area=AREA)
    with pytest.raises(TransportError):
        await bus.publish(ordered("o-2"), area=AREA)
    assert await _told(bus, AlarmName.STREAM_FULL) == "LD_LIVE_ORDERS"


@contextmanager
def _frozen(server: Server) -> Iterator[None]:
    assert server.pid
    os.kill(server.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(server.pid, signal.SIGCONT)


async def test_a_confirmation_that_is_slow(bus: Bus, nats_server: Server) -> None:
    """A broker that hangs is an alarm before anything is given up."""
    await bus.publish(ordered("o-1"), area=AREA)
    with _frozen(nats_server):
        publishing = asyncio.create_task(bus.publish(ordered("o-2"), area=AREA))
        assert await _told(bus, AlarmName.CONFIRMATIONS_SLOW) == "LD_LIVE_ORDERS"
        assert not publishing.done()
    await publishing


async def test_a_publish_that_is_not_permitted(tmp_path: Path) -> None:
    """The kind of subject is said: a thousand incidents are one alarm."""
    async with Server(tmp_path / "nats", extra=USERS.format(password="d")) as server:
        servers = (server.url,)
        async with await connect(servers=servers, user="admin", password="a") as admin:
            await admin.apply()
            async with await connect(servers=servers, user="desk", password="d") as bus:
                for number in range(3):
                    with pytest.raises(NotPermitted):
                        await bus.publish(reported(f"lz-{number}"), area=AREA)
                kinds = [a.about for a in bus.alarms.active if a.name is AlarmName.NOT_PERMITTED]
    assert "ld.live.local.centre.desk.incident.reported.v1" in kinds
    assert len(kinds) == len({*kinds})


async def test_credentials_that_are_not_taken_any_more(tmp_path: Path) -> None:
    """A password that was changed is told apart from a network that fails."""
    server = Server(tmp_path / "nats", extra=USERS.format(password="d"))
    await server.start()
    changed = Server(tmp_path / "nats", port=server.port, extra=USERS.format(password="other"))
    async with await connect(servers=(server.url,), user="desk", password="d") as bus:
        await server.stop()
        async with changed:
            await _told(bus, AlarmName.CREDENTIALS_REFUSED)


async def test_a_handler_that_fails_again_and_again(bus: Bus) -> None:
    """The subscription is named, and what it raised, by its class: words may be anybody's."""

    async def fail(_: Envelope) -> None:
        raise ConnectionError("the CAD of Inspector Li does not answer")

    await bus.subscribe("desk", fail)
    await bus.publish(ordered(), area=AREA)
    assert await _told(bus, AlarmName.HANDLER_FAILING) == "desk"
    assert "Li" not in str(bus.alarms.active)


async def test_a_message_that_becomes_a_dead_letter(bus: Bus) -> None:
    """The consumer that gave it up is named."""

    async def hear(_: Envelope) -> None:
        """Take anything."""

    await bus.subscribe("desk", hear)
    subject = str(bus.envelope(ordered(), area=AREA).subject)
    session = await bus.connection.session(5)
    await session.request(subject, b"no event")
    assert await _told(bus, AlarmName.DEAD_LETTERS) == "desk"


async def test_a_process_that_stood_still(bus: Bus) -> None:
    """Stopped, swapped out or blocked: it notices when it goes on."""
    time.sleep(3.5)  # noqa: ASYNC251  this is the fault
    await _told(bus, AlarmName.PROCESS_STALLED)
