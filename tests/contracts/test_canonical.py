"""Our own layout of a message is read quickly, and just as the long way reads it."""

from collections.abc import Callable

import pytest

from liandong.contracts import ContractError, Envelope, Reason, canonical, wire
from liandong.contracts.examples import example, examples

REPORTED = Envelope.from_document(example("incident.reported.v1"))
BODY = REPORTED.encode()


@pytest.mark.parametrize("name", sorted(examples()))
def test_both_ways_come_to_the_same(name: str) -> None:
    """What we encode is an equal event by either way."""
    body = Envelope.from_document(example(name)).encode()
    assert Envelope.decode(body, strict=True) == Envelope.from_document(wire.loads(body))


def test_our_own_layout_goes_the_short_way() -> None:
    """With all of the optional attributes, and with none of them."""
    bare = REPORTED.model_copy(update={"correlation": None, "causation": None, "expires": None})
    full = bare.model_copy(
        update={"correlation": "c" * 16, "causation": "d" * 16, "expires": REPORTED.time}
    )
    for envelope in (bare, full):
        assert canonical.attributes(envelope.encode()) == dict(envelope)
        assert Envelope.decode(envelope.encode()) == envelope


def test_a_drill_of_our_own_layout_goes_the_short_way() -> None:
    """It is the mode that decides whether it may travel, not the way it is read."""
    drill = Envelope.from_document(example("exercise.injected.v1"))
    assert canonical.attributes(drill.encode()) == dict(drill)
    live = drill.encode().replace(b'"mode":"exercise"', b'"mode":"live"')
    assert canonical.attributes(live) is None


def swap(old: bytes, new: bytes) -> bytes:
    """Return the message with one part replaced."""
    assert old in BODY
    return BODY.replace(old, new, 1)


def grown(addition: bytes) -> bytes:
    """Return the message with something more at the end of its data."""
    return BODY[:-2] + b"," + addition + b"}}"


HOSTILE = {
    "a key twice": (grown(b'"incident_id":"other"'), Reason.DUPLICATE_KEY),
    "an attribute after the data": (
        BODY[:-1] + b',"mode":"exercise"}',
        Reason.DUPLICATE_KEY,
    ),
    "not a number": (grown(b'"depth_m":NaN'), Reason.NOT_FINITE),
    "too large a number": (grown(b'"depth_m":1e999'), Reason.NOT_FINITE),
    "too deep": (grown(b'"deep":' + b"[" * 40 + b"]" * 40), Reason.TOO_DEEP),
    "too long an integer": (grown(b'"many":' + b"9" * 5_000), Reason.INTEGER_TOO_LONG),
    "a lone surrogate": (grown(b'"note2":"\\ud800"'), Reason.BAD_ENCODING),
    "not UTF-8": (grown(b'"note2":"\xff"'), Reason.BAD_ENCODING),
    "cut short": (BODY[:-1], Reason.NOT_JSON),
    "something after it": (BODY + b"}", Reason.NOT_JSON),
    "too large": (grown(b'"note2":"' + b"x" * wire.MAX_BYTES + b'"'), Reason.TOO_LARGE),
    "no such month": (swap(b'"time":"2026-', b'"time":"2026-13-01T00:00:00Z","x":"'), None),
    "another key": (swap(b'"subject":"', b'"subject":"x'), Reason.BAD_ENVELOPE),
    "a mode that ends elsewhere": (swap(b'"mode":"live"', b'"mode":"live\\"'), Reason.NOT_JSON),
    "a source that ends elsewhere": (swap(b'","type"', b'\\","type"'), Reason.NOT_JSON),
    "an area that ends elsewhere": (swap(b'","corr', b'\\","corr'), Reason.NOT_JSON),
    "another mode": (swap(b'"mode":"live"', b'"mode":"real"'), Reason.BAD_ENVELOPE),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_the_long_way_refuses_is_refused(what: str) -> None:
    """For the same reason, although the rest of it has our own layout."""
    body, reason = HOSTILE[what]
    found = reason_of(lambda: Envelope.decode(body))
    assert found == reason_of(lambda: Envelope.from_document(wire.loads(body)))
    assert reason in {None, found}


def reason_of(read: Callable[[], object]) -> Reason:
    """Return why something cannot be read."""
    with pytest.raises(ContractError) as error:
        read()
    return error.value.reason


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(BODY.replace(b'":', b'" :'), id="blanks before colons"),
        pytest.param(BODY.replace(b",", b", "), id="blanks after commas"),
        pytest.param(swap(b'"mode":"live"', b'"mode":"l\\u0069ve"'), id="a mode spelt otherwise"),
        pytest.param(swap(b'"subject":"lz', b'"subject":"\\u006cz'), id="a key spelt otherwise"),
        pytest.param(swap(b"reported.v1", b"report\\u0065d.v1"), id="a type spelt otherwise"),
        pytest.param(grown(b'"depth_m":2.50'), id="a number written otherwise"),
        pytest.param(grown(b'"depth_m":2'), id="a field of a later version"),
    ],
)
def test_another_spelling_is_as_right(body: bytes) -> None:
    """It goes the long way, or is read at once; either way it is the same event."""
    read = Envelope.decode(body)
    assert (read.id, read.key, read.time) == (REPORTED.id, REPORTED.key, REPORTED.time)
