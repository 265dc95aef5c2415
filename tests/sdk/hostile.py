"""An adapter that does everything right, and others that each do one thing wrong.

They read lines ``identity|time|summary`` and carry orders out.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

import structlog
from pydantic import SecretStr

from liandong.adapters.sdk import Document, Draft, Settings, Source
from liandong.adapters.sdk.orders import Order, OrderHandler, Refused
from liandong.contracts import (
    AgencyUnavailable,
    AlertIssued,
    DocumentError,
    Envelope,
    IncidentReported,
    Location,
)
from liandong.contracts.subjects import is_token

STANDARD = "made-up lines"
log = structlog.get_logger()


class TameSettings(Settings):
    """Where the foreign system is, and how to get in."""

    port: int | None = None
    """Its port on the loopback; none means that it is always there."""
    password: SecretStr = SecretStr("hunter2-hunter2")
    """What it asks for."""


class Tame(Source[TameSettings], OrderHandler[TameSettings]):
    """Does everything right."""

    settings_type = TameSettings
    emits = (IncidentReported,)

    async def documents(self) -> AsyncIterator[Document]:
        """Wait for documents that never come."""
        await self._connect()
        self.ready.set()
        await asyncio.Event().wait()
        yield Document(b"", "", "")

    async def _connect(self) -> None:
        if self.settings.port is None:
            return
        try:
            await asyncio.open_connection("127.0.0.1", self.settings.port)
        except OSError:
            raise AgencyUnavailable(f"nobody listens on {self.settings.port}") from None

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Return the incident of a line."""
        try:
            parts = document.body.decode("utf-8").removesuffix("\n").split("|")
        except UnicodeDecodeError as error:
            raise DocumentError(STANDARD, "UTF-8", where=f"byte {error.start}") from None
        if len(parts) != 3:
            raise DocumentError(STANDARD, "three parts", found=str(len(parts)))
        identity, moment, summary = parts
        try:
            time = datetime.fromisoformat(moment)
        except ValueError:
            raise DocumentError(STANDARD, "a time", where="part 2") from None
        if not is_token(identity) or time.tzinfo is None or not 0 < len(summary) <= 200:
            raise DocumentError(STANDARD, "a name, a time with its zone and a summary")
        event = IncidentReported(
            incident_id=identity, summary=summary, location=Location(address="here")
        )
        return (Draft(event, (identity,), time),)

    async def do_work(self, order: Order) -> None:
        """Carry an order out, where the foreign system is there."""
        await self._connect()
        await order.accepted()

    async def do_nothing(self, _: Order) -> None:
        """Refuse an order."""
        raise Refused("as it says")


class NamesNoContract(Tame):
    """1: says that it emits what is no contract."""

    emits = (IncidentReported, dict)


class EmitsAnother(Tame):
    """1: emits what it does not say."""

    emits = (AlertIssued,)


class DropsOne(Tame):
    """2: says nothing about a document that should say something."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Leave one out."""
        drafts = super().translate(document)
        return () if document.identity == "two" else drafts


class BreaksTheContract(Tame):
    """3: goes round the checks of its event."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Empty what must not be empty."""
        (draft,) = super().translate(document)
        return (_with(draft, event=draft.event.model_copy(update={"summary": ""})),)


class ChangesItsIds(Tame):
    """4: names the same fact differently each time."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Name it at random."""
        (draft,) = super().translate(document)
        return (_with(draft, identity=(secrets.token_hex(),)),)


class Chokes(Tame):
    """5: raises something else on bytes it did not expect."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Decode without care."""
        document.body.decode("ascii")
        return super().translate(document)


class Swallows(Tame):
    """5: takes anything."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Say nothing where it should refuse."""
        try:
            return super().translate(document)
        except DocumentError:
            return ()


class ForgetsTheZone(Tame):
    """6: gives a time without its zone."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Cut it off."""
        (draft,) = super().translate(document)
        return (_with(draft, time=draft.time.replace(tzinfo=None)),)


class RemembersTooSoon(Tame):
    """7: notes a document as done before it is."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Say it once only, whether or not it ever got anywhere."""
        drafts = super().translate(document)
        if self.journal.read(document.sha256):
            return ()
        self.journal.write(document.sha256, "seen")
        self.journal.commit()
        return drafts


class ClosesSlowly(Tame):
    """8: goes on for a while when it is told to stop."""

    async def documents(self) -> AsyncIterator[Document]:
        """Dawdle."""
        try:
            async for document in super().documents():
                yield document
        finally:
            await asyncio.sleep(3)


class NeverOpens(Tame):
    """8: never says that it is ready, nor what is wrong."""

    async def documents(self) -> AsyncIterator[Document]:
        """Wait before it begins."""
        await self._connect()
        await asyncio.Event().wait()
        yield Document(b"", "", "")


class FallsOver(Tame):
    """9: takes an outage for a defect of its own."""

    async def _connect(self) -> None:
        try:
            await super()._connect()
        except AgencyUnavailable as error:
            raise RuntimeError(str(error)) from None


class Nags(Tame):
    """9: says at every attempt that it failed."""

    async def _connect(self) -> None:
        try:
            await super()._connect()
        except AgencyUnavailable as error:
            log.warning("still_down", problem=str(error))
            raise


class LosesCount(Tame):
    """10: moves a counter that is not its own."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Set it back."""
        self.health.counters.received = 0
        return super().translate(document)


class AnswersTooSoon(Tame):
    """11: reports the end of an order before its receipt."""

    async def deliver(self, envelope: Envelope) -> tuple[Draft, ...]:
        """Turn the reports round."""
        said: list[Draft] = []

        async def keep(draft: Draft, _: Envelope) -> None:
            said.append(draft)

        say, self.say = self.say, keep
        (final,) = await super().deliver(envelope)
        self.say = say
        return (final, *said)


class TellsItsPassword(Tame):
    """12: logs a secret."""

    def translate(self, document: Document) -> tuple[Draft, ...]:
        """Log what it was told."""
        log.info("translating", password=self.settings.password.get_secret_value())
        return super().translate(document)


def _with(draft: Draft, **changes: Any) -> Draft:
    return Draft(**{"event": draft.event, "identity": draft.identity, "time": draft.time} | changes)


LINES = [
    Document(f"{name}|2026-01-02T08:0{n}:00+08:00|Smoke\n".encode(), name, "made-up")
    for n, name in enumerate(("one", "two", "three"))
]

__all__ = ["LINES", "Tame", "TameSettings"]
