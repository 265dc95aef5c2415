"""What a row asks of a foreign system, and what an adapter says that nobody kills."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar, Self

from faults.checker import Item
from faults.lives import Step
from liandong.adapters.sdk import Document, Drafts, Journal, Projection, Source
from liandong.bus import connect
from liandong.bus.topology import stream_of
from liandong.contracts import Event, Filter, Mode

COMMON = {"name": "adapter", "agency": "lz/police/110", "area": "cn.99"}
ENOUGH = 16  # documents: so many steps of a life are reached for sure


class Foreign(ABC):
    """A foreign system at work.

    Attributes:
        adapter: The class of its adapter.
        says: What that adapter says of it.
        settings: How the adapter reaches it.
    """

    adapter: ClassVar[type[Source[Any]]]
    says: ClassVar[type[Event]]
    settings: dict[str, Any]

    @abstractmethod
    async def __aenter__(self) -> Self:
        """Start it."""

    @abstractmethod
    async def __aexit__(self, *_: object) -> None:
        """End it."""

    @abstractmethod
    async def give(self) -> None:
        """Have it say as much as one life of its adapter needs."""

    @abstractmethod
    def acknowledged(self) -> bool:
        """Say whether all that it said was acknowledged."""

    @abstractmethod
    def said(self, source: Source[Any]) -> AsyncIterator[Document]:
        """Yield all that it said, in order."""

    def reads(self, step: Step) -> Step:
        """Return a step with the event and the stream that are meant filled in."""
        stream = stream_of(self.says.lane, Mode.LIVE)
        return replace(
            step,
            sent=step.sent.replace("EVENT", f".{self.says.event}."),
            heard=step.heard.replace("STREAM", stream),
        )

    @property
    def command(self) -> str:
        """The adapter's class as `run_adapter.py` wants it."""
        return f"{self.adapter.__module__}:{self.adapter.__name__}"


def item_of(event: Event, time: Any) -> Item:
    """Name an event by what it says: adapters make ids that only they know."""
    content = event.model_dump_json(exclude={"provenance"}, exclude_none=True)
    digest = hashlib.sha256(f"{time.timestamp()} {content}".encode()).hexdigest()
    return Item(digest, event.key(), digest)


async def never_killed(foreign: Foreign, folder: Path) -> list[Item]:
    """Return what an adapter says that takes every document once, from first to last."""
    with Journal(folder / "reference.db") as journal:
        settings = foreign.adapter.settings_type.model_validate(COMMON | foreign.settings)
        source = foreign.adapter(settings, journal)
        state = source.state_type() if isinstance(source, Projection) else None
        found: list[Item] = []
        async for document in foreign.said(source):
            state, drafts = _take(source, state, document)
            found += [item_of(draft.event, draft.time) for draft in drafts]
        return found


def _take(source: Source[Any], state: Any, document: Document) -> tuple[Any, Drafts]:
    if isinstance(source, Projection):
        return source.fold(state, document)
    return state, source.translate(document)


async def log_of(url: str, contract: type[Event]) -> list[Item]:
    """Return what the log holds of a contract, in order."""
    async with (
        await connect(servers=(url,)) as bus,
        aclosing(bus.history(Filter(contracts=(contract,)))) as entries,
    ):
        return [item_of(e.envelope.data, e.envelope.time) async for e in entries if e.envelope]
