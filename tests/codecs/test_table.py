"""Tables: what is read, what is refused, and that one bad row costs no other."""

import io
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs.table import (
    MAX_FIELD,
    MAX_ROW,
    Record,
    Row,
    detect_charset,
    read_columns,
    read_record,
    read_rows,
    write_table,
)
from liandong.contracts import DocumentError, Reason

CHARS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
FIELD = st.text(CHARS, max_size=30).map(str.strip)
NAME = FIELD.map(lambda text: text.translate(dict.fromkeys(map(ord, ";\t")))).map(str.strip)
NAMES = st.lists(NAME.filter(bool), min_size=1, max_size=6, unique=True)


def lines_of(body: bytes) -> Iterator[bytes]:
    """Yield lines as the transport does."""
    return iter(partial(io.BytesIO(body).readline, MAX_ROW), b"")


def rows_of(body: bytes, charset: str = "utf-8") -> list[Row]:
    """Read a whole table."""
    return list(read_rows(lines_of(body), charset))


def records_of(body: bytes, charset: str = "utf-8") -> list[Record]:
    """Read every row of a table."""
    return [read_record(row.body, charset) for row in rows_of(body, charset)]


def refused(body: bytes, charset: str = "utf-8") -> DocumentError:
    """Return why a row is refused."""
    with pytest.raises(DocumentError) as caught:
        read_record(body, charset)
    return caught.value


@given(st.data(), st.sampled_from(["utf-8", "gb18030"]))
def test_what_is_written_is_read(data: st.DataObject, charset: str) -> None:
    """Any table survives writing and reading, in both charsets."""
    names = data.draw(NAMES)
    full = st.lists(FIELD, min_size=len(names), max_size=len(names)).filter(lambda r: r[0])
    table = data.draw(st.lists(full, max_size=5))
    body = write_table(names, table).decode().encode(charset)
    expected = [dict(zip(names, row, strict=True)) for row in table]
    assert [record.fields for record in records_of(body, charset)] == expected


@given(st.binary(max_size=300).map(lambda tail: b"a,b\n" + tail))
def test_any_bytes_are_accounted_for(body: bytes) -> None:
    """No byte of a row is lost or read twice, whatever stands there."""
    rows = rows_of(body)
    own = b"".join(row.body.removeprefix(b"a,b\n") for row in rows)
    assert own.translate(None, b" \t\r\n\v\f") == body[4:].translate(None, b" \t\r\n\v\f")


@given(st.binary(max_size=300), st.sampled_from(["utf-8", "gb18030", "no-such-charset"]))
def test_any_bytes_are_read_or_refused(body: bytes, charset: str) -> None:
    """Reading a row raises a DocumentError or nothing."""
    with suppress(DocumentError):
        read_record(body, charset)


def test_rows_know_where_they_stand() -> None:
    """Numbers count rows, lines count lines, ends count bytes; blank lines are no rows."""
    body = b'\xef\xbb\xbfa,b\r\n1,"two\r\nlines"\r\n\r\n3,4'
    assert [(row.number, row.line, row.end) for row in rows_of(body)] == [
        (1, 2, len(body) - 5),
        (2, 5, len(body)),
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_delimiters(delimiter: str) -> None:
    """Comma, semicolon and tab are told apart by the header."""
    body = f'a{delimiter}b\n"x{delimiter}\ny"{delimiter}2\n'.encode()
    assert records_of(body)[0].fields == {"a": f"x{delimiter}\ny", "b": "2"}


def test_what_is_quoted_is_no_delimiter() -> None:
    """A column may be called after several things."""
    (record,) = records_of(b'"lat;lon;alt",b\n1,2\n')
    assert record.fields == {"lat;lon;alt": "1", "b": "2"}


def test_a_quote_that_is_never_closed_costs_its_own_line() -> None:
    """The lines after it are rows of their own."""
    first, second, third = rows_of(b'a,b\n1,"open\n2,3\n4,5\n')
    assert refused(first.body).where == "row"
    assert read_record(second.body, "utf-8").fields == {"a": "2", "b": "3"}
    assert read_record(third.body, "utf-8").fields == {"a": "4", "b": "5"}


def test_a_row_too_long_costs_itself() -> None:
    """A line of any length takes bounded memory, is refused, and the next one is read."""
    body = b"a,b\n1," + b"x" * (3 * MAX_ROW) + b"\n2,3\n"
    long, short = rows_of(body)
    assert len(long.body) == MAX_ROW + 4
    assert refused(long.body).reason is Reason.OVERSIZE
    assert read_record(short.body, "utf-8").fields == {"a": "2", "b": "3"}
    assert short.end == len(body)


def test_quotes_opened_on_every_line_are_read_in_linear_time() -> None:
    """Ten thousand broken rows are ten thousand refusals, soon."""
    assert len(rows_of(b"a,b\n" + b'"x"y,1\n' * 10_000)) == 10_000


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1,\0", Reason.NOT_WELL_FORMED),
        (b"1,\xff", Reason.WRONG_CHARSET),
        (b"1,2,3", Reason.BREAKS_STANDARD),
        (b'1,"2"3', Reason.BREAKS_STANDARD),
        (b"1," + b"x" * (MAX_FIELD + 1), Reason.OVERSIZE),
    ],
)
def test_a_bad_row_is_refused_with_its_reason(row: bytes, reason: Reason) -> None:
    """NUL, a foreign charset, too many fields, text after a quote, too long a field."""
    assert refused(b"a,b\n" + row).reason is reason


@pytest.mark.parametrize(("row", "b"), [(b"1", ""), (b"1,2,,", "2")])
def test_ragged_rows_are_read_where_nothing_is_lost(row: bytes, b: str) -> None:
    """Missing fields are empty, surplus empty ones are dropped, and the defect says so."""
    record = read_record(b"a,b\n" + row, "utf-8")
    assert record.fields == {"a": "1", "b": b}
    assert record.defects[0].startswith("row ends early or late")


@pytest.mark.parametrize(
    "header", [b"", b"\n1,2\n", b",,\n1,2,3\n", b"a,a\n1,2\n", b"a\0,b\n", b"\xff,b\n1,2\n"]
)
def test_a_header_that_cannot_be_read_refuses_the_file(header: bytes) -> None:
    """An empty, nameless, doubled or unreadable header is the file's fault, not a row's."""
    with pytest.raises(DocumentError):
        rows_of(header)


def test_a_header_with_too_many_columns_is_refused() -> None:
    """A thousand columns are enough."""
    with pytest.raises(DocumentError, match="at most 1000 columns"):
        read_columns([b",".join(b"c%d" % n for n in range(1001))], "utf-8")


@pytest.mark.parametrize(
    ("body", "charset"),
    [
        (b"a,b\n1,2\n", "utf-8"),
        ("接警时间,警情\n".encode(), "utf-8"),
        ("接警时间,警情\n".encode("utf-8-sig"), "utf-8"),
        ("接警时间,警情\n".encode("gb18030"), "gb18030"),
        ("警情\n警情\n".encode() + b"\xff\n", "utf-8"),
    ],
)
def test_charsets_are_told_apart(body: bytes, charset: str) -> None:
    """UTF-8 with and without its mark, GB18030, and one bad line among good ones."""
    assert detect_charset(lines_of(body)) == charset


def test_utf_16_is_named() -> None:
    """A table that a spreadsheet saved as Unicode text says what to do instead."""
    with pytest.raises(DocumentError, match="UTF-16"):
        rows_of("a,b\n1,2\n".encode("utf-16"))


@pytest.mark.parametrize(
    ("name", "count"),
    [("sffd-calls-2020-04.csv", 10_410), ("montco-911-2015-12_2016-01.csv", 9_227)],
)
def test_real_exports_are_read_whole(data_dir: Path, name: str, count: int) -> None:
    """Every row of two real exports reads, and the last one ends where the file does."""
    body = (data_dir / "dispatch" / name).read_bytes()
    rows = rows_of(body)
    assert len(records_of(body)) == count
    assert rows[-1].end == len(body)
