"""The shapes of an adapter: `Source` reads, `Projection` reads and remembers, `Sink` delivers.

An adapter is a mapping. Retrying, acknowledging last, raw bytes, keyed ids, dead letters, health
and counters are the SDK's (`runner`), written once.
"""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable
from typing import Annotated, Any, ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict

from liandong.adapters.sdk.document import Document, Draft, Drafts
from liandong.adapters.sdk.health import Health
from liandong.adapters.sdk.journal import Journal
from liandong.bus import Bus, Entry
from liandong.contracts import Agency, Area, ContractError, Envelope, Event, Filter, Mode, Token


def _agency(value: Any) -> Any:
    try:
        return Agency.parse(value) if isinstance(value, str) else value
    except ContractError as error:
        raise ValueError(str(error.faults[0])) from None


class Settings(BaseModel):
    """What every adapter must be told. A subclass adds its own; unknown keys are refused."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,  # what stands in the wrong place may be a password
    )

    name: Token
    """The name of this adapter, unique on the site: it names its journal, consumers and health."""
    agency: Annotated[Agency, BeforeValidator(_agency)]
    """Whom it speaks for: ``region/kind/name``."""
    area: Area
    """The area of a document that names none."""
    mode: Mode = Mode.LIVE
    """The mode of a document that names none; a stricter one in the document wins."""
    timezone: str = "Asia/Shanghai"
    """The zone of times that carry none (IANA name)."""

    @property
    def zone(self) -> ZoneInfo:
        """The zone as an object."""
        return ZoneInfo(self.timezone)


S = TypeVar("S", bound=Settings)
State = TypeVar("State", bound=BaseModel)


class Adapter(ABC, Generic[S]):
    """What `Source` and `Sink` share.

    Attributes:
        settings_type: The class of its settings.
        private: True where documents hold what must not travel (patients' names): the original
            bytes then stay in the adapter's own journal and a dead letter carries their digest.
        settings: Its settings.
        journal: Its durable memory, opened by the SDK before anything else is called.
        health: What it says of itself; the SDK publishes it.
        ready: Set once it listens or is connected.
    """

    settings_type: ClassVar[type[Settings]]
    private: ClassVar[bool] = False

    def __init__(self, settings: S, journal: Journal) -> None:
        self.settings = settings
        self.journal = journal
        self.health = Health()
        self.ready = asyncio.Event()

    @property
    def address(self) -> str | None:
        """Where it listens (``host:port`` or a path), once `ready`; None if it does not listen."""
        return None


class Source(Adapter[S]):
    """Reads a foreign system and says on the bus what it reads.

    Attributes:
        emits: The contracts it may emit; anything else is a defect of the adapter.
    """

    emits: ClassVar[tuple[type[Event], ...]]

    @abstractmethod
    def documents(self) -> AsyncIterator[Document]:
        """Yield documents as they come, for ever (a folder adapter in one-shot use may end).

        Waits; connects; reconnects with back-off (`sdk.backoff`). Raises `AgencyUnavailable` where
        the SDK should note the outage, wait and call it again.
        """

    @abstractmethod
    def translate(self, document: Document) -> Drafts:
        """Return what the document says. Pure: no clock, no network, no state.

        Raises:
            DocumentError: It breaks its standard; says where.
        """

    def tally(self, event: Event) -> Iterable[tuple[str, str]]:
        """Return what an event counts towards in an account of files read: what, and which one.

        ``("incidents", "lz-7")`` counts the incident once, however many events speak of it.
        """
        return ((event.event, event.key()),)


class Projection(Source[S], Generic[S, State]):
    """A source that must remember: each document changes a state, and the state is what is said.

    The SDK stores the state together with the fact that the document was handled.
    """

    state_type: ClassVar[type[BaseModel]]

    @abstractmethod
    def fold(self, state: State, document: Document) -> tuple[State, Drafts]:
        """Return the state after the document, and what is to be said. Pure.

        Raises:
            DocumentError: It breaks its standard; the state stays as it was.
        """

    def translate(self, document: Document) -> Drafts:
        """Return what the document says to an empty state."""
        return self.fold(self.state_type(), document)[1]  # type: ignore[arg-type]


class Sink(Adapter[S]):
    """Tells a foreign system what was said on the bus.

    Attributes:
        handles: The contracts it delivers.
        say: Says something about an event that is still being delivered; returns once the bus has
            it. The SDK sets it before anything is delivered.
        log: Reads what the bus has stored, as `Bus.history` does. The SDK sets it as well.
    """

    handles: ClassVar[tuple[type[Event], ...]]
    say: Callable[[Draft, Envelope], Awaitable[None]]
    log: Callable[[Filter], AsyncGenerator[Entry, None]]

    def wants(self, envelope: Envelope) -> bool:
        """Say whether this event is for this foreign system (its addressee, its area, …)."""
        return envelope.source != self.settings.agency

    async def meant(self, envelope: Envelope) -> Envelope:
        """Return what an event asks to be delivered: itself, or what it stands for."""
        return envelope

    async def holds(self, envelope: Envelope) -> bool:
        """Say, just before it is delivered, whether what the event says has not been taken back."""
        del envelope
        return True

    @abstractmethod
    async def deliver(self, envelope: Envelope) -> Drafts:
        """Deliver one event; return what the foreign system answered at once (often a receipt).

        The SDK records the delivery before it acknowledges the event. After a crash in between it
        comes again: the foreign system must be able to know it by ``envelope.id``.

        Raises:
            AgencyUnavailable: It is down; the SDK tries again after a delay from its table.
            DocumentError: It cannot be said in that system's terms; becomes a dead letter.
        """


class Bridge(Adapter[S]):
    """Joins the bus to another bus: it carries events as they are, and says itself how it is."""

    @abstractmethod
    async def carry(self, bus: Bus) -> None:
        """Carry events until cancelled; set `ready` once what is said will cross.

        Args:
            bus: The bus of this side, which speaks for the adapter's agency.
        """


__all__ = ["Adapter", "Bridge", "Document", "Draft", "Projection", "Settings", "Sink", "Source"]
