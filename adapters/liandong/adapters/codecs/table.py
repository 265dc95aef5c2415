"""Tables as text files, CSV (RFC 4180): bytes <-> rows, each row readable on its own.

A row is kept with the header's bytes before its own, so that one row out of a dead letter can be
read again without its file. Read leniently: comma, semicolon or tab; any line end but a lone CR;
rows that end early, or late with nothing but empty fields (both a defect). A row that cannot be
read costs itself and no other. UTF-8 and GB18030 are told apart; any other charset must be named.
"""

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from liandong.contracts.errors import DocumentError, Reason

STANDARD = "CSV (RFC 4180)"
MAX_ROW = 262_144
"""The longest row, its header included, in bytes."""
MAX_FIELD = 32_768
"""The longest field in characters."""
MAX_COLUMNS = 1_000
_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it stood.

    Attributes:
        number: 1 for the first row after the header; blank lines do not count.
        line: The line of the file it begins on; the header begins on 1.
        body: The header's bytes and the row's own. Of a row longer than `MAX_ROW` only so much.
        end: How many bytes of the file lie before what follows it.
    """

    number: int
    line: int
    body: bytes
    end: int


@dataclass(frozen=True, slots=True)
class Record:
    """One row as it reads.

    Attributes:
        fields: Text by column name, blanks around it removed; columns without a name left out.
        defects: What was read leniently.
    """

    fields: Mapping[str, str]
    defects: tuple[str, ...] = ()


def detect_charset(lines: Iterable[bytes]) -> str:
    """Return ``utf-8`` or ``gb18030``: as which most lines that are not ASCII can be read."""
    votes = Counter(_is_utf8(line) for line in lines if not line.isascii())
    return "gb18030" if votes[False] > votes[True] else "utf-8"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def read_columns(lines: Iterable[bytes], charset: str) -> tuple[str, ...]:
    """Return the column names: the first line's fields, some of which may be empty.

    Raises:
        DocumentError: There is no such line, it cannot be read, or names a column twice.
    """
    return _names(_Records(lines).take(), charset)


def read_rows(lines: Iterable[bytes], charset: str) -> Iterator[Row]:
    """Yield the rows of a table in their order, in memory bounded by one row.

    Args:
        lines: Lines with their ends, pieces of them at most `MAX_ROW` bytes long.
        charset: How the header is to be read.

    Raises:
        DocumentError: As `read_columns`. A row never raises.
    """
    source = _Records(lines)
    header = source.take().removeprefix(_BOM)
    _names(header, charset)
    source.delimiter = _delimiter(header.decode("latin-1"))
    number, line = 0, source.line
    while own := source.take():
        if own.strip():
            number += 1
            yield Row(number, line, header + own, source.end)
        line = source.line


class _Records:
    """Takes whole records off lines: one line, or several where a quoted field goes on.

    Quote, delimiter and line end are single bytes that are part of no longer character, in UTF-8
    as in GB18030: so records are told apart before their charset matters.
    """

    def __init__(self, lines: Iterable[bytes]) -> None:
        self.delimiter = ","
        self.line = 1
        self.end = 0
        self._lines = iter(lines)
        self._again: deque[bytes] = deque()

    def take(self) -> bytes:
        """Return the next record, empty at the end.

        A record whose quote is never closed ends with its first line: the lines that it had
        swallowed are read again as records of their own.
        """
        first = self._next()
        taken = [first]
        if b'"' in first:
            reader = csv.reader(self._text(taken), delimiter=self.delimiter, strict=True)
            try:
                next(reader)
            except csv.Error:
                self._again.extendleft(reversed(taken[1:]))
                del taken[1:]
        self.line += len(taken)
        self.end += sum(map(len, taken))
        return b"".join(taken)

    def _text(self, taken: list[bytes]) -> Iterator[str]:
        yield taken[0].decode("latin-1")
        size = len(taken[0])
        while size < MAX_ROW and (line := self._next()):
            taken.append(line)
            size += len(line)
            yield line.decode("latin-1")

    def _next(self) -> bytes:
        if self._again:
            return self._again.popleft()
        line = next(self._lines, b"")
        piece = line
        while len(line) >= MAX_ROW and piece and not piece.endswith(b"\n"):
            piece = next(self._lines, b"")
            self.end += len(piece)
        return line


def read_record(body: bytes, charset: str) -> Record:
    """Read one row: a `Row.body`.

    Raises:
        DocumentError: It is too long, holds a NUL, is not in the charset, has a quote that is not
            closed, or more fields than the header has columns.
    """
    if len(body) >= MAX_ROW:
        raise _error(f"at most {MAX_ROW} bytes", f"{len(body)} or more", "row", Reason.OVERSIZE)
    records = _parse(body, charset)
    if len(records) != 2:  # noqa: PLR2004  the header and the row
        raise _error("a header line and one row", f"{len(records)} records", "row")
    names, values = records
    if any(values[len(names) :]):
        raise _error(f"{len(names)} fields", str(len(values)), f"field {len(names) + 1}")
    for name, value in zip(names, values, strict=False):
        if len(value) > MAX_FIELD:
            found = f"{len(value)} characters"
            raise _error(f"at most {MAX_FIELD}", found, f"column {name!r}", Reason.OVERSIZE)
    count = f"{len(values)} fields for {len(names)} columns"
    defects = (f"row ends early or late: {count}",) if len(values) != len(names) else ()
    pairs = zip_longest(names, values[: len(names)], fillvalue="")
    return Record({name.strip(): value.strip() for name, value in pairs if name}, defects)


def write_table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Return a table in UTF-8 with CR LF line ends (RFC 4180), without a byte order mark."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows(rows)
    return out.getvalue().encode()


def _names(header: bytes, charset: str) -> tuple[str, ...]:
    if header.startswith(_UTF_16):
        raise _error("UTF-8 or GB18030", "UTF-16", "line 1", Reason.WRONG_CHARSET)
    records = _parse(header.removeprefix(_BOM), charset)
    names = tuple(name.strip() for name in records[0]) if records else ()
    if not any(names):
        raise _error("a header line that names the columns", "none", "line 1")
    if len(names) > MAX_COLUMNS:
        raise _error(f"at most {MAX_COLUMNS} columns", str(len(names)), "line 1", Reason.OVERSIZE)
    twice = [name for name, count in Counter(names).items() if name and count > 1]
    if twice:
        raise _error("each column once", f"{twice[0]!r} twice", "line 1")
    return names


def _parse(body: bytes, charset: str) -> list[list[str]]:
    text = _decode(body, charset)
    try:
        lines = io.StringIO(text, newline="")
        return [row for row in csv.reader(lines, delimiter=_delimiter(text), strict=True) if row]
    except csv.Error as error:
        raise _error("quotes and line ends as in RFC 4180", str(error), "row") from None


def _decode(body: bytes, charset: str) -> str:
    if b"\0" in body:
        where = f"byte {body.index(0)}"
        raise _error("text", "a NUL byte", where, Reason.NOT_WELL_FORMED)
    try:
        return body.decode(charset)
    except UnicodeDecodeError as error:
        found = body[error.start : error.end].hex()
        where = f"byte {error.start}"
        raise _error(charset.upper(), found, where, Reason.WRONG_CHARSET) from None
    except LookupError:
        raise _error("a charset known here", charset, "", Reason.WRONG_CHARSET) from None


def _delimiter(text: str) -> str:
    """Return which of comma, semicolon and tab the header line has most of."""
    return _most_used(text.partition("\n")[0])


@lru_cache(maxsize=64)  # every row comes with its header
def _most_used(header: str) -> str:
    return max(",;\t", key=re.sub('"[^"]*"', "", header).count)


def _error(
    expected: str, found: str, where: str, reason: Reason = Reason.BREAKS_STANDARD
) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found, reason=reason)


__all__ = [
    "MAX_COLUMNS",
    "MAX_FIELD",
    "MAX_ROW",
    "STANDARD",
    "Record",
    "Row",
    "detect_charset",
    "read_columns",
    "read_record",
    "read_rows",
    "write_table",
]
