"""What can go wrong, grouped by what happens next.

    LiandongError              .recovery    what the bus does next
    ├── ConfigurationError     STOP         a setting, key or topology is wrong; says how to mend it
    ├── ContractError          DEAD_LETTER  a message is not what its contract says; .faults, all
    │   └── UnknownContract    DEAD_LETTER  no contract of that name and version is known here
    ├── DocumentError          DEAD_LETTER  a foreign document breaks its standard; .where .found
    ├── NotPermitted           DEAD_LETTER  this agency may not publish or read that
    ├── Expired                DEAD_LETTER  the message outlived its ``expires``
    └── Unavailable            RETRY        cannot be done now
        ├── TransportError     RETRY        the broker did not answer or confirm
        └── AgencyUnavailable  RETRY        the other agency's system is down

Every error carries a numbered `Reason`. The number is what a foreign system may rely on; the words
may be translated.
"""
# ruff: noqa: N818  the names say what happened, and only some of it is an error of somebody's

from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import ClassVar


class Recovery(Enum):
    """What the bus does with the message whose handling raised."""

    RETRY = "retry"
    DEAD_LETTER = "dead_letter"
    STOP = "stop"


class Reason(IntEnum):
    """Numbered reasons, by hundreds: 1 bytes, 2 envelope, 3 payload, 4 foreign document, 5 rights,
    6 transport, 7 handling, 8 settings. A number is never used again for something else.
    """  # noqa: D205  the summary is one sentence over two lines

    NOT_JSON = 101
    """The message is not a JSON object."""
    DUPLICATE_KEY = 102
    """An object has one key twice: two parsers would read two things."""
    NOT_FINITE = 103
    """A number is NaN or infinite, or too large for a double."""
    TOO_DEEP = 104
    """Objects and arrays are nested more than 32 levels deep."""
    TOO_LARGE = 105
    """The message is longer than 1,000,000 bytes, or than the broker takes."""
    BAD_ENCODING = 106
    """The bytes are not UTF-8, or hold a lone surrogate."""
    INTEGER_TOO_LONG = 107
    """An integer has more than 4,300 digits."""

    BAD_ENVELOPE = 201
    """An attribute is missing or wrong, or ``subject`` is not the key of the data."""
    SUBJECT_MISMATCH = 202
    """The subject that it came on says otherwise than the message."""
    MODE_MISMATCH = 203
    """It came on the subject of another mode: a drill on a live one, or the reverse."""
    UNKNOWN_CONTRACT = 204
    """No contract of that name and version is known to this reader."""
    EXPIRED = 205
    """The message outlived its ``expires``."""
    ID_TAKEN = 206
    """Another agency's message holds this id."""

    BAD_PAYLOAD = 301
    """The data is not what its contract says."""

    NOT_WELL_FORMED = 401
    """It cannot be parsed: no such XML, JSON, table or frame."""
    BREAKS_STANDARD = 402
    """It can be parsed, and breaks a rule of its standard."""
    UNSAFE = 403
    """It holds what is used in attacks, such as a DOCTYPE, and is not read on."""
    UNSUPPORTED = 404
    """It is right, and of a kind or version that is not read here."""
    UNMAPPED = 405
    """A value that decides what happens has no counterpart in the mapping."""
    WRONG_CHARSET = 406
    """Its bytes are not in the character set that it names, or none is known."""
    OVERSIZE = 407
    """It, or a part of it, is larger than this reader takes."""

    NOT_PERMITTED = 501
    """The broker, or the far side, says that this agency may not."""

    NO_CONNECTION = 601
    """The broker cannot be reached."""
    NO_CONFIRMATION = 602
    """The broker did not confirm in time: whether it stored the message is unknown."""
    NO_STREAM = 603
    """No stream takes this subject, or its consumer is gone."""
    STREAM_FULL = 604
    """The stream has reached its limit and takes nothing more."""
    AGENCY_DOWN = 605
    """The other agency's system is down, busy or silent."""
    OVER_SHARE = 606
    """This sender has as much under way as one may have: it is to wait for its answers."""

    HANDLER_REFUSED = 701
    """The code that handles it raised an error without a number; it is tried again."""
    ATTEMPTS_EXHAUSTED = 702
    """The code that handles it did so as often as it may be tried."""

    MISCONFIGURED = 801
    """A setting, key or topology is wrong."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong, and where.

    Attributes:
        path: Where, from the document's root: ``data.patients[2].age``, ``/alert/info[1]/urgency``,
            ``row 17, column "lat"``. Empty for the document as a whole; at most 500 characters.
        expected: What the contract or standard asks for, in a few words; at most 500 characters.
        found: What stood there; at most 200 characters.
    """

    path: str
    expected: str
    found: str = ""

    def __post_init__(self) -> None:
        """Cut what is too long and spell out lone surrogates: a sender may have chosen both."""
        for name, length in (("path", 500), ("expected", 500), ("found", 200)):
            text = getattr(self, name)[:length].encode(errors="backslashreplace").decode()
            object.__setattr__(self, name, text[:length])

    def __str__(self) -> str:
        """Render as one line: where, what was expected, what was found."""
        found = f", found {self.found}" if self.found else ""
        return f"{self.path or 'document'}: expected {self.expected}{found}"


class LiandongError(Exception):
    """Base of every error raised on purpose."""

    recovery: ClassVar[Recovery] = Recovery.DEAD_LETTER

    def __init__(self, message: str, *, reason: Reason) -> None:
        super().__init__(message)
        self.reason = reason


class ConfigurationError(LiandongError):
    """A setting, key or topology is wrong. The message says which, and how to mend it."""

    recovery = Recovery.STOP

    def __init__(self, message: str) -> None:
        super().__init__(message, reason=Reason.MISCONFIGURED)


class ContractError(LiandongError):
    """A message is not what its contract says.

    Attributes:
        faults: Everything found wrong, not only the first.
    """

    def __init__(
        self, what: str, faults: tuple[Fault, ...], *, reason: Reason = Reason.BAD_PAYLOAD
    ) -> None:
        super().__init__(f"{what}: " + "; ".join(map(str, faults)), reason=reason)
        self.faults = faults


class UnknownContract(ContractError):
    """No contract of that name and version is known to this reader."""

    def __init__(self, name: str) -> None:
        fault = Fault("type", "a contract known here", name)
        super().__init__("unknown contract", (fault,), reason=Reason.UNKNOWN_CONTRACT)


class DocumentError(LiandongError):
    """A foreign document breaks its standard, or cannot be read at all.

    Attributes:
        standard: The standard and version, such as ``CAP 1.2``.
        where: The place in the document (`Fault.path`).
        found: What stood there, shortened.
    """

    def __init__(
        self,
        standard: str,
        expected: str,
        *,
        where: str = "",
        found: str = "",
        reason: Reason = Reason.BREAKS_STANDARD,
    ) -> None:
        fault = Fault(where, expected, found)
        super().__init__(f"{standard}: {fault}", reason=reason)
        self.standard, self.where, self.found = standard, fault.path, fault.found
        self.faults = (fault,)


class NotPermitted(LiandongError):
    """The broker refused it: this agency may not do that.

    Attributes:
        subject: The NATS subject that was refused.
    """

    def __init__(self, operation: str, subject: str) -> None:
        super().__init__(f"not permitted to {operation} {subject}", reason=Reason.NOT_PERMITTED)
        self.subject = subject


class Expired(LiandongError):
    """The message outlived its ``expires``: acting on it now could do harm."""

    def __init__(self, message: str) -> None:
        super().__init__(message, reason=Reason.EXPIRED)


class Unavailable(LiandongError):
    """It cannot be done now; the same call may succeed later.

    Attributes:
        after: Seconds to wait before the next try, where the other side said; else None.
    """

    recovery = Recovery.RETRY

    def __init__(self, message: str, *, reason: Reason, after: float | None = None) -> None:
        super().__init__(message, reason=reason)
        self.after = after


class TransportError(Unavailable):
    """The broker did not answer, or did not confirm. Whether it stored the message is unknown."""


class AgencyUnavailable(Unavailable):
    """The other agency's system is down or refuses connections."""

    def __init__(self, message: str, *, after: float | None = None) -> None:
        super().__init__(message, reason=Reason.AGENCY_DOWN, after=after)
