"""One connection to the broker, from its first byte to its last.

nats-py's own reconnecting is switched off: a connection that breaks is dead at once, every request
in flight learns that its outcome is unknown, and `connection.Connection` makes a new session. So
there is no state in which a client is connected and deaf, no buffer from which a publish escapes
after its caller was told that it failed, and no error that closes the bus for good.
"""

import asyncio
import re
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog

from liandong.bus.alarms import Alarms
from liandong.bus.dial import dial
from liandong.bus.pipe import Message, Pipe, Taker, header_lines, publication
from liandong.bus.settings import BusSettings
from liandong.contracts import NotPermitted, Reason, TransportError
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

_CLOSE_SECONDS = 2
_TURNS = 16
_KIND_TOKENS = 8  # of a subject, before what differs from event to event
_HEADER_ALLOWANCE = 512  # the client's own size check leaves headers out
_VIOLATION = re.compile(
    r'permissions violation for (publish|subscription) to "([^"]+)"', re.IGNORECASE
)


@dataclass
class _Pending:
    subject: str
    answer: asyncio.Future[Message] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class Session:
    """One live connection.

    Attributes:
        number: Counts the sessions of a connection from 1.
        lost: Set when the connection is gone; nothing more will come through.
        turns: For readers that find their place again after an interruption. The broker makes a
            consumer ready while the rest of the connection waits: a thousand at once would look
            like a deaf one.
    """

    def __init__(self, number: int, settings: BusSettings, alarms: Alarms) -> None:
        self.number = number
        self.lost = asyncio.Event()
        self.turns = asyncio.Semaphore(_TURNS)
        self._settings, self._alarms = settings, alarms
        self._on_lost: set[Callable[[], None]] = set()
        self._pipe = Pipe()
        self._inbox = f"{settings.inbox_prefix}.{secrets.token_hex(11)}"
        self._pending: dict[str, _Pending] = {}
        self._denied: set[str] = set()
        self._count = 0
        self._url = ""

    async def open(self, servers: list[str]) -> None:
        """Connect to the first server that answers.

        Raises:
            ConfigurationError: It refused our credentials, or is too old.
            NotPermitted: It does not let us use our own inbox.
            TransportError: None answered.
        """
        try:
            self._url = await dial(
                self._pipe,
                self._settings,
                servers,
                on_error=self._on_error,
                on_closed=self._on_closed,
            )
        except BaseException:
            await self.abandon()
            raise
        await self._listen()

    async def _listen(self) -> None:
        """Open the inbox, and prove it: without it every confirmation would be lost unseen."""
        inbox = f"{self._inbox}.*"
        await self.subscribe(inbox, self._on_answer)
        try:
            await self.echo()
        except TransportError:
            if inbox.lower() in self._denied:
                raise NotPermitted("subscribe to", inbox) from None
            raise

    def when_lost(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Have a function called, in the event loop, when the connection is gone.

        Returns:
            A function that takes this back.
        """
        if self.lost.is_set():
            callback()
            return lambda: None
        self._on_lost.add(callback)
        return lambda: self._on_lost.discard(callback)

    def new_inbox(self) -> str:
        """Return a subject that only this session hears."""
        return f"{self._settings.inbox_prefix}.{secrets.token_hex(11)}"

    @property
    def url(self) -> str:
        """The server this session is connected to."""
        return self._url

    async def publish(
        self,
        subject: str,
        body: bytes,
        *,
        reply: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Send one message without waiting for anything but room to write.

        Raises:
            TransportError: The connection is gone, or the message is larger than the broker takes.
        """
        self.write(subject, body, reply=reply, head=header_lines(headers))
        if self.crowded:
            await self.room()

    def write(self, subject: str, body: bytes, *, reply: str = "", head: str = "") -> None:
        """Have one message sent behind those before; who writes many waits for `room` in between.

        Args:
            subject: Where to.
            body: What.
            reply: Where an answer goes.
            head: Headers, ASCII, as ``Name: value`` lines with their line ends.

        Raises:
            TransportError: The connection is gone, or the message is larger than the broker takes.
        """
        if len(body) + len(head) > (room := self._pipe.max_payload - _HEADER_ALLOWANCE):
            # The broker would close the connection on it.
            raise TransportError(
                f"{len(body)} bytes; the broker takes {room}", reason=Reason.TOO_LARGE
            )
        if self.lost.is_set():
            raise TransportError("connection lost", reason=Reason.NO_CONNECTION)
        self._pipe.write(publication(subject, body, reply, head))

    def answer(self, message: Message, word: bytes) -> None:
        """Have a few bytes sent to where a message wants its answer.

        Raises:
            TransportError: The connection is gone.
        """
        if self.lost.is_set():
            raise TransportError("connection lost", reason=Reason.NO_CONNECTION)
        self._pipe.write(b"PUB %b %d\r\n%b\r\n" % (message.reply.encode(), len(word), word))

    async def push(self) -> None:
        """Have what was written leave now: for who computes for long before it awaits anything."""
        self._pipe.push()
        await asyncio.sleep(0)

    @property
    def crowded(self) -> bool:
        """Whether so much was written that one should wait for `room` before going on."""
        return self._pipe.crowded

    async def room(self) -> None:
        """Wait until most of what was written has left.

        Raises:
            TransportError: The connection is gone.
        """
        leaving = asyncio.create_task(self._pipe.room())
        lost = asyncio.create_task(self.lost.wait())
        try:
            await asyncio.wait({leaving, lost}, return_when=asyncio.FIRST_COMPLETED)
            if not leaving.done():
                raise TransportError("connection lost", reason=Reason.NO_CONNECTION)
            leaving.result()
        except OSError as error:
            raise TransportError(
                f"connection lost: {error}", reason=Reason.NO_CONNECTION
            ) from error
        finally:
            leaving.cancel()
            lost.cancel()

    async def ask(
        self, subject: str, body: bytes = b"", *, head: str = ""
    ) -> asyncio.Future[Message]:
        """Send a request and return the future of its answer; see `request`.

        The future fails with TransportError when the session is lost and with NotPermitted when the
        broker refuses it. It has no time limit of its own.
        """
        reply, pending = self._expect(subject)
        try:
            self.write(subject, body, reply=reply, head=head)
            if self.crowded:
                await self.room()
        except BaseException:
            pending.answer.cancel()
            raise
        return pending.answer

    def _expect(self, subject: str = "") -> tuple[str, _Pending]:
        """Return a reply subject of our own, and what waits for a message on it."""
        self._count += 1
        token = str(self._count)
        pending = self._pending[token] = _Pending(subject)
        pending.answer.add_done_callback(lambda _: self._pending.pop(token, None))
        return f"{self._inbox}.{token}", pending

    async def request(
        self,
        subject: str,
        body: bytes = b"",
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 5.0,  # noqa: ASYNC109  the broker is asked, not a coroutine cancelled
    ) -> Message:
        """Send a request and wait for its answer.

        Args:
            subject: Where to.
            body: What.
            headers: NATS headers, ASCII.
            timeout: Seconds to wait.

        Raises:
            NotPermitted: The broker refused it.
            TransportError: No answer, or nobody listens; whether it arrived is then unknown.
        """
        answer = await self.ask(subject, body, head=header_lines(headers))
        try:
            async with asyncio.timeout(timeout):
                message = await answer
        except TimeoutError:
            raise TransportError(
                f"no answer on {subject} within {timeout:g} s", reason=Reason.NO_CONFIRMATION
            ) from None
        if nobody_listens(message):
            raise TransportError(f"nobody listens on {subject}", reason=Reason.NO_STREAM)
        return message

    async def subscribe(self, subject: str, taker: Taker) -> Callable[[], Awaitable[None]]:
        """Subscribe, and prove that it took: the broker reports a refusal only out of band.

        Returns:
            A function that ends the subscription; what is on its way still comes through.

        Raises:
            NotPermitted: The broker refused it.
            TransportError: The connection is gone.
        """
        self._denied.discard(subject.lower())
        number = self._pipe.listen(subject, taker)

        async def end() -> None:
            self._pipe.end(number)
            with suppress(TransportError):
                await self.echo(_CLOSE_SECONDS)
            self._pipe.forget(number)

        if not subject.startswith(self._inbox):
            await self.echo()  # by now a refusal has been heard
        if subject.lower() in self._denied:
            self._pipe.forget(number)
            raise NotPermitted("subscribe to", subject)
        return end

    async def echo(self, timeout: float = 3.0) -> None:  # noqa: ASYNC109
        """Send a message to ourselves: the only proof that both directions work.

        Raises:
            TransportError: It did not come back in time.
        """
        subject, pending = self._expect()
        try:
            async with asyncio.timeout(timeout):
                await self.publish(subject, b"")
                await pending.answer
        except TimeoutError:
            raise TransportError("the connection is deaf", reason=Reason.NO_CONNECTION) from None
        finally:
            pending.answer.cancel()

    async def close(self) -> None:
        """Send what is buffered and disconnect."""
        with suppress(TransportError):
            await self.echo(_CLOSE_SECONDS)  # once it is back, all before it has arrived
        await self._disconnect()

    async def abandon(self) -> None:
        """Disconnect at once; whatever is in flight has an unknown outcome."""
        self._pipe.abort()
        await self._disconnect()

    async def _disconnect(self) -> None:
        self._end()
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._pipe.close()
        except Exception as error:  # noqa: BLE001  a client that cannot even close is left to the collector
            log.debug("close_failed", error=repr(error))

    def _end(self) -> None:
        self.lost.set()
        while self._on_lost:
            self._on_lost.pop()()
        for pending in list(self._pending.values()):
            if not pending.answer.done():
                pending.answer.set_exception(
                    TransportError("connection lost", reason=Reason.NO_CONNECTION)
                )
                pending.answer.exception()  # an answer nobody waits for any more is no defect
        self._pending.clear()

    # The callbacks below run in nats-py's read loop: one that raises would leave it deaf.

    def _on_answer(self, message: Message) -> None:
        pending = self._pending.pop(message.subject.rpartition(".")[2], None)
        if pending and not pending.answer.done():
            pending.answer.set_result(message)

    async def _on_closed(self) -> None:
        self._end()

    async def _on_error(self, error: Exception) -> None:
        violation = _VIOLATION.search(str(error))
        if not violation:
            if str(error):
                log.debug("connection_error", error=str(error))
            return
        operation, subject = violation.group(1).lower(), violation.group(2)
        kind = ".".join(subject.split(".")[:_KIND_TOKENS])
        self._alarms.set(AlarmName.NOT_PERMITTED, f"may not make a {operation} there", kind)
        if operation == "subscription":
            self._denied.add(subject.lower())
            return
        # nats-py lower-cases the message, so the subject is matched without regard to case.
        for pending in list(self._pending.values()):
            if pending.subject.lower() == subject.lower() and not pending.answer.done():
                pending.answer.set_exception(NotPermitted("publish", pending.subject))


def nobody_listens(message: Message) -> bool:
    """Say whether an answer is the broker's "no responders" (ADR-4 status 503)."""
    return not message.data and message.headers.get("Status") == "503"
