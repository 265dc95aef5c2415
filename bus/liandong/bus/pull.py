"""Our own pull loop: one inbox, heartbeats, and a new request whenever the last one ended.

nats-py's ``fetch`` stalls on requests that the server has forgotten, and folds every refusal into
a time-out.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import structlog
from nats.aio.msg import Msg

from liandong.bus.connection import Connection
from liandong.bus.consumers import Consumer
from liandong.bus.session import Session
from liandong.contracts import LiandongError, Reason, TransportError

log = structlog.get_logger()

_EXPIRES_S = 5.0  # for so long a request of a broken connection may catch what is ours
_HEARTBEAT_S = 2.0
_SILENCE_S = 3 * _HEARTBEAT_S
_PAUSE_S = 0.25
_ACK = "$JS.ACK."
_NANOSECONDS = 1_000_000_000

Ensure = Callable[[Session], Awaitable[Consumer]]
"""Makes sure that the consumer exists; asked again after each interruption."""


@dataclass(frozen=True, slots=True)
class Raw:
    """A message as it came from a stream.

    Attributes:
        subject: Where it was published.
        body: Its bytes.
        headers: Its NATS headers.
        stream: The stream it came from.
        sequence: Its place in that stream.
        deliveries: How often it was delivered to this consumer, from 1.
        stored: When the broker stored it (UTC).
        pending: How many more the consumer has behind it.
    """

    subject: str
    body: bytes
    headers: dict[str, str]
    stream: str
    sequence: int
    deliveries: int
    stored: datetime
    pending: int
    _session: Session
    _reply: str

    @classmethod
    def of(cls, session: Session, message: Msg) -> "Raw":
        """Read the place and count out of the reply subject (ADR-15, both forms)."""
        parts = _place(message.reply)
        return cls(
            message.subject,
            message.data,
            dict(message.headers or {}),
            parts[0],
            int(parts[3]),
            int(parts[2]),
            datetime.fromtimestamp(int(parts[5]) / _NANOSECONDS, UTC),
            int(parts[6]),
            session,
            message.reply,
        )

    async def ack(self) -> None:
        """Say that it is done. A lost acknowledgement means that it comes again."""
        await self._say(b"+ACK")

    async def nak(self, delay_s: float) -> None:
        """Give it back; it comes again after the delay in seconds."""
        delay = json.dumps({"delay": round(delay_s * _NANOSECONDS)})
        await self._say(b"-NAK " + delay.encode())

    async def term(self, reason: str) -> None:
        """Say that it must never come again, and why (the reason reaches the broker's advisory)."""
        await self._say(b"+TERM " + reason.encode())

    async def working(self) -> None:
        """Ask for more time."""
        await self._say(b"+WPI")

    async def _say(self, word: bytes) -> None:
        try:
            await self._session.publish(self._reply, word)
        except TransportError as error:
            log.debug("acknowledgement_lost", sequence=self.sequence, problem=str(error))


class Puller:
    """Pulls from one consumer over one session.

    For a few seconds after a connection broke, the broker may still deliver to a request of that
    connection. A consumer numbers its deliveries, and its heartbeats carry the last number: one
    that did not come to us ends the pull, and whoever began it has the consumer rewound.
    """

    def __init__(self, session: Session, stream: str, consumer: Consumer) -> None:
        self._session = session
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.name}"
        self._delivered = consumer.delivered
        self._inbox = session.new_inbox()
        self._queue: asyncio.Queue[Msg | None] = asyncio.Queue()
        self._unsubscribe: Callable[[], Awaitable[None]] | None = None
        self._forget: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        """Open the inbox."""
        self._forget = self._session.when_lost(lambda: self._queue.put_nowait(None))
        self._unsubscribe = await self._session.subscribe(self._inbox, self._queue.put)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, and give back at once what was on its way."""
        self._forget()
        if self._unsubscribe:
            await self._unsubscribe()
        while not self._queue.empty():
            message = self._queue.get_nowait()
            if message and message.reply.startswith(_ACK):
                await Raw.of(self._session, message).nak(0)

    async def fetch(self, batch: int, *, wait: bool = True) -> AsyncIterator[Raw]:
        """Yield up to ``batch`` messages from one request.

        Args:
            batch: How many at the most.
            wait: Wait for the next message; else end where there is none now.

        Raises:
            TransportError: The session is lost, the consumer is gone, the broker fell silent, or a
                delivery went astray.
        """
        request: dict[str, Any] = {"batch": batch}
        if wait:
            request["expires"] = round(_EXPIRES_S * _NANOSECONDS)
            request["idle_heartbeat"] = round(_HEARTBEAT_S * _NANOSECONDS)
        else:
            request["no_wait"] = True
        await self._session.publish(self._next, json.dumps(request).encode(), reply=self._inbox)
        received = 0
        while received < batch:
            message = await self._take()
            self._check_nothing_astray(message)
            if message.reply.startswith(_ACK):
                received += 1
                yield Raw.of(self._session, message)
            elif _is_end(message):
                return

    def _check_nothing_astray(self, message: Msg) -> None:
        if self._delivered is None:
            return
        last = int((message.headers or {}).get("Nats-Last-Consumer", self._delivered))
        if message.reply.startswith(_ACK):
            self._delivered += 1
            last = int(_place(message.reply)[4])
        if last != self._delivered:
            raise TransportError("a delivery went astray", reason=Reason.NO_CONNECTION)

    async def _take(self) -> Msg:
        if self._queue.empty():
            try:
                async with asyncio.timeout(_SILENCE_S):
                    message = await self._queue.get()
            except TimeoutError:
                raise TransportError(
                    "the broker fell silent", reason=Reason.NO_CONNECTION
                ) from None
        else:
            message = self._queue.get_nowait()
        if message is None:
            raise TransportError("connection lost", reason=Reason.NO_CONNECTION)
        return message


def _place(reply: str) -> list[str]:
    """Return stream, consumer, deliveries of it, its sequence, the consumer's, time, pending."""
    parts = reply.split(".")
    return parts[2:] if len(parts) == 9 else parts[4:]  # noqa: PLR2004  ADR-15 has two forms


def _is_end(message: Msg) -> bool:
    """Say whether a status ends the request; heartbeats do not.

    Raises:
        TransportError: The consumer is gone.
    """
    headers = message.headers or {}
    status, text = headers.get("Status", ""), headers.get("Description", "")
    if status == "100":
        return False
    if status == "503" or "consumer deleted" in text.lower():
        raise TransportError(f"consumer gone: {status} {text}", reason=Reason.NO_STREAM)
    return True  # 404 none now, 408 expired, 409 a limit or a change of leader: ask again


async def pull(
    connection: Connection, stream: str, ensure: Ensure, *, batch: int = 256
) -> AsyncGenerator[Raw, None]:
    """Yield messages of a consumer for ever, across lost sessions and deleted consumers.

    The next request is made when the last batch was taken, so a slow reader is never flooded.
    """
    problem = ""
    while True:
        session = await connection.session()
        try:
            consumer = await ensure(session)
            async with Puller(session, stream, consumer) as puller:
                while True:
                    async for raw in puller.fetch(batch):
                        problem = ""
                        yield raw
        except Exception as error:  # whatever it is, a reader must not fall silent for good
            if not isinstance(error, LiandongError):
                log.exception("pull_failed", stream=stream)
            elif str(error) != problem:
                log.warning("pull_interrupted", stream=stream, problem=str(error))
            problem = str(error)
            await asyncio.sleep(_PAUSE_S)
