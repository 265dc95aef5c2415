"""Runs a concern on a bus: folds the log, and says what is owed when it is owed.

Nothing is owed by what was said before the log is read to its end: an answer may be in it. What is
owed is said under an id that follows from the thread and what it is about, until the log tells of
it; so a desk that was killed between deciding and saying says it again, and of two desks side by
side the broker keeps one.
"""

import asyncio
import hashlib
import heapq
import hmac
from contextlib import aclosing, suppress
from datetime import datetime, timedelta
from typing import Generic, TypeVar

import structlog

from liandong.bus import Bus
from liandong.contracts import Envelope, LiandongError, Mode
from liandong.response.book import Book
from liandong.response.concern import Changes, Concern, Say
from liandong.response.pace import Pace

S = TypeVar("S")
log = structlog.get_logger()

_GRACE = timedelta(milliseconds=250)  # an answer stored just in time is still on its way to us
_PAUSE_S = 2.0  # before what could not be said is tried again
_LOOK_AGAIN_S = 30.0  # the wall clock may be set while we wait
_LEAST_S = 0.02  # what was said and has not come back yet is due still


class Desk(Generic[S]):
    """One concern at work, in the mode of its bus and the name of its agency.

    Attributes:
        book: The states that it knows.
    """

    def __init__(
        self, bus: Bus, concern: Concern[S], secret: bytes, *, pace: Pace | None = None
    ) -> None:
        """Prepare; `run` begins.

        Args:
            bus: Where events are; what is owed is said by its agency.
            concern: What it is about.
            secret: Keys the ids of what is said; the same for all desks of that agency.
            pace: The time that it goes by, where that is not the wall clock's.
        """
        self.book = Book(bus, concern)
        self._bus, self._concern, self._secret = bus, concern, secret
        self._pace = pace or Pace()
        self._look: set[str] = set()
        self._due: list[tuple[datetime, str]] = []
        self._next: dict[str, datetime] = {}
        self._said: dict[str, set[str]] = {}
        self._changed = asyncio.Event()

    def event_id(self, thread: str, about: str) -> str:
        """Return the id under which this desk, and every one like it, says something."""
        message = f"{self._bus.agency} {self._concern.name} {thread} {about}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]

    async def run(self) -> None:
        """Work until cancelled."""
        while True:
            tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._attend())]
            try:
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()  # neither ends but by an error
            except LiandongError as error:
                log.warning("desk_waits", concern=self._concern.name, problem=str(error))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.sleep(_PAUSE_S)

    async def _read(self) -> None:
        async with aclosing(self.book.changes()) as changes:
            async for threads in changes:
                self._look |= threads
                self._changed.set()

    async def _attend(self) -> None:
        """Look at what changed and at what is due, for ever."""
        while True:
            self._changed.clear()
            if self.book.caught_up:  # what is not read yet may hold an answer
                await self._look_at(self._take_due())
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_to_next()):
                    await self._changed.wait()

    def _take_due(self) -> set[str]:
        """Return what changed and what is due, and forget that."""
        threads, self._look = self._look, set()
        now = self._pace.now() - _GRACE
        while self._due and self._due[0][0] < now:
            due, thread = heapq.heappop(self._due)
            if self._next.get(thread) == due:
                del self._next[thread]
            threads.add(thread)
        return threads

    def _look_again(self, thread: str, due: datetime) -> None:
        if self._next.get(thread) != due:
            self._next[thread] = due
            heapq.heappush(self._due, (due, thread))

    async def _look_at(self, threads: set[str]) -> None:
        now = self._pace.now() - _GRACE
        owed: dict[str, tuple[str, Envelope]] = {}
        for thread in threads:
            if changes := self._decided(thread, now):
                if changes.state is None:
                    await self.book.forget(thread)
                if changes.due:
                    self._look_again(thread, changes.due)
                owed |= self._owed(thread, changes.say)
        await self._say(owed)

    def _decided(self, thread: str, now: datetime) -> Changes[S] | None:
        if (state := self.book.state(thread)) is None:
            return None
        try:
            return self._concern.decide(state, None, now)
        except Exception:  # one state must not stand in the way of all others
            log.exception("not_decided", concern=self._concern.name, thread=thread)
            return None

    def _owed(self, thread: str, say: tuple[Say, ...]) -> dict[str, tuple[str, Envelope]]:
        """Return what is owed and was not said yet: thread and envelope by id."""
        by_id = {self.event_id(thread, one.about): one for one in say}
        self._said[thread] = said = self._said.get(thread, set()) & by_id.keys()
        if not by_id:
            del self._said[thread]
        return {
            name: (thread, self._envelope(name, one))
            for name, one in by_id.items()
            if name not in said
        }

    async def _say(self, owed: dict[str, tuple[str, Envelope]]) -> None:
        """Say what is owed; what is not stored is tried again by and by."""
        if not owed:
            return
        try:
            await self._bus.send_many([envelope for _, envelope in owed.values()])
        except LiandongError:  # one of them, perhaps: each by itself shows which
            refused = [name for name, (_, e) in owed.items() if not await self._stored(e)]
        else:
            refused = []
        for name, (thread, _) in owed.items():
            if name not in refused:
                self._said[thread].add(name)
        for name in refused:
            self._look_again(owed[name][0], self._pace.now() + timedelta(seconds=_PAUSE_S))

    async def _stored(self, envelope: Envelope) -> bool:
        try:
            await self._bus.send(envelope)
        except LiandongError as error:
            log.error("not_said", type=envelope.type, key=envelope.key, problem=str(error))  # noqa: TRY400  the message says it all
            return False
        return True

    def _seconds_to_next(self) -> float:
        if not self._due or not self.book.caught_up:
            return _LOOK_AGAIN_S
        left = self._pace.seconds_to(self._due[0][0] + _GRACE)
        return min(max(_LEAST_S, left), _LOOK_AGAIN_S)

    def _envelope(self, event_id: str, say: Say) -> Envelope:
        cause = say.cause
        said = self._bus.envelope(
            say.event,
            id=event_id,
            time=say.time,
            area=say.area or cause.area,
            precedence=say.precedence,
            correlation=cause.correlation or cause.id,
            causation=cause.id,
        )
        if say.speaker is None or self._bus.mode is Mode.LIVE:
            return said  # nobody is spoken for but in a drill
        return said.model_copy(update={"source": say.speaker})
