"""From documents to confirmed events, acknowledged last.

    keep the bytes -> translate all -> publish and wait for the broker -> note it -> answer

A crash at any point repeats the rest: the foreign system was not answered yet, and what was
published has the same ids.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from liandong.adapters.sdk.adapter import Projection, Source
from liandong.adapters.sdk.backoff import Backoff
from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.translate import Work, translate
from liandong.adapters.sdk.watcher import Watcher
from liandong.bus import Bus, Found
from liandong.bus.letters import MAX_ORIGINAL_BYTES, Keeper, document_letter
from liandong.contracts import (
    Envelope,
    LiandongError,
    Recovery,
    Unavailable,
)

log = structlog.get_logger()

_AT_ONCE = 256
_WITHIN_S = 30.0
_SHORTEST_S = 0.1
_PATIENCE_SHARE = 0.8  # of a foreign system's patience, so that our answer is not too late


@dataclass(frozen=True)
class Redriven(Document):
    """A dead letter that an operator has ordered to be tried again."""

    letter: str = ""
    raw: Any = None

    async def accept(self) -> None:
        """Settle the order."""
        await self.raw.ack()

    async def refuse(self, error: LiandongError) -> None:
        """Settle the order: it failed again, which is a new letter, or give it back."""
        if error.recovery is Recovery.RETRY:
            await self.raw.nak(_WITHIN_S)
        else:
            await self.raw.term(str(error)[:200])


class Intake:
    """Takes the documents of one source to the bus."""

    def __init__(
        self, source: Source[Any], bus: Bus, secret: bytes, watcher: Watcher | None = None
    ) -> None:
        self._source, self._bus, self._secret = source, bus, secret
        self._watcher = watcher or Watcher()
        self._journal, self._counters = source.journal, source.health.counters
        self._queue: asyncio.Queue[Document | None] = asyncio.Queue(2 * _AT_ONCE)
        # A state is kept with its document or not at all: those go one by one.
        self._problem = ""
        self._folds = isinstance(source, Projection)
        self._at_once = 1 if self._folds else _AT_ONCE

    async def run(self) -> None:
        """Work until cancelled, or until a one-shot source has no more documents."""
        async with asyncio.TaskGroup() as group:
            redrives = group.create_task(self._pump_redrives())
            pump = group.create_task(self._pump())
            try:
                await self._take_all(group)
            finally:
                redrives.cancel()
                pump.cancel()

    async def _pump(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async with _closing(self._source.documents()) as documents:
                    async for document in documents:
                        backoff.reset()
                        self._well()
                        await self._queue.put(document)
            except Unavailable as error:
                self._ill(str(error))
                await asyncio.sleep(error.after or backoff.next())
            else:
                await self._queue.put(None)
                return

    async def _pump_redrives(self) -> None:
        async for raw, found in self._bus.redrives(self._source.settings.name):
            await self._queue.put(self._reopened(found, raw))

    def _reopened(self, found: Found, raw: Any) -> Redriven:
        letter, body = found.letter, found.original
        if letter.kept == "journal" and (kept := self._journal.original(letter.sha256)):
            body = kept.body
        return Redriven(
            body, letter.identity, letter.peer, letter.media_type, letter=letter.id, raw=raw
        )

    async def _batches(self) -> AsyncIterator[list[Document]]:
        """Yield what is there, as much as may be handled at once; never waits for more."""
        while True:
            batch = [await self._queue.get()]
            while len(batch) < self._at_once and not self._queue.empty():
                batch.append(self._queue.get_nowait())
            documents = [document for document in batch if document is not None]
            if documents:
                yield documents
            if len(documents) < len(batch):
                return

    async def _take_all(self, group: asyncio.TaskGroup) -> None:
        """Take batch after batch; one is read while the one before is on its way."""
        on_its_way: asyncio.Task[None] | None = None
        async for batch in self._batches():
            work = await self._read(batch)
            if on_its_way:
                await on_its_way
            on_its_way = group.create_task(self._deliver(work))
            if len(batch) < _AT_ONCE:  # nothing else waits to be read, or it must not be yet
                await on_its_way

    async def _read(self, documents: Sequence[Document]) -> list[Work]:
        """Keep some documents and translate them."""
        self._counters.received += len(documents)
        for document in documents:
            self._watcher.took(document)
        self._journal.keep(documents)
        self._journal.commit()
        work: list[Work] = []
        for document in documents:
            work.append(translate(self._source, document, self._secret))
            await asyncio.sleep(0)  # what is on its way moves on
        self._counters.defects += sum(one.defects for one in work)
        return work

    async def _deliver(self, work: list[Work]) -> None:
        """Take what was read to the bus, and tell whoever sent it."""
        new = await self._publish(work)
        for one in work:
            await self._bury(one)
        self._note(work, new)
        await asyncio.gather(*(self._answer(one) for one in work))

    async def _publish(self, work: list[Work]) -> set[str]:
        """Publish what is not known to be stored, in order; goes on until each has an outcome.

        Returns:
            The ids that the broker had not stored before.
        """
        new: set[str] = set()
        backoff = Backoff()
        while todo := self._unknown(work):
            try:
                new |= await self._send(todo, self._within(work))
            except LiandongError as error:
                self._counters.retried += 1
                if error.recovery is not Recovery.RETRY:
                    new |= await self._send_each(work)
                    continue
                self._ill(str(error))
                self._give_back(work, error)
                await asyncio.sleep(min(backoff.next(), self._within(work)))
            else:
                self._well()
        return new

    async def _send(self, envelopes: list[Envelope], within: float = _WITHIN_S) -> set[str]:
        stored = await self._bus.send_many(envelopes, within=within)
        self._journal.stored(one.envelope.id for one in stored)
        return {one.envelope.id for one in stored if not one.duplicate}

    async def _send_each(self, work: list[Work]) -> set[str]:
        """Publish document by document, to find the one that the broker refuses."""
        new: set[str] = set()
        for one in work:
            try:
                new |= await self._send(self._unknown([one]))
            except Unavailable:
                break  # the caller tries again
            except LiandongError as error:
                one.error = error
        return new

    def _within(self, work: list[Work]) -> float:
        """Return how long the least patient of the foreign systems still waits, in seconds."""
        return min((_patience_left(one.document) for one in work), default=_WITHIN_S)

    def _give_back(self, work: list[Work], error: LiandongError) -> None:
        """Stop trying for the documents whose foreign system will not wait any longer."""
        for one in work:
            if _patience_left(one.document) <= _SHORTEST_S:
                one.error = error

    def _unknown(self, work: list[Work]) -> list[Envelope]:
        """Return the events to publish: each once, none that is known to be stored."""
        todo = {e.id: e for one in work if one.error is None for e in one.envelopes}
        for known in self._journal.stored_among(todo):
            del todo[known]
        return list(todo.values())

    async def _bury(self, one: Work) -> None:
        """Keep a document that cannot be taken, and say why."""
        error, document = one.error, one.document
        if error is None or error.recovery is Recovery.RETRY:
            return
        redriven = document.letter if isinstance(document, Redriven) else None
        self._counters.rejected += 1
        if redriven is None and self._journal.outcome(document) == "rejected":
            return  # its letter is there
        bus, source = self._bus, self._source
        stays = source.private or len(document.body) > MAX_ORIGINAL_BYTES
        letter = document_letter(
            Keeper(bus.agency, bus.mode, source.settings.name),
            error,
            document.body,
            origin=(document.identity, document.peer, document.media_type),
            stays=stays,
            previous=redriven,
        )
        log.warning("document_rejected", adapter=source.settings.name, problem=str(error))
        await bus.dead_letters.bury(letter, document.body)

    def _note(self, work: list[Work], new: set[str]) -> None:
        """Note how the documents ended, all at once."""
        settled = [w for w in work if w.error is None or w.error.recovery is not Recovery.RETRY]
        if self._folds and any(one.error for one in work):
            self._journal.rollback()  # the state that a document would have made which ended badly
        self._journal.settle((w.document, "rejected" if w.error else "stored") for w in settled)
        self._journal.commit()
        for one in settled:
            self._watcher.settled(one.document, one.error)
        for one in work:
            for envelope in () if one.error else one.envelopes:
                fresh = envelope.id in new
                new.discard(envelope.id)
                self._counters.published += fresh
                self._counters.duplicates += not fresh
                self._watcher.said(one.document, envelope, new=fresh)

    async def _answer(self, one: Work) -> None:
        """Answer the foreign system; it sends again what it was not answered."""
        try:
            if one.error is None:
                await one.document.accept()
            else:
                await one.document.refuse(one.error)
        except Exception:
            log.exception("answer_failed", adapter=self._source.settings.name)

    def _ill(self, problem: str) -> None:
        self._problem = problem
        if self._source.health.note(problem):
            log.warning("adapter_waits", adapter=self._source.settings.name, problem=problem)

    def _well(self) -> None:
        """Take back our own complaint, not one of the source's."""
        if self._problem and self._problem == self._source.health.problem:
            self._source.health.note()
            log.info("adapter_works_again", adapter=self._source.settings.name)


@asynccontextmanager
async def _closing(documents: AsyncIterator[Document]) -> AsyncGenerator[AsyncIterator[Document]]:
    """Have a source let go of its folder, port or connection at once, not when it is collected."""
    try:
        yield documents
    finally:
        if isinstance(documents, AsyncGenerator):
            await documents.aclose()


def _patience_left(document: Document) -> float:
    """Return for how many seconds it is worth trying, 30 at the most and a little at the least."""
    if document.patience is None:
        return _WITHIN_S
    waited = datetime.now(UTC) - document.received
    left = (document.patience * _PATIENCE_SHARE - waited).total_seconds()
    return min(max(left, _SHORTEST_S), _WITHIN_S)
