"""All about the incidents that an agency takes part in: its own, and those that it has joined.

Who joins late gets first what was said before, then what follows, from all lanes: orders and unit
states as well as the incident's own events. Membership is folded from the same log, so nothing has
to run beside this; where a desk keeps the incidents, a start is quick.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta

from liandong.bus import Bus, Entry
from liandong.contracts import (
    Envelope,
    Filter,
    IncidentMerged,
    IncidentOwnershipAccepted,
    IncidentParticipantJoined,
    IncidentParticipantLeft,
    IncidentReopened,
    IncidentReported,
)
from liandong.response.book import Shelf
from liandong.response.incident_board import taken_part_in
from liandong.response.incident_state import Incident
from liandong.response.incidents import INCIDENTS, decide

_CHANGES = (
    IncidentReported,
    IncidentReopened,
    IncidentMerged,
    IncidentOwnershipAccepted,
    IncidentParticipantJoined,
    IncidentParticipantLeft,
)
"""What makes an agency take part, or no more."""
_NAMING = ("agency", "offered_by", "offered_to")
_REMEMBERED = 10_000  # messages that went by; a replica may be some behind the one that sent them
_OVERLAP = timedelta(seconds=30)  # read twice at the start, for the same reason
_TRIES, _PAUSE_S = 40, 0.05  # until a replica has what we have seen already
_Place = tuple[str, str]  # a key, and a stream


async def taking_part(bus: Bus, agency: str | None = None) -> AsyncGenerator[Envelope, None]:
    """Yield everything about the incidents that an agency takes part in, for ever.

    Of each incident first the history, as soon as the agency takes part in it, in the order the
    broker stored it; then what follows. Nothing of an incident is left out, and nothing comes
    twice: within a lane in order, across lanes as it arrives. What was said after an agency has
    left is not yielded; where it joins again, it gets that first. Who takes part in an incident
    that goes on in another takes part in that one. It remembers nothing: a new start begins with
    the history again.

    Args:
        bus: Where events are.
        agency: Whose incidents, as ``region/kind/name``; by default the bus's own.

    Raises:
        TransportError: The broker was away at the start.
    """
    ahead = timedelta(seconds=await bus.clock_skew_s())
    following = await bus.follow(since=datetime.now(UTC) + ahead - _OVERLAP)
    party = _Party(bus, agency or str(bus.agency))
    async with aclosing(following):
        await party.open()
        async with aclosing(party.past()) as past:
            async for envelope in past:
                yield envelope
        async for entry in following:
            async with aclosing(party.take(entry)) as told:
                async for envelope in told:
                    yield envelope


class _Party:
    """One agency: what it takes part in, and up to where it was told of each."""

    def __init__(self, bus: Bus, agency: str) -> None:
        self._bus, self._agency = bus, agency
        self._incidents: dict[str, Incident] = {}
        self._folded: dict[_Place, int] = {}
        self._in: frozenset[str] = frozenset()
        self._told: dict[_Place, int] = {}
        self._passed: dict[_Place, int] = {}

    async def open(self) -> None:
        """Learn how all incidents stand: what desks have kept, and what was said since."""
        shelf = Shelf(self._bus, INCIDENTS)
        await shelf.open()
        place = await shelf.place()
        which = Filter(contracts=INCIDENTS.contracts)
        following = await self._bus.follow(which, after=place.read if place else {})
        async for thread, sheet in shelf.sheets():
            if sheet.state:
                self._incidents[thread] = sheet.state
            self._folded |= {(thread, stream): last for stream, last in sheet.seen.items()}
        async with aclosing(following):
            while not following.caught_up:
                self._fold(await anext(following))
        self._in = taken_part_in(self._incidents, self._agency)

    async def past(self) -> AsyncGenerator[Envelope, None]:
        """Yield the history of all incidents that it takes part in, one after another."""
        for incident in sorted(self._in, key=lambda name: self._incidents[name].opened):
            async with aclosing(self._history(incident)) as history:
                async for envelope in history:
                    yield envelope

    async def take(self, entry: Entry) -> AsyncGenerator[Envelope, None]:
        """Yield what a message of the log means for it: the history of what it joins, or itself."""
        if (event := entry.envelope) is None:
            return
        before = self._in
        if self._fold(entry) and self._may_change(event):
            self._forget(event.time)
            self._in = taken_part_in(self._incidents, self._agency)
        if event.key in before and self._is_news(entry, event):
            yield event
        self._pass(event.key, entry)
        for incident in sorted(self._in - before):
            async with aclosing(self._history(incident)) as history:
                async for envelope in history:
                    yield envelope

    async def _history(self, incident: str) -> AsyncGenerator[Envelope, None]:
        """Yield what is stored about an incident and was not told yet."""
        for entry in await self._stored(incident):
            if (event := entry.envelope) and self._is_news(entry, event):
                yield event

    async def _stored(self, incident: str) -> list[Entry]:
        """Return the log of an incident, at least up to what went by already."""
        entries: list[Entry] = []
        for _ in range(_TRIES):
            entries = [entry async for entry in self._bus.history(Filter(key=incident))]
            last = {entry.raw.stream: entry.raw.sequence for entry in entries}
            passed = {s: n for (key, s), n in self._passed.items() if key == incident}
            if all(last.get(stream, 0) >= sequence for stream, sequence in passed.items()):
                break
            await asyncio.sleep(_PAUSE_S)
        return entries

    def _may_change(self, event: Envelope) -> bool:
        """Say whether it may join or leave by this event."""
        names = (getattr(event.data, name, None) for name in _NAMING)
        mine = self._agency in (str(event.source), *names) or event.key in self._in
        return mine and isinstance(event.data, _CHANGES)

    def _fold(self, entry: Entry) -> bool:
        """Fold a message into the incident that it is about; say whether that was done now."""
        event = entry.envelope
        if event is None or not isinstance(event.data, INCIDENTS.contracts):
            return False
        place = (event.key, entry.raw.stream)
        if self._folded.get(place, 0) >= entry.raw.sequence:
            return False
        self._folded[place] = entry.raw.sequence
        if after := decide(self._incidents.get(event.key), event, event.time).state:
            self._incidents[event.key] = after
        return True

    def _forget(self, now: datetime) -> None:
        """Let go of what was over long ago."""
        kept = {name: one for name, one in self._incidents.items() if decide(one, None, now).state}
        for place in [place for place in self._folded if place[0] not in kept]:
            del self._folded[place]
        self._incidents = kept

    def _is_news(self, entry: Entry, event: Envelope) -> bool:
        """Say whether it was not told of this yet, and note that it is."""
        place = (event.key, entry.raw.stream)
        if self._told.get(place, 0) >= entry.raw.sequence:
            return False
        self._told[place] = entry.raw.sequence
        return True

    def _pass(self, key: str, entry: Entry) -> None:
        self._passed.pop((key, entry.raw.stream), None)
        self._passed[key, entry.raw.stream] = entry.raw.sequence
        if len(self._passed) > _REMEMBERED:
            del self._passed[next(iter(self._passed))]
