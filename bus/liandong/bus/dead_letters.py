"""Dead letters: what could not be read or handled, kept with its reason and original bytes.

    ld.dead.<region>.<kind>.<agency>.<mode>.<consumer>.<letter>     the letter
    ld.redrive.<region>.<kind>.<agency>.<mode>.<consumer>.<letter>  an operator's order to try again

The body of a letter is the original, byte for byte; everything else about it is one JSON document
in the header ``Liandong-Letter``. A letter is re-driven to the consumer that buried it and to no
other, at most once: a second order finds the subject taken. If it fails again, that is a new letter
which names this one.
"""

import getpass
import hashlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field

from liandong.bus import jetstream
from liandong.bus.connection import Connection
from liandong.bus.consumers import durable
from liandong.bus.history import read_stream
from liandong.bus.publisher import Publisher
from liandong.bus.pull import Raw, pull
from liandong.bus.session import Session
from liandong.bus.topology import DEAD
from liandong.contracts import (
    Agency,
    ConfigurationError,
    ContractError,
    DocumentError,
    Fault,
    LiandongError,
    Mode,
    Reason,
    new_id,
    wire,
)

log = structlog.get_logger()

HEADER = "Liandong-Letter"
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


class DeadLetters:
    """The dead letters of a bus."""

    def __init__(self, connection: Connection, publisher: Publisher) -> None:
        self._connection = connection
        self._publisher = publisher

    async def bury(self, letter: Letter, original: bytes) -> None:
        """Store a letter; returns when the broker has it.

        Args:
            letter: What is known of it.
            original: The bytes as they came; left out where the letter says ``kept="journal"``.
        """
        body = original if letter.kept == "here" else b""
        await self._publisher.store_bytes(
            letter.place("dead"),
            body,
            message_id=letter.id,
            headers={HEADER: _ascii(letter)},
        )

    async def list(self, *, everything: bool = False) -> list[Found]:
        """Return the letters that wait, oldest first.

        Args:
            everything: Also those re-driven already.
        """
        session = await self._connection.session(5)
        redriven = {
            raw.subject.rpartition(".")[2]
            async for raw in read_stream(session, DEAD, ("ld.redrive.>",))
        }
        found = [
            _found(raw, redriven=raw.subject.rpartition(".")[2] in redriven)
            async for raw in read_stream(session, DEAD, ("ld.dead.>",))
        ]
        return [one for one in found if everything or not one.redriven]

    async def get(self, prefix: str) -> Found:
        """Return one letter by the beginning of its id.

        Raises:
            ConfigurationError: No letter, or several, begin so.
        """
        found = [f for f in await self.list(everything=True) if f.letter.id.startswith(prefix)]
        if len(found) != 1:
            raise ConfigurationError(
                f"{len(found)} dead letters begin with {prefix!r}: 'liandong dead list' shows them"
            )
        return found[0]

    async def redrive(self, letter: Letter, *, why: str) -> bool:
        """Order that a letter be tried again by the consumer that gave it up.

        Args:
            letter: Which.
            why: The operator's reason, kept in the audit stream.

        Returns:
            False where it was ordered already: re-driving twice has one effect.
        """
        order = Redrive(letter=letter.id, by=getpass.getuser(), why=why, at=datetime.now(UTC))
        body = order.model_dump_json().encode()
        try:
            await self._publisher.store_bytes(
                letter.place("redrive"),
                body,
                message_id=f"redrive-{letter.id}",
                headers={},
                once=True,
            )
        except jetstream.ApiError as error:
            if error.code != jetstream.WRONG_LAST_SEQUENCE:
                raise
            return False
        await self._publisher.store_bytes(
            letter.place("audit"), body, message_id=new_id(), headers={}
        )
        return True

    async def opened(self, letter: str, redrive_subject: str) -> Found:
        """Return the letter that a re-driving is about.

        Raises:
            ApiError: It is no longer kept.
        """
        session = await self._connection.session(5)
        place = redrive_subject.replace("ld.redrive.", "ld.dead.", 1)
        async for raw in read_stream(session, DEAD, (place,)):
            return _found(raw, redriven=True)
        raise jetstream.ApiError(letter, jetstream.MESSAGE_NOT_FOUND, "no such dead letter")


def _found(raw: Raw, *, redriven: bool) -> Found:
    letter = Letter.model_validate_json(raw.headers[HEADER])
    return Found(letter=letter, original=raw.body, redriven=redriven)


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


async def redrives(
    connection: Connection, dead_letters: DeadLetters, consumer: str
) -> AsyncGenerator[tuple[Raw, Found], None]:
    """Yield the letters of a consumer that operators order to be tried again, for ever.

    The consumer settles the first of each pair once the letter's matter is settled.
    """
    agency, mode = connection.settings.agency, connection.settings.mode
    subject = f"ld.redrive.{agency.region}.{agency.kind}.{agency.name}.{mode}.{consumer}.*"

    async def ensure(session: Session) -> str:
        name = f"{consumer}_{mode}_redrive"
        return await durable(session, DEAD, agency, name, (subject,), from_start=True)

    async for raw in pull(connection, DEAD, ensure):
        order = Redrive.model_validate_json(raw.body)
        try:
            found = await dead_letters.opened(order.letter, raw.subject)
        except jetstream.ApiError as error:
            await raw.term(str(error))
            continue
        log.info("redriving", letter=order.letter, by=order.by, why=order.why)
        yield raw, found


def _ascii(letter: Letter) -> str:
    return letter.model_dump_json(exclude_defaults=True, ensure_ascii=True)
