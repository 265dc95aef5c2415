"""Events as lines: every contract has words, and none can steer a terminal."""

from datetime import UTC, datetime

import pytest

from liandong.bus import Entry
from liandong.bus.history import entry
from liandong.bus.pull import Raw
from liandong.contracts import Envelope, IncidentReported, Location
from liandong.contracts.examples import examples
from liandong.ops.render import line
from liandong.ops.words import in_words

EXAMPLES = {name: Envelope.from_document(document) for name, document in examples().items()}


def _entry(body: bytes, subject: str) -> Entry:
    stored = datetime(2026, 3, 1, tzinfo=UTC)
    return entry(Raw(subject, body, {}, "LD_LIVE_EVENTS", 1, 1, stored, 0, None, ""))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_every_contract_has_words(name: str) -> None:
    """A line names sender, contract, key and area, and says something of the event."""
    envelope = EXAMPLES[name]
    shown = line(_entry(envelope.encode(), str(envelope.subject)), colour=False)
    assert in_words(envelope.data)
    for part in (str(envelope.source), envelope.type, envelope.key, envelope.area):
        assert part in shown


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
