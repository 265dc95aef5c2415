"""Durable subscriptions: decode, handle, settle. Order within a key, side by side across keys.

A retry holds its key, not the subscription: the message waits here, the broker is told that work
goes on, later events of the key stay behind it and other keys pass (docs/adr/0003).
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from liandong.bus.connection import Connection
from liandong.bus.consumers import Consumer, durable, rewind
from liandong.bus.dead_letters import DeadLetters, redrives
from liandong.bus.history import filters, read
from liandong.bus.lanes import KeyedLanes
from liandong.bus.letters import Keeper, Letter, event_letter
from liandong.bus.progress import Progress
from liandong.bus.pull import Ensure, Raw, pull
from liandong.bus.session import Session
from liandong.bus.settlement import RETRY_DELAYS_S, Verdict, settle
from liandong.contracts import (
    Agency,
    Envelope,
    Expired,
    Filter,
    LiandongError,
    Mode,
    NotPermitted,
)

log = structlog.get_logger()

Handler = Callable[[Envelope], Awaitable[None]]
Refused = Callable[[Letter], Awaitable[None]]
"""Told of each message that became a dead letter."""

_KEEPALIVE_S = 10.0
_UNSETTLED = 1024
_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Wish:
    """What a subscription is to deliver.

    Attributes:
        which: Which events.
        from_start: On the very first time, begin with what the log holds.
        even_expired: Also what must not be acted on any more; else it becomes a dead letter.
    """

    which: Filter
    from_start: bool = False
    even_expired: bool = False


class Subscription:
    """One durable subscription of one agency."""

    def __init__(
        self,
        connection: Connection,
        dead_letters: DeadLetters,
        name: str,
        wish: Wish,
        handler: Handler,
        *,
        refused: Refused,
    ) -> None:
        self.name = name
        self._connection = connection
        self._dead_letters = dead_letters
        self._wish, self._handler, self._refused = wish, handler, refused
        self._agency: Agency = connection.settings.agency
        self._mode: Mode = connection.settings.mode
        self._keeper = Keeper(self._agency, self._mode, name)
        self._lanes = KeyedLanes(_UNSETTLED)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._progress: defaultdict[str, Progress] = defaultdict(Progress)
        self._begun: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Make the consumers and begin; an event published after this returned is delivered.

        Raises:
            NotPermitted: This agency may not read that.
            ApiError: The broker refused the consumer.
        """
        sources = filters(self._wish.which, self._mode)
        session = await self._connection.session(5)
        for stream, subjects in sources.items():
            ensure = partial(self._ensure, stream=stream, subjects=subjects)
            await ensure(session)
            self._tasks.append(asyncio.create_task(self._run(stream, ensure)))
            self._begun.add(stream)
        self._tasks.append(asyncio.create_task(self._run_redrives()))
        self._tasks.append(asyncio.create_task(self._keep_alive()))

    async def close(self) -> None:
        """Stop. What was not settled is given back and comes again."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._lanes.close()
        for raw in self._in_hand():
            await raw.nak(0)

    def _in_hand(self) -> list[Raw]:
        return [raw for progress in self._progress.values() for raw in progress.in_hand()]

    async def _run(self, stream: str, ensure: Ensure) -> None:
        async with aclosing(pull(self._connection, stream, ensure)) as messages:
            async for raw in messages:
                if await self._take(raw):
                    work = partial(self._work, raw, raw.subject, raw.body)
                    await self._lanes.submit(_key(raw), work)

    async def _run_redrives(self) -> None:
        async with aclosing(redrives(self._connection, self._dead_letters, self.name)) as orders:
            async for raw, found in orders:
                if await self._take(raw):
                    letter = found.letter
                    work = partial(
                        self._work, raw, letter.subject, found.original, previous=letter.id
                    )
                    await self._lanes.submit(letter.id, work)

    async def _take(self, raw: Raw) -> bool:
        """Take a message in hand; say whether it is new here."""
        progress = self._progress[raw.stream]
        if progress.is_settled(raw):
            await raw.ack()
        return progress.take(raw)

    async def _work(
        self, raw: Raw, subject: str, body: bytes, *, previous: str | None = None
    ) -> None:
        """Try until it is settled; never raises, so its key goes on."""
        attempt = raw.deliveries
        while True:
            error = await self._attempt(subject, body)
            settlement = settle(error, attempt)
            if settlement.verdict is Verdict.ACK:
                await self._progress[raw.stream].settle(raw.sequence).ack()
                return
            if error and settlement.verdict is Verdict.DEAD_LETTER:
                await self._give_up(raw, subject, body, error, attempt, previous)
                word = str(error)[:200]
                await self._progress[raw.stream].settle(raw.sequence).term(word)
                return
            log.warning("will_retry", consumer=self.name, attempt=attempt, problem=repr(error))
            await asyncio.sleep(settlement.delay_s)
            attempt += 1

    async def _attempt(self, subject: str, body: bytes) -> Exception | None:
        try:
            envelope = read(subject, body)
            if not self._wish.even_expired:
                _check_fresh(envelope)
            async with self._slots:
                await self._handler(envelope)
        except Exception as error:
            if not isinstance(error, LiandongError):
                log.exception("handler_failed", consumer=self.name, subject=subject)
            return error
        return None

    async def _give_up(
        self,
        raw: Raw,
        subject: str,
        body: bytes,
        error: Exception,
        attempts: int,
        previous: str | None,
    ) -> None:
        letter = event_letter(
            self._keeper,
            error,
            body,
            subject=subject,
            place=(raw.stream, raw.sequence),
            attempts=attempts,
            previous=previous,
        )
        log.warning("dead_letter", consumer=self.name, letter=letter.id, problem=str(error))
        while not await self._buried(letter, body):  # noqa: ASYNC110  better held than lost
            await asyncio.sleep(RETRY_DELAYS_S[-1])
        try:
            await self._refused(letter)
        except Exception:
            log.exception("sender_not_told", letter=letter.id)

    async def _buried(self, letter: Letter, body: bytes) -> bool:
        try:
            await self._dead_letters.bury(letter, body)
        except Exception:
            log.exception("dead_letter_not_stored", consumer=self.name, letter=letter.id)
            return False
        return True

    async def _ensure(
        self, session: Session, *, stream: str, subjects: tuple[str, ...]
    ) -> Consumer:
        consumer = await durable(
            session,
            stream,
            self._agency,
            self.name,
            subjects,
            from_start=self._wish.from_start,
            after=self._progress[stream].last or None,
        )
        if stream not in self._begun:
            return consumer
        try:
            return await rewind(session, stream, consumer)
        except NotPermitted as error:  # then it comes late, and perhaps behind newer events
            log.warning("cannot_rewind", consumer=self.name, problem=str(error))
            return consumer

    async def _keep_alive(self) -> None:
        """Tell the broker that work goes on, so that it does not deliver again."""
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            for raw in self._in_hand():
                await raw.working()


def _check_fresh(envelope: Envelope) -> None:
    """Refuse what must not be acted on any more."""
    if envelope.expires and envelope.expires <= datetime.now(UTC):
        raise Expired(f"it expired at {envelope.expires}")


def _key(raw: Raw) -> str:
    """Return what keeps messages in order: the key in the subject."""
    return raw.subject.split(".")[8]
