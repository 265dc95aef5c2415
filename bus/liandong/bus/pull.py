"""Our own pull loop: one inbox, heartbeats, and a new request before the last one ends.

nats-py's ``fetch`` stalls on requests that the server has forgotten, and folds every refusal into
a time-out.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import structlog

from liandong.bus.consumers import Consumer
from liandong.bus.lines import Lines
from liandong.bus.pipe import Message
from liandong.bus.session import Session
from liandong.contracts import LiandongError, Reason, TransportError
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

_EXPIRES_S = 5.0  # for so long a request of a broken connection may catch what is ours
_HEARTBEAT_S = 2.0
_SILENCE_S = 3 * _HEARTBEAT_S
_HEARTBEAT = "100"
_AHEAD = 512
_PAUSE_S = 0.25
_ACK = "$JS.ACK."
_FIRST_FORM = 9  # parts of a reply subject without domain and account
_NANOSECONDS = 1_000_000_000
_EPOCH = datetime.fromtimestamp(0, UTC)

Ensure = Callable[[Session], Awaitable[Consumer]]
"""Makes sure that the consumer exists; asked again after each interruption."""


@dataclass(slots=True, eq=False)
class Raw:
    """A message as it came from a stream.

    Attributes:
        subject: Where it was published.
        body: Its bytes.
        stream: The stream it came from.
        sequence: Its place in that stream.
    """

    subject: str
    body: bytes
    stream: str
    sequence: int
    _place: list[str]
    _message: Message
    _session: Session

    @classmethod
    def of(cls, session: Session, message: Message) -> "Raw":
        """Return a delivered message; its reply subject says its place (ADR-15, both forms)."""
        parts = message.reply.split(".")
        del parts[: 2 if len(parts) == _FIRST_FORM else 4]
        return cls(message.subject, message.data, parts[0], int(parts[3]), parts, message, session)

    @property
    def deliveries(self) -> int:
        """How often it was delivered to this consumer, from 1."""
        return int(self._place[2])

    @property
    def number(self) -> int:
        """Which delivery of its consumer this is, from 1."""
        return int(self._place[4])

    @property
    def pending(self) -> int:
        """How many more the consumer has behind it."""
        return int(self._place[6])

    @property
    def headers(self) -> dict[str, str]:
        """Its NATS headers."""
        return self._message.headers

    @property
    def stored(self) -> datetime:
        """When the broker stored it (UTC)."""
        return _EPOCH + timedelta(microseconds=int(self._place[5]) // 1000)  # never after it

    def ack(self) -> None:
        """Say that it is done. A lost acknowledgement means that it comes again."""
        self._say(b"+ACK")

    def nak(self, delay_s: float) -> None:
        """Give it back; it comes again after the delay in seconds."""
        delay = json.dumps({"delay": round(delay_s * _NANOSECONDS)})
        self._say(b"-NAK " + delay.encode())

    def term(self, reason: str) -> None:
        """Say that it must never come again, and why (the reason reaches the broker's advisory)."""
        self._say(b"+TERM " + reason.encode())

    def working(self) -> None:
        """Ask for more time."""
        self._say(b"+WPI")

    def _say(self, word: bytes) -> None:
        try:
            self._session.answer(self._message, word)
        except TransportError as error:
            log.debug("acknowledgement_lost", sequence=self.sequence, problem=str(error))


class ConsumerGone(TransportError):  # noqa: N818  it says what happened
    """The broker does not have the consumer any more, or not where it is asked for it."""

    def __init__(self, consumer: str, said: str) -> None:
        super().__init__(f"consumer gone: {said}", reason=Reason.NO_STREAM)
        self.consumer = consumer


class Puller:
    """Pulls from one consumer over one session.

    For a few seconds after a connection broke, the broker may still deliver to a request of that
    connection. A consumer numbers its deliveries, and its heartbeats carry the last number: one
    that did not come to us ends the pull, and whoever began it has the consumer rewound.
    """

    def __init__(self, session: Session, stream: str, consumer: Consumer) -> None:
        self._session = session
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{consumer.name}"
        self._name, self._delivered = consumer.name, consumer.delivered
        self._inbox = session.new_inbox()
        self._arrived: list[Message] = []
        self._something = asyncio.Event()
        self._asked = 0
        self._unsubscribe: Callable[[], Awaitable[None]] | None = None
        self._forget: Callable[[], None] = lambda: None

    async def __aenter__(self) -> Self:
        """Open the inbox."""
        self._forget = self._session.when_lost(self._something.set)
        self._unsubscribe = await self._session.subscribe(self._inbox, self._arrive)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it, and give back at once what was on its way."""
        self._forget()
        if self._unsubscribe:
            await self._unsubscribe()
        for message in self._arrived:
            if message.reply.startswith(_ACK):
                Raw.of(self._session, message).nak(0)

    async def fetch(self, batch: int, *, wait: bool = True) -> list[Raw]:
        """Return up to ``batch`` messages by one request.

        Args:
            batch: How many at the most.
            wait: Wait for as many, up to 5 s; else return what there is now.

        Raises:
            TransportError: The session is lost, the consumer is gone, the broker fell silent, or a
                delivery went astray.
        """
        await self._ask(batch, wait=wait)
        found: list[Raw] = []
        while self._asked > 0:
            found += await self._take()
        return found

    async def batches(self) -> AsyncIterator[list[Raw]]:
        """Yield messages as they come, for ever; see `fetch` for what ends it.

        More are asked for while those before are worked on, so that neither side waits; a reader
        that takes none is sent no more than `_AHEAD`.
        """
        while True:
            if self._asked <= _AHEAD // 2:
                await self._ask(_AHEAD - self._asked, wait=True)
            if found := await self._take():
                yield found

    async def _ask(self, batch: int, *, wait: bool) -> None:
        request: dict[str, Any] = {"batch": batch}
        if wait:
            request["expires"] = round(_EXPIRES_S * _NANOSECONDS)
            request["idle_heartbeat"] = round(_HEARTBEAT_S * _NANOSECONDS)
        else:
            request["no_wait"] = True
        self._asked += batch
        await self._session.publish(self._next, json.dumps(request).encode(), reply=self._inbox)

    def _arrive(self, message: Message) -> None:
        self._arrived.append(message)
        self._something.set()

    async def _take(self) -> list[Raw]:
        """Return what has arrived, waiting for something."""
        if not self._arrived:
            await self._wait()
        arrived, self._arrived = self._arrived, []
        self._something.clear()
        found: list[Raw] = []
        for message in arrived:
            if message.reply.startswith(_ACK):
                raw = Raw.of(self._session, message)
                self._count(raw.number, 1)
                self._asked -= 1
                found.append(raw)
            else:
                self._note(message.headers)
        return found

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(_SILENCE_S):
                await self._something.wait()
        except TimeoutError:
            raise TransportError("the broker fell silent", reason=Reason.NO_CONNECTION) from None
        if not self._arrived:
            raise TransportError("connection lost", reason=Reason.NO_CONNECTION)

    def _note(self, headers: dict[str, str]) -> None:
        """Note what the broker says of a request.

        Raises:
            TransportError: The consumer is gone, or a delivery went astray.
        """
        status, text = headers.get("Status", ""), headers.get("Description", "")
        if last := headers.get("Nats-Last-Consumer"):
            self._count(int(last), 0)
        if status == "503" or "consumer deleted" in text.lower():
            raise ConsumerGone(self._name, f"{status} {text}")
        if status != _HEARTBEAT:
            # 404 none now, 408 expired, 409 a limit or a change of leader: ask again.
            self._asked -= int(headers.get("Nats-Pending-Messages", self._asked))

    def _count(self, last: int, new: int) -> None:
        """See that the consumer has delivered what came to us, and nothing else."""
        if self._delivered is None:
            return
        self._delivered += new
        if last != self._delivered:
            raise TransportError("a delivery went astray", reason=Reason.NO_CONNECTION)


async def pull(lines: Lines, stream: str, ensure: Ensure) -> AsyncGenerator[list[Raw], None]:
    """Yield messages of a consumer as they come, for ever, across lost sessions and deletions."""
    problem = ""
    while True:
        try:
            session = await lines.session(stream)
            async with AsyncExitStack() as stack:
                async with session.turns:
                    consumer = await ensure(session)
                    puller = await stack.enter_async_context(Puller(session, stream, consumer))
                async for raws in puller.batches():
                    problem = ""
                    yield raws
        except ConsumerGone as error:
            lines.alarms.set(AlarmName.CONSUMER_DELETED, str(error), error.consumer)
        except Exception as error:  # whatever it is, a reader must not fall silent for good
            if not isinstance(error, LiandongError):
                log.exception("pull_failed", stream=stream)
            elif str(error) != problem:
                log.warning("pull_interrupted", stream=stream, problem=str(error))
            problem = str(error)
        await asyncio.sleep(_PAUSE_S)
