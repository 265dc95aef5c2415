"""What is known of a dead letter beside its original bytes, and how one is made."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from liandong.contracts import (
    Agency,
    ContractError,
    DocumentError,
    Fault,
    LiandongError,
    Mode,
    Reason,
    wire,
)

MAX_ORIGINAL_BYTES = 1_000_000  # with its header it must fit one message of the broker


class Letter(BaseModel):
    """What is known of a dead letter beside its original bytes."""

    model_config = ConfigDict(
        frozen=True, use_attribute_docstrings=True, arbitrary_types_allowed=True
    )

    id: str
    """Its identity: the same failure of the same thing is one letter."""
    at: datetime
    """When it was given up (UTC)."""
    agency: str
    """Who gave it up: ``region/kind/name``."""
    mode: Mode
    """The mode it travelled in."""
    consumer: str
    """The subscription or adapter that gave it up."""
    kind: Literal["event", "document"]
    """A message of the bus, or a foreign system's document."""
    reason: int
    """The numbered reason (`Reason`)."""
    message: str
    """What went wrong, in words."""
    faults: tuple[dict[str, str], ...] = ()
    """Each fault: path, expected, found."""
    subject: str = ""
    """Where the event was published."""
    stream: str = ""
    """The stream that holds it."""
    sequence: int = 0
    """Its place there."""
    identity: str = ""
    """The event's id, or the foreign system's name for the document; empty where unreadable."""
    peer: str = ""
    """Who sent the document."""
    media_type: str = ""
    """As its transport declared it."""
    sha256: str
    """Digest of the original bytes."""
    kept: Literal["here", "journal"] = "here"
    """``journal``: private or too large, so the bytes stay in the adapter's own journal."""
    attempts: int = 1
    """How often it was tried."""
    previous: str | None = None
    """The letter whose re-driving failed."""

    @property
    def name(self) -> str:
        """The reason's name."""
        return Reason(self.reason).name.lower().replace("_", " ")

    def place(self, root: str) -> str:
        """Return the subject of the letter (``dead``) or of its re-driving (``redrive``)."""
        agency = Agency.parse(self.agency)
        sender = f"{agency.region}.{agency.kind}.{agency.name}"
        return f"ld.{root}.{sender}.{self.mode}.{self.consumer}.{self.id}"


class Found(BaseModel):
    """A letter as the stream holds it."""

    model_config = ConfigDict(frozen=True)

    letter: Letter
    original: bytes = Field(repr=False)
    redriven: bool = False


class Redrive(BaseModel):
    """An operator's order to try a letter again."""

    model_config = ConfigDict(frozen=True)

    letter: str
    by: str
    why: str = Field(min_length=3, max_length=500)
    at: datetime


def letter_id(*parts: str) -> str:
    """Return the id of a letter from what failed and where: 32 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def faults_of(error: Exception) -> tuple[dict[str, str], ...]:
    """Return an error's faults as plain data."""
    faults: tuple[Fault, ...] = ()
    if isinstance(error, ContractError | DocumentError):
        faults = error.faults[:50]
    return tuple({"path": f.path, "expected": f.expected, "found": f.found} for f in faults)


def reason_of(error: Exception) -> Reason:
    """Return an error's numbered reason."""
    return error.reason if isinstance(error, LiandongError) else Reason.ATTEMPTS_EXHAUSTED


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who gives a message up: the agency, the mode, and its subscription or adapter."""

    agency: Agency
    mode: Mode
    consumer: str


def event_letter(
    keeper: Keeper,
    error: Exception,
    original: bytes,
    *,
    subject: str,
    place: tuple[str, int],
    attempts: int,
    previous: str | None,
) -> Letter:
    """Return the letter of an event that a consumer gave up at a place (stream, sequence)."""
    stream, sequence = place
    letter = _letter(keeper, error, original, kind="event", of=(stream, str(sequence), previous))
    return letter.model_copy(
        update={
            "subject": subject,
            "stream": stream,
            "sequence": sequence,
            "identity": _event_id(original),
            "attempts": attempts,
            "previous": previous,
        }
    )


def _event_id(original: bytes) -> str:
    """Return the id that a message gives itself, readable as an event or not."""
    try:
        return str(wire.loads(original).get("id", ""))[:200]
    except ContractError:
        return ""


def document_letter(
    keeper: Keeper,
    error: Exception,
    original: bytes,
    *,
    origin: tuple[str, str, str],
    stays: bool,
    previous: str | None,
) -> Letter:
    """Return the letter of a foreign document that an adapter gave up.

    Args:
        keeper: The adapter.
        error: Why.
        original: The document's bytes.
        origin: Its identity, its peer and its media type.
        stays: The bytes stay in the adapter's own journal.
        previous: The letter whose re-driving this was.
    """
    identity, peer, media_type = origin
    letter = _letter(keeper, error, original, kind="document", of=(identity, previous))
    return letter.model_copy(
        update={
            "identity": identity,
            "peer": peer,
            "media_type": media_type,
            "kept": "journal" if stays else "here",
            "previous": previous,
        }
    )


def _letter(
    keeper: Keeper,
    error: Exception,
    original: bytes,
    *,
    kind: Literal["event", "document"],
    of: tuple[str | None, ...],
) -> Letter:
    sha256 = hashlib.sha256(original).hexdigest()
    return Letter(
        id=letter_id(keeper.consumer, sha256, *(part or "" for part in of)),
        at=datetime.now(UTC),
        agency=str(keeper.agency),
        mode=keeper.mode,
        consumer=keeper.consumer,
        kind=kind,
        reason=reason_of(error),
        message=str(error)[:2000],
        faults=faults_of(error),
        sha256=sha256,
    )
