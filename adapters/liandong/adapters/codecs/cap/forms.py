"""How CAP writes its values as text (CAP 1.2 §3.2 and §3.3), read leniently and written strictly.

A reader takes the text without the blanks around it and a `Notes`, and raises `ValueError` with
what was expected. A writer raises it where the value cannot be said in CAP.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import Any

from liandong.adapters.codecs.cap.document import Circle, Defect, Polygon, Position, Reference


@dataclass(frozen=True)
class Notes:
    """What a reader is told and whom it tells.

    Attributes:
        zone: The zone of times without offset.
        add: Takes the name of a defect.
    """

    zone: tzinfo
    add: Callable[[Defect], None]


@dataclass(frozen=True)
class Form:
    """One way to write a value as text.

    Attributes:
        read: Returns what a text says.
        write: Returns the text that says it.
        allows: Says whether CAP's schema allows a text, blanks around it and all; to most of CAP's
            elements it allows any.
    """

    read: Callable[[str, Notes], Any]
    write: Callable[[Any], str]
    allows: Callable[[str], bool] = lambda _: True


_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.,][0-9]+)?)?"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
)
_NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,40})?|\.[0-9]{1,40})")
_A_TIME = "a time such as 2026-11-21T08:00:00+08:00"
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_INTEGER = re.compile(r"[0-9]{1,18}")
_QUOTED = re.compile(r'"([^"]*)"|(\S+)')
_SHORTEST_RING = 4
_LONGEST_OFFSET = timedelta(hours=14)  # XML Schema part 2 §3.2.7.3
_END_OF_DAY = "T24:00:00"
_BLANKS = " \t\r\n"  # what XML Schema collapses


def read_time(text: str, notes: Notes) -> datetime:
    """Read a time with offset; one that UTC cannot hold is unreadable."""
    if not _MOMENT.fullmatch(text):
        raise ValueError(_A_TIME)
    if not _TIME.fullmatch(text):
        notes.add(Defect.TIME_FORM)
    days = timedelta(days=_END_OF_DAY in text)
    try:
        moment = datetime.fromisoformat(text.replace(_END_OF_DAY, "T00:00:00")) + days
        if moment.tzinfo is None:
            notes.add(Defect.NAIVE_TIME)
            moment = moment.replace(tzinfo=notes.zone)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_A_TIME) from None
    return moment


def write_time(moment: datetime) -> str:
    """Write a time to the second, UTC as ``-00:00`` (CAP 1.2 §3.3.2)."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a time with offset")
    if offset % timedelta(minutes=1) or abs(offset) > _LONGEST_OFFSET:
        moment = moment.astimezone(UTC)
    return re.sub(r"\+00:00$", "-00:00", moment.isoformat(timespec="seconds"))


def allows_time(text: str) -> bool:
    """Say whether it is a moment with an offset of at most 14 hours, to the second."""
    moment = text.strip(_BLANKS)
    if not _TIME.fullmatch(moment):
        return False
    try:
        offset = read_time(moment, Notes(UTC, lambda _: None)).utcoffset()
    except ValueError:
        return False
    return offset is not None and abs(offset) <= _LONGEST_OFFSET


def read_number(text: str, _: Notes) -> Decimal:
    """Read a decimal number without exponent."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("a decimal number")
    return Decimal(text)


def write_number(number: Decimal) -> str:
    """Write a decimal number without exponent."""
    if not number.is_finite():
        raise ValueError("a finite number")
    return f"{number:f}"


def read_size(text: str, _: Notes) -> int:
    """Read a count of bytes."""
    if not _INTEGER.fullmatch(text):
        raise ValueError("a whole number of bytes")
    return int(text)


def _position(text: str) -> Position:
    parts = text.split(",")
    if len(parts) != 2 or not all(map(_NUMBER.fullmatch, parts)):  # noqa: PLR2004  two coordinates
        raise ValueError("latitude,longitude")
    return _on_earth(Position(Decimal(parts[0]), Decimal(parts[1])))


def _on_earth(place: Position) -> Position:
    if not (abs(place.latitude) <= 90 and abs(place.longitude) <= 180):  # noqa: PLR2004  degrees
        raise ValueError("a latitude of -90 to 90 and a longitude of -180 to 180")
    return place


def _closed_up(text: str, notes: Notes) -> str:
    close = re.sub(r"\s*,\s*", ",", text)
    if close != text:
        notes.add(Defect.POSITION_FORM)
    return close


def read_polygon(text: str, notes: Notes) -> Polygon:
    """Read ``lat,lon lat,lon …``; an open ring is closed."""
    ring = tuple(map(_position, _closed_up(text, notes).split()))
    if ring[0] != ring[-1]:
        notes.add(Defect.UNCLOSED_POLYGON)
        ring = (*ring, ring[0])
    return _ring(ring)


def _ring(ring: Polygon) -> Polygon:
    if len(ring) < _SHORTEST_RING or ring[0] != ring[-1]:
        raise ValueError("four positions or more, the last as the first")
    return ring


def _pair(place: Position) -> str:
    _on_earth(place)
    return f"{write_number(place.latitude)},{write_number(place.longitude)}"


def write_polygon(ring: Polygon) -> str:
    """Write a closed ring."""
    return " ".join(map(_pair, _ring(ring)))


def read_circle(text: str, notes: Notes) -> Circle:
    """Read ``lat,lon radius``, the radius in kilometres."""
    centre, *rest = _closed_up(text, notes).split()
    if len(rest) != 1 or not _NUMBER.fullmatch(rest[0]) or Decimal(rest[0]) < 0:
        raise ValueError("latitude,longitude and a radius in kilometres")
    return Circle(_position(centre), Decimal(rest[0]))


def write_circle(circle: Circle) -> str:
    """Write a centre and a radius."""
    if circle.radius_km < 0:
        raise ValueError("a radius of 0 or more")
    return f"{_pair(circle.centre)} {write_number(circle.radius_km)}"


def read_list(text: str, _: Notes) -> tuple[str, ...]:
    """Read names between blanks; one with blanks inside stands in double quotes."""
    return tuple(name for match in _QUOTED.finditer(text) if (name := match[1] or match[2]))


def write_list(names: tuple[str, ...]) -> str:
    """Write names between blanks."""
    if any('"' in name or not name.strip() for name in names):
        raise ValueError("names without double quotes")
    return " ".join(f'"{name}"' if re.search(r"\s", name) else name for name in names)


def read_references(text: str, notes: Notes) -> tuple[Reference, ...]:
    """Read ``sender,identifier,sent`` between blanks; what is no such triple is left out."""
    return tuple(found for word in text.split() if (found := _reference(word, notes)))


def _reference(word: str, notes: Notes) -> Reference | None:
    try:
        sender, identifier, sent = word.split(",")
        return Reference(sender, identifier, read_time(sent, notes))
    except ValueError:
        notes.add(Defect.UNREADABLE)
        return None


def write_references(references: tuple[Reference, ...]) -> str:
    """Write ``sender,identifier,sent`` between blanks."""
    return " ".join(
        f"{write_name(r.sender)},{write_name(r.identifier)},{write_time(r.sent)}"
        for r in references
    )


def read_name(text: str, notes: Notes) -> str:
    """Read an identifier or sender, which other alerts must be able to quote."""
    if re.search(r"[\s,<&]", text):
        notes.add(Defect.BAD_NAME)
    return text


def write_name(name: str) -> str:
    """Write an identifier or sender."""
    if not name or re.search(r"[\s,<&]", name):
        raise ValueError("a name without blank, comma, < or &")
    return name


def read_language(text: str, notes: Notes) -> str:
    """Read a language tag (RFC 3066); an underscore is forgiven."""
    tag = text.replace("_", "-")
    if tag != text:
        notes.add(Defect.MISSPELT_VALUE)
    return write_language(tag)


def write_language(tag: str) -> str:
    """Write a language tag."""
    if not _LANGUAGE.fullmatch(tag):
        raise ValueError("a language tag such as zh-CN")
    return tag


def one_of(values: type[StrEnum], **also: StrEnum) -> Form:
    """Return the form of a value list.

    Args:
        values: CAP's list.
        also: Words that stood in the list of an older version, in lower case without blanks.
    """
    known = {str(value).lower(): value for value in values} | also

    def read(text: str, notes: Notes) -> StrEnum:
        value = known.get(re.sub(r"\s", "", text).lower())
        if value is None:
            raise ValueError("one of " + ", ".join(values))
        if value != text:
            notes.add(Defect.MISSPELT_VALUE)
        return value

    return Form(read, str, frozenset(map(str, values)).__contains__)


def _matching(pattern: str) -> Callable[[str], bool]:
    matches = re.compile(pattern).fullmatch
    return lambda text: matches(text.strip(_BLANKS)) is not None


TEXT = Form(lambda text, _: text, str)
NAME = Form(read_name, write_name)
TIME = Form(read_time, write_time, allows_time)
NUMBER = Form(read_number, write_number, _matching(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)"))
SIZE = Form(read_size, str, _matching("[+-]?[0-9]+"))
LANGUAGE = Form(read_language, write_language, _matching(f"({_LANGUAGE.pattern})?"))
LIST = Form(read_list, write_list)
REFERENCES = Form(read_references, write_references)
POLYGON = Form(read_polygon, write_polygon)
CIRCLE = Form(read_circle, write_circle)
