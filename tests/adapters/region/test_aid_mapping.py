"""EDXL-RM messages and facts of mutual aid say the same, number by number and time by time."""

import re
from dataclasses import replace
from datetime import UTC, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from liandong.adapters.codecs import edxl_rm as rm
from liandong.adapters.region import aid_read, aid_write
from liandong.adapters.region.aid_kinds import CONTRACTS
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    Agency,
    AidRecalled,
    AidRequested,
    DocumentError,
    Envelope,
    Event,
    Mode,
    Reason,
)
from liandong.contracts.examples import example, examples
from liandong.contracts.restricted import holds_restricted
from rm_messages import SAMPLES, canonical, is_valid, real_messages
from rm_strategies import messages

GATEWAY = Agency("lz", "region", "neighbours")
NEIGHBOUR, BUREAU = "qs/emergency/qingshan-bureau", "lz/emergency/linzhou-bureau"
THREADS = [name for name in examples() if name.startswith("aid.")]
BEIJING = timezone(timedelta(hours=8))


def draft(message: rm.Message) -> Draft:
    """Return what a message of the neighbour's to the bureau says."""
    return aid_read.draft(message, sender=NEIGHBOUR, addressee=BUREAU, zone=BEIJING)


def over_the_bus(document: bytes) -> bytes:
    """Return a message after its way over the bus, as any reader of the bus would write it."""
    read = draft(rm.parse(document))
    envelope = Envelope(source=GATEWAY, area="cn.99.01", time=read.time, data=read.event)
    return rm.render(aid_write.document(Envelope.decode(envelope.encode(), strict=True)))


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_element_survives_the_bus(kind: rm.MessageType) -> None:
    """A message with all that its type can have comes back equal, spelling included."""
    assert canonical(over_the_bus(SAMPLES[kind])) == canonical(SAMPLES[kind])


@settings(max_examples=60)
@given(message=messages())
def test_any_message_survives_the_bus_or_is_refused(message: rm.Message) -> None:
    """Whatever the standard lets a system write comes back; what contradicts itself is refused."""
    body = rm.render(message)
    try:
        again = over_the_bus(body)
    except DocumentError as refused:
        assert SELF_CONTRADICTION.search(str(refused))  # noqa: PT017  one of two right outcomes
        return
    assert canonical(again) == canonical(body)


SELF_CONTRADICTION = re.compile("accept grants 0|is ordered, but quantity")


def test_every_valid_real_message_survives_the_bus(data_dir: Path) -> None:
    """XML to event to JSON to event to XML is equal after canonicalisation, and still valid."""
    bodies = [b for b in real_messages(data_dir).values() if is_valid(data_dir, b)]
    again = list(map(over_the_bus, bodies))
    assert len(bodies) >= 6
    assert list(map(canonical, again)) == list(map(canonical, bodies))
    assert all(is_valid(data_dir, body) for body in again)


def test_every_invalid_real_message_is_an_event_with_its_defects(data_dir: Path) -> None:
    """What was forgiven is named on the event, and what goes out again is valid."""
    bodies = [b for b in real_messages(data_dir).values() if not is_valid(data_dir, b)]
    assert len(bodies) >= 5
    assert all(len(draft(rm.parse(body)).defects) for body in bodies)
    assert all(is_valid(data_dir, over_the_bus(body)) for body in bodies)


@pytest.mark.parametrize("name", THREADS)
def test_every_fact_of_the_bus_can_be_said_in_edxl_rm(data_dir: Path, name: str) -> None:
    """What is born on the bus is a valid message, contact and thread included."""
    envelope = Envelope.from_document(example(name))
    body = rm.render(aid_write.document(envelope))
    assert is_valid(data_dir, body)
    assert type(draft(rm.parse(body)).event).event in (envelope.data.event, "aid.return_asked")


def test_every_message_has_its_own_contract() -> None:
    """Sixteen messages, sixteen facts; a recall is the seventeenth."""
    assert set(CONTRACTS) == set(rm.MessageType)
    assert len(set(CONTRACTS.values()) | {AidRecalled}) == 17


def test_who_speaks_follows_from_the_message() -> None:
    """A request comes from who borrows, a commitment from who lends, a report from either."""
    request, commitment, report = (
        draft(rm.parse(SAMPLES[kind])).event.model_dump()
        for kind in (
            rm.MessageType.REQUEST_RESOURCE,
            rm.MessageType.COMMIT_RESOURCE,
            rm.MessageType.REPORT_DEPLOYMENT_STATUS,
        )
    )
    assert (request["borrower"], request["lender"]) == (NEIGHBOUR, BUREAU)
    assert request["asked_agencies"] == (BUREAU,)
    assert (commitment["lender"], commitment["borrower"]) == (NEIGHBOUR, BUREAU)
    assert (report["said_by"], report["said_to"]) == (NEIGHBOUR, BUREAU)


def test_a_thread_has_one_key_on_the_bus() -> None:
    """All of a thread's messages are kept in order, whatever its names look like."""
    events = [draft(rm.parse(body)).event for body in SAMPLES.values()]
    assert {event.model_dump()["request_id"] for event in events} == {"urn-lz-rm-0-0e1be58507a9"}
    assert len({event.key() for event in events}) == 1


def test_a_time_without_offset_is_of_the_neighbours_zone() -> None:
    """The moment is known, the spelling kept, and the guess named."""
    read = draft(replace(message(), sent="2026-11-21T08:00:00"))
    assert read.time.utcoffset() == timedelta(hours=8)
    assert read.event.model_dump()["sent_as_written"] == "2026-11-21T08:00:00"
    assert "naive-time: sent: 2026-11-21T08:00:00" in read.defects


@pytest.mark.parametrize("written", ["2026-11-21T08:00:00Z", "2026-11-21T08:00:00.125000+08:00"])
def test_a_time_that_the_bus_writes_alike_is_kept_once(written: str) -> None:
    """Only a spelling of its own is carried beside the time."""
    assert draft(replace(message(), sent=written)).event.model_dump()["sent_as_written"] is None


def message(**line: Any) -> rm.Message:
    """Return a request for one line, which has what is given."""
    request = rm.parse(SAMPLES[rm.MessageType.REQUEST_RESOURCE])
    return replace(request, lines=(replace(request.lines[1], **line),))


def amount(quantity: rm.Quantity) -> dict[str, Any]:
    """Return what the contract says of a quantity."""
    event = draft(message(assignment=rm.Assignment(quantity=quantity))).event
    assert isinstance(event, AidRequested)
    return event.model_dump(exclude_none=True)["lines"][0]["assignment"]["quantity"]


@pytest.mark.parametrize(
    ("written", "number", "kept"),
    [
        ("4", 4, None),
        ("4.0", 4.0, None),
        ("4.00", 4.0, "4.00"),
        ("1.2E2", 120.0, "1.2E2"),
        ("-4", None, "-4"),
        ("INF", None, "INF"),
        ("NaN", None, "NaN"),
        ("99999999999999999999", None, "99999999999999999999"),
    ],
)
def test_a_number_is_read_and_its_spelling_kept(
    written: str, number: float | None, kept: str | None
) -> None:
    """What no one can ask for, such as less than nothing, is carried as it stands."""
    found = amount(rm.Quantity(measured=rm.Measured(amount=written)))
    assert (found.get("amount"), found.get("amount_as_written")) == (number, kept)


@pytest.mark.parametrize(
    ("texts", "number"), [(("4",), 4), (("12.5",), 12.5), (("four",), None), (("4", "5"), None)]
)
def test_a_number_in_words_is_a_number_where_it_is_one(
    texts: tuple[str, ...], number: float | None
) -> None:
    """Real systems write the quantity 4 as text."""
    found = amount(rm.Quantity(texts=texts))
    assert (found.get("amount"), found["texts"]) == (number, texts)


def test_a_deferred_answer_says_from_when_it_can_be_had() -> None:
    """EDXL-RM has no deferral: a provisional answer, its time and its reason."""
    document = example("aid.answered.v1")
    document["data"]["lines"][1]["response"].pop("reason")
    line = aid_write.document(Envelope.from_document(document)).lines[1]
    assert line.response
    assert line.response.type == "Provisional"
    assert line.response.reason == "deferred until 2026-11-21T12:00:00Z"
    assert line.schedule == (rm.Schedule(type="BeginAvailable", time="2026-11-21T12:00:00Z"),)


def test_a_recall_is_the_strongest_word_that_the_standard_has() -> None:
    """EDXL-RM can only ask for a return."""
    written = aid_write.document(Envelope.from_document(example("aid.recalled.v1")))
    assert written.type is rm.MessageType.REQUEST_RETURN


@pytest.mark.parametrize("mode", [Mode.EXERCISE, Mode.TEST])
def test_a_drill_is_never_written(mode: Mode) -> None:
    """EDXL-RM has no word for it: the neighbour would send real engines."""
    envelope = Envelope.from_document(example("aid.requested.v1") | {"mode": mode})
    with pytest.raises(DocumentError) as refused:
        aid_write.document(envelope)
    assert refused.value.reason is Reason.UNSUPPORTED


def test_what_is_no_aid_is_not_written() -> None:
    """Another fact has no message of EDXL-RM."""
    with pytest.raises(DocumentError, match=r"incident\.reported"):
        aid_write.document(Envelope.from_document(example("incident.reported.v1")))


def test_contacts_are_restricted_as_a_whole() -> None:
    """Whom to ask is for cleared agencies only, down to the last name in it."""
    event = draft(replace(message(), description=None, incidents=())).event
    assert isinstance(event, AidRequested)
    assert holds_restricted(event)
    assert not holds_restricted(event.model_copy(update={"contacts": ()}))


def test_what_the_contract_cannot_hold_is_refused_with_its_place() -> None:
    """Two lines of one name could not be answered apart."""
    one = message()
    with pytest.raises(DocumentError, match="line 1 has line_id line 2"):
        draft(replace(one, lines=one.lines * 2))
    with pytest.raises(DocumentError) as refused:
        draft(replace(one, message_id="x" * 2000))
    assert refused.value.where == "RequestResource.message_id"


def test_many_defects_are_counted_and_cut() -> None:
    """A document with more defects than an event may name is read all the same."""
    read = draft(replace(message(), defects=("x" * 300,) * 250))
    assert len(read.defects) == 100
    assert read.defects[-1].startswith("and 15")
    assert max(map(len, read.defects)) == 200


def test_times_in_utc_are_written_with_a_z() -> None:
    """The shortest spelling that all readers know."""
    event: Event = Envelope.from_document(example("aid.offered.v1")).data
    envelope = Envelope(source=GATEWAY, area="cn.99.01", data=event)
    assert aid_write.document(envelope).sent == envelope.time.astimezone(UTC).isoformat().replace(
        "+00:00", "Z"
    )
