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

from liandong.bus.consumers import Consumer, End, begin, durable, end_of, forget, holds, rewind
from liandong.bus.dead_letters import DeadLetters, redrives
from liandong.bus.history import filters, read
from liandong.bus.lanes import KeyedLanes, Rest
from liandong.bus.letters import Keeper, Letter, event_letter
from liandong.bus.lines import Lines
from liandong.bus.progress import Progress
from liandong.bus.pull import Ensure, Raw, pull
from liandong.bus.session import Session
from liandong.bus.settlement import RETRY_DELAYS_S, Verdict, settle
from liandong.bus.topology import DEAD
from liandong.contracts import (
    Agency,
    Envelope,
    Expired,
    Filter,
    LiandongError,
    Mode,
    NotPermitted,
    Reason,
)
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

Handler = Callable[[Envelope], Awaitable[None]]
Refused = Callable[[Letter], Awaitable[None]]
"""Told of each message that became a dead letter."""

_KEEPALIVE_S = 10.0
_UNSETTLED = 1024
_AT_ONCE = 32
_START_S = 5.0
_SOON_S = 1.0  # what succeeds so soon is no alarm


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
        lines: Lines,
        dead_letters: DeadLetters,
        name: str,
        wish: Wish,
        handler: Handler,
        *,
        refused: Refused,
    ) -> None:
        self.name = name
        self._lines = lines
        self._dead_letters = dead_letters
        self._wish, self._handler, self._refused = wish, handler, refused
        self._agency: Agency = lines.settings.agency
        self._mode: Mode = lines.settings.mode
        self._keeper = Keeper(self._agency, self._mode, name)
        self._lanes = KeyedLanes(_UNSETTLED, _AT_ONCE)
        self._progress: defaultdict[str, Progress] = defaultdict(Progress)
        self._ends: dict[str, End | None] = {}
        self._begun: set[str] = set()
        self._settled: dict[str, int] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Make the consumers and begin; an event published after this returned is delivered.

        Raises:
            NotPermitted: This agency may not read that.
            ApiError: The broker refused the consumer.
        """
        sources = filters(self._wish.which, self._mode)
        for stream, subjects in sources.items():
            ensure = partial(self._ensure, stream=stream, subjects=subjects)
            await ensure(await self._lines.session(stream, _START_S))
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
            raw.nak(0)

    def _in_hand(self) -> list[Raw]:
        return [raw for progress in self._progress.values() for raw in progress.in_hand()]

    async def _run(self, stream: str, ensure: Ensure) -> None:
        submit = self._lanes.submit
        async with aclosing(pull(self._lines, stream, ensure)) as batches:
            async for raws in batches:
                # In hand all at once: what is not in hand when we close would not be given back.
                progress = self._progress[stream]
                for raw in progress.take(raws):
                    work = partial(self._work, progress, raw, raw.subject, raw.body)
                    await submit(_key(raw), work)

    async def _run_redrives(self) -> None:
        progress = self._progress[DEAD]
        async with aclosing(redrives(self._lines, self._dead_letters, self.name)) as orders:
            async for raw, found in orders:
                if progress.take([raw]):
                    letter = found.letter
                    work = partial(
                        self._work,
                        progress,
                        raw,
                        letter.subject,
                        found.original,
                        previous=letter.id,
                    )
                    await self._lanes.submit(letter.id, work)

    async def _work(
        self,
        progress: Progress,
        raw: Raw,
        subject: str,
        body: bytes,
        *,
        previous: str | None = None,
    ) -> Rest | None:
        """Try once; return what is left to be done where that did not settle it. Never raises."""
        if error := await self._attempt(subject, body):
            return partial(self._go_on, progress, raw, subject, body, error, previous)
        progress.settle(raw.sequence).ack()
        return None

    async def _go_on(
        self,
        progress: Progress,
        raw: Raw,
        subject: str,
        body: bytes,
        error: Exception | None,
        previous: str | None,
    ) -> None:
        """Try again until it is settled."""
        attempt = raw.deliveries
        while (settlement := settle(error, attempt)).verdict is Verdict.RETRY:
            log.warning("will_retry", consumer=self.name, attempt=attempt, problem=repr(error))
            if settlement.delay_s > _SOON_S:
                problem = f"{type(error).__name__}, tried {attempt} times"
                self._lines.alarms.set(AlarmName.HANDLER_FAILING, problem, self.name)
            await asyncio.sleep(settlement.delay_s)
            attempt += 1
            error = await self._attempt(subject, body)
        if error is None:
            progress.settle(raw.sequence).ack()
            return
        await self._give_up(raw, subject, body, error, attempt, previous)
        progress.settle(raw.sequence).term(str(error)[:200])

    async def _attempt(self, subject: str, body: bytes) -> Exception | None:
        try:
            envelope = read(subject, body)
            if not self._wish.even_expired:
                _check_fresh(envelope)
            await self._handler(envelope)
        except Exception as error:
            if not isinstance(error, LiandongError):
                log.exception("handler_failed", consumer=self.name, subject=subject)
            return error
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) and task.cancelling():
                raise
            return RuntimeError("the handler awaited what was cancelled")
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
        problem = f"reason {letter.reason}, {Reason(letter.reason).name}"
        self._lines.alarms.set(AlarmName.DEAD_LETTERS, problem, self.name)
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
        end = await end_of(session, stream)
        newest = self._progress[stream].newest
        another = await self._is_another(session, stream, end)
        if another:
            # Its consumer would wait for numbers that are given again, or were to other messages.
            log.warning("stream_not_as_it_was", consumer=self.name, stream=stream)
            await forget(session, stream, self._agency, self.name)
            self._progress[stream] = Progress()  # what is in hand is settled where it was taken
            self._settled[stream] = 0
        consumer = await durable(
            session,
            stream,
            self._agency,
            self.name,
            subjects,
            begin(
                from_start=self._wish.from_start,
                after=self._place(stream),
                since=newest.stored if another and newest else None,
            ),
        )
        self._ends[stream] = end
        if another or stream not in self._begun:
            self._settled[stream] = consumer.settled
            return consumer
        try:
            return await rewind(session, stream, consumer)
        except NotPermitted as error:  # then it comes late, and perhaps behind newer events
            log.warning("cannot_rewind", consumer=self.name, problem=str(error))
            return consumer

    async def _is_another(self, session: Session, stream: str, end: End | None) -> bool:
        """Say whether a stream was made again, brought back from a copy, or lost its end."""
        before, newest = self._ends.get(stream), self._progress[stream].newest
        if before is None or end is None:
            return False
        if end.created != before.created or end.last < (self._place(stream) or 0):
            return True
        return newest is not None and not await holds(
            session, stream, newest.sequence, newest.stored
        )

    def _place(self, stream: str) -> int | None:
        """Return behind what to go on where somebody has deleted the consumer; None at first."""
        if stream not in self._settled:
            return None
        return max(self._settled[stream], self._progress[stream].last)

    async def _keep_alive(self) -> None:
        """Tell the broker that work goes on, so that it does not deliver again."""
        while True:
            await asyncio.sleep(_KEEPALIVE_S)
            for raw in self._in_hand():
                raw.working()


def _check_fresh(envelope: Envelope) -> None:
    """Refuse what must not be acted on any more."""
    if envelope.expires and envelope.expires <= datetime.now(UTC):
        raise Expired(f"it expired at {envelope.expires}")


def _key(raw: Raw) -> str:
    """Return what keeps messages in order: the key in the subject."""
    return raw.subject.split(".")[8]
