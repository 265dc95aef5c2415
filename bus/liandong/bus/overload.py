"""What waits to be sent, in bounded memory: what may be left out, and what never is. Pure.

Two places have one: a program that offers more than the broker takes (`sender`), and an adapter
whose source cannot be held back (MQTT of QoS 0).
"""

from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Generic, TypeVar

from liandong.contracts import Event, Lane
from liandong.contracts.gaps import GapCause, GapPart, TelemetryGap

T = TypeVar("T")

_MOST_THINGS = 1_000  # that are counted by name while nothing can be said of them
_MOST_PARTS = 100


class Shedding(Enum):
    """What becomes of an event when there is no room for all."""

    NEVER = "never"
    """It stays, and whoever brings the next one waits: orders, alerts, incidents, and all that is
    not named below."""
    LATEST = "latest"
    """It stays until a later one says the whole state of the same thing: statuses."""
    OLDEST = "oldest"
    """It gives way, those first that a later one of the same thing has overtaken: telemetry."""


def shedding_of(contract: type[Event]) -> Shedding:
    """Return what may become of a contract's events. It follows from the contract alone."""
    if contract.lane is Lane.TELEMETRY:
        return Shedding.OLDEST
    if contract.lane is Lane.EVENTS and contract.state_of:
        return Shedding.LATEST
    return Shedding.NEVER


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """Something that waits.

    Attributes:
        item: What it is.
        shedding: What may become of it.
        contract: The contract without its version: ``unit.position``.
        thing: What it is about; of pieces about one thing the latest counts.
        about: The thing in one word, for people.
        key: What it is kept in order with.
        time: When it happened.
        size: Its bytes.
    """

    item: T
    shedding: Shedding
    contract: str
    thing: tuple[str, ...]
    about: str
    key: str
    time: datetime
    size: int


class Put(Enum):
    """What became of a piece that was put."""

    ACCEPTED = "accepted"
    REPLACED = "replaced"
    """It took the place of the one that said the state of its thing before."""
    SHED = "shed"
    """Others gave way, or it did itself; they are counted."""
    REFUSED = "refused"
    """There is no room and nothing may give way: nothing has changed, and its bringer must wait."""


@dataclass
class Missing:
    """What was left out and not told of yet.

    Attributes:
        count: How many.
        since: When the first of them happened.
        until: When the last did.
    """

    count: int = 0
    since: datetime | None = None
    until: datetime | None = None
    _by_thing: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])

    def note(self, piece: Piece[T]) -> None:
        """Count a piece."""
        self.count += 1
        self.since = min(self.since or piece.time, piece.time)
        self.until = max(self.until or piece.time, piece.time)
        thing = piece.contract, piece.about
        if thing in self._by_thing or len(self._by_thing) < _MOST_THINGS:
            self._by_thing[thing] += 1

    def gap(self, publisher: str, cause: GapCause) -> TelemetryGap:
        """Return it as an event.

        Args:
            publisher: The adapter or program that left it out, a token.
            cause: Why.
        """
        assert self.since  # noqa: S101  who asks has looked at the count
        assert self.until  # noqa: S101
        parts = tuple(
            GapPart(contract=contract, about=about, dropped_count=count)
            for (contract, about), count in self._by_thing.most_common(_MOST_PARTS)
        )
        return TelemetryGap(
            publisher=publisher,
            cause=cause,
            since=self.since,
            until=self.until,
            dropped_count=self.count,
            parts=parts,
        )


class Backlog(Generic[T]):
    """Pieces that wait, within bounds, in the order in which they were put.

    A status takes the place of the one before it, so that it is not put off for ever by its own
    successors; but it never overtakes a piece of its key that may not be left out.

    Attributes:
        bytes: How many bytes wait.
        missing: What was left out since `take_missing` was last called.
    """

    def __init__(self, most: int, most_bytes: int) -> None:
        """Make an empty one.

        Args:
            most: How many pieces may wait.
            most_bytes: How many bytes they may have together.
        """
        self.bytes = 0
        self.missing = Missing()
        self._most, self._most_bytes = most, most_bytes
        self._put = 0
        self._waiting = OrderedDict[int, Piece[T]]()
        self._latest: dict[tuple[str, ...], int] = {}  # the newest piece of each thing
        self._fixed: dict[str, int] = {}  # the newest of each key that may not be left out
        self._sheddable = OrderedDict[int, None]()
        self._overtaken = OrderedDict[int, None]()  # those of them with a later one of their thing
        self._sheddable_bytes = 0

    def __len__(self) -> int:
        """Return how many pieces wait."""
        return len(self._waiting)

    def put(self, piece: Piece[T]) -> Put:
        """Put a piece behind the others, or in the place of the one that it replaces."""
        before = self._replaceable(piece)
        if not self._fits(piece, before):
            if piece.shedding is not Shedding.OLDEST:
                return Put.REFUSED
            self.missing.note(piece)
            return Put.SHED
        if before is not None:
            self.missing.note(self._waiting[before])
            self.bytes += piece.size - self._waiting[before].size
            self._waiting[before] = piece
        else:
            self._append(piece)
        return self._shed_down() or (Put.ACCEPTED if before is None else Put.REPLACED)

    def take(self, most: int, most_bytes: int) -> list[Piece[T]]:
        """Take the pieces that wait longest.

        Args:
            most: How many at the most.
            most_bytes: How many bytes at the most; the first is taken whatever its size.
        """
        taken: list[Piece[T]] = []
        size = 0
        while self._waiting and len(taken) < most:
            number, piece = next(iter(self._waiting.items()))
            size += piece.size
            if taken and size > most_bytes:
                break
            self._remove(number)
            taken.append(piece)
        return taken

    def take_missing(self) -> Missing:
        """Return what was left out, and begin to count anew."""
        missing, self.missing = self.missing, Missing()
        return missing

    def _replaceable(self, piece: Piece[T]) -> int | None:
        number = self._latest.get(piece.thing)
        if piece.shedding is not Shedding.LATEST or number is None:
            return None
        return number if number > self._fixed.get(piece.key, -1) else None

    def _fits(self, piece: Piece[T], before: int | None) -> bool:
        """Say whether there is room for it once all has given way that may."""
        stay = len(self._waiting) - len(self._sheddable)
        stay_bytes = self.bytes - self._sheddable_bytes
        if before is not None:
            stay, stay_bytes = stay - 1, stay_bytes - self._waiting[before].size
        return stay < self._most and stay_bytes + piece.size <= self._most_bytes

    def _append(self, piece: Piece[T]) -> None:
        number = self._put
        self._put += 1
        self._waiting[number] = piece
        self.bytes += piece.size
        if (overtaken := self._latest.get(piece.thing)) in self._sheddable:
            self._overtaken[overtaken] = None
        self._latest[piece.thing] = number
        if piece.shedding is Shedding.OLDEST:
            self._sheddable[number] = None
            self._sheddable_bytes += piece.size
        elif piece.shedding is Shedding.NEVER:
            self._fixed[piece.key] = number

    def _shed_down(self) -> Put | None:
        """Let pieces give way until the bounds hold."""
        shed = None
        while len(self._waiting) > self._most or self.bytes > self._most_bytes:
            number = next(iter(self._overtaken or self._sheddable))
            self.missing.note(self._remove(number))
            shed = Put.SHED
        return shed

    def _remove(self, number: int) -> Piece[T]:
        piece = self._waiting.pop(number)
        self.bytes -= piece.size
        if number in self._sheddable:
            del self._sheddable[number]
            self._sheddable_bytes -= piece.size
        self._overtaken.pop(number, None)
        if self._latest.get(piece.thing) == number:
            del self._latest[piece.thing]
        if self._fixed.get(piece.key) == number:
            del self._fixed[piece.key]
        return piece
