"""The envelope: what goes out comes back, and what is wrong is named with its place."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from pydantic import ValidationError

from liandong.contracts import (
    Agency,
    AlertIssued,
    ContractError,
    Envelope,
    IncidentReported,
    IncidentUpdated,
    Location,
    Mode,
    Precedence,
    Reason,
    Subject,
    UnknownContract,
)
from liandong.contracts.examples import example

FIRE = Agency("lz", "fire", "119-linzhou")
POLICE = Agency("lz", "police", "110-linzhou")


def reported(**attributes: Any) -> Envelope:
    """Return an envelope with a made-up incident."""
    data = IncidentReported(incident_id="lz-1", location=Location(), summary="Smoke in a stairwell")
    return Envelope(**{"source": FIRE, "area": "cn.99.01", "data": data} | attributes)


def body(**changes: Any) -> bytes:
    """Return the example body with attributes changed; None takes one away."""
    document = example("incident.reported.v1") | changes
    return json.dumps(
        {name: value for name, value in document.items() if value is not None}
    ).encode()


def fault_paths(error: pytest.ExceptionInfo[ContractError]) -> list[str]:
    """Return the places of all faults."""
    return [fault.path for fault in error.value.faults]


def test_an_envelope_comes_back_equal() -> None:
    """Encoding and strict decoding lose nothing, with every attribute set."""
    envelope = reported(
        mode=Mode.EXERCISE,
        precedence=Precedence.FLASH,
        correlation="c" * 32,
        causation="d" * 32,
        expires=datetime(2026, 11, 22, tzinfo=UTC),
    )
    assert Envelope.decode(envelope.encode(), strict=True) == envelope


def test_the_body_is_one_cloudevent() -> None:
    """The body has the attributes of CloudEvents 1.0 structured mode, and none that is unset."""
    document = json.loads(reported(id="0" * 32).encode())
    assert document["specversion"] == "1.0"
    assert document["id"] == "0" * 32
    assert document["source"] == "liandong://lz/fire/119-linzhou"
    assert document["type"] == "incident.reported.v1"
    assert document["subject"] == "lz-1"
    assert document["datacontenttype"] == "application/json"
    assert "expires" not in document


def test_time_goes_out_in_utc() -> None:
    """A time of another zone is written in UTC, the same moment."""
    beijing = timezone(timedelta(hours=8))
    document = json.loads(reported(time=datetime(2026, 11, 21, 16, 0, tzinfo=beijing)).encode())
    assert document["time"] == "2026-11-21T08:00:00Z"


def test_an_id_is_never_given_twice() -> None:
    """Two envelopes of one event have two ids unless told otherwise."""
    assert reported().id != reported().id


@pytest.mark.parametrize("name", ["id", "source", "type", "time", "mode", "area", "data"])
def test_a_missing_attribute_is_named(name: str) -> None:
    """Each needed attribute that is missing is a fault at its own name."""
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(**{name: None}))
    assert fault_paths(error) == [name]
    assert error.value.reason is Reason.BAD_ENVELOPE


def test_all_missing_attributes_are_named_at_once() -> None:
    """A sender hears of everything in one go."""
    with pytest.raises(ContractError) as error:
        Envelope.decode(b"{}")
    assert set(fault_paths(error)) == {
        "specversion", "id", "source", "type", "time", "mode", "area", "data"
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("specversion", "0.3"),
        ("datacontenttype", "text/xml"),
        ("subject", "another-incident"),
        ("id", "short"),
        ("id", 'quote"quote"quote"'),
        ("time", "2026-11-21T08:00:00"),
        ("time", 1763712000),
        ("time", "1763712000"),
        ("time", "0001-01-01T00:00:00+14:00"),
        ("mode", "LIVE"),
        ("area", "cn..99"),
        ("area", "cn.99.>"),
        ("area", ".".join("abcdefghijk")),
        ("precedence", "soon"),
        ("correlation", "x y"),
        ("expires", "tomorrow"),
    ],
)
def test_a_wrong_attribute_is_a_fault_at_its_name(name: str, wrong: Any) -> None:
    """An attribute that is not what it must be is named."""
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(**{name: wrong}))
    assert fault_paths(error) == [name]
    assert error.value.reason is Reason.BAD_ENVELOPE


@pytest.mark.parametrize("source", ["lz/fire", "lz/fire/a/b", "lz//fire", "lz/fire/*", ["lz"]])
def test_a_source_that_is_no_agency_is_refused(source: Any) -> None:
    """A source must be region, kind and name, each a token."""
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(source=source))
    assert error.value.reason is Reason.BAD_ENVELOPE


@pytest.mark.parametrize("name", ["incident.reported.v99", "x", "", "x" * 100_000, 5])
def test_an_unknown_contract_is_said_shortly(name: Any) -> None:
    """A type that nobody knows is an UnknownContract, and its name does not flood the log."""
    with pytest.raises(UnknownContract) as error:
        Envelope.decode(body(type=name))
    assert error.value.reason is Reason.UNKNOWN_CONTRACT
    assert len(str(error.value)) < 400


def test_all_faults_of_the_data_are_named_with_their_path() -> None:
    """Faults inside the data have a path from the document's root."""
    data = {
        "incident_id": "with space",
        "location": {"point": {"coordinates": [200, 91]}},
        "disciplines": ["fire", "magic"],
    }
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(data=data), strict=True)
    assert error.value.reason is Reason.BAD_PAYLOAD
    assert fault_paths(error) == [
        "data.incident_id",
        "data.disciplines[1]",
        "data.location.point.coordinates[0]",
        "data.location.point.coordinates[1]",
        "data.summary",
    ]


def test_a_reader_keeps_a_code_that_it_does_not_know() -> None:
    """A later publisher's code is no fault: it is kept, known as unknown, and written again."""
    document = json.loads(body())
    document["data"]["disciplines"] = ["fire", "space_rescue"]
    envelope = Envelope.from_document(document)
    fire, unknown = envelope.data.disciplines
    assert (fire.recognised, unknown.recognised) == (True, False)
    assert (unknown.name, unknown) == ("UNRECOGNISED", "space_rescue")
    assert json.loads(envelope.encode())["data"]["disciplines"] == ["fire", "space_rescue"]
    with pytest.raises(ContractError, match="disciplines"):
        Envelope.from_document(document, strict=True)


@pytest.mark.parametrize("found", [7, None, ["fire"], "x" * 101])
def test_what_is_no_code_at_all_is_a_fault(found: object) -> None:
    """Only a short text can be a code of a later version."""
    document = json.loads(body())
    document["data"]["disciplines"] = [found]
    with pytest.raises(ContractError, match="disciplines"):
        Envelope.from_document(document)


def test_a_fault_never_repeats_what_people_wrote() -> None:
    """The error says the kind of what it found, not the words."""
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(data={"incident_id": "Zhang San fell ill", "summary": ["Zhang San"]}))
    assert "Zhang" not in str(error.value)


def test_a_flood_of_faults_is_cut() -> None:
    """A message with thousands of faults makes an error of at most fifty."""
    data = example("incident.reported.v1")["data"] | {"disciplines": ["x"] * 10_000}
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(data=data | {f"unknown{n}": n for n in range(1_000)}), strict=True)
    assert len(error.value.faults) <= 50


def test_a_reader_ignores_what_a_later_publisher_added() -> None:
    """Unknown fields are ignored, also deep inside."""
    data = example("incident.reported.v1")["data"]
    later = data | {"weather": "fog", "location": data["location"] | {"floor": 5}}
    assert Envelope.decode(body(data=later)) == Envelope.decode(body())


def test_a_strict_reader_refuses_what_the_contract_does_not_know() -> None:
    """Unknown fields are faults where the reader is strict."""
    data = example("incident.reported.v1")["data"]
    later = data | {"weather": "fog", "location": data["location"] | {"floor": 5}}
    with pytest.raises(ContractError) as error:
        Envelope.decode(body(data=later), strict=True)
    assert set(fault_paths(error)) == {"data.weather", "data.location.floor"}


def test_foreign_extension_attributes_are_let_pass() -> None:
    """CloudEvents lets anyone add an attribute."""
    assert Envelope.decode(body(traceparent="00-0-0-00"), strict=True) == Envelope.decode(body())


def test_an_answer_keeps_the_thread() -> None:
    """An answer has the mode, area and correlation of what caused it, and names it."""
    first = reported(mode=Mode.EXERCISE, precedence=Precedence.IMMEDIATE)
    note = IncidentUpdated(incident_id="lz-1", note="Road closed")
    second = first.answer(note, source=POLICE, precedence=Precedence.ROUTINE)
    third = second.answer(note, source=FIRE)
    assert (second.mode, second.area) == (Mode.EXERCISE, first.area)
    assert (second.correlation, second.causation) == (first.id, first.id)
    assert (third.correlation, third.causation) == (first.id, second.id)
    assert second.precedence is Precedence.ROUTINE


def test_the_subject_says_who_what_and_where() -> None:
    """The NATS subject follows from the envelope alone."""
    assert (
        str(reported().subject) == "ld.live.lz.fire.119-linzhou.incident.reported.v1.lz-1.cn.99.01"
    )
    assert Subject.parse(str(reported().subject)) == reported().subject


def test_an_envelope_never_changes() -> None:
    """What has been said stays said."""
    with pytest.raises(ValidationError):
        reported().area = "cn"  # type: ignore[misc]


def test_what_no_reader_takes_is_not_encoded() -> None:
    """An event longer than the limit is refused where it is made, not where it is read."""
    document = example("alert.issued.v1")["data"]
    info = document["info"][0] | {"description": "烟" * 20_000}
    alert = AlertIssued.model_validate(document | {"info": [info] * 50})
    with pytest.raises(ContractError) as error:
        reported(data=alert).encode()
    assert error.value.reason is Reason.TOO_LARGE
