"""Dead letters: what could not be read or handled, kept with its reason and original bytes.

    ld.dead.<region>.<kind>.<agency>.<mode>.<consumer>.<letter>     the letter
    ld.redrive.<region>.<kind>.<agency>.<mode>.<consumer>.<letter>  an operator's order to try again

The body of a letter is the original, byte for byte; everything else about it is one JSON document
in the header ``Liandong-Letter``. A letter is re-driven to the consumer that buried it and to no
other, at most once: a second order finds the subject taken. If it fails again, that is a new letter
which names this one.
"""

import asyncio
import getpass
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, datetime

import structlog

from liandong.bus import direct, jetstream
from liandong.bus.consumers import Consumer, begin, durable
from liandong.bus.history import read_stream
from liandong.bus.letters import Found, Letter, Redrive
from liandong.bus.lines import Lines
from liandong.bus.publisher import Publisher
from liandong.bus.pull import Raw, pull
from liandong.bus.session import Session
from liandong.bus.topology import DEAD
from liandong.contracts import ConfigurationError, LiandongError, new_id

log = structlog.get_logger()

HEADER = "Liandong-Letter"
_PAUSE_S = 5.0


class DeadLetters:
    """The dead letters of a bus."""

    def __init__(self, lines: Lines, publisher: Publisher) -> None:
        self._lines = lines
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
        session = await self._lines.session(DEAD, 5)
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
        session = await self._lines.session(DEAD, 5)
        place = redrive_subject.replace("ld.redrive.", "ld.dead.", 1)
        async with aclosing(direct.read(session, DEAD, place)) as found:
            async for raw in found:
                return _found(raw, redriven=True)
        raise jetstream.ApiError(letter, jetstream.MESSAGE_NOT_FOUND, "no such dead letter")


def _found(raw: Raw, *, redriven: bool) -> Found:
    letter = Letter.model_validate_json(raw.headers[HEADER])
    return Found(letter=letter, original=raw.body, redriven=redriven)


async def redrives(
    lines: Lines, dead_letters: DeadLetters, consumer: str
) -> AsyncGenerator[tuple[Raw, Found], None]:
    """Yield the letters of a consumer that operators order to be tried again, for ever.

    The consumer settles the first of each pair once the letter's matter is settled.
    """
    agency, mode = lines.settings.agency, lines.settings.mode
    subject = f"ld.redrive.{agency.region}.{agency.kind}.{agency.name}.{mode}.{consumer}.*"

    async def ensure(session: Session) -> Consumer:
        name = f"{consumer}_{mode}_redrive"
        return await durable(session, DEAD, agency, name, (subject,), begin(from_start=True))

    async for raws in pull(lines, DEAD, ensure):
        for raw in raws:
            order = Redrive.model_validate_json(raw.body)
            found = await _opened(dead_letters, order.letter, raw.subject)
            if found is None:
                raw.term("the letter is no longer kept")
                continue
            log.info("redriving", letter=order.letter, by=order.by, why=order.why)
            yield raw, found


async def _opened(dead_letters: DeadLetters, letter: str, subject: str) -> Found | None:
    """Return a letter, however long the broker takes; None where it is no longer kept."""
    while True:
        try:
            return await dead_letters.opened(letter, subject)
        except jetstream.ApiError:
            return None
        except LiandongError as error:  # to give up here would end every later re-driving
            log.warning("letter_not_read_yet", letter=letter, problem=str(error))
        await asyncio.sleep(_PAUSE_S)


def _ascii(letter: Letter) -> str:
    return letter.model_dump_json(exclude_defaults=True, ensure_ascii=True)
