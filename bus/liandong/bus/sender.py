"""Sending what is offered, faster perhaps than the broker takes it, by the policy of `overload`.

Each lane has a backlog and a task of its own, so that none waits for another.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from math import inf

import structlog

from liandong.bus.lines import Lines
from liandong.bus.overload import Backlog, Missing, Piece, Put, Shedding, shedding_of
from liandong.bus.publisher import Publisher
from liandong.contracts import (
    Envelope,
    Lane,
    LiandongError,
    Reason,
    TransportError,
    Unavailable,
    to_token,
)
from liandong.contracts.gaps import GapCause
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

WAITING = 10_000
"""How many events of a lane may wait."""
WAITING_BYTES = 16 * 1024 * 1024
"""How many bytes they may have together."""

_AT_ONCE, _AT_ONCE_BYTES = 1_000, 2 * 1024 * 1024
_WITHIN_S = 5.0
_PAUSE_S = 0.25
_TELL_EVERY_S = 10.0
_LAST_S = 2.0

Tell = Callable[[Missing, GapCause], bool]
"""Queues the event that says what was left out; False where even that has no room now."""


@dataclass(frozen=True, slots=True)
class _Offered:
    envelope: Envelope
    stored: asyncio.Future[None] | None = None
    """Tells whoever waits how it ended; None where nobody does."""

    def done(self, error: Exception | None = None) -> None:
        if self.stored is None:
            if error:
                log.error("not_sent", type=self.envelope.type, problem=str(error))
        elif not self.stored.done():
            if error:
                self.stored.set_exception(error)
            else:
                self.stored.set_result(None)


def _piece(offered: _Offered) -> Piece[_Offered]:
    envelope = offered.envelope
    event = envelope.data
    names = [str(getattr(event, name)) for name in event.state_of] or [envelope.key]
    return Piece(
        offered,
        shedding_of(type(event)),
        contract=event.event,
        thing=(str(envelope.source), event.event, *names),
        about=names[0],
        key=envelope.key,
        time=envelope.time,
        size=len(envelope.encode()),
    )


class Sender:
    """Takes what is offered to the broker, lane by lane."""

    def __init__(self, publisher: Publisher, lines: Lines) -> None:
        self._publisher, self._lines = publisher, lines
        self._lanes: dict[Lane, _LaneSender] = {}

    async def offer(self, envelope: Envelope) -> None:
        """Offer an event; see `Bus.offer`."""
        lazy = shedding_of(type(envelope.data)) is not Shedding.NEVER
        stored = None if lazy else asyncio.get_running_loop().create_future()
        await self._lane(envelope.data.lane).offer(_piece(_Offered(envelope, stored)))
        if stored:
            await stored
        else:
            await asyncio.sleep(0)  # or a loop that only offers would let nothing be sent

    async def close(self) -> None:
        """Go on sending for two seconds at the most; the log says how many were left."""
        for name in (Lane.ORDERS, Lane.TELEMETRY, Lane.EVENTS):  # the last says what was left out
            if lane := self._lanes.get(name):
                await lane.close()

    def _lane(self, lane: Lane) -> "_LaneSender":
        if lane not in self._lanes:
            self._lanes[lane] = _LaneSender(lane, self._publisher, self._lines, self._tell)
        return self._lanes[lane]

    def _tell(self, missing: Missing, cause: GapCause) -> bool:
        said_by = self._lines.settings
        gap = missing.gap(to_token(said_by.name), cause)
        told = Envelope(source=said_by.agency, mode=said_by.mode, area=said_by.area, data=gap)
        return self._lane(gap.lane).put(_piece(_Offered(told))) is not Put.REFUSED


class _LaneSender:
    """The events of one lane that wait, and the task that sends them."""

    def __init__(self, lane: Lane, publisher: Publisher, lines: Lines, tell: Tell) -> None:
        self._lane, self._publisher, self._lines, self._tell = lane, publisher, lines, tell
        self._backlog = Backlog[_Offered](WAITING, WAITING_BYTES)
        self._sending: list[Piece[_Offered]] = []
        self._work, self._room, self._idle = (asyncio.Event() for _ in range(3))
        self._cause = GapCause.BUS_SLOW
        self._tell_at = -inf
        self._clock = asyncio.get_running_loop().time
        self._task = asyncio.create_task(self._run(), name=f"sending {lane}")

    async def offer(self, piece: Piece[_Offered]) -> None:
        """Queue a piece; wait while there is no room and nothing may give way."""
        while not self._task.done():
            if self.put(piece) is not Put.REFUSED:
                return
            self._room.clear()
            await self._room.wait()
        raise _closed()

    def put(self, piece: Piece[_Offered]) -> Put:
        """Queue a piece now, or refuse it."""
        put = self._backlog.put(piece)
        if put is not Put.REFUSED:
            self._idle.clear()
            self._work.set()
        if put is Put.SHED:
            problem = "more is offered than passes"
            self._lines.alarms.set(AlarmName.MESSAGE_SHED, problem, about=self._lane)
            if not self._lines.connected:
                self._cause = GapCause.BUS_AWAY
        return put

    async def close(self) -> None:
        """Send and tell what there is time for."""
        self._tell_at = -inf
        self._work.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LAST_S):
                await self._idle.wait()
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        left = self._sending + self._backlog.take(WAITING, WAITING_BYTES)
        if left or self._backlog.missing.count:
            missing = self._backlog.missing.count
            log.warning("left_unsent", lane=self._lane, count=len(left), untold=missing)
        for piece in left:
            piece.item.done(_closed())
        self._room.set()

    async def _run(self) -> None:
        while True:
            await self._until_there_is_work()
            if batch := self._backlog.take(_AT_ONCE, _AT_ONCE_BYTES):
                self._room.set()
                self._sending = batch
                await self._send(batch)
                self._sending = []
            self._tell_missing()
            if not self._backlog:
                self._work.clear()
                if not self._backlog.missing.count:
                    self._idle.set()

    async def _until_there_is_work(self) -> None:
        """Wait for something to send or, where something is missing, for the time to say so."""
        left = self._tell_at - self._clock() if self._backlog.missing.count else None
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._work.wait()

    def _tell_missing(self) -> None:
        now = self._clock()
        if not self._backlog.missing.count or now < self._tell_at:
            return
        if not self._tell(self._backlog.missing, self._cause):
            self._tell_at = now + _PAUSE_S
            return
        self._backlog.take_missing()
        self._cause, self._tell_at = GapCause.BUS_SLOW, now + _TELL_EVERY_S

    async def _send(self, batch: list[Piece[_Offered]]) -> None:
        """Send until each is stored or known never to be."""
        try:
            await self._store(batch)
        except LiandongError as error:
            if len(batch) == 1:
                batch[0].item.done(error)
                return
            for piece in batch:  # to find the one that it is about
                await self._send([piece])

    async def _store(self, batch: list[Piece[_Offered]]) -> None:
        envelopes = [piece.item.envelope for piece in batch]
        while True:
            try:
                await self._publisher.publish_many(envelopes, within=_WITHIN_S)
            except Unavailable as error:
                if error.reason is Reason.TOO_LARGE:
                    raise
                self._cause = GapCause.BUS_AWAY
                log.debug("offers_wait", lane=self._lane, problem=str(error))
                await asyncio.sleep(_PAUSE_S)
            else:
                break
        for piece in batch:
            piece.item.done()


def _closed() -> TransportError:
    return TransportError("the bus was closed", reason=Reason.NO_CONNECTION)
