"""What comes over a connection, however it is cut into pieces, and what leaves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.errors import ProtocolError

from liandong.bus.pipe import Message, Pipe, header_lines, publication

SUBJECTS = st.text("abcXYZ019_-$", min_size=1, max_size=12)
HEADERS = st.dictionaries(st.text("ABCabc-", min_size=1), st.text("abc 019", max_size=9))
MESSAGES = st.tuples(SUBJECTS, st.sampled_from(["", "_INBOX.x.1"]), st.binary(max_size=80), HEADERS)


def _delivery(subject: str, reply: str, data: bytes, headers: dict[str, str]) -> bytes:
    """Return what a broker sends for a message (the client protocol's MSG and HMSG)."""
    to = f"{subject} 1 {reply}".strip().encode()
    if not headers:
        return b"MSG %b %d\r\n%b\r\n" % (to, len(data), data)
    head = f"NATS/1.0\r\n{header_lines(headers)}\r\n".encode()
    size = len(head)
    return b"HMSG %b %d %d\r\n%b%b\r\n" % (to, size, size + len(data), head, data)


async def _read(pieces: list[bytes]) -> list[Message]:
    """Return what a pipe delivers when this comes over its connection."""
    got: list[Message] = []
    pipe = Pipe()
    pipe._takers[1] = got.append  # noqa: SLF001  as `listen` does, without a connection
    for piece in pieces:
        await pipe._ps.parse(piece)  # noqa: SLF001  as nats-py's read loop does
    return got


@given(st.lists(MESSAGES, max_size=8), st.lists(st.integers(1, 40), max_size=60))
async def test_every_message_arrives_however_the_stream_is_cut(
    messages: list[tuple[str, str, bytes, dict[str, str]]], cuts: list[int]
) -> None:
    """Subject, reply, body and headers, in order; +OK lines between them are no messages."""
    stream = b"+OK\r\n".join(_delivery(*message) for message in messages)
    pieces: list[bytes] = []
    for cut in cuts:
        pieces.append(stream[:cut])
        stream = stream[cut:]
    got = await _read([*pieces, stream])
    stripped = [
        (subject, reply, data, {name: value.strip() for name, value in headers.items()})
        for subject, reply, data, headers in messages
    ]
    assert [(m.subject, m.reply, m.data, m.headers) for m in got] == stripped


async def test_a_status_and_its_words_are_headers() -> None:
    """ADR-4: a status stands in the first line."""
    head = b"NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 7\r\n\r\n"
    (message,) = await _read([b"HMSG a 1 %d %d\r\n%b\r\n" % (len(head), len(head), head)])
    assert message.headers == {
        "Status": "408",
        "Description": "Request Timeout",
        "Nats-Pending-Messages": "7",
    }


async def test_a_taker_that_raises_does_not_end_the_reading() -> None:
    """The next message comes."""
    pipe, got = Pipe(), []

    def take(message: Message) -> None:
        got.append(message.data)
        raise ValueError(message.data)

    pipe._takers[1] = take  # noqa: SLF001
    await pipe._ps.parse(_delivery("a", "", b"1", {}) + _delivery("a", "", b"2", {}))  # noqa: SLF001
    assert got == [b"1", b"2"]


async def test_a_line_without_an_end_is_refused_before_it_fills_the_memory() -> None:
    """NATS' control lines have at most 4,096 bytes."""
    with pytest.raises(ProtocolError):
        await _read([b"X" * 5000])


@pytest.mark.parametrize("subject", ["", "a b", "a\r\nPUB x 0", "ü"])
def test_no_subject_smuggles_a_command(subject: str) -> None:
    """Blanks, line ends and what is no ASCII are refused."""
    with pytest.raises(ValueError, match="is no subject"):
        publication(subject, b"")


def test_no_header_smuggles_another() -> None:
    """A line end within a value becomes a blank; what is no ASCII stays."""
    assert header_lines({"a": "b\r\nNats-Msg-Id: x", "c": "警"}) == (
        "a: b  Nats-Msg-Id: x\r\nc: 警\r\n"
    )
