"""The states of one concern: folded from the log, kept in key-value.

The log is the truth; what is kept is where a start begins, and what others may look at. Each state
is kept with the place in each stream up to which it was folded, and is written against the revision
that was read. So two books side by side, or one that was killed and reads some events again, leave
the same states: an event is folded into each exactly once, in the order of its stream.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

import structlog
from pydantic import BaseModel, TypeAdapter

from liandong.bus import Bus, Changed, Entry, Following, Kept, KeyValue
from liandong.contracts import Filter, LiandongError, reading
from liandong.response.concern import Concern

S = TypeVar("S")
log = structlog.get_logger()

_PAUSE_S = 2.0  # before what could not be kept is tried again
_AT_ONCE = 64  # states that are written side by side
_MARK_S = 5.0  # what was read since the last mark is read again by a start


class _Page(BaseModel, Generic[S]):
    """A state as it is kept."""

    seen: dict[str, int]
    """The last sequence of each stream that was folded into it."""
    state: S


class _Place(BaseModel):
    """How far the log was folded into every state; some may be further."""

    created: dict[str, str]
    """When each stream was made: another one is folded from its beginning."""
    read: dict[str, int]
    """The last sequence of each stream."""


@dataclass(slots=True)
class _Sheet(Generic[S]):
    """A state as this book has it."""

    state: S | None = None
    seen: dict[str, int] = field(default_factory=dict[str, int])
    revision: int = 0


class Shelf(Generic[S]):
    """Where the states of a concern are kept: in one bucket for each mode."""

    def __init__(self, bus: Bus, concern: Concern[S]) -> None:
        """Prepare; `open` before anything else."""
        self._keyvalue = KeyValue(bus.lines, f"ld_response_{bus.mode}")
        # A program of another version keeps its states apart.
        self._root = f"{concern.name}.{concern.version}"
        self._place = f"places.{self._root}"
        self._pages = _pages(concern.state)

    async def open(self) -> None:
        """Make the bucket if it is not there."""
        await self._keyvalue.open()

    async def states(self) -> dict[str, S]:
        """Return every state, by thread, as old as its desks are behind the log."""
        return {thread: sheet.state async for thread, sheet in self.sheets() if sheet.state}

    async def state(self, thread: str) -> S | None:
        """Return one state; None where there is none."""
        sheet = await self.sheet(thread)
        return sheet.state if sheet else None

    async def sheets(self) -> AsyncGenerator[tuple[str, _Sheet[S]], None]:
        """Yield every state with its place and revision, by thread."""
        async for kept in self._keyvalue.below(self._root):
            yield kept.key.rpartition(".")[2], self._read(kept)

    async def sheet(self, thread: str) -> _Sheet[S] | None:
        """Return one state with its place and revision."""
        kept = await self._keyvalue.get(f"{self._root}.{thread}")
        return self._read(kept) if kept else None

    async def keep(self, thread: str, sheet: _Sheet[S]) -> None:
        """Write a state over the revision that was read.

        Raises:
            Changed: Another desk wrote it meanwhile.
        """
        key = f"{self._root}.{thread}"
        if sheet.state is None:
            await self._keyvalue.drop(key, sheet.revision)
            return
        value = self._pages.dump_json(_Page(seen=sheet.seen, state=sheet.state))
        sheet.revision = await self._keyvalue.put(key, value, sheet.revision)

    async def clear(self) -> None:
        """Drop everything that is kept of the concern: it is over, and nobody works on it."""
        async for kept in self._keyvalue.below(self._root):
            await self._keyvalue.drop(kept.key, kept.revision)
        if place := await self._keyvalue.get(self._place):
            await self._keyvalue.drop(place.key, place.revision)

    async def place(self) -> _Place | None:
        """Return how far the log was folded; None where it never was."""
        kept = await self._keyvalue.get(self._place)
        return _Place.model_validate_json(kept.value) if kept else None

    async def mark(self, place: _Place) -> None:
        """Note how far the log was folded."""
        await self._keyvalue.put(self._place, place.model_dump_json().encode(), None)

    def _read(self, kept: Kept) -> _Sheet[S]:
        with reading():  # a state keeps codes that a later publisher has added
            page = self._pages.validate_json(kept.value)
        return _Sheet(page.state, page.seen, kept.revision)


def _pages(state: type[S]) -> TypeAdapter[_Page[S]]:
    return TypeAdapter(cast("type[_Page[S]]", cast("Any", _Page)[state]))


class Book(Generic[S]):
    """Folds the log into states, for ever.

    Attributes:
        caught_up: Whether all that was stored when it last looked is folded and kept.
    """

    def __init__(self, bus: Bus, concern: Concern[S]) -> None:
        """Prepare; `changes` begins."""
        self.caught_up = False
        self._bus, self._concern = bus, concern
        self._shelf = Shelf(bus, concern)
        self._sheets: dict[str, _Sheet[S]] = {}
        self._read: dict[str, int] = {}
        self._marked = 0.0

    @property
    def states(self) -> Mapping[str, S]:
        """Every state that it knows, by thread."""
        return {name: sheet.state for name, sheet in self._sheets.items() if sheet.state}

    def state(self, thread: str) -> S | None:
        """Return one state; None where there is none."""
        sheet = self._sheets.get(thread)
        return sheet.state if sheet else None

    async def changes(self) -> AsyncGenerator[frozenset[str], None]:
        """Yield the threads that changed, again and again; first all that were kept.

        What is yielded is kept. A broker that goes away is waited for.

        Raises:
            TransportError: The broker was away at the start.
        """
        following = await self._begin()
        self.caught_up = following.caught_up
        yield frozenset(self._sheets)
        async with aclosing(following.batches()) as batches:
            async for batch in batches:
                touched = self._fold(batch)
                await self._keep(touched)
                self._read[batch[-1].raw.stream] = batch[-1].raw.sequence
                self.caught_up = following.caught_up
                await self._mark(following)
                yield frozenset(touched)

    async def forget(self, thread: str) -> None:
        """Drop a state: nothing is to be known of it any more."""
        if sheet := self._sheets.pop(thread, None):
            sheet.state = None
            await self._shelf.keep(thread, sheet)

    async def _begin(self) -> Following:
        """Load what was kept; where the log is another one now, begin anew."""
        await self._shelf.open()
        self._sheets, self._read = {}, {}
        which = Filter(contracts=self._concern.contracts)
        place = await self._shelf.place()
        following = await self._bus.follow(which, after=place.read if place else {})
        if place and place.created != following.created:
            log.warning("folded_anew", concern=self._concern.name, created=following.created)
            return await self._bus.follow(which, after={})
        if place:
            self._read = dict(place.read)
        async for thread, sheet in self._shelf.sheets():
            self._sheets[thread] = sheet
        return following

    def _fold(self, batch: list[Entry]) -> dict[str, list[Entry]]:
        """Fold entries into states; return by thread those that were new to it."""
        touched: dict[str, list[Entry]] = defaultdict(list)
        for entry in batch:
            threads = tuple(self._concern.threads(entry.envelope)) if entry.envelope else ()
            for number, thread in enumerate(threads):
                if number and thread not in self._sheets:
                    continue
                sheet = self._sheets.setdefault(thread, _Sheet())
                if self._take(sheet, entry):
                    touched[thread].append(entry)
                if sheet.state is None and not sheet.revision:
                    del self._sheets[thread]  # there is nothing to know of it
                    touched.pop(thread, None)
        return touched

    def _take(self, sheet: _Sheet[S], entry: Entry) -> bool:
        """Fold one event into one state; say whether it was not in there yet."""
        stream, sequence, event = entry.raw.stream, entry.raw.sequence, entry.envelope
        if event is None or sheet.seen.get(stream, 0) >= sequence:
            return False
        sheet.seen[stream] = sequence
        try:
            sheet.state = self._concern.decide(sheet.state, event, event.time).state
        except Exception:  # one event must not stand in the way of all others
            log.exception("not_folded", concern=self._concern.name, type=event.type, id=event.id)
        return True

    async def _keep(self, touched: Mapping[str, list[Entry]]) -> None:
        limit = asyncio.Semaphore(_AT_ONCE)

        async def keep(thread: str, entries: list[Entry]) -> None:
            async with limit:
                while not await self._kept(thread, entries):  # noqa: ASYNC110  a broker is awaited
                    await asyncio.sleep(_PAUSE_S)

        await asyncio.gather(*(keep(*one) for one in touched.items()))

    async def _kept(self, thread: str, entries: list[Entry]) -> bool:
        """Keep a state, over what another desk has kept meanwhile; say whether that is done."""
        try:
            while sheet := self._sheets.get(thread):
                try:
                    await self._shelf.keep(thread, sheet)
                except Changed:
                    theirs = await self._shelf.sheet(thread) or _Sheet[S]()
                    self._sheets[thread] = theirs
                    if sum(self._take(theirs, entry) for entry in entries):
                        continue
                if sheet.state is None:
                    self._sheets.pop(thread, None)
                return True
        except LiandongError as error:
            log.warning("state_not_kept", thread=thread, problem=str(error))
            return False
        return True

    async def _mark(self, following: Following) -> None:
        if (now := time.monotonic()) - self._marked < _MARK_S:
            return
        self._marked = now
        try:
            await self._shelf.mark(_Place(created=following.created, read=self._read))
        except LiandongError as error:
            log.debug("place_not_marked", problem=str(error))  # a start reads a little more
