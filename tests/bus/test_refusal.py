"""No silent refusals: credentials, rights, versions, sizes."""

import asyncio
import os
import signal
from pathlib import Path

import pytest
from ears import NOTICED_S, Ears
from facts import AREA, ordered, reported
from waiting import until

from liandong.bus import Server, connect
from liandong.contracts import (
    ConfigurationError,
    NotPermitted,
    Reason,
    TransportError,
)
from liandong.contracts.orders import OrderIssued

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
    """Return an order of more than 8,000 bytes."""
    return ordered().model_copy(update={"instructions": "x" * 8000})


async def test_what_the_broker_would_not_take_is_refused_before_it_is_sent(tmp_path: Path) -> None:
    """A message over max_payload would close the connection: it fails alone."""
    async with (
        Server(tmp_path, extra="max_payload: 8000") as server,
        await connect(servers=(server.url,)) as bus,
    ):
        await bus.apply()
        with pytest.raises(TransportError) as caught:
            await bus.publish(_long(), area=AREA)
        assert caught.value.reason is Reason.TOO_LARGE
        assert bus.connected
