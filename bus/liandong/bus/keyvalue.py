"""States by name, in JetStream's key-value layout (ADR-8): any NATS client reads them.

Two programs may write the same key: each says which revision it has seen, and the second is told
that it came late. Nothing here is the only copy of anything: what is kept was folded from the log.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any

from liandong.bus import jetstream
from liandong.bus.history import read_stream
from liandong.bus.lines import Lines
from liandong.bus.pipe import Message
from liandong.contracts import Reason, TransportError

_WITHIN_S = 30.0
_ANSWER_S = 5.0
_IN_USE = 10058  # the stream is there already, in another form
_LAST = "Nats-Expected-Last-Subject-Sequence"


class Changed(TransportError):  # noqa: N818  it says what happened
    """Somebody else has written the key meanwhile."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept under a key.

    Attributes:
        key: The key, dotted tokens.
        value: Its bytes.
        revision: Which writing of it this is: it grows with each.
    """

    key: str
    value: bytes
    revision: int


class KeyValue:
    """One bucket. Use `open` before anything else."""

    def __init__(self, lines: Lines, bucket: str) -> None:
        """Name it: letters, digits, ``_`` and ``-``."""
        self._lines = lines
        self._stream, self._root = f"KV_{bucket}", f"$KV.{bucket}."

    async def open(self) -> None:
        """Make the bucket if it is not there.

        Raises:
            NotPermitted: We may not.
            TransportError: The broker did not answer.
        """
        replicas = self._lines.settings.replicas
        config: dict[str, Any] = {
            "name": self._stream,
            "subjects": [f"{self._root}>"],
            "storage": "file",
            "max_msgs_per_subject": 1,
            "discard": "new",
            "deny_delete": True,
            "allow_direct": True,
            "allow_rollup_hdrs": True,
            "compression": "none",  # docs/adr/0018
            "num_replicas": replicas,
        }
        if replicas == 1:  # a loss of power takes the last states, and the log has them again
            config["persist_mode"] = "async"
        session = await self._lines.session(self._stream, _WITHIN_S)
        try:
            await jetstream.call(session, f"STREAM.CREATE.{self._stream}", config)
        except jetstream.ApiError as error:
            if error.code != _IN_USE:
                raise

    async def get(self, key: str) -> Kept | None:
        """Return what is kept under a key, as the leader knows it; None where nothing is."""
        session = await self._lines.session(self._stream, _WITHIN_S)
        try:
            found = await jetstream.message_at(session, self._stream, last_by_subj=self._root + key)
        except jetstream.ApiError as error:
            if error.code != jetstream.MESSAGE_NOT_FOUND:
                raise
            return None
        return Kept(key, found.body, found.sequence)

    async def put(self, key: str, value: bytes, revision: int | None = 0) -> int:
        """Keep a value in the place of the one that we know; return its revision.

        Args:
            key: The key.
            value: Its bytes, at least one.
            revision: The revision that this one replaces; 0 where there should be none; None
                replaces whatever is there.

        Raises:
            Changed: Somebody else wrote it meanwhile.
            TransportError: Whether it is kept is unknown.
        """
        session = await self._lines.session(self._stream, _WITHIN_S)
        headers = {} if revision is None else {_LAST: str(revision)}
        answer = await session.request(self._root + key, value, headers=headers, timeout=_ANSWER_S)
        return _revision(key, answer)

    async def drop(self, key: str, revision: int) -> None:
        """Forget a key, unless a later revision than ours is kept."""
        session = await self._lines.session(self._stream, _WITHIN_S)
        which = {"filter": self._root + key, "seq": revision + 1}
        await jetstream.call(session, f"STREAM.PURGE.{self._stream}", which)

    async def below(self, prefix: str) -> AsyncGenerator[Kept, None]:
        """Yield everything that is kept below a prefix (whole tokens)."""
        session = await self._lines.session(self._stream, _WITHIN_S)
        async for raw in read_stream(session, self._stream, (f"{self._root}{prefix}.>",)):
            yield Kept(raw.subject.removeprefix(self._root), raw.body, raw.sequence)


def _revision(key: str, answer: Message) -> int:
    try:
        return jetstream.pub_ack(key, answer).sequence
    except jetstream.ApiError as error:
        if error.code != jetstream.WRONG_LAST_SEQUENCE:
            raise
        raise Changed(str(error), reason=Reason.NO_CONFIRMATION) from None
