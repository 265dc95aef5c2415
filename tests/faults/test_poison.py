"""Poison is what nobody can take, and the row sees what becomes of it."""

import hashlib
import random

import pytest

from faults.facts import AREA, reported
from faults.journal import Line
from faults.poison import SPOILS
from faults.row import Row
from faults.rows.poison import note_delays, note_letters
from liandong.bus.history import read
from liandong.bus.letters import Found, Keeper, event_letter
from liandong.contracts import Agency, ContractError, Envelope, LiandongError, Mode, Reason

DESK = Agency("lz", "centre", "desk")


def digest(body: bytes) -> str:
    """Return the digest that journals name a body by."""
    return hashlib.sha256(body).hexdigest()


def letter(original: bytes) -> Found:
    """Return a letter about some bytes."""
    about = event_letter(
        Keeper(DESK, Mode.LIVE, "desk"),
        LiandongError("refused", reason=Reason.HANDLER_REFUSED),
        original,
        subject="ld.live.lz.centre.desk.incident.reported.v1.lz-1.cn.99",
        place=("LD_LIVE_EVENTS", 1),
        attempts=1,
        previous=None,
    )
    return Found(letter=about, original=original)


@pytest.mark.parametrize("kind", SPOILS)
def test_each_kind_is_refused_by_the_reader(kind: str) -> None:
    """Else it would be a good event, and prove nothing."""
    envelope = Envelope(source=DESK, mode=Mode.LIVE, area=AREA, data=reported("lz-1", 1))
    body = SPOILS[kind](envelope.encode(), random.Random(1))  # noqa: S311  repeatable on purpose
    with pytest.raises(ContractError):
        read(str(envelope.subject), body)


def test_a_letter_that_is_missing_altered_or_written_twice_is_seen() -> None:
    """Three were sent: one has no letter, one has two, and one letter holds other bytes."""
    row = Row("poison", 1)
    sent = [digest(body) for body in (b"a", b"b", b"c")]
    note_letters(row, sent, [letter(b"a"), letter(b"a"), letter(b"b"), letter(b"x")])
    assert (row.injected, row.lost, row.duplicated, row.corrupt) == (3, 1, 1, 1)


def test_a_letter_that_gives_no_reason_is_seen() -> None:
    """Its words are empty."""
    row = Row("poison", 1)
    found = letter(b"a")
    mute = found.model_copy(update={"letter": found.letter.model_copy(update={"message": ""})})
    note_letters(row, [digest(b"a")], [mute])
    assert row.facts["letters_without_reason"] == 1


def test_good_events_that_wait_for_poison_are_seen() -> None:
    """A tenth of a second without poison, a second beside it."""
    said, heard, at = [], [], 0.0
    for poisoned, delay in ((False, 0.1), (True, 1.0)):
        said.append(Line(at, "segment", {"poisoned": poisoned}))
        for number in range(100):
            facts = {"id": f"{poisoned}-{number}", "key": "events/lz-1", "digest": ""}
            said.append(Line(at, "invoke", facts))
            heard.append(Line(at + delay, "effect", facts))
    row = Row("poison", 1)
    note_delays(row, said, heard)
    assert row.facts["p99_clean_to_poisoned"] == pytest.approx(0.1)
