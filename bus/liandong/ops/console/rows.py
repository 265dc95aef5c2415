"""Messages of the log as rows of the live table, and the ring that holds the last of them."""

import json
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from liandong.bus import Entry
from liandong.contracts import ContractError, Subject
from liandong.ops.words import LANGUAGES, in_words

RING = 5_000
_SEARCHED = ("type", "source", "key", "area", "precedence")
_SHOWN_BYTES = 2_000  # of a message that cannot be read


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the log, made ready once for every tab.

    Attributes:
        type: The CloudEvents type; empty where the message cannot be read.
        source: Who spoke: ``region/kind/name``.
        key: The incident, or where there is none the unit, order, facility or datastream.
        area: Where, as a path of administrative codes.
        haystack: What free words are looked for in, case folded.
        json: The row as the page gets it.
    """

    type: str
    source: str
    key: str
    area: str
    haystack: str
    json: str


class Ring:
    """The last rows. A reader slower than the ring learns how many it has missed.

    Attributes:
        total: How many rows have come so far: the position of the next.
    """

    def __init__(self, size: int = RING) -> None:
        """Make an empty one of so many rows."""
        self.total = 0
        self._rows: deque[Row] = deque(maxlen=size)

    def append(self, row: Row) -> None:
        """Add the newest; the oldest gives way."""
        self._rows.append(row)
        self.total += 1

    def since(self, position: int) -> tuple[list[Row], int]:
        """Return the rows from a position on, oldest first, and how many are gone already."""
        wanted = self.total - position
        rows = list(islice(reversed(self._rows), wanted))
        rows.reverse()
        return rows, wanted - len(rows)


def row(entry: Entry) -> Row:
    """Return a message of the log as a row; an unreadable one is a row too."""
    values = _readable(entry) if entry.envelope else _unreadable(entry)
    values |= {
        "stored": _utc(entry.raw.stored),
        "stream": entry.raw.stream,
        "sequence": entry.raw.sequence,
    }
    searched = (*(values[name] for name in _SEARCHED), *values["words"].values())
    return Row(
        *(values[name] for name in _SEARCHED[:4]),
        haystack=" ".join(searched).casefold(),
        json=json.dumps(values),
    )


def _readable(entry: Entry) -> dict[str, Any]:
    envelope = entry.envelope
    assert envelope  # noqa: S101  the caller looked
    return {
        "time": _utc(envelope.time),
        "type": envelope.type,
        "source": str(envelope.source),
        "key": envelope.key,
        "area": envelope.area,
        "precedence": envelope.precedence.value,
        "words": {language: in_words(envelope.data, language) for language in LANGUAGES},
    }


def _unreadable(entry: Entry) -> dict[str, Any]:
    """Return what the subject vouches for; who sent it matters most when it cannot be read."""
    try:
        subject = Subject.parse(entry.raw.subject)
    except ContractError:
        source, key, area = "", "", ""
    else:
        source, key, area = str(subject.agency), subject.key, subject.area
    return {
        "time": _utc(entry.raw.stored),
        "type": "",
        "source": source,
        "key": key,
        "area": area,
        "precedence": "",
        "words": dict.fromkeys(LANGUAGES, entry.raw.subject),
        "error": str(entry.error),
        "body": entry.raw.body[:_SHOWN_BYTES].decode(errors="backslashreplace"),
    }


def _utc(moment: datetime) -> str:
    """Return RFC 3339 in UTC, always to the microsecond: so it sorts as text."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
