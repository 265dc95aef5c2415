"""What goes into an adapter and what comes out: `Document` in, `Draft` out."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from liandong.contracts import Event, LiandongError, Mode, Precedence


@dataclass(frozen=True)
class Document:
    """One unit of foreign input: a message, a row, a file, a request.

    A transport subclasses it to say how the foreign system is answered. Both answers are given
    *after* the outcome is safe: `accept` once the broker has confirmed every event, `refuse` once
    the dead letter is stored or the wait is over.

    Attributes:
        body: The original bytes.
        identity: The foreign system's own name for this document and version (MSH-10; CAP sender,
            identifier and sent; file digest and row). Two documents of one identity and equal bytes
            are one document.
        peer: Who sent it and over what: ``mllp:10.0.0.5``, ``mqtt:lz/units/E7/position``.
        media_type: As the transport declared it.
        received: When it came (UTC).
    """

    body: bytes
    identity: str
    peer: str
    media_type: str = "application/octet-stream"
    received: datetime = field(default_factory=lambda: datetime.now(UTC))

    async def accept(self) -> None:
        """Tell the foreign system that it is safe here. May be called again after a crash."""

    async def refuse(self, error: LiandongError) -> None:
        """Tell the foreign system why it is not taken.

        Args:
            error: With ``error.recovery`` RETRY the same document may be sent again later and
                nothing was kept; else it is a dead letter and sending it again will not help.
        """

    @property
    def patience(self) -> timedelta | None:
        """How long the foreign system will wait for an answer; None waits for ever."""
        return None

    @cached_property
    def sha256(self) -> str:
        """Digest of the original bytes."""
        return hashlib.sha256(self.body).hexdigest()


@dataclass(frozen=True)
class Draft:
    """A fact read from a document, before the SDK seals it into an envelope.

    Attributes:
        event: The fact.
        identity: What the foreign system calls this fact, apart from its content:
            ``("call", "200983546", "on-scene", "E32")``. The event's id is a keyed hash of the
            agency, the contract, this and the content: the same twice is one event, a correction
            is another.
        time: When it happened (aware).
        area: Where; None takes the adapter's own area.
        mode: What the document says of itself. A drill stays a drill: the stricter of this and the
            adapter's own mode counts (live, then exercise, then test).
        defects: What was wrong and read leniently all the same.
    """

    event: Event
    identity: tuple[str, ...]
    time: datetime
    area: str | None = None
    mode: Mode = Mode.LIVE
    precedence: Precedence = Precedence.ROUTINE
    correlation: str | None = None
    causation: str | None = None
    expires: datetime | None = None
    defects: tuple[str, ...] = ()


Drafts = Iterable[Draft]
