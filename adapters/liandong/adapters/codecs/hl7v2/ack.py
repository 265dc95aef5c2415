"""The answer to a message: ACK with MSA and, where it is not taken, ERR.

Standard: HL7 v2.1 to v2.9, chapter 2, §2.9 (processing rules), Table 0008 (acknowledgement codes),
Table 0155 (when to acknowledge), Table 0357 (error conditions).

===================================  ====  ======================================================
the message                          code  the sender
===================================  ====  ======================================================
is safe here                         AA    goes on
breaks the standard in its content   AE    must not send it again unchanged
is of a type, event, version or
processing id not supported          AR    must not send it here
cannot be taken now                  AR    may send the same again later (ERR-3 is 207)
===================================  ====  ======================================================
"""

import re
from datetime import UTC, datetime

from liandong.adapters.codecs.hl7v2.header import Header
from liandong.contracts.errors import DocumentError, LiandongError, Reason, Recovery

_SEGMENT_SEQUENCE_ERROR = (100, "Segment sequence error")
_REQUIRED_FIELD_MISSING = (101, "Required field missing")
_DATA_TYPE_ERROR = (102, "Data type error")
_VALUE_TOO_LONG = (104, "Value too long")
_INTERNAL_ERROR = (207, "Application internal error")
_UNSUPPORTED = {
    "MSH-9.1": (200, "Unsupported message type"),
    "MSH-9.2": (201, "Unsupported event code"),
    "MSH-11": (202, "Unsupported processing id"),
    "MSH-12": (203, "Unsupported version id"),
}

_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})-(\d+)(?:\.(\d+))?")
_STRUCTURE_SINCE = (2, 3, 1)  # MSH-9.3
_ERR_SINCE = (2, 5)  # ERR had another shape before
_MSA_TEXT_UNTIL = (2, 7)  # MSA-3 was withdrawn then
_TEXT_CHARS = 250  # ERR-8


def ack(header: Header, error: LiandongError | None, *, control_id: str, now: datetime) -> bytes:
    """Return the acknowledgement of a message, in its own separators, version and character set.

    In original mode (MSH-15 and MSH-16 empty) it is an application acknowledgement (AA, AE, AR). In
    enhanced mode it is a commit acknowledgement (CA, CE, CR) where the sender wants one, else again
    an application acknowledgement, and never both: by the time we answer, both are true. It is
    given even where the sender wants none, for a refusal that nobody hears of is a lost message.

    Args:
        header: The message's header, however broken.
        error: Why it is not taken; None where it is safe here.
        control_id: Our own number of this answer (MSH-10).
        now: When it is given (aware).
    """
    commit = header.field(15) in {"AL", "ER" if error else "SU"}
    code = ("C" if commit else "A") + (_verdict(error) if error else "A")
    segments = [
        _msh(header, control_id, now),
        _msa(header, code, error),
        *([_err(header, error)] if error and _version(header) >= _ERR_SINCE else []),
    ]
    text = "".join(f"{segment}\r" for segment in segments)
    return text.encode(header.codec, errors="replace")


def _verdict(error: LiandongError) -> str:
    rejected = error.recovery is not Recovery.DEAD_LETTER or error.reason is Reason.UNSUPPORTED
    return "R" if rejected else "E"


def _msh(header: Header, control_id: str, now: datetime) -> str:
    separator, component = header.separator, header.encoding[0]
    trigger = header.component(9, 2) if _version(header) >= _STRUCTURE_SINCE else ""
    fields = {
        3: header.field(5),
        4: header.field(6),
        5: header.field(3),
        6: header.field(4),
        7: f"{now.astimezone(UTC):%Y%m%d%H%M%S}+0000",
        9: component.join(("ACK", trigger, "ACK")) if trigger else "ACK",
        10: control_id,
        11: header.field(11) or "P",
        12: header.field(12) or "2.5",
        18: header.field(18),
    }
    values = [fields.get(number, "") for number in range(3, 19)]
    return separator.join(("MSH", header.encoding, *values)).rstrip(separator)


def _msa(header: Header, code: str, error: LiandongError | None) -> str:
    text = [_text(header, error)] if error and _version(header) < _MSA_TEXT_UNTIL else []
    return header.separator.join(("MSA", code, header.control_id, *text))


def _err(header: Header, error: LiandongError) -> str:
    component = header.encoding[0]
    number, name = _condition(error)
    condition = component.join((str(number), name, "HL70357"))
    where = _location(error, component)
    fields = ("ERR", "", where, condition, "E", "", "", "", _text(header, error))
    return header.separator.join(fields)


def _condition(error: LiandongError) -> tuple[int, str]:
    if not isinstance(error, DocumentError) or error.recovery is not Recovery.DEAD_LETTER:
        return _INTERNAL_ERROR
    if error.reason is Reason.UNSUPPORTED:
        return _UNSUPPORTED.get(error.where, _DATA_TYPE_ERROR)
    if error.reason is Reason.OVERSIZE:
        return _VALUE_TOO_LONG
    if not _PLACE.fullmatch(error.where):
        return _SEGMENT_SEQUENCE_ERROR
    return _DATA_TYPE_ERROR if error.found else _REQUIRED_FIELD_MISSING


def _location(error: LiandongError, component: str) -> str:
    """Return ERR-2 (data type ERL): segment, its number, field, repetition, component."""
    place = _PLACE.fullmatch(error.where) if isinstance(error, DocumentError) else None
    if place is None:
        return ""
    segment, field, part = place.groups()
    return component.join((segment, "1", field, *(("1", part) if part else ())))


def _text(header: Header, error: LiandongError) -> str:
    letters = dict(zip(header.encoding[:4] + header.separator, "SRETF", strict=True))
    escape = header.encoding[2]
    shown = "".join(c if c.isprintable() else " " for c in str(error)[:_TEXT_CHARS])
    return "".join(f"{escape}{letters[c]}{escape}" if c in letters else c for c in shown)


def _version(header: Header) -> tuple[int, ...]:
    numbers = re.findall(r"\d{1,3}", header.component(12, 1))
    return tuple(map(int, numbers)) or _ERR_SINCE
