"""Publishing: returns when the broker has stored it, with the same id however often it is sent."""

import asyncio
import random
from collections.abc import Awaitable, Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import starmap
from math import inf

import structlog

from liandong.bus import jetstream
from liandong.bus.jetstream import ApiError, PubAck
from liandong.bus.lines import Lines
from liandong.bus.outgoing import Batch, Chunk, Outgoing, check_fresh, chunks, send_window
from liandong.bus.pipe import Message
from liandong.bus.session import Session
from liandong.bus.topology import stream_of
from liandong.contracts import Envelope, Lane, Reason, TransportError
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

_BATCH_SECONDS, _LEAST_SECONDS = 20.0, 0.01
# A broker that elects a leader does not answer: who asks it again soon is heard soon afterwards.
_ANSWER_SECONDS, _ANSWERS_SECONDS = 2.0, 5.0
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 1.0
_SLOW_S, _SLOW_EACH_S = 1.0, 0.005
_ALARMS = {
    Reason.NO_CONFIRMATION: AlarmName.CONFIRMATIONS_SLOW,
    Reason.NO_STREAM: AlarmName.STREAM_MISSING,
    Reason.STREAM_FULL: AlarmName.STREAM_FULL,
}


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that the broker holds.

    Attributes:
        envelope: The event as it was sent.
        stream: The stream that holds it.
        sequence: Its place there.
        duplicate: True where the broker had it already: nothing was added.
    """

    envelope: Envelope
    stream: str
    sequence: int
    duplicate: bool


_Committed = tuple[Batch, asyncio.Future[Message]] | None


class Publisher:
    """Puts events on the bus."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines

    async def publish(self, envelope: Envelope, *, within: float) -> Stored:
        """Publish one event.

        Args:
            envelope: The event.
            within: Seconds to go on trying; ends sooner where the event expires.

        Raises:
            NotPermitted: This agency may not say that.
            Expired: It had expired, or did while the broker could not be reached.
            ContractError: Another agency's message holds this id (`Reason.ID_TAKEN`).
            TransportError: Not confirmed in time. Whether it is stored is unknown; sending the same
                envelope again is safe.
        """
        stream = stream_of(envelope.data.lane, envelope.mode)
        deadline = asyncio.get_running_loop().time() + within
        (ack,) = await self._store([Outgoing.of(envelope, stream)], deadline)
        return Stored(envelope, stream, ack.sequence, ack.duplicate)

    async def publish_many(self, envelopes: Sequence[Envelope], *, within: float) -> list[Stored]:
        """Publish events in order, many in flight at once.

        Those of one stream keep their order; a failure is repaired by sending again from the first
        one that is not confirmed, so none overtakes another. Raises as `publish` does; what was
        stored before stays stored.
        """
        deadline = asyncio.get_running_loop().time() + within
        of_stream: dict[str, list[int]] = {}
        for n, envelope in enumerate(envelopes):
            of_stream.setdefault(stream_of(envelope.data.lane, envelope.mode), []).append(n)
        stored: dict[int, Stored] = {}

        async def store(stream: str, numbers: list[int]) -> None:
            acks = await self._store_all([envelopes[n] for n in numbers], stream, deadline)
            for n, ack in zip(numbers, acks, strict=True):
                stored[n] = Stored(envelopes[n], stream, ack.sequence, ack.duplicate)

        if len(of_stream) == 1:
            await store(*of_stream.popitem())
        else:  # side by side: an order does not wait for the telemetry that it is sent with
            await _all(starmap(store, of_stream.items()))
        return [stored[n] for n in range(len(envelopes))]

    async def store_bytes(
        self,
        subject: str,
        body: bytes,
        *,
        message_id: str,
        headers: dict[str, str],
        once: bool = False,
    ) -> PubAck:
        """Store bytes that are no event (a dead letter, an audit record), trying until it is done.

        Args:
            subject: Where to.
            body: The bytes.
            message_id: The same for the same thing, so that a repeat is one.
            headers: More NATS headers, ASCII.
            once: Refuse where the subject holds a message already.

        Raises:
            ApiError: ``once`` and the subject is taken (`jetstream.WRONG_LAST_SEQUENCE`), or full.
            NotPermitted: This agency may not.
        """
        headers = {"Nats-Msg-Id": message_id} | headers
        if once:
            headers["Nats-Expected-Last-Subject-Sequence"] = "0"
        pause = _FIRST_PAUSE_S
        while True:
            session = await self._lines.main.session()
            try:
                return jetstream.pub_ack(
                    subject, await session.request(subject, body, headers=headers)
                )
            except TransportError as error:
                self._alarm(error, ".".join(subject.split(".")[:2]))
                if isinstance(error, ApiError) or error.reason is Reason.TOO_LARGE:
                    raise
                log.warning("not_stored_yet", subject=subject, problem=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _store_all(
        self, envelopes: list[Envelope], stream: str, deadline: float
    ) -> list[PubAck]:
        """Store events of one stream; while the broker writes a batch, the next is on its way."""
        acks: list[PubAck] = []
        staged: Batch | None = None
        runs = chunks(envelopes, stream)
        chunk = next(runs, None)
        while chunk:
            committed = await self._commit(chunk, staged, deadline)
            following = next(runs, None)
            staged = await self._stage(following, deadline) if committed else None
            acks += await self._confirm(chunk, committed, deadline)
            chunk = following
        return acks

    async def _stage(self, chunk: Chunk | None, deadline: float) -> Batch | None:
        """Stage a batch; None where it goes another way or cannot be staged now."""
        if not chunk or len(chunk) == 1 or chunk[0].envelope.data.lane is Lane.ORDERS:
            return None
        try:
            return await Batch.stage(await self._session(chunk, deadline), chunk)
        except TransportError:
            return None

    async def _commit(self, chunk: Chunk, staged: Batch | None, deadline: float) -> _Committed:
        """Commit a batch; None where it goes another way or cannot be committed now."""
        batch = staged or await self._stage(chunk, deadline)
        try:
            return (batch, await batch.commit()) if batch else None
        except TransportError:
            return None

    async def _confirm(self, chunk: Chunk, committed: _Committed, deadline: float) -> list[PubAck]:
        """Return a chunk's confirmations, sending again what has none until the deadline."""
        if not committed:
            return await self._store(chunk, deadline)
        batch, answer = committed
        try:
            with self._timed(chunk):
                return await batch.acks(answer, self._left(_BATCH_SECONDS, deadline))
        except TransportError as error:
            if not isinstance(error, ApiError):
                log.info("batch_not_confirmed", problem=str(error))
            return await self._store(chunk, deadline)

    async def _store(self, chunk: Chunk, deadline: float) -> list[PubAck]:
        """Store a chunk one by one in a window, going on until the deadline."""
        acks: list[PubAck] = []
        pause = _FIRST_PAUSE_S
        with self._timed(chunk):  # a connection that is lost meanwhile makes it no quicker
            while len(acks) < len(chunk):
                try:
                    await self._send(chunk, acks, deadline)
                except TransportError as error:
                    self._alarm(error, chunk[0].stream)
                    await self._pause_or_give_up(error, pause, deadline)
                    pause = min(pause * 2, _LONGEST_PAUSE_S)
        return acks

    async def _send(self, chunk: Chunk, acks: list[PubAck], deadline: float) -> None:
        """Send what is not confirmed yet."""
        session = await self._session(chunk, deadline)
        for item in chunk[len(acks) :]:
            check_fresh(item.envelope)  # an outage may have outlasted it
        patience = _ANSWERS_SECONDS if len(chunk) > 1 else _ANSWER_SECONDS
        await send_window(session, chunk, acks, self._left(patience, deadline))

    @contextmanager
    def _timed(self, chunk: Chunk) -> Generator[None]:
        """Raise the alarm where confirmations are slow, without waiting until they are given up."""
        slow_s = _SLOW_S + _SLOW_EACH_S * len(chunk)
        problem = f"{len(chunk)} not confirmed after {slow_s:.1f} s"
        timer = asyncio.get_running_loop().call_later(
            slow_s,
            self._lines.alarms.set,
            AlarmName.CONFIRMATIONS_SLOW,
            problem,
            chunk[0].stream,
        )
        try:
            yield
        finally:
            timer.cancel()

    def _alarm(self, error: TransportError, about: str) -> None:
        if name := _ALARMS.get(error.reason):
            self._lines.alarms.set(name, str(error), about)

    def _left(self, at_most: float, deadline: float) -> float:
        left = deadline - asyncio.get_running_loop().time()
        return min(at_most, max(_LEAST_SECONDS, left))

    async def _session(self, chunk: Chunk, deadline: float) -> Session:
        return await self._lines.session(chunk[0].stream, self._left(inf, deadline))

    async def _pause_or_give_up(self, error: TransportError, pause: float, deadline: float) -> None:
        if error.reason in {Reason.STREAM_FULL, Reason.TOO_LARGE}:
            raise error
        pause *= random.uniform(0.5, 1.5)  # noqa: S311  jitter is no secret
        if asyncio.get_running_loop().time() + pause >= deadline:
            raise error
        await asyncio.sleep(pause)


async def _all(work: Iterable[Awaitable[None]]) -> None:
    """Let each come to its end; then raise what the first that failed has raised."""
    for failure in filter(None, await asyncio.gather(*work, return_exceptions=True)):
        raise failure
