"""What a concern of joint response is: states folded from the log, and what they owe to the bus.

A concern is a pure function and the events that it reads. What it knows follows from the log alone,
what it has to say from that and the time. So a restart forgets nothing, any number of desks may run
side by side, and what two of them say is one event: it has the same id.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Protocol, TypeVar

from pydantic import PlainSerializer, PlainValidator

from liandong.contracts import Agency, Envelope, Event, Precedence

S = TypeVar("S")


def _read(kept: object) -> Envelope:
    return kept if isinstance(kept, Envelope) else Envelope.decode(str(kept).encode())


Said = Annotated[
    Envelope,
    PlainValidator(_read),
    PlainSerializer(lambda said: said.encode().decode()),
]
"""An event as a state holds it: in key-value it stands as the message that it came in."""


class Cause(Protocol):
    """What something is said because of: an event, or the little of it that a state keeps."""

    @property
    def id(self) -> str:
        """The event's id."""
        ...

    @property
    def area(self) -> str:
        """Where it was."""
        ...

    @property
    def correlation(self) -> str | None:
        """What it belongs to; None where it begins that."""
        ...


@dataclass(frozen=True, slots=True)
class Say:
    """Something that a state owes to the bus, until the log tells of it.

    Attributes:
        event: What is to be said.
        about: What tells it from all else that its thread ever says, such as ``overdue receipt
            2026-11-22T08:00:00+00:00``: it is said once, however often it is owed.
        cause: What it answers: area, correlation and causation come from it.
        time: When it became true, not when it is said: every desk must say the same.
        precedence: How soon people must look at it.
        area: Where, if not where its cause was.
        speaker: In a drill, the role that the desk speaks for; else it speaks for its own agency.
    """

    event: Event
    about: str
    cause: Cause
    time: datetime
    precedence: Precedence = Precedence.ROUTINE
    area: str = ""
    speaker: Agency | None = None


@dataclass(frozen=True, slots=True)
class Changes(Generic[S]):
    """What an event, or the passing of time, means.

    Attributes:
        state: The state afterwards; None where there is nothing to know any more.
        say: What is owed to the bus now. It stays owed until it comes back as an event.
        due: When more will be owed, or forgotten, if nothing is heard; None for never.
    """

    state: S | None
    say: tuple[Say, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of a concern's state diagram.

    Attributes:
        before: The phase that a state leaves; empty where it begins.
        on: What moves it: an event (``order.reported accepted``), or the time (``accept_by``).
        after: The phase that it comes into; empty where it is forgotten.
    """

    before: str
    on: str
    after: str


@dataclass(frozen=True)
class Concern(Generic[S]):
    """One concern of joint response.

    Attributes:
        name: A token; its states are kept below it.
        version: Grows when states are folded in another way: they are folded anew from the log.
        state: What its states are: a frozen dataclass, or a pydantic model.
        contracts: The events that it reads, those that it says itself among them.
        threads: Returns the names (tokens) of the states that an event may change: first the one
            that it may begin, then those that it only changes where they are known.
        decide: Returns what an event (or, with None, the time) means for one of them. The state
            afterwards follows from the event and what was known, never from the time: only what is
            owed does, and what is forgotten.
        moves: Its state diagram, as its page draws it.
    """

    name: str
    version: int
    state: type[S]
    contracts: tuple[type[Event], ...]
    threads: Callable[[Envelope], Iterable[str]]
    decide: Callable[[S | None, Envelope | None, datetime], Changes[S]]
    moves: tuple[Move, ...] = ()
