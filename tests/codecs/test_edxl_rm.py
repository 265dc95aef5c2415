"""EDXL-RM: messages go round, what we write is valid, hostile bytes end in a reason."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liandong.adapters.codecs import edxl_rm as rm
from liandong.contracts import DocumentError, Reason
from rm_messages import SAMPLES, canonical, is_valid, real_messages

REQUEST = SAMPLES[rm.MessageType.REQUEST_RESOURCE]


def test_there_is_a_sample_of_each_of_the_sixteen_messages() -> None:
    """None is forgotten."""
    assert set(SAMPLES) == set(rm.MessageType)


@pytest.mark.parametrize("kind", SAMPLES)
def test_every_element_goes_round(kind: rm.MessageType) -> None:
    """A message with all that its type can have comes out as it went in, and without defect."""
    message = rm.parse(SAMPLES[kind])
    assert message.defects == ()
    assert canonical(rm.render(message)) == canonical(SAMPLES[kind])


@pytest.mark.parametrize("kind", SAMPLES)
def test_the_samples_and_what_we_write_are_valid(data_dir: Path, kind: rm.MessageType) -> None:
    """The official schema of the type accepts both."""
    assert is_valid(data_dir, SAMPLES[kind])
    assert is_valid(data_dir, rm.render(rm.parse(SAMPLES[kind])))


def test_every_valid_real_message_goes_round_equal(data_dir: Path) -> None:
    """XML to document to XML says the same, canonically, for all that the schemas accept."""
    bodies = [b for b in real_messages(data_dir).values() if is_valid(data_dir, b)]
    again = [rm.render(rm.parse(body)) for body in bodies]
    assert len(bodies) >= 6
    assert list(map(canonical, again)) == list(map(canonical, bodies))
    assert [rm.parse(body).defects for body in bodies] == [()] * len(bodies)


def test_every_invalid_real_message_is_read_and_written_as_a_valid_one(data_dir: Path) -> None:
    """Each fault has a name, and what is left can be passed on strictly."""
    bodies = [b for b in real_messages(data_dir).values() if not is_valid(data_dir, b)]
    messages = list(map(rm.parse, bodies))
    assert len(bodies) >= 5
    assert all(message.defects for message in messages)
    assert all(is_valid(data_dir, rm.render(message)) for message in messages)
    assert [rm.parse(rm.render(message)) for message in messages] == messages


def test_a_later_address_keeps_what_it_says(data_dir: Path) -> None:
    """A country that only a code names, which the schema has not, is still named."""
    message = rm.parse(real_messages(data_dir)["RequestResource.3.xml"])
    location = message.contacts[0].location
    assert location
    assert location.address
    expected = "US, VA, Falls Church, Hodge Place, 3101, 22042"
    assert rm.address_line(location.address) == expected


def test_a_name_outside_its_party_is_put_into_place(data_dir: Path) -> None:
    """A person's name without the party's is a fault in the field."""
    message = rm.parse(real_messages(data_dir)["CommitResource-Decline.xml"])
    where = "/CommitResource/ContactInformation[1]/AdditionalContactInformation/PersonName"
    assert message.defects == (f"misplaced-element: {where}",)
    assert "Scott" in (message.contacts[0].party or "")


def test_an_organisation_keeps_the_attributes_of_others() -> None:
    """CIQ lets anybody add to it there, but not in CIQ's own name or in none."""
    foreign = b'<xpil:OrganisationInfo xmlns:x="urn:x" x:Rank="1" Rank="2" xpil:Rank="3"'
    message = rm.parse(REQUEST.replace(b"<xpil:OrganisationInfo", foreign))
    party = message.contacts[0].party or ""
    assert 'x:Rank="1"' in party
    assert "Rank" not in party.replace('x:Rank="1"', "")
    assert len(message.defects) == 2


def test_a_place_can_be_said_without_xml() -> None:
    """An address and a point of the bus become xAL and GML, and are read again."""
    assert rm.address_line(rm.address_of("8 <Hexing> Road & gate")) == "8 <Hexing> Road & gate"
    assert rm.position(rm.area_of(31.988, 118.4131)) == (31.988, 118.4131)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('srsName="EPSG:4326"', 'srsName="EPSG:3857"'),
        ("31.9880 118.4131", "31.9880"),
        ("31.9880 118.4131", "118.4131 31.9880"),
        ("gml:Point", "gml:Sphere"),
    ],
)
def test_a_place_that_is_no_known_point_is_not_guessed(before: str, after: str) -> None:
    """Another system of coordinates, half a position, one off the earth, another shape."""
    area = (
        '<rm:TargetArea xmlns:rm="urn:x" xmlns:gml="http://www.opengis.net/gml">'
        '<gml:Point srsName="EPSG:4326"><gml:pos>31.9880 118.4131</gml:pos></gml:Point>'
        "</rm:TargetArea>"
    )
    assert rm.position(area) == (31.988, 118.4131)
    assert rm.position(area.replace(before, after)) is None


HOSTILE = {
    "no XML": (b"not xml", Reason.NOT_WELL_FORMED),
    "entities": (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', Reason.UNSAFE),
    "another standard": (b"<alert/>", Reason.UNSUPPORTED),
    "another namespace": (b'<RequestResource xmlns="urn:x"/>', Reason.UNSUPPORTED),
    "nothing in it": (b"<RequestResource/>", Reason.BREAKS_STANDARD),
    "deep": (b"<a>" * 100 + b"</a>" * 100, Reason.UNSAFE),
}


@pytest.mark.parametrize(("body", "reason"), HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_no_message_is_refused_with_a_reason(body: bytes, reason: Reason) -> None:
    """An attack, a broken document and another standard are told apart."""
    with pytest.raises(DocumentError) as refused:
        rm.parse(body)
    assert refused.value.reason is reason


def test_a_hostile_fragment_is_not_written() -> None:
    """XML that came over the bus is read as guardedly as any, and must be what the schema has."""
    request = rm.parse(REQUEST)
    entity = '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
    for fragment in (entity, "<TypeInfo/>", "no xml", "<Address/>"):
        line = replace(request.lines[1], resource=rm.Resource(type_info=fragment))
        with pytest.raises(DocumentError):
            rm.render(replace(request, lines=(line,)))


BOTH = rm.Quantity(texts=("2",), measured=rm.Measured(amount="2"))


def line(**parts: Any) -> rm.Line:
    """Return a line of a request."""
    return rm.Line(id="1", resource=rm.Resource(), **parts)


UNSAID: dict[str, tuple[dict[str, Any], str]] = {
    "nobody to ask": ({"contacts": ()}, "/RequestResource/ContactInformation"),
    "no line": ({"lines": ()}, "/RequestResource/ResourceInformation"),
    "answers nothing": (
        {"type": rm.MessageType.COMMIT_RESOURCE},
        "/CommitResource/PrecedingMessageID",
    ),
    "a request answers nobody": (
        {"preceding_message_id": "before"},
        "/RequestResource/PrecedingMessageID",
    ),
    "a time of another form": ({"sent": "yesterday"}, "/RequestResource/SentDateTime"),
    "a character that XML has not": (
        {"description": "\x00"},
        "/RequestResource/MessageDescription",
    ),
    "a line of another time": (
        {"lines": (line(schedule=(rm.Schedule(type="Current"),)),)},
        "/RequestResource/ResourceInformation[1]/ScheduleInformation[1]/ScheduleType",
    ),
    "words and a number": (
        {"lines": (line(assignment=rm.Assignment(quantity=BOTH)),)},
        "/RequestResource/ResourceInformation[1]/AssignmentInformation/Quantity",
    ),
}


@pytest.mark.parametrize(("changes", "where"), UNSAID.values(), ids=UNSAID.keys())
def test_what_the_message_cannot_say_is_not_written(changes: dict[str, Any], where: str) -> None:
    """The fault names its place."""
    with pytest.raises(DocumentError) as refused:
        rm.render(replace(rm.parse(REQUEST), **changes))
    assert refused.value.where == where
