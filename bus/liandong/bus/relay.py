"""Messages passed on to another bus as they are: same subject, same id, same bytes, same order.

    pull from a durable consumer -> check -> publish with the same id -> acknowledge

Whatever breaks on the way, reading begins again behind the last acknowledged message. What was
stored beyond it is sent again and dropped by the target, which knows its id. So a cut link heals
with nothing lost, twice or out of order. Twice is possible only where the last of the four steps
fails, because we or the source broke just then, and the outage outlasts the target's duplicate
window: two hours for events, a day for orders.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

import structlog

from liandong.bus import jetstream
from liandong.bus.bus import Bus
from liandong.bus.consumers import begin, durable, rewind
from liandong.bus.dead_letters import redrives
from liandong.bus.history import filters, read
from liandong.bus.letters import Keeper, event_letter
from liandong.bus.pipe import Message, header_lines
from liandong.bus.pull import Puller, Raw
from liandong.bus.session import Session, nobody_listens
from liandong.contracts import (
    ConfigurationError,
    ContractError,
    Envelope,
    Fault,
    Filter,
    LiandongError,
    NotPermitted,
    Reason,
    TransportError,
)

log = structlog.get_logger()

Allows = Callable[[Envelope], bool]
"""Says whether an event may be passed on."""

Answer = asyncio.Future[Message] | LiandongError | None
"""The target's answer to come; why a message cannot be passed on; or None: it may not be."""

_BATCH = 256
_ANSWER_S = 5.0
_PAUSE_S = 0.25
_PASSED_ON = ("traceparent", "tracestate", "Liandong-Signature")


@dataclass
class Passed:
    """What a relay has done since it started. None ever goes down.

    Attributes:
        stored: Messages that the target had not stored before.
        known: Messages that it had.
        withheld: Messages that the check did not allow.
        buried: Messages that became dead letters of the source.
    """

    stored: int = 0
    known: int = 0
    withheld: int = 0
    buried: int = 0


class Relay:
    """Passes messages of one bus on to another.

    Attributes:
        passed: What it has done.
        problem: Why nothing passes now; empty while it does.
        ready: Set once the source remembers our place: what is said from then on is passed on.
    """

    def __init__(self, source: Bus, target: Bus, name: str, which: Filter, allows: Allows) -> None:
        """Prepare; nothing passes before `run`.

        Args:
            source: The bus to read.
            target: The bus to write, in the same mode.
            name: A token; the source remembers by it what was passed on.
            which: Which messages to pull at all.
            allows: Which of them to pass on.

        Raises:
            ConfigurationError: The two work in different modes.
        """
        if source.mode is not target.mode:
            raise ConfigurationError(f"a relay from {source.mode} to {target.mode}: set one mode")
        self.passed = Passed()
        self.problem = ""
        self.ready = asyncio.Event()
        self._source, self._target = source.lines, target.lines
        self._dead_letters = source.dead_letters
        self._keeper = Keeper(source.agency, source.mode, name)
        self._allows = allows
        self._streams = filters(which, source.mode)
        self._begun: set[str] = set()
        self._done: dict[str, int] = {}

    async def run(self) -> None:
        """Pass messages on until cancelled, across any outage of either side.

        The first time it begins with what comes next; then behind what it passed on last.
        """
        async with asyncio.TaskGroup() as group:
            for stream, subjects in self._streams.items():
                group.create_task(self._carry(stream, subjects))
            group.create_task(self._carry_redriven())

    async def _carry(self, stream: str, subjects: tuple[str, ...]) -> None:
        while True:
            try:
                await self._carry_until_broken(stream, subjects)
            except TransportError as error:
                self._note(str(error))
            await asyncio.sleep(_PAUSE_S)

    async def _carry_until_broken(self, stream: str, subjects: tuple[str, ...]) -> None:
        source = await self._source.session(stream)
        consumer = await durable(
            source,
            stream,
            self._keeper.agency,
            self._keeper.consumer,
            subjects,
            begin(after=self._done.get(stream)),
        )
        self._begun.add(stream)
        if self._begun == self._streams.keys():
            self.ready.set()
        target = await self._target.session(stream)
        consumer = await rewind(source, stream, consumer)
        self._note("")
        async with Puller(source, stream, consumer) as puller:
            while True:
                batch = await puller.fetch(_BATCH, wait=False) or await puller.fetch(1)
                await self._pass_on(target, batch)

    async def _carry_redriven(self) -> None:
        """Pass on what operators order to be tried again."""
        consumer = self._keeper.consumer
        async with aclosing(redrives(self._source, self._dead_letters, consumer)) as orders:
            async for raw, found in orders:
                letter = found.letter
                again = replace(
                    raw, subject=letter.subject, body=found.original, stream=letter.stream
                )
                try:
                    target = await self._target.session(letter.stream)
                    await self._pass_on(target, [again], previous=letter.id)
                except TransportError as error:
                    self._note(str(error))
                    raw.nak(_ANSWER_S)

    async def _pass_on(
        self, target: Session, batch: Sequence[Raw], *, previous: str | None = None
    ) -> None:
        """Send a batch, then settle it in order.

        Raises:
            TransportError: A side was lost; what is not acknowledged comes again.
        """
        sent = [(raw, await self._send(target, raw)) for raw in batch]
        waiting = [answer for _, answer in sent if isinstance(answer, asyncio.Future)]
        try:
            if waiting:
                await asyncio.wait(waiting, timeout=_ANSWER_S)
            for raw, answer in sent:
                await self._settle(target, raw, answer, previous)
        finally:
            for answer in waiting:
                answer.cancel()

    async def _settle(
        self, target: Session, raw: Raw, answer: Answer, previous: str | None
    ) -> None:
        error = answer if isinstance(answer, LiandongError) else None
        if isinstance(answer, asyncio.Future):
            error = await self._confirm(target, raw, answer)
        if error:
            await self._bury(raw, error, previous)
        raw.ack()
        if previous is None:
            self._done[raw.stream] = raw.sequence

    async def _send(self, target: Session, raw: Raw) -> Answer:
        """Send a message, unless it may not or cannot be passed on."""
        try:
            envelope = read(raw.subject, raw.body)
            if not self._allows(envelope):
                self.passed.withheld += 1
                log.info("withheld", relay=self._keeper.consumer, subject=raw.subject)
                return None
            came = raw.headers
            headers = {name: came[name] for name in _PASSED_ON if name in came}
            headers |= {"Nats-Msg-Id": envelope.id, "Nats-Expected-Stream": raw.stream}
            return await target.ask(raw.subject, raw.body, head=header_lines(headers))
        except LiandongError as error:
            return _hopeless(error)

    async def _confirm(
        self, target: Session, raw: Raw, answer: asyncio.Future[Message]
    ) -> LiandongError | None:
        """See that the target has stored a message; return why it never will."""
        if not answer.done():
            raise TransportError(f"{raw.subject} not confirmed", reason=Reason.NO_CONFIRMATION)
        try:
            message = answer.result()
            if nobody_listens(message):
                raise TransportError(f"no stream takes {raw.subject}", reason=Reason.NO_STREAM)
            ack = jetstream.pub_ack(raw.subject, message)
            if ack.duplicate:
                await _check_same(target, raw, ack)
        except LiandongError as error:
            return _hopeless(error)
        self.passed.known += ack.duplicate
        self.passed.stored += not ack.duplicate
        return None

    async def _bury(self, raw: Raw, error: LiandongError, previous: str | None) -> None:
        letter = event_letter(
            self._keeper,
            error,
            raw.body,
            subject=raw.subject,
            place=(raw.stream, raw.sequence),
            attempts=raw.deliveries,
            previous=previous,
        )
        log.warning("not_passed_on", relay=self._keeper.consumer, problem=str(error))
        await self._dead_letters.bury(letter, raw.body)
        self.passed.buried += 1

    def _note(self, problem: str) -> None:
        if problem and problem != self.problem:
            log.warning("relay_waits", relay=self._keeper.consumer, problem=problem)
        self.problem = problem


def _hopeless(error: LiandongError) -> LiandongError:
    """Return an error of the message itself; raise one of the way, which will pass."""
    if isinstance(error, ContractError | NotPermitted) or error.reason is Reason.TOO_LARGE:
        return error
    raise error


async def _check_same(target: Session, raw: Raw, ack: jetstream.PubAck) -> None:
    """See that the message which holds our id is ours: the broker compares ids, not contents."""
    held = await jetstream.message_at(target, ack.stream, seq=ack.sequence)
    if held.subject != raw.subject:
        fault = Fault("id", "an id nobody else uses", f"it is on {held.subject}")
        raise ContractError("this id is taken", (fault,), reason=Reason.ID_TAKEN)
