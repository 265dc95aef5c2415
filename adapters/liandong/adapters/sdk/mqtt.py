"""MQTT 3.1.1 and 5.0: messages in, acknowledged last; messages out, confirmed by the broker.

The session is persistent and every subscription has QoS 1: what is published while we are away is
kept by the broker and comes in order. PUBACK is sent when the document is accepted, in the order in
which messages came (MQTT 5.0 §4.6). MQTT cannot refuse a message: one that is to be tried again is
left unacknowledged, and the connection is made anew so that the broker sends it again.

A publisher that chose QoS 0 gets QoS 0: the broker may drop its messages while we are away.

While the bus takes nothing, nothing is acknowledged, and the broker holds what it has: with MQTT
5.0 it sends no more than 500 messages ahead, with 3.1.1 as many as it is set to. What we hold is
bounded in any case (`unread`).
"""

import asyncio
import ssl
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, cast
from uuid import uuid4

import paho.mqtt.client as paho
from aiomqtt import Client, Message, MqttError, ProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.health import Counters
from liandong.adapters.sdk.unread import MessageQueue, Unread
from liandong.contracts import (
    AgencyUnavailable,
    ConfigurationError,
    LiandongError,
    NotPermitted,
    Recovery,
    TelemetryGap,
)

_REFUSED = 0x80  # SUBACK failures begin here: MQTT 3.1.1 §3.9.3, 5.0 §3.9.3
_NOBODY_LISTENS = 0x10  # PUBACK "no matching subscribers": MQTT 5.0 §3.4.2.1
_PREFIX = "liandong-"
_CONNECT_S = 10.0
_SESSION_S = 30 * 86_400  # how long the broker keeps our messages while we are away
_AHEAD = 500  # messages that a broker may send unacknowledged: MQTT 5.0 §3.1.2.11.3


class MqttSettings(BaseModel):
    """A broker, and who we are to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    host: str
    """Its name or address."""
    port: int = 1883
    """Its port; 8883 is usual with TLS."""
    protocol: Literal["3.1.1", "5"] = "3.1.1"
    """The version. With 5 a broker says when it refuses a message; with 3.1.1 it only drops it."""
    client_id: str | None = None
    """The session's name, unique on the broker; None takes the adapter's own name."""
    username: str | None = None
    """Who we are; None sends no name."""
    password: SecretStr | None = None
    """The password."""
    tls: bool = False
    """Speak TLS 1.2 or later; implied by ``ca_file`` and ``cert_file``."""
    ca_file: Path | None = None
    """The authorities to trust (PEM); None trusts the system's."""
    cert_file: Path | None = None
    """Our certificate (PEM), where the broker asks for one."""
    key_file: Path | None = None
    """Its key; None takes it from ``cert_file``."""
    keepalive_s: int = Field(default=30, ge=5, le=3600)
    """How soon a dead connection is noticed, in seconds."""

    @cached_property
    def tls_context(self) -> ssl.SSLContext | None:
        """What to trust and show; None speaks without TLS.

        Raises:
            ConfigurationError: A file cannot be read.
        """
        if not (self.tls or self.ca_file or self.cert_file):
            return None
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
            if self.cert_file:
                context.load_cert_chain(self.cert_file, self.key_file)
        except (OSError, ssl.SSLError) as error:
            raise ConfigurationError(f"MQTT broker {self.host}: TLS files: {error}") from None
        return context


@dataclass(frozen=True)
class MqttMessage(Document):
    """One message.

    Attributes:
        topic: The topic it came on.
        retained: It was published before we subscribed, nobody says when.
    """

    topic: str = ""
    retained: bool = False
    settle: Callable[[], None] | None = None
    send_again: Callable[[], None] | None = None

    async def accept(self) -> None:
        """Acknowledge it."""
        if self.settle:
            self.settle()

    async def refuse(self, error: LiandongError) -> None:
        """Acknowledge it, or where it is to be tried again have the broker send it again."""
        answer = self.send_again if error.recovery is Recovery.RETRY else self.settle
        if answer:
            answer()


async def messages(
    settings: MqttSettings,
    client_id: str,
    filters: Iterable[str],
    ready: asyncio.Event,
    unread: Unread | None = None,
) -> AsyncGenerator[MqttMessage | TelemetryGap]:
    """Yield messages as they come, until the connection is lost; and what had to be left out.

    Args:
        settings: The broker.
        client_id: The session's name, unless the settings name one.
        filters: MQTT topic filters.
        ready: Set once the broker has granted them all.
        unread: Where messages wait until they are asked for; None lets none give way.

    Raises:
        AgencyUnavailable: The broker does not answer, refuses us, or the connection was lost.
        NotPermitted: It refuses a subscription.
    """
    unread = unread if unread is not None else Unread(lambda _: "", Counters())
    name = settings.client_id or client_id
    async with _connected(settings, name, persistent=True, unread=unread) as client:
        unread.hang_up = _paho(client).disconnect
        window = _Window(client)
        await _subscribe(client, list(filters))
        ready.set()
        async for message in _coming(client, unread):
            yield window.took(message) if message else unread.gap(client_id)


async def _coming(client: Client, unread: Unread) -> AsyncGenerator[Message | None]:
    """Yield the messages of a connection; None when it is time to tell what was left out."""
    coming = aiter(client.messages)
    while True:
        if unread.tell_in() == 0:
            yield None
        elif unread:
            yield unread.popleft()
        else:
            message = asyncio.ensure_future(anext(coming))
            try:
                while not (await asyncio.wait({message}, timeout=unread.tell_in()))[0]:
                    yield None
                yield message.result()
            finally:
                message.cancel()


async def publish(settings: MqttSettings, topic: str, payload: bytes) -> None:
    """Publish one message and wait until the broker has it: QoS 1, not retained.

    Raises:
        AgencyUnavailable: The broker does not answer, or says (5.0) that nobody listens.
        NotPermitted: The broker says (5.0) that we may not.
    """
    answers: list[ReasonCode] = []
    async with _connected(settings, f"{_PREFIX}{uuid4().hex[:12]}", persistent=False) as client:
        inner = _paho(client)  # aiomqtt drops the broker's reason
        confirmed = cast("Callable[..., None]", inner.on_publish)

        def note(*answer: Any) -> None:
            answers.append(answer[3])
            confirmed(*answer)

        inner.on_publish = note
        await client.publish(topic, payload, qos=1)
    for answer in answers:
        if answer.is_failure:
            raise NotPermitted(f"publish ({answer}) on MQTT topic", topic)
        if answer.value == _NOBODY_LISTENS:
            raise AgencyUnavailable(f"MQTT broker {settings.host}: nobody listens on {topic}")


class _Window:
    """The messages of one connection that are not acknowledged yet, in the order they came."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._waiting: deque[Message] = deque()
        self._settled: set[int] = set()

    def took(self, message: Message) -> MqttMessage:
        """Return the document of a message; one of QoS 0 has no answer."""
        payload = bytes(message.payload)
        topic = str(message.topic)
        answered = message.qos > 0
        if answered:
            self._waiting.append(message)
        return MqttMessage(
            payload,
            identity=f"{topic}:{sha256(payload).hexdigest()[:32]}",
            peer=f"mqtt:{topic}",
            media_type="application/json",
            topic=topic,
            retained=bool(message.retain),
            settle=partial(self._settle, message.mid) if answered else None,
            send_again=self._send_again if answered else None,
        )

    def _settle(self, mid: int) -> None:
        inner = _paho(self._client)
        self._settled.add(mid)
        while self._waiting and self._waiting[0].mid in self._settled:
            message = self._waiting.popleft()
            self._settled.discard(message.mid)
            if inner.is_connected():  # else the broker sends it again, and it is known
                inner.ack(message.mid, message.qos)

    def _send_again(self) -> None:
        _paho(self._client).disconnect()


def _paho(client: Client) -> paho.Client:
    """Return the client inside: aiomqtt 2.5 has no manual acknowledgement of its own."""
    return client._client  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


@asynccontextmanager
async def _connected(
    settings: MqttSettings, client_id: str, *, persistent: bool, unread: Unread | None = None
) -> AsyncGenerator[Client]:
    client = Client(
        settings.host,
        settings.port,
        identifier=client_id,
        username=settings.username,
        password=settings.password.get_secret_value() if settings.password else None,
        keepalive=settings.keepalive_s,
        timeout=_CONNECT_S,
        tls_context=settings.tls_context,
        queue_type=cast("type[asyncio.Queue[Message]]", partial(_queue, unread)),
        **_session(settings, persistent=persistent),
    )
    # paho would acknowledge a message as soon as it stands in memory.
    _paho(client).manual_ack_set(True)
    try:
        async with client:
            yield client
    except MqttError as error:
        broker = f"MQTT broker {settings.host}:{settings.port}"
        raise AgencyUnavailable(f"{broker}: {error}") from None


def _queue(unread: Unread | None, *, maxsize: int) -> asyncio.Queue[Message]:
    """Return what aiomqtt puts messages into; its own has no bound, or discards the newest."""
    return MessageQueue(unread) if unread is not None else asyncio.Queue(maxsize)


def _session(settings: MqttSettings, *, persistent: bool) -> dict[str, Any]:
    if settings.protocol == "3.1.1":
        return {"protocol": ProtocolVersion.V311, "clean_session": not persistent}
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = _SESSION_S if persistent else 0
    properties.ReceiveMaximum = _AHEAD
    return {
        "protocol": ProtocolVersion.V5,
        "clean_start": not persistent,
        "properties": properties,
    }


async def _subscribe(client: Client, filters: list[str]) -> None:
    granted = await client.subscribe([(name, 1) for name in filters])
    for name, answer in zip(filters, granted, strict=True):
        code = answer if isinstance(answer, int) else answer.value
        if code >= _REFUSED:
            raise NotPermitted("subscribe to MQTT topic", name)
