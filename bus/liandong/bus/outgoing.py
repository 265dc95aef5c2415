"""Events on their way to the broker: one by one in a window, or a thousand as one batch.

Both keep the order. A batch is stored whole or not at all (ADR-50); the broker refuses one that
holds an id it knows, or twice, and then the events go one by one, which tells which.
"""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from liandong.bus import jetstream
from liandong.bus.jetstream import PubAck
from liandong.bus.pipe import Message
from liandong.bus.session import Session, nobody_listens
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

_BATCH = 1000  # JetStream's limit for an atomic batch
_BATCH_BYTES = 2 * 1024 * 1024  # more would keep a slow line from answering anything else
_WINDOW = 256


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event as it is sent.

    Attributes:
        envelope: The event.
        stream: The stream that it must reach.
        subject: Where to.
        body: Its message.
        head: Its headers: the id by which the broker knows a repeat, and the stream.
    """

    envelope: Envelope
    stream: str
    subject: str
    body: bytes
    head: str

    @classmethod
    def of(cls, envelope: Envelope, stream: str) -> "Outgoing":
        """Encode an event.

        Raises:
            Expired: It must not be acted on any more.
        """
        check_fresh(envelope)
        head = f"Nats-Msg-Id: {envelope.id}\r\nNats-Expected-Stream: {stream}\r\n"
        return cls(envelope, stream, envelope.nats_subject, envelope.encode(), head)


Chunk = list[Outgoing]


def check_fresh(envelope: Envelope) -> None:
    """Refuse an event that has expired.

    Raises:
        Expired: It has.
    """
    if envelope.expires and envelope.expires <= datetime.now(UTC):
        raise Expired(f"{envelope.type} {envelope.id} expired at {envelope.expires}")


def chunks(envelopes: Iterable[Envelope], stream: str) -> Iterator[Chunk]:
    """Encode events as they are asked for, in runs that fit one batch by count and by bytes."""
    chunk: Chunk = []
    size = 0
    for envelope in envelopes:
        item = Outgoing.of(envelope, stream)
        size += len(item.body)
        if chunk and (len(chunk) == _BATCH or size > _BATCH_BYTES):
            yield chunk
            chunk, size = [], len(item.body)
        chunk.append(item)
    if chunk:
        yield chunk


class Batch:
    """One atomic batch: staged at the broker, then committed, by which all of it is stored."""

    def __init__(self, session: Session, chunk: Chunk) -> None:
        self._session, self._chunk = session, chunk
        self._id = new_id()

    @classmethod
    async def stage(cls, session: Session, chunk: Chunk) -> "Batch":
        """Send all but the last, which stores nothing yet; the broker forgets them after 10 s.

        Raises:
            TransportError: The connection is gone.
        """
        batch = cls(session, chunk)
        for number, item in enumerate(chunk[:-1], 1):
            session.write(item.subject, item.body, head=item.head + batch._place(number))
            if session.crowded:
                await session.room()
        return batch

    async def commit(self) -> asyncio.Future[Message]:
        """Send the last one; return the answer to come, for `acks`.

        Raises:
            TransportError: The connection is gone.
        """
        last = self._chunk[-1]
        head = f"{last.head}{self._place(len(self._chunk))}Nats-Batch-Commit: 1\r\n"
        answer = await self._session.ask(last.subject, last.body, head=head)
        await self._session.push()
        return answer

    async def acks(self, answer: asyncio.Future[Message], within: float) -> list[PubAck]:
        """Return what the commit was answered.

        Raises:
            ApiError: The broker has refused it, and stored nothing.
            TransportError: No answer in time; whether it is stored is unknown.
        """
        await asyncio.wait([answer], timeout=within)
        try:
            ack = _ack(self._chunk[-1], answer)
        finally:
            answer.cancel()
        first = ack.sequence - len(self._chunk) + 1  # a batch is stored without gaps
        return [PubAck(ack.stream, first + n) for n in range(len(self._chunk))]

    def _place(self, number: int) -> str:
        return f"Nats-Batch-Id: {self._id}\r\nNats-Batch-Sequence: {number}\r\n"


async def send_window(session: Session, chunk: Chunk, acks: list[PubAck], within: float) -> None:
    """Send what is not confirmed yet, a window at a time; confirmations are appended in order.

    Stops at the first that fails, so that a repeat keeps the order.

    Raises:
        ApiError: The broker has refused one.
        ContractError: Another message holds the id of an order (`Reason.ID_TAKEN`).
        NotPermitted: This agency may not say that.
        TransportError: No answer in time; whether it is stored is unknown.
    """
    while len(acks) < len(chunk):
        window = chunk[len(acks) : len(acks) + _WINDOW]
        answers = [await session.ask(item.subject, item.body, head=item.head) for item in window]
        try:
            await asyncio.wait(answers, timeout=within)
            for item, answer in zip(window, answers, strict=True):
                ack = _ack(item, answer)
                if ack.duplicate and item.envelope.data.lane is Lane.ORDERS:
                    await _check_is_the_same(session, item, ack)
                acks.append(ack)
        finally:
            for answer in answers:
                answer.cancel()


def _ack(item: Outgoing, answer: asyncio.Future[Message]) -> PubAck:
    if not answer.done():
        raise TransportError(f"{item.subject} not confirmed", reason=Reason.NO_CONFIRMATION)
    message = answer.result()
    if nobody_listens(message):
        raise TransportError(
            f"no stream takes {item.subject}: run 'liandong topology apply'",
            reason=Reason.NO_STREAM,
        )
    return jetstream.pub_ack(item.subject, message)


async def _check_is_the_same(session: Session, item: Outgoing, ack: PubAck) -> None:
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
