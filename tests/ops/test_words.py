"""Events as lines: every contract has words, and none can steer a terminal."""

import pytest

import liandong.contracts
from liandong.bus import Entry
from liandong.bus.history import entry
from liandong.bus.pipe import Message
from liandong.bus.pull import Raw
from liandong.contracts import (
    Envelope,
    IncidentReported,
    IncidentStatus,
    Location,
    Value,
    labels,
)
from liandong.contracts.examples import examples
from liandong.contracts.restricted import restricted_fields
from liandong.ops import words
from liandong.ops.render import line
from liandong.ops.words import in_words

EXAMPLES = {name: Envelope.from_document(document) for name, document in examples().items()}


def _entry(body: bytes, subject: str) -> Entry:
    stored_ns = 1_772_323_200_000_000_000  # 2026-03-01
    message = Message(subject, f"$JS.ACK.LD_LIVE_EVENTS.desk.1.1.1.{stored_ns}.0", body)
    return entry(Raw.of(None, message))  # type: ignore[arg-type]  it came over no connection


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_contract_has_words(name: str) -> None:
    """A line names sender, contract, key and area, and says something of the event."""
    envelope = EXAMPLES[name].newest()
    shown = line(_entry(envelope.encode(), str(envelope.subject)), colour=False)
    assert in_words(envelope.data)
    for part in (str(envelope.source), envelope.type, envelope.key, envelope.area):
        assert part in shown


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_words_name_nobody(name: str) -> None:
    """What the contract marks as naming people is never among them, at any depth."""
    words = in_words(EXAMPLES[name].data) + in_words(EXAMPLES[name].data, "zh")
    assert [text for text in restricted_texts(EXAMPLES[name].data) if text in words] == []


def restricted_texts(value: object) -> list[str]:
    """Return every restricted text of an event or a part of one."""
    if isinstance(value, tuple):
        return [text for one in value for text in restricted_texts(one)]
    if not isinstance(value, Value):
        return []
    marked = restricted_fields(type(value))
    own = [str(text) for name in marked if (text := getattr(value, name))]
    return own + [text for _, part in value for text in restricted_texts(part)]


@pytest.mark.parametrize(("kind", "chosen"), words._SAID.items())  # noqa: SLF001  it is looked up by name
def test_what_is_said_of_a_class_are_fields_of_it(kind: str, chosen: tuple[str, ...]) -> None:
    """A field that was renamed, or a class that is no more, would be passed over in silence."""
    names = {name for alternatives in chosen for name in alternatives.split("|")}
    assert names <= set(getattr(liandong.contracts, kind).model_fields)


def test_the_words_are_in_the_language_asked_for() -> None:
    """A code is named as its label says, not as it is written on the wire."""
    cleared = EXAMPLES["incident.cleared.v1"].data
    assert "Closed" in in_words(cleared)
    assert labels.of_code(IncidentStatus.CLOSED).zh in in_words(cleared, "zh")


def test_words_cannot_steer_a_terminal() -> None:
    """Control characters in a text are shown, not sent."""
    nasty = IncidentReported(incident_id="x", summary="a\x1b[2Jb", location=Location(place="q"))
    assert "\x1b" not in in_words(nasty)
    assert "\\x1b" in in_words(nasty)


def test_a_message_that_cannot_be_read_is_a_line_too() -> None:
    """Its subject and the fault are shown."""
    shown = line(_entry(b"{", "ld.live.a.b.c.incident.reported.v1.k.cn"), colour=False)
    assert "unreadable" in shown
    assert "incident.reported" in shown
