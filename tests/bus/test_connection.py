"""Never deaf, no ghosts, no silent refusals: against a broker and a network that fail."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nats
import pytest
import pytest_asyncio
from checker import check
from facts import AREA, ordered, reported
from proxy import Proxy
from waiting import until

from liandong.bus import Bus, Server, connect, session
from liandong.contracts import (
    ConfigurationError,
    Envelope,
    Expired,
    Filter,
    NotPermitted,
    Reason,
    TransportError,
)
from liandong.contracts.orders import OrderIssued

NOTICED_S = 5.0  # a bus must not claim longer than this that it is connected
HEARS_AGAIN_S = 10.0


class Ears:
    """A subscriber that keeps what it heard."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.heard: list[str] = []

    async def __call__(self, envelope: Envelope) -> None:
        """Hear one event."""
        self.heard.append(envelope.id)

    async def wait_for(self, event_id: str, within: float = HEARS_AGAIN_S) -> None:
        """Return once an event was heard."""
        await until(lambda: event_id in self.heard, within)


@pytest_asyncio.fixture
async def proxy(nats_server: Server, bus: Bus) -> AsyncIterator[Proxy]:
    """Stand between a client and this test's server, whose streams are in place."""
    del bus
    async with Proxy(nats_server.port) as standing:
        yield standing


async def _stored(bus: Bus) -> list[str]:
    """Return the ids that the log holds, in order."""
    return [entry.envelope.id async for entry in bus.history() if entry.envelope]


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
        assert check(confirmed, ids, await _stored(bus)).clean
        assert check(confirmed, ids, ears.heard).clean
    finally:
        await server.stop()


async def test_the_checker_sees_what_goes_wrong_without_ids(bus: Bus, nats_server: Server) -> None:
    """Proof of the harness: a plain client that repeats without an id doubles, and is caught."""
    envelope = bus.envelope(reported(), area=AREA)
    client = await nats.connect(nats_server.url)
    for _ in range(2):
        await client.jetstream().publish(str(envelope.subject), envelope.encode())
    await client.close()
    assert check([envelope.id], [envelope.id], await _stored(bus)).doubled == (envelope.id,)
    assert check(["a", "b"], ["a", "b"], ["b"]).lost == ("a",)
    assert check(["a", "b"], ["a", "b"], ["b", "a"]).reordered == (("b", "a"),)
    assert check([], ["a"], ["x"]).phantom == ("x",)


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
    assert await _stored(bus) == ears.heard


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
    assert await _stored(bus) == [envelope.id]


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
        assert await _stored(bus) == [real.envelope.id]


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
        assert await _stored(bus) == [fresh.id]


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


@pytest.mark.parametrize("fault", ["stall_in", "stall_out", "partition", "reset", "half_open"])
async def test_it_hears_again_after_the_network_failed(bus: Bus, proxy: Proxy, fault: str) -> None:
    """However the line fails: noticed within 5 s, all is heard within 10 s of healing."""
    faults = {
        "stall_in": proxy.to_client.clear,
        "stall_out": proxy.to_server.clear,
        "partition": proxy.partition,
        "reset": proxy.reset,
        "half_open": proxy.forget_servers,
    }
    ears = Ears()
    async with await connect(servers=(proxy.url,), agency="lz/fire/119") as far:
        await far.subscribe("desk", ears)
        first = await bus.publish(reported("lz-1"), area=AREA)
        await ears.wait_for(first.envelope.id)
        inside = await far._connection.session()  # noqa: SLF001  it may be replaced within a poll
        faults[fault]()
        await until(inside.lost.is_set, NOTICED_S)
        during = await bus.publish(reported("lz-1"), area=AREA)
        proxy.heal()
        await ears.wait_for(during.envelope.id)
        assert ears.heard == [first.envelope.id, during.envelope.id]
        answered = await far.publish(reported("lz-2"), area=AREA)
        await ears.wait_for(answered.envelope.id)


async def test_the_plain_client_is_deaf_and_says_that_it_is_connected(
    bus: Bus, proxy: Proxy
) -> None:
    """Proof of the harness: with nats-py's defaults the same stall shows the fault."""
    heard: list[bytes] = []

    async def hear(message: nats.aio.msg.Msg) -> None:
        heard.append(message.data)

    client = await nats.connect(proxy.url)
    await client.subscribe("ld.>", cb=hear)
    await client.flush()
    proxy.to_client.clear()
    await bus.publish(reported(), area=AREA)
    await asyncio.sleep(NOTICED_S + 1)  # the claim is about what does not happen in that time
    assert (client.is_connected, heard) == (True, [])
    proxy.heal()
    await until(lambda: bool(heard))
    await client.close()


async def test_a_late_pong_does_not_leave_it_deaf(bus: Bus, proxy: Proxy) -> None:
    """nats-py's own read loop dies of a PONG that nobody waits for any more: ours is replaced."""
    ears = Ears()
    async with await connect(servers=(proxy.url,), agency="lz/fire/119") as far:
        await far.subscribe("desk", ears)
        inside = await far._connection.session()  # noqa: SLF001  break it as it breaks
        proxy.to_client.clear()
        with pytest.raises(nats.errors.TimeoutError):
            await inside._client.flush(timeout=1)  # noqa: SLF001
        proxy.heal()
        await until(inside.lost.is_set, NOTICED_S)
        sent = await bus.publish(reported(), area=AREA)
        await ears.wait_for(sent.envelope.id)


async def test_a_read_loop_that_dies_does_not_leave_it_deaf(
    bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever raises inside nats-py's read loop, the bus hears again."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    inside = await bus._connection.session()  # noqa: SLF001  break it from inside

    async def broken(_: bytes) -> None:
        raise RuntimeError("as a callback inside the read loop would")

    monkeypatch.setattr(inside._client._ps, "parse", broken)  # noqa: SLF001
    await until(inside.lost.is_set, NOTICED_S)
    sent = await bus.publish(reported(), area=AREA)
    await ears.wait_for(sent.envelope.id)


USERS = """
accounts {{ SITE {{ jetstream: enabled, users: [
  {{ user: admin, password: a }}
  {extra} ] }} }}
"""
FIRE = "{ user: fire, password: f }"


async def _reload(server: Server, extra: str) -> None:
    """Give a running server other users."""
    config = server.folder / "nats.conf"
    before = config.read_text()
    head = before[: before.index("accounts {")]
    config.write_text(head + USERS.format(extra=extra))
    assert server.pid
    os.kill(server.pid, signal.SIGHUP)


async def test_a_revoked_user_is_let_in_again_when_it_may(tmp_path: Path) -> None:
    """Deleting the user cuts the line; the bus goes on asking, and hears when it is back."""
    ears = Ears()
    async with Server(tmp_path, extra=USERS.format(extra=FIRE)) as server:
        servers = (server.url,)
        async with (
            await connect(servers=servers, user="admin", password="a") as admin,
            await connect(servers=servers, user="fire", password="f") as fire,
        ):
            await admin.apply()
            await fire.subscribe("desk", ears)
            await _reload(server, "")
            await until(lambda: not fire.connected and "refused" in fire.problem, NOTICED_S)
            sent = await admin.publish(reported(), area=AREA)
            await _reload(server, FIRE)
            await ears.wait_for(sent.envelope.id)


async def test_a_protocol_error_does_not_close_the_bus_for_good(bus: Bus) -> None:
    """nats-py closes on any -ERR and never comes back; the supervisor does."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    inside = await bus._connection.session()  # noqa: SLF001
    inside._client._transport.write(b"NONSENSE\r\n")  # noqa: SLF001
    await until(inside.lost.is_set, NOTICED_S)
    sent = await bus.publish(reported(), area=AREA)
    await ears.wait_for(sent.envelope.id)


async def test_a_wrong_password_is_said_at_once(tmp_path: Path) -> None:
    """Trying again would not help: ConfigurationError, without the password in it."""
    async with Server(tmp_path, extra=USERS.format(extra=FIRE)) as server:
        with pytest.raises(ConfigurationError, match="refused our credentials") as caught:
            await connect(servers=(server.url,), user="fire", password="hunter2")
    assert "hunter2" not in str(caught.value)


async def test_a_password_in_an_address_is_never_shown(tmp_path: Path) -> None:
    """Neither in an error nor in what the bus says of itself."""
    async with Server(tmp_path, extra=USERS.format(extra=FIRE)) as server:
        right = server.url.replace("//", "//fire:f@")
        async with await connect(servers=(right,)) as bus:
            assert await bus.url() == server.url
        wrong = server.url.replace("//", "//fire:hunter2@")
        with pytest.raises(ConfigurationError) as caught:
            await connect(servers=(wrong,))
    assert "hunter2" not in str(caught.value)


async def test_credentials_that_are_not_there_are_named(nats_server: Server) -> None:
    """The path is in the error."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.creds"):
        await connect(servers=(nats_server.url,), credentials="/nowhere.creds")


async def test_no_server_is_a_transport_error() -> None:
    """The error names the address; trying again may help."""
    with pytest.raises(TransportError, match=r"127\.0\.0\.1:1\b"):
        await connect(servers=("nats://127.0.0.1:1",))


async def test_a_user_who_cannot_hear_its_own_inbox_is_told(tmp_path: Path) -> None:
    """Such a user's publishes are stored and never confirmed: better no bus than that one."""
    deaf = '{ user: deaf, password: d, permissions: { subscribe: { deny: "_INBOX.>" } } }'
    async with Server(tmp_path, extra=USERS.format(extra=deaf)) as server:
        with pytest.raises(NotPermitted, match="_INBOX"):
            await connect(servers=(server.url,), user="deaf", password="d")


async def test_an_old_broker_is_refused() -> None:
    """The error says which version it is and which is needed."""
    info = b'INFO {"server_id":"x","version":"2.10.4","max_payload":1048576,"headers":true}\r\n'

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(info)
        while line := await reader.readline():
            writer.write(b"PONG\r\n" * line.startswith(b"PING"))
        writer.close()

    old = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with old:
        address = f"nats://127.0.0.1:{old.sockets[0].getsockname()[1]}"
        with pytest.raises(ConfigurationError, match=r"2\.10\.4.*2\.15\.1"):
            await connect(servers=(address,))


def _long() -> OrderIssued:
    """Return an order of more than 2,000 bytes."""
    return ordered().model_copy(update={"instructions": "x" * 2000})


async def test_what_the_broker_would_not_take_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    """A message over max_payload would close the connection: it fails alone."""
    async with (
        Server(tmp_path, extra="max_payload: 2000") as server,
        await connect(servers=(server.url,)) as bus,
    ):
        await bus.apply()
        with pytest.raises(TransportError) as caught:
            await bus.publish(_long(), area=AREA)
        assert caught.value.reason is Reason.TOO_LARGE
        assert bus.connected


async def test_answers_do_not_wait_for_one_another(bus: Bus) -> None:
    """Two echoes at once are two proofs, each about what was sent before it."""
    inside: session.Session = await bus._connection.session()  # noqa: SLF001
    await asyncio.gather(*(inside.echo() for _ in range(20)))
    assert not inside._pending  # noqa: SLF001


async def test_closing_ends_although_nats_py_swallows_a_cancellation(
    bus: Bus, nats_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It does where it comes while a lost connection is being dialled again."""
    dialling = asyncio.Event()

    async def swallow(*_: object) -> None:
        dialling.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise TransportError("cancelled", reason=Reason.NO_CONNECTION) from None

    monkeypatch.setattr(session.Session, "open", swallow)
    await nats_server.kill()
    await dialling.wait()
    async with asyncio.timeout(5):
        await bus.close()
    with pytest.raises(TransportError, match="closed"):
        await bus.send(bus.envelope(reported(), area=AREA), within=0.1)
