"""MLLP framing: whatever the network does to a stream, the same messages come out."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import mllp
from liandong.contracts import DocumentError, Reason

messages = st.lists(st.binary(max_size=40).filter(lambda b: not set(b) & {0x0B, 0x1C}), max_size=5)
cuts = st.lists(st.integers(min_value=0, max_value=200), max_size=12)
noise = st.binary(max_size=6).filter(lambda b: 0x0B not in b)
any_stream = st.binary(max_size=60).map(lambda b: b.translate(bytes(range(32)) * 8))


def outcome(stream: bytes, cut_at: list[int]) -> tuple[list[bytes], str]:
    """Feed a stream in pieces; return the messages, and the fault that ended them if one did."""
    decoder, found = mllp.Decoder(), list[bytes]()
    edges = [0, *sorted(min(cut, len(stream)) for cut in cut_at), len(stream)]
    try:
        for start, end in itertools.pairwise(edges):
            decoder.feed(stream[start:end])
            found.extend(iter(decoder.next_message, None))
    except DocumentError as fault:
        return found, str(fault)
    return found, ""


@given(messages=messages, between=noise, cut_at=cuts)
def test_messages_come_out_as_they_went_in(
    messages: list[bytes], between: bytes, cut_at: list[int]
) -> None:
    """Framed, joined with noise between and cut anywhere, they are the same messages."""
    stream = between.join(map(mllp.frame, messages))
    assert outcome(stream, cut_at) == (messages, "")


@given(stream=any_stream, cut_at=cuts)
def test_any_stream_reads_the_same_however_it_was_cut(stream: bytes, cut_at: list[int]) -> None:
    """Messages before a fault, and the fault, do not depend on the network's packets."""
    assert outcome(stream, cut_at) == outcome(stream, [])


FAULTS = {
    "a start inside a message": (b"\x0bMSH|a\x0bMSH|b\x1c\r", Reason.UNSAFE),
    "an end inside a message": (b"\x0bMSH|a\x1cMSH|b\x1c\r", Reason.UNSAFE),
    "an end without its carriage return": (b"\x0bMSH|a\x1c\x0bMSH|b\x1c\r", Reason.UNSAFE),
    "an endless message": (b"\x0b" + b"A" * (mllp.MAX_MESSAGE_BYTES + 1), Reason.OVERSIZE),
    "another protocol": (b"GET / HTTP/1.1\r\n" * 300, Reason.UNSAFE),
}


@pytest.mark.parametrize(("stream", "reason"), FAULTS.values(), ids=FAULTS.keys())
def test_a_broken_frame_is_refused_and_stays_refused(stream: bytes, reason: Reason) -> None:
    """A stream out of step yields no message any more, whatever follows."""
    decoder = mllp.Decoder()
    decoder.feed(stream)
    with pytest.raises(DocumentError) as first:
        decoder.next_message()
    decoder.feed(mllp.frame(b"MSH|later"))
    with pytest.raises(DocumentError):
        decoder.next_message()
    assert first.value.reason is reason


def test_what_came_before_the_fault_can_still_be_answered() -> None:
    """The beginning of a broken message is kept, up to the byte that broke it."""
    decoder = mllp.Decoder()
    decoder.feed(b"\x0bMSH|^~\\&|a\x0bMSH|b\x1c\r")
    with pytest.raises(DocumentError):
        decoder.next_message()
    assert decoder.partial == b"MSH|^~\\&|a"


def test_the_longest_message_passes() -> None:
    """The bound is on the message, not on the packets it comes in."""
    message = b"A" * mllp.MAX_MESSAGE_BYTES
    assert outcome(mllp.frame(message), [1, 70_000]) == ([message], "")


def test_a_message_that_holds_a_framing_byte_is_not_sent() -> None:
    """What we could not read ourselves, we do not write."""
    with pytest.raises(DocumentError):
        mllp.frame(b"MSH|\x1c\r")
