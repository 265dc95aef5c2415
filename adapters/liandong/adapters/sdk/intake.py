"""From documents to confirmed events, acknowledged last.

    keep the bytes -> translate all -> publish and wait for the broker -> note it -> answer

A crash at any point repeats the rest: the foreign system was not answered yet, and what was
published has the same ids.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast

import structlog

from liandong.adapters.sdk.adapter import Projection, Source
from liandong.adapters.sdk.backoff import Backoff
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.seal import seal
from liandong.bus import Bus, Found
from liandong.bus.dead_letters import MAX_ORIGINAL_BYTES, Keeper, document_letter
from liandong.contracts import (
    DocumentError,
    Envelope,
    LiandongError,
    Reason,
    Recovery,
    Unavailable,
)

log = structlog.get_logger()

_AT_ONCE = 256
_WITHIN_S = 30.0
_PATIENCE_SHARE = 0.8  # of a foreign system's patience, so that our answer is not too late


class Watcher:
    """Told what passes through an intake; all of its methods may stay as they are."""

    def took(self, document: Document) -> None:
        """Note a document that was received."""

    def said(self, document: Document, envelope: Envelope, *, new: bool) -> None:
        """Note an event of a document; ``new`` where the broker had not stored it before."""

    def settled(self, document: Document, error: LiandongError | None) -> None:
        """Note a document that has its outcome: stored, or with an error a dead letter."""


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


@dataclass
class _Work:
    """One document on its way."""

    document: Document
    envelopes: list[Envelope] = field(default_factory=list[Envelope])
    error: LiandongError | None = None


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
        self._at_once = 1 if isinstance(source, Projection) else _AT_ONCE

    async def run(self) -> None:
        """Work until cancelled, or until a one-shot source has no more documents."""
        async with asyncio.TaskGroup() as group:
            redrives = group.create_task(self._pump_redrives())
            pump = group.create_task(self._pump())
            try:
                async for batch in self._batches():
                    await self.handle(batch)
            finally:
                redrives.cancel()
                pump.cancel()

    async def _pump(self) -> None:
        backoff = Backoff()
        while True:
            try:
                async for document in self._source.documents():
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

    async def handle(self, documents: Sequence[Document]) -> None:
        """Take some documents all the way."""
        self._counters.received += len(documents)
        for document in documents:
            self._watcher.took(document)
        self._journal.keep(documents)
        self._journal.commit()
        work = [self._translate(document) for document in documents]
        new = await self._publish(work)
        for one in work:
            await self._bury(one)
        self._note(work, new)
        await asyncio.gather(*(self._answer(one) for one in work))

    def _translate(self, document: Document) -> _Work:
        """Read a document whole: nothing of it is published before all of it is understood."""
        source, work = self._source, _Work(document)
        try:
            if isinstance(source, Projection):
                drafts = self._fold(cast("Projection[Any, Any]", source), document)
            else:
                drafts = tuple(source.translate(document))
            for draft in drafts:
                self._check_emits(draft)
                self._counters.defects += len(draft.defects)
                work.envelopes.append(seal(draft, document, source.settings, self._secret))
        except LiandongError as error:
            work.error, work.envelopes = error, []
        except Exception as error:
            log.exception("translation_failed", adapter=source.settings.name)
            work.error = DocumentError(
                source.settings.name,
                "a document that this adapter can translate",
                found=repr(error),
                reason=Reason.UNSUPPORTED,
            )
            work.envelopes = []
        return work

    def _check_emits(self, draft: Draft) -> None:
        if not isinstance(draft.event, self._source.emits):
            raise TypeError(f"{self._source.settings.name} must not emit {draft.event.event}")

    def _fold(self, source: Projection[Any, Any], document: Document) -> tuple[Any, ...]:
        """Fold a document into the source's state, once."""
        if self._journal.outcome(document) == "stored":
            return ()
        kept = self._journal.read("state")
        state = source.state_type.model_validate_json(kept) if kept else source.state_type()
        state, drafts = source.fold(state, document)
        drafts = tuple(drafts)
        self._journal.write("state", state.model_dump_json())
        return drafts

    async def _publish(self, work: list[_Work]) -> set[str]:
        """Publish what is not known to be stored, in order; goes on until each has an outcome.

        Returns:
            The ids that the broker had not stored before.
        """
        new: set[str] = set()
        backoff = Backoff()
        while todo := self._unknown(work):
            try:
                new |= await self._send(todo)
            except LiandongError as error:
                self._counters.retried += 1
                if error.recovery is not Recovery.RETRY:
                    new |= await self._send_each(work)
                    continue
                self._ill(str(error))
                self._give_back(work, error)
                await asyncio.sleep(backoff.next())
            else:
                self._well()
        return new

    async def _send(self, envelopes: list[Envelope]) -> set[str]:
        stored = await self._bus.send_many(envelopes, within=_WITHIN_S)
        self._journal.stored(one.envelope.id for one in stored)
        return {one.envelope.id for one in stored if not one.duplicate}

    async def _send_each(self, work: list[_Work]) -> set[str]:
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

    def _give_back(self, work: list[_Work], error: LiandongError) -> None:
        """Stop trying for the documents whose foreign system will not wait any longer."""
        now = datetime.now(UTC)
        for one in work:
            patience = one.document.patience
            if patience and now - one.document.received > patience * _PATIENCE_SHARE:
                one.error = error

    def _unknown(self, work: list[_Work]) -> list[Envelope]:
        """Return the events to publish: each once, none that is known to be stored."""
        todo = {
            envelope.id: envelope
            for one in work
            if one.error is None
            for envelope in one.envelopes
            if not self._journal.is_stored(envelope.id)
        }
        return list(todo.values())

    async def _bury(self, one: _Work) -> None:
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

    def _note(self, work: list[_Work], new: set[str]) -> None:
        """Note how the documents ended, all at once."""
        settled = [w for w in work if w.error is None or w.error.recovery is not Recovery.RETRY]
        if not settled:
            self._journal.rollback()
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

    async def _answer(self, one: _Work) -> None:
        """Answer the foreign system; it sends again what it was not answered."""
        try:
            if one.error is None:
                await one.document.accept()
            else:
                await one.document.refuse(one.error)
        except Exception:
            log.exception("answer_failed", adapter=self._source.settings.name)

    def _ill(self, problem: str) -> None:
        if self._source.health.note(problem):
            log.warning("adapter_waits", adapter=self._source.settings.name, problem=problem)

    def _well(self) -> None:
        if self._source.health.note():
            log.info("adapter_works_again", adapter=self._source.settings.name)
