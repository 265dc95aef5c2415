"""Publishing: returns when the broker has stored it, with the same id however often it is sent."""

import asyncio
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from liandong.bus import jetstream
from liandong.bus.connection import Connection
from liandong.bus.jetstream import ApiError, PubAck
from liandong.bus.pipe import Message
from liandong.bus.session import Session, nobody_listens
from liandong.bus.topology import stream_of
from liandong.contracts import (
    ContractError,
    Envelope,
    Expired,
    Fault,
    Lane,
    Reason,
    TransportError,
    new_id,
)

log = structlog.get_logger()

_ANSWER_SECONDS, _BATCH_SECONDS, _LEAST_SECONDS = 5.0, 20.0, 0.01
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.2, 5.0
_BATCH = 1000  # JetStream's limit for an atomic batch
_BATCH_BYTES = 2 * 1024 * 1024  # more would keep a slow line from answering anything else
_WINDOW = 256


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


@dataclass(frozen=True, slots=True)
class _Outgoing:
    envelope: Envelope
    subject: str
    body: bytes
    stream: str

    @classmethod
    def of(cls, envelope: Envelope) -> "_Outgoing":
        _check_fresh(envelope)
        stream = stream_of(envelope.data.lane, envelope.mode)
        return cls(envelope, str(envelope.subject), envelope.encode(), stream)

    def headers(self) -> dict[str, str]:
        return {"Nats-Msg-Id": self.envelope.id, "Nats-Expected-Stream": self.stream}


class Publisher:
    """Puts events on the bus."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

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
        return (await self.publish_many([envelope], within=within))[0]

    async def publish_many(self, envelopes: Sequence[Envelope], *, within: float) -> list[Stored]:
        """Publish events in order, many in flight at once.

        Those of one stream keep their order; a failure is repaired by sending again from the first
        one that is not confirmed, so none overtakes another. Raises as `publish` does; what was
        stored before stays stored.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        outgoing = [_Outgoing.of(envelope) for envelope in envelopes]
        stored: dict[int, Stored] = {}
        for stream in dict.fromkeys(item.stream for item in outgoing):
            mine = [n for n, item in enumerate(outgoing) if item.stream == stream]
            for chunk in _chunks(mine, outgoing):
                acks = await self._store([outgoing[n] for n in chunk], deadline)
                for n, ack in zip(chunk, acks, strict=True):
                    stored[n] = Stored(outgoing[n].envelope, stream, ack.sequence, ack.duplicate)
        return [stored[n] for n in range(len(outgoing))]

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
            session = await self._connection.session()
            try:
                return jetstream.pub_ack(
                    subject, await session.request(subject, body, headers=headers)
                )
            except TransportError as error:
                if isinstance(error, ApiError) or error.reason is Reason.TOO_LARGE:
                    raise
                log.warning("not_stored_yet", subject=subject, problem=str(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    async def _store(self, chunk: list[_Outgoing], deadline: float) -> list[PubAck]:
        """Store a chunk of one stream, going on until the deadline."""
        acks: list[PubAck] = []
        as_batch = len(chunk) > 1 and chunk[0].envelope.data.lane is not Lane.ORDERS
        pause = _FIRST_PAUSE_S
        while len(acks) < len(chunk):
            try:
                session = await self._session(deadline)
                for item in chunk[len(acks) :]:
                    _check_fresh(item.envelope)  # an outage may have outlasted it
                left = max(_LEAST_SECONDS, deadline - asyncio.get_running_loop().time())
                if as_batch:
                    acks = await _send_batch(session, chunk, min(_BATCH_SECONDS, left))
                else:
                    await _send_window(session, chunk, acks, min(_ANSWER_SECONDS, left))
            except ApiError as error:
                if not as_batch:
                    await self._pause_or_give_up(error, pause, deadline)
                as_batch = False  # it holds an id already stored: one by one tells which
            except TransportError as error:
                await self._pause_or_give_up(error, pause, deadline)
                pause = min(pause * 2, _LONGEST_PAUSE_S)
        return acks

    async def _session(self, deadline: float) -> Session:
        return await self._connection.session(
            max(0.01, deadline - asyncio.get_running_loop().time())
        )

    async def _pause_or_give_up(self, error: TransportError, pause: float, deadline: float) -> None:
        if error.reason in {Reason.STREAM_FULL, Reason.TOO_LARGE}:
            raise error
        pause *= random.uniform(0.5, 1.5)  # noqa: S311  jitter is no secret
        if asyncio.get_running_loop().time() + pause >= deadline:
            raise error
        await asyncio.sleep(pause)


def _check_fresh(envelope: Envelope) -> None:
    if envelope.expires and envelope.expires <= datetime.now(UTC):
        raise Expired(f"{envelope.type} {envelope.id} expired at {envelope.expires}")


def _chunks(numbers: list[int], outgoing: list[_Outgoing]) -> Iterator[list[int]]:
    """Cut into runs that fit one batch of the broker, by count and by bytes."""
    run: list[int] = []
    size = 0
    for n in numbers:
        size += len(outgoing[n].body)
        if run and (len(run) == _BATCH or size > _BATCH_BYTES):
            yield run
            run, size = [], len(outgoing[n].body)
        run.append(n)
    if run:
        yield run


async def _send_batch(session: Session, chunk: list[_Outgoing], within: float) -> list[PubAck]:
    """Store a chunk as one atomic batch (ADR-50): all of it or nothing."""
    batch = new_id()
    for number, item in enumerate(chunk[:-1], 1):
        await session.publish(
            item.subject,
            item.body,
            headers=item.headers() | {"Nats-Batch-Id": batch, "Nats-Batch-Sequence": str(number)},
        )
    last = chunk[-1]
    answer = await session.request(
        last.subject,
        last.body,
        headers=last.headers()
        | {
            "Nats-Batch-Id": batch,
            "Nats-Batch-Sequence": str(len(chunk)),
            "Nats-Batch-Commit": "1",
        },
        timeout=within,
    )
    ack = jetstream.pub_ack(last.subject, answer)
    first = ack.sequence - len(chunk) + 1  # a batch is stored without gaps
    return [PubAck(ack.stream, first + n) for n in range(len(chunk))]


async def _send_window(
    session: Session, chunk: list[_Outgoing], acks: list[PubAck], within: float
) -> None:
    """Send what is not confirmed yet, a window at a time; confirmations are appended in order.

    Stops at the first that fails, so that a repeat keeps the order.
    """
    while len(acks) < len(chunk):
        window = chunk[len(acks) : len(acks) + _WINDOW]
        answers = [
            await session.ask(item.subject, item.body, headers=item.headers()) for item in window
        ]
        try:
            await asyncio.wait(answers, timeout=within)
            for item, answer in zip(window, answers, strict=True):
                acks.append(await _confirmed(session, item, answer))
        finally:
            for answer in answers:
                answer.cancel()


async def _confirmed(session: Session, item: _Outgoing, answer: asyncio.Future[Message]) -> PubAck:
    if not answer.done():
        raise TransportError(f"{item.subject} not confirmed", reason=Reason.NO_CONFIRMATION)
    message = answer.result()
    if nobody_listens(message):
        raise TransportError(
            f"no stream takes {item.subject}: run 'liandong topology apply'",
            reason=Reason.NO_STREAM,
        )
    ack = jetstream.pub_ack(item.subject, message)
    if ack.duplicate and item.envelope.data.lane is Lane.ORDERS:
        await _check_is_the_same(session, item, ack)
    return ack


async def _check_is_the_same(session: Session, item: _Outgoing, ack: PubAck) -> None:
    """See that the message which holds our id is this one: the broker compares ids, not contents.

    What was translated from a foreign document says when it was received, and so differs each time.
    """
    held = await jetstream.message_at(session, ack.stream, seq=ack.sequence)
    if held.subject != item.subject:
        found = f"{item.envelope.id} on {held.subject}"
    elif not item.envelope.data.provenance and Envelope.decode(held.body) != item.envelope:
        found = f"{item.envelope.id} with other contents, number {ack.sequence} of {ack.stream}"
    else:
        return
    fault = Fault("id", "an id that nothing else uses", found)
    raise ContractError("this id is taken", (fault,), reason=Reason.ID_TAKEN)
