"""Reading the log: what happened, in the order the broker stored it, and what happens next."""

import asyncio
import heapq
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Never, Self

from liandong.bus import direct, jetstream
from liandong.bus.consumers import Consumer, ephemeral, start
from liandong.bus.consumers import begin as start_at
from liandong.bus.lines import Lines
from liandong.bus.pull import ConsumerGone, Puller, Raw, pull
from liandong.bus.session import Session
from liandong.bus.topology import stream_of
from liandong.contracts import (
    ContractError,
    Envelope,
    Event,
    Fault,
    Filter,
    Lane,
    Mode,
    Reason,
    Subject,
)

_BATCH = 500
_AHEAD = 2  # batches that wait for a slow reader
_WITHIN_S = 30.0
_TRIES, _PAUSE_S = 3, 0.25


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the log.

    Attributes:
        raw: As it is stored.
        envelope: What it says, in the newest version of its contract; None where it cannot be read.
        error: Why it cannot be read.
    """

    raw: Raw
    envelope: Envelope | None
    error: ContractError | None = None


def read(nats_subject: str, body: bytes) -> Envelope:
    """Read a message, check that its body says what its subject says, and bring it up to date.

    The broker vouches for the subject only: a body that claims another sender, mode or area than
    its subject is refused. An earlier version of a contract is returned as the newest.

    Raises:
        ContractError: It is not a message of a known contract, or contradicts its subject.
    """
    envelope = Envelope.decode(body)
    if envelope.nats_subject != nats_subject:
        _tell_difference(Subject.parse(nats_subject), envelope.subject)
    return envelope.newest()


def _tell_difference(subject: Subject, said: Subject) -> Never:
    if said.mode != subject.mode:
        raise _contradiction("mode", subject.mode, said.mode, Reason.MODE_MISMATCH)
    names = ("agency", "type_name", "key", "area")
    name = next(name for name in names if getattr(said, name) != getattr(subject, name))
    raise _contradiction(name, getattr(subject, name), getattr(said, name))


def _contradiction(
    name: str, subject: object, body: object, reason: Reason = Reason.SUBJECT_MISMATCH
) -> ContractError:
    fault = Fault(name, f"{subject}, as its subject says", str(body))
    return ContractError("body contradicts subject", (fault,), reason=reason)


def entry(raw: Raw) -> Entry:
    """Read a message; an unreadable one is an entry too."""
    try:
        return Entry(raw, read(raw.subject, raw.body))
    except ContractError as error:
        return Entry(raw, None, error)


def filters(which: Filter, mode: Mode) -> dict[str, tuple[str, ...]]:
    """Return the subjects to read from each stream; no contracts means all, of any version."""
    found: dict[str, tuple[str, ...]] = {}
    for lane in Lane:
        if which.contracts:
            types = tuple(c.type_name() for c in which.versions if c.lane is lane)
        else:
            types = tuple(sorted({f"{c.event}.*" for c in Event.known.values() if c.lane is lane}))
        if types:
            found[stream_of(lane, mode)] = which.subjects(mode, types)
    return found


def _of_one_key(which: Filter, mode: Mode) -> dict[str, tuple[str, ...]]:
    """Return what finds all about one key: a wildcard for each stream; none where more is meant."""
    if not which.key or which.contracts or which.areas:
        return {}
    return {stream_of(lane, mode): which.subjects(mode) for lane in Lane}


async def read_stream(
    session: Session,
    stream: str,
    subjects: tuple[str, ...],
    *,
    since: datetime | None = None,
    last: int | None = None,
) -> AsyncIterator[Raw]:
    """Yield what a stream holds now, in order, and end.

    Args:
        session: The session to read on.
        stream: The stream.
        subjects: Wildcards that do not overlap.
        since: Leave out what was stored before.
        last: Instead, only what is among the stream's last so many messages.
    """
    begin = await _near_end(session, stream, last) if last else start(since)
    for left in reversed(range(_TRIES)):
        try:
            async for raw in _read_from(session, stream, subjects, begin):
                begin = start_at(after=raw.sequence)
                yield raw
        except ConsumerGone:  # made on a node that has only just come back
            if not left:
                raise
            await asyncio.sleep(_PAUSE_S)
        else:
            return


async def _read_from(
    session: Session, stream: str, subjects: tuple[str, ...], begin: dict[str, Any]
) -> AsyncIterator[Raw]:
    created = await ephemeral(session, stream, subjects, begin)
    left = int(created["num_pending"])
    async with Puller(session, stream, Consumer(created["name"])) as puller:
        while left > 0:
            found = await puller.fetch(_BATCH, wait=False)
            for raw in found:
                left = min(left - 1, raw.pending)
                yield raw
            if not found:
                return  # what was pending has been dropped by its stream's limits


async def _near_end(session: Session, stream: str, last: int) -> dict[str, Any]:
    held = (await jetstream.call(session, f"STREAM.INFO.{stream}"))["state"]
    first = max(1, int(held["last_seq"]) - last + 1)
    return {"deliver_policy": "by_start_sequence", "opt_start_seq": first}


async def history(
    lines: Lines,
    which: Filter,
    mode: Mode,
    *,
    since: datetime | None = None,
    last: int | None = None,
) -> AsyncGenerator[Entry, None]:
    """Yield what the log holds now, over all lanes in the order the broker stored it, and end."""
    if not last and (found := _of_one_key(which, mode)):
        readers = [
            direct.read(await lines.session(stream, _WITHIN_S), stream, *one, since=since)
            for stream, one in found.items()
        ]
    else:
        readers = [
            read_stream(
                await lines.session(stream, _WITHIN_S), stream, subjects, since=since, last=last
            )
            for stream, subjects in filters(which, mode).items()
        ]
    first = await asyncio.gather(*(anext(reader, None) for reader in readers))
    heads = [(raw.stored, n, raw) for n, raw in enumerate(first) if raw]
    heapq.heapify(heads)
    while heads:
        _, n, raw = heapq.heappop(heads)
        yield entry(raw)
        if (following := await anext(readers[n], None)) is not None:
            heapq.heappush(heads, (following.stored, n, following))


async def latest(lines: Lines, which: Filter, mode: Mode) -> list[Entry]:
    """Return the last message on each subject, over all lanes in the order the broker stored it."""

    async def of(stream: str, subjects: tuple[str, ...]) -> list[Raw]:
        session = await lines.session(stream, _WITHIN_S)
        return [raw async for raw in direct.latest(session, stream, subjects)]

    wanted = _of_one_key(which, mode) or filters(which, mode)
    found = await asyncio.gather(*(of(*lane) for lane in wanted.items()))
    return [entry(raw) for raw in heapq.merge(*found, key=lambda raw: raw.stored)]


async def follow(
    lines: Lines,
    which: Filter,
    mode: Mode,
    *,
    since: datetime | None = None,
    after: Mapping[str, int] | None = None,
) -> "Following":
    """Begin to follow the log; return what is stored from now on (or since a moment), for ever.

    Once this has returned, nothing is missed. Within a lane in order; across lanes as they arrive.
    A lost connection leaves no gap: reading goes on behind the last message seen.

    Args:
        lines: The roads to the broker.
        which: Which events.
        mode: Of which mode.
        since: Begin with what was stored then.
        after: Instead, begin behind these sequences; a stream that is not named, at its beginning.
    """
    readers = [
        await _Follower.begin(
            await lines.session(stream, _WITHIN_S),
            stream,
            subjects,
            {"since": since} if after is None else {"after": after.get(stream, 0)},
        )
        for stream, subjects in filters(which, mode).items()
    ]
    return Following(lines, readers)


class Following:
    """The log as it grows: ``async for entry in following``, or several at a time by `batches`.

    Attributes:
        behind: How many messages each stream still had for us when we last took some.
        created: When each stream was made, in the broker's words: another one was made otherwise.
    """

    def __init__(self, lines: Lines, readers: "list[_Follower]") -> None:
        self.behind = {reader.stream: reader.pending for reader in readers}
        self.created = {reader.stream: reader.created for reader in readers}
        self._lines, self._readers = lines, readers
        self._entries = self._one_by_one()

    @property
    def caught_up(self) -> bool:
        """Whether we have taken all that was stored when we last looked."""
        return not any(self.behind.values())

    async def batches(self) -> AsyncGenerator[list[Entry], None]:
        """Yield what arrived together, each batch of one stream, in its order; for ever."""
        async with aclosing(self._together()) as arrived:
            async for raws in arrived:
                self.behind[raws[-1].stream] = raws[-1].pending
                yield [entry(raw) for raw in raws]

    async def _one_by_one(self) -> AsyncGenerator[Entry, None]:
        async with aclosing(self._together()) as arrived:
            async for raws in arrived:
                for raw in raws:
                    self.behind[raw.stream] = raw.pending
                    yield entry(raw)

    async def _together(self) -> AsyncGenerator[list[Raw], None]:
        queue: asyncio.Queue[list[Raw]] = asyncio.Queue(maxsize=_AHEAD)
        tasks = [asyncio.create_task(reader.run(self._lines, queue)) for reader in self._readers]
        try:
            while True:
                yield await queue.get()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def __aiter__(self) -> Self:
        """Return itself."""
        return self

    async def __anext__(self) -> Entry:
        """Return the next message."""
        return await anext(self._entries)

    async def aclose(self) -> None:
        """Stop reading."""
        await self._entries.aclose()


class _Follower:
    """Follows one stream, and knows where it was."""

    def __init__(self, stream: str, subjects: tuple[str, ...], position: int) -> None:
        self.stream, self.pending, self.created = stream, 0, ""
        self._subjects, self._position = subjects, position
        self._first: dict[str, Any] | None = None

    @classmethod
    async def begin(
        cls, session: Session, stream: str, subjects: tuple[str, ...], where: dict[str, Any]
    ) -> "_Follower":
        info = await jetstream.call(session, f"STREAM.INFO.{stream}")
        last = int(info["state"]["last_seq"])
        follower = cls(stream, subjects, min(last, where.get("after", last)))
        begin = {"deliver_policy": "new"} if where == {"since": None} else start_at(**where)
        follower._first = await ephemeral(session, stream, subjects, begin)
        follower.created = info["created"]
        follower.pending = int(follower._first["num_pending"])
        return follower

    async def run(self, lines: Lines, queue: asyncio.Queue[list[Raw]]) -> None:
        async for raws in pull(lines, self.stream, self._ensure):
            self._position = raws[-1].sequence
            await queue.put(raws)

    async def _ensure(self, session: Session) -> Consumer:
        if self._first is None:
            behind = start_at(after=self._position)
            return Consumer((await ephemeral(session, self.stream, self._subjects, behind))["name"])
        first, self._first = self._first, None
        return Consumer(first["name"])
