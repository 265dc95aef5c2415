"""A foreign system whose every document the test hands over and whose every answer it sees."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from hostile import LINES, Tame

from liandong.adapters.sdk import Document, Journal
from liandong.adapters.sdk.intake import Intake
from liandong.bus import Bus, Found
from liandong.contracts import LiandongError


@dataclass(frozen=True)
class Handed(Document):
    """A document that remembers how it was answered.

    Attributes:
        answers: ``"accepted"`` or the error, in order.
        answered: Set with the first answer.
        waits: How long the foreign system waits for one, in seconds.
    """

    answers: list[Any] = field(default_factory=list)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    waits: float | None = None

    async def accept(self) -> None:
        """Remember it."""
        self.answers.append("accepted")
        self.answered.set()

    async def refuse(self, error: LiandongError) -> None:
        """Remember it."""
        self.answers.append(error)
        self.answered.set()

    @property
    def patience(self) -> timedelta | None:
        """How long the foreign system waits."""
        return None if self.waits is None else timedelta(seconds=self.waits)

    async def answer(self) -> Any:
        """Return the first answer, once it was given."""
        async with asyncio.timeout(20):
            await self.answered.wait()
        return self.answers[0]


class Given(Tame):
    """Takes what the test hands over."""

    def __init__(self, settings: Any, journal: Journal) -> None:
        """Prepare."""
        super().__init__(settings, journal)
        self.inbox: asyncio.Queue[Document] = asyncio.Queue()

    async def documents(self) -> AsyncIterator[Document]:
        """Yield what is handed over."""
        self.ready.set()
        while True:
            yield await self.inbox.get()

    def hand(self, body: bytes = LINES[0].body, identity: str = "one", **more: Any) -> Handed:
        """Hand a document over."""
        document = Handed(body, identity, "made-up", **more)
        self.inbox.put_nowait(document)
        return document


def given(journal: Journal, kind: type[Given] = Given, **settings: Any) -> Given:
    """Return the adapter, not running."""
    told = {"name": "given", "agency": "lz/centre/desk", "area": "lz.1"} | settings
    return kind(kind.settings_type.model_validate(told), journal)


@asynccontextmanager
async def taking(source: Given, bus: Bus) -> AsyncIterator[Given]:
    """Run the intake of a source."""
    running = asyncio.create_task(Intake(source, bus, b"secret").run())
    yield source
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def waiting_letters(bus: Bus) -> list[Found]:
    """Return the dead letters that wait, once there is one."""
    async with asyncio.timeout(20):
        while not (letters := await bus.dead_letters.list()):  # noqa: ASYNC110  the log tells nobody
            await asyncio.sleep(0.02)
    return letters
