"""Sealing: who speaks, in which mode, under which id."""

import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from liandong.adapters.sdk import Document, Draft, Settings
from liandong.adapters.sdk.seal import seal, site_secret
from liandong.contracts import Agency, Envelope, Location, Mode
from liandong.contracts.incidents import IncidentReported

SETTINGS = Settings(name="cad", agency=Agency("lz", "police", "110"), area="cn.99")
DOCUMENT = Document(b"bytes", "row 7", "file:calls.csv")
EVENT = IncidentReported(incident_id="lz-1", summary="Smoke", location=Location(address="Quay"))
DRAFT = Draft(EVENT, ("call", "7"), datetime(2026, 1, 2, 8, tzinfo=UTC))


def _id(draft: Draft = DRAFT, settings: Settings = SETTINGS, secret: bytes = b"s") -> str:
    """Return the id that a draft is sealed under."""
    return seal(draft, DOCUMENT, settings, secret).id


def test_an_event_says_where_it_came_from() -> None:
    """Agency and area of the adapter, the document's identity and digest, its defects."""
    sealed = seal(replace(DRAFT, defects=("no zone",)), DOCUMENT, SETTINGS, b"s")
    provenance = sealed.data.provenance
    assert (str(sealed.source), sealed.area, sealed.mode) == ("lz/police/110", "cn.99", Mode.LIVE)
    assert provenance
    assert (provenance.system, provenance.document) == ("cad", "row 7")
    assert (provenance.sha256, provenance.defects) == (DOCUMENT.sha256, ("no zone",))


def test_the_same_fact_has_the_same_id() -> None:
    """Whenever it is received, and however its moment is written."""
    elsewhere = replace(DRAFT, time=DRAFT.time.astimezone(timezone(timedelta(hours=8))))
    later = replace(DOCUMENT, received=DOCUMENT.received + timedelta(days=1))
    assert _id() == _id(elsewhere) == seal(DRAFT, later, SETTINGS, b"s").id


@pytest.mark.parametrize(
    "other",
    [
        replace(DRAFT, event=EVENT.model_copy(update={"summary": "Fire"})),
        replace(DRAFT, identity=("call", "8")),
        replace(DRAFT, identity=("call7",)),
        replace(DRAFT, identity=("cal", "l7")),
        replace(DRAFT, time=DRAFT.time + timedelta(seconds=1)),
    ],
    ids=["a correction", "another call", "one part", "parts cut elsewhere", "another moment"],
)
def test_another_fact_has_another_id(other: Draft) -> None:
    """No two lists of parts are confused."""
    assert _id(other) != _id()


def test_nobody_else_can_make_its_id() -> None:
    """Neither another agency nor one without the secret."""
    other = SETTINGS.model_copy(update={"agency": Agency("lz", "police", "111")})
    assert len({_id(), _id(settings=other), _id(secret=b"t")}) == 3


@pytest.mark.parametrize(
    ("adapter", "document", "mode"),
    [
        (Mode.LIVE, Mode.LIVE, Mode.LIVE),
        (Mode.LIVE, Mode.EXERCISE, Mode.EXERCISE),
        (Mode.EXERCISE, Mode.LIVE, Mode.EXERCISE),
        (Mode.EXERCISE, Mode.TEST, Mode.TEST),
        (Mode.TEST, Mode.EXERCISE, Mode.TEST),
    ],
)
def test_the_stricter_mode_counts(adapter: Mode, document: Mode, mode: Mode) -> None:
    """A drill can never become the real thing by being passed on."""
    settings = SETTINGS.model_copy(update={"mode": adapter})
    assert seal(replace(DRAFT, mode=document), DOCUMENT, settings, b"s").mode is mode


def test_an_answer_takes_what_it_answers() -> None:
    """Area, correlation and cause, and its mode where that is stricter."""
    asked = Envelope(
        source=Agency("lz", "centre", "desk"), area="cn.98", mode=Mode.EXERCISE, data=EVENT
    )
    sealed = seal(DRAFT, DOCUMENT, SETTINGS, b"s", cause=asked)
    assert (sealed.area, sealed.mode) == ("cn.98", Mode.EXERCISE)
    assert (sealed.causation, sealed.correlation) == (asked.id, asked.id)


def test_the_sites_secret_is_made_once_and_is_its_owners_only(tmp_path: Path) -> None:
    """32 bytes, in a file that nobody else reads."""
    secret = site_secret(tmp_path / "home")
    assert len(secret) == 32
    assert site_secret(tmp_path / "home") == secret
    assert stat.S_IMODE((tmp_path / "home" / "secret").stat().st_mode) == 0o600
    assert site_secret(tmp_path / "elsewhere") != secret
