"""Never deaf: against a network that fails and a client that breaks."""

import asyncio
from collections.abc import AsyncIterator

import nats
import pytest
import pytest_asyncio
from ears import NOTICED_S, Ears
from facts import AREA, reported
from waiting import until

from faults.proxy import Proxy
from liandong.bus import Bus, Server, connect, session
from liandong.contracts import (
    Reason,
    TransportError,
)


@pytest_asyncio.fixture
async def proxy(nats_server: Server, bus: Bus) -> AsyncIterator[Proxy]:
    """Stand between a client and this test's server, whose streams are in place."""
    del bus
    async with Proxy(nats_server.port) as standing:
        yield standing


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
        inside = await far.connection.session()
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
        inside = await far.connection.session()
        proxy.to_client.clear()
        with pytest.raises(nats.errors.TimeoutError):
            await inside._pipe.flush(timeout=1)  # noqa: SLF001
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
    inside = await bus.connection.session()

    async def broken(_: bytes) -> None:
        raise RuntimeError("as a callback inside the read loop would")

    monkeypatch.setattr(inside._pipe._ps, "parse", broken)  # noqa: SLF001
    await until(inside.lost.is_set, NOTICED_S)
    sent = await bus.publish(reported(), area=AREA)
    await ears.wait_for(sent.envelope.id)


async def test_a_protocol_error_does_not_close_the_bus_for_good(bus: Bus) -> None:
    """nats-py closes on any -ERR and never comes back; the supervisor does."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    inside = await bus.connection.session()
    inside._pipe._transport.write(b"NONSENSE\r\n")  # noqa: SLF001
    await until(inside.lost.is_set, NOTICED_S)
    sent = await bus.publish(reported(), area=AREA)
    await ears.wait_for(sent.envelope.id)


async def test_answers_do_not_wait_for_one_another(bus: Bus) -> None:
    """Two echoes at once are two proofs, each about what was sent before it."""
    inside: session.Session = await bus.connection.session()
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
