"""MQTT against a real broker: nothing is lost, and it is acknowledged last."""

import asyncio
import gc
from collections.abc import Iterable
from contextlib import aclosing
from typing import Any

import aiomqtt
import pytest

from liandong.adapters.sdk.mqtt import MqttMessage, MqttSettings, messages, publish
from liandong.contracts import (
    AgencyUnavailable,
    ConfigurationError,
    NotPermitted,
    Reason,
    TransportError,
)

NAME = "test-telemetry"
RETRY = TransportError("not now", reason=Reason.NO_CONNECTION)
both_protocols = pytest.mark.parametrize("protocol", ["3.1.1", "5"])


async def take(
    settings: MqttSettings, count: int, *, accepted: int | None = None
) -> list[MqttMessage]:
    """Receive so many messages, accept all or the first few, and go away."""
    taken: list[MqttMessage] = []
    async with aclosing(messages(settings, NAME, ["t/#"], asyncio.Event())) as coming:
        async for message in coming:
            taken.append(message)
            if len(taken) == count:
                break
        for message in taken[:accepted]:
            await message.accept()
    return taken


async def join(settings: MqttSettings) -> None:
    """Begin the session: from here on the broker keeps what is published."""
    ready = asyncio.Event()
    async with aclosing(messages(settings, NAME, ["t/#"], ready)) as coming:
        waiting = asyncio.ensure_future(anext(coming))
        await ready.wait()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)


async def say(broker: Any, payloads: Iterable[object], **options: Any) -> None:
    """Publish as another program would: with a foreign client's plain call."""
    async with aiomqtt.Client("127.0.0.1", broker.port) as client:
        for payload in payloads:
            await client.publish("t/1", str(payload), qos=1, **options)


def numbers(taken: Iterable[MqttMessage]) -> list[int]:
    """Return the payloads."""
    return [int(message.body) for message in taken]


@both_protocols
async def test_what_is_said_while_we_are_away_comes_in_order(mosquitto: Any, protocol: str) -> None:
    """Five hundred messages for an absent adapter are all delivered, in order, once each."""
    settings = mosquitto.settings(protocol)
    await join(settings)
    await say(mosquitto, range(500))
    seen: list[int] = []
    async with aclosing(messages(settings, NAME, ["t/#"], asyncio.Event())) as coming:
        async for message in coming:
            seen += numbers([message])
            await message.accept()
            if len(seen) == 500:
                break
    assert seen == list(range(500))


@both_protocols
async def test_an_end_midway_loses_nothing(mosquitto: Any, protocol: str) -> None:
    """Ten taken, three accepted, gone: the other seven come again."""
    settings = mosquitto.settings(protocol)
    await join(settings)
    await say(mosquitto, range(10))
    assert numbers(await take(settings, 10, accepted=3)) == list(range(10))
    assert numbers(await take(settings, 7)) == list(range(3, 10))


async def test_acknowledgements_keep_their_order(mosquitto: Any) -> None:
    """A message accepted before the one ahead of it waits: both come again."""
    settings = mosquitto.settings()
    await join(settings)
    await say(mosquitto, range(2))
    first, second = await take(settings, 2, accepted=0)
    await second.accept()
    assert numbers([first, *await take(settings, 2)]) == [0, 0, 1]


async def test_a_message_to_be_tried_again_comes_again(mosquitto: Any) -> None:
    """The connection is made anew, and the broker sends it once more."""
    settings = mosquitto.settings()
    await join(settings)
    await say(mosquitto, [7])
    with pytest.raises(AgencyUnavailable):  # noqa: PT012  the loss comes out of the iteration
        async with aclosing(messages(settings, NAME, ["t/#"], asyncio.Event())) as coming:
            async for message in coming:
                await message.refuse(RETRY)
    assert numbers(await take(settings, 1)) == [7]


async def test_a_message_refused_for_good_is_done_with(mosquitto: Any) -> None:
    """What became a dead letter is acknowledged: the next one comes."""
    settings = mosquitto.settings()
    await join(settings)
    await say(mosquitto, [1, 2])
    async with aclosing(messages(settings, NAME, ["t/#"], asyncio.Event())) as coming:
        await (await anext(coming)).refuse(NotPermitted("read", "it"))
    assert numbers(await take(settings, 1)) == [2]


async def test_a_retained_message_says_so(mosquitto: Any) -> None:
    """What was said before we subscribed is marked: it may be old."""
    await say(mosquitto, [1], retain=True)
    (message,) = await take(mosquitto.settings(), 1)
    assert message.retained
    assert message.identity.startswith("t/1:")
    assert message.peer == "mqtt:t/1"


async def test_a_broker_that_restarts_loses_nothing(mosquitto: Any) -> None:
    """The loss is told as an outage; afterwards the session is still there."""
    settings = mosquitto.settings()
    await join(settings)
    await say(mosquitto, range(5))
    with pytest.raises(AgencyUnavailable):  # noqa: PT012  the loss comes out of the iteration
        async with aclosing(messages(settings, NAME, ["t/#"], asyncio.Event())) as coming:
            async for _ in coming:
                mosquitto.stop()
    mosquitto.start()
    assert numbers(await take(settings, 5)) == list(range(5))


@both_protocols
async def test_a_broker_that_is_down_is_an_outage(mosquitto: Any, protocol: str) -> None:
    """Reading and publishing both say that the agency is unavailable."""
    mosquitto.stop()
    with pytest.raises(AgencyUnavailable, match=r"127\.0\.0\.1"):
        await take(mosquitto.settings(protocol), 1)
    with pytest.raises(AgencyUnavailable):
        await publish(mosquitto.settings(protocol), "t/1", b"1")


@both_protocols
async def test_what_is_published_is_kept_for_an_absent_reader(
    mosquitto: Any, protocol: str
) -> None:
    """Publishing returns once the broker has it; the reader gets it when it is back."""
    settings = mosquitto.settings(protocol)
    await join(settings)
    await publish(settings, "t/orders/E7", b"42")
    (message,) = await take(settings, 1)
    assert (message.topic, message.body) == ("t/orders/E7", b"42")


async def test_an_order_that_nobody_would_hear_is_not_delivered(mosquitto: Any) -> None:
    """With MQTT 5 the broker says that no one listens: it is tried again, not taken as done."""
    with pytest.raises(AgencyUnavailable, match="nobody listens on t/1"):
        await publish(mosquitto.settings("5"), "t/1", b"1")


async def test_a_publish_that_the_broker_refuses_is_an_error(mosquitto: Any) -> None:
    """With MQTT 5 the broker says that we may not."""
    mosquitto.stop()
    mosquitto.forbid("t/1")
    mosquitto.start()
    with pytest.raises(NotPermitted, match="t/1"):
        await publish(mosquitto.settings("5"), "t/1", b"1")


# paho leaves the socket of a failed handshake to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_closed_broker_is_reached_with_its_certificate_and_our_password(
    mosquitto: Any,
) -> None:
    """With both a message comes; without the authority, or with a wrong password, none does."""
    mosquitto.stop()
    mosquitto.close_to_strangers()
    mosquitto.start()
    ours = {"ca_file": mosquitto.ca_file, "username": "we", "password": "secret"}
    await join(mosquitto.settings(**ours))
    await publish(mosquitto.settings(**ours), "t/1", b"7")
    assert numbers(await take(mosquitto.settings(**ours), 1)) == [7]
    for wrong in ({"password": "guess"}, {"ca_file": None, "tls": True}):
        with pytest.raises(AgencyUnavailable):
            await publish(mosquitto.settings(**ours | wrong), "t/1", b"8")
    gc.collect()


def test_a_certificate_that_is_not_there_is_a_mistake_in_the_settings() -> None:
    """It is said which broker's, before anything is connected."""
    settings = MqttSettings.model_validate({"host": "broker", "ca_file": "missing.pem"})
    with pytest.raises(ConfigurationError, match="MQTT broker broker"):
        _ = settings.tls_context


def test_a_password_is_not_shown() -> None:
    """Neither in the settings' text nor in their dump."""
    settings = MqttSettings.model_validate({"host": "broker", "password": "secret"})
    assert "secret" not in f"{settings!r} {settings.model_dump_json()}"
