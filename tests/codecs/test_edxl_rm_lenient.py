"""EDXL-RM as systems write it: what is forgiven has a name, what must not be guessed is refused."""

from pathlib import Path

import pytest

from liandong.adapters.codecs import edxl_rm as rm
from liandong.contracts import DocumentError, Reason
from rm_messages import is_valid

COMMIT = """<rmsg:CommitResource xmlns:rmsg="urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
 xmlns:rm="urn:oasis:names:tc:emergency:EDXL:RM:1.0" xmlns:xal="urn:oasis:names:tc:ciq:xal:3"
 xmlns:gml="http://www.opengis.net/gml">
<rmsg:MessageID>c-1</rmsg:MessageID>
<rmsg:SentDateTime>2026-11-21T08:00:00Z</rmsg:SentDateTime>
<rmsg:MessageContentType>CommitResource</rmsg:MessageContentType>
<rmsg:OriginatingMessageID>r-1</rmsg:OriginatingMessageID>
<rmsg:PrecedingMessageID>r-1</rmsg:PrecedingMessageID>
<rmsg:ContactInformation><rm:ContactDescription>Wang</rm:ContactDescription>\
<rm:ContactRole>Owner</rm:ContactRole></rmsg:ContactInformation>
<rmsg:ResourceInformation>
<rmsg:ResourceInfoElementID>1</rmsg:ResourceInfoElementID>
<rmsg:ResponseInformation><rm:PrecedingResourceInfoElementID>1</rm:PrecedingResourceInfoElementID>\
<rm:ResponseType>Accept</rm:ResponseType></rmsg:ResponseInformation>
<rmsg:AssignmentInformation><rmsg:Quantity><rm:MeasuredQuantity><rm:Amount>2</rm:Amount>\
</rm:MeasuredQuantity></rmsg:Quantity></rmsg:AssignmentInformation>
<rmsg:ScheduleInformation><rmsg:ScheduleType>Committed</rmsg:ScheduleType>\
<rmsg:DateTime>2026-11-21T08:00:00Z</rmsg:DateTime><rmsg:Location><rm:Address>\
<xal:Country><xal:NameElement>CN</xal:NameElement></xal:Country></rm:Address><rm:TargetArea>\
<gml:Point gml:id="a"><gml:pos>31 118</gml:pos></gml:Point></rm:TargetArea>\
</rmsg:Location></rmsg:ScheduleInformation>
</rmsg:ResourceInformation>
</rmsg:CommitResource>"""
LINE = "/CommitResource/ResourceInformation[1]"
TIMED = f"{LINE}/ScheduleInformation[1]"
CONTACT = "/CommitResource/ContactInformation[1]"


def read(before: str = "", after: str = "") -> rm.Message:
    """Return the commitment with one thing changed."""
    assert before in COMMIT
    return rm.parse(COMMIT.replace(before, after).encode())


FORGIVEN = {
    "the one namespace for all": (
        "<rmsg:Quantity>", "<rm:Quantity>", "</rmsg:Quantity>", "</rm:Quantity>",
        f"wrong-namespace: {LINE}/AssignmentInformation/Quantity",
    ),
    "out of order": (
        "<rmsg:MessageID>c-1</rmsg:MessageID>\n", "", "</rmsg:SentDateTime>",
        "</rmsg:SentDateTime><rmsg:MessageID>c-1</rmsg:MessageID>",
        "out-of-order: /CommitResource/MessageID",
    ),
    "what the message has not": (
        "</rmsg:PrecedingMessageID>", "</rmsg:PrecedingMessageID><rmsg:Mood>calm</rmsg:Mood>",
        "", "", "foreign-element: /CommitResource/Mood",
    ),
    "an attribute": (
        "<rmsg:Quantity>", '<rmsg:Quantity kind="x">', "", "",
        f"foreign-attribute: {LINE}/AssignmentInformation/Quantity/@kind",
    ),
    "a name twice": (
        "</rmsg:MessageID>", "</rmsg:MessageID><rmsg:MessageID>c-2</rmsg:MessageID>", "", "",
        "repeated-element: /CommitResource/MessageID",
    ),
    "another type inside": (
        ">CommitResource<", ">RequestResource<", "", "",
        "wrong-content-type: /CommitResource/MessageContentType: RequestResource",
    ),
    "small letters": (
        ">Accept<", ">accept<", "", "",
        f"misspelt-value: {LINE}/ResponseInformation/ResponseType: accept",
    ),
    "a time with a blank": (
        "2026-11-21T08:00:00Z</rmsg:Sent", "2026-11-21 08:00Z</rmsg:Sent", "", "",
        "time-form: /CommitResource/SentDateTime: 2026-11-21 08:00Z",
    ),
    "no quantity": (
        "<rm:MeasuredQuantity><rm:Amount>2</rm:Amount></rm:MeasuredQuantity>", "", "", "",
        f"missing-element: {LINE}/AssignmentInformation/Quantity",
    ),
    "an unreadable time": (
        "2026-11-21T08:00:00Z</rmsg:DateTime>", "noon</rmsg:DateTime>", "", "",
        f"unreadable: {TIMED}/DateTime: noon",
    ),
    "a time that a commitment does not give": (
        ">Committed<", ">ActualArrival<", "", "", f"missing-element: {TIMED}",
    ),
    "a role that is none, unsaid": (
        ">Owner<", ">Wang's deputy<", "", "", f"unreadable: {CONTACT}/ContactRole",
    ),
    "an address of nothing": (
        "<xal:NameElement>CN</xal:NameElement>", "", "", "",
        f"missing-element: {TIMED}/Location/Address/Country",
    ),
    "an area with an unknown shape": (
        "<gml:pos>31 118</gml:pos>", "<gml:where>here</gml:where>", "", "",
        f"foreign-element: {TIMED}/Location/TargetArea/Point/where",
    ),
    "a provisional answer without reason": (
        ">Accept<", ">Provisional<", "", "",
        f"missing-element: {LINE}/ResponseInformation/ResponseReason",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", FORGIVEN.values(), ids=FORGIVEN.keys())
def test_what_is_forgiven_has_a_name_and_is_written_well(
    data_dir: Path, case: tuple[str, str, str, str, str]
) -> None:
    """A fault is named with its place; what we pass on is valid and says the same."""
    before, after, and_before, and_after, defect = case
    body = COMMIT.replace(before, after)
    message = rm.parse((body.replace(and_before, and_after) if and_before else body).encode())
    assert defect in message.defects
    again = rm.render(message)
    assert is_valid(data_dir, again)
    assert rm.parse(again) == message


def test_a_document_without_namespace_is_read() -> None:
    """Some systems leave it out everywhere."""
    plain = COMMIT.replace("rmsg:", "").replace("rm:", "")
    message = rm.parse(plain.encode())
    assert message == read()
    assert message.defects[0] == "wrong-namespace: /CommitResource"


def test_an_id_that_two_areas_share_is_taken_from_the_second() -> None:
    """XML allows an id once in a document."""
    area = '<rm:TargetArea><gml:Point gml:id="a"><gml:pos>31 118</gml:pos></gml:Point>'
    place = f"<rm:ContactLocation>{area}</rm:TargetArea></rm:ContactLocation>"
    message = read("</rm:ContactRole>", f"</rm:ContactRole>{place}")
    assert message.defects == ("repeated-id: /CommitResource: a",)
    assert rm.parse(rm.render(message)) == message


def test_a_request_that_names_no_thread_begins_its_own() -> None:
    """The first message is its own origin."""
    body = COMMIT.replace("CommitResource", "RequestResource")
    origin = "<rmsg:OriginatingMessageID>r-1</rmsg:OriginatingMessageID>"
    message = rm.parse(body.replace(origin, "").encode())
    assert message.originating_message_id == "c-1"
    assert "missing-element: /RequestResource/OriginatingMessageID" in message.defects


REFUSED = {
    "its name": ("<rmsg:MessageID>c-1</rmsg:MessageID>", "/CommitResource/MessageID"),
    "its time": ("2026-11-21T08:00:00Z</rmsg:Sent", "/CommitResource/SentDateTime"),
    "its thread": (
        "<rmsg:OriginatingMessageID>r-1</rmsg:OriginatingMessageID>",
        "/CommitResource/OriginatingMessageID",
    ),
    "what it answers": (
        "<rmsg:PrecedingMessageID>r-1</rmsg:PrecedingMessageID>",
        "/CommitResource/PrecedingMessageID",
    ),
    "yes or no": (
        "<rm:ResponseType>Accept</rm:ResponseType>",
        f"{LINE}/ResponseInformation/ResponseType",
    ),
    "the line's name": (
        "<rmsg:ResourceInfoElementID>1</rmsg:ResourceInfoElementID>",
        f"{LINE}/ResourceInfoElementID",
    ),
}


@pytest.mark.parametrize(("gone", "where"), REFUSED.values(), ids=REFUSED.keys())
def test_what_must_not_be_guessed_is_refused(gone: str, where: str) -> None:
    """A wrong guess at these could send what was declined, or answer somebody else."""
    after = "</rmsg:Sent" if gone.endswith("</rmsg:Sent") else ""
    with pytest.raises(DocumentError) as refused:
        read(gone, after)
    assert (refused.value.reason, refused.value.where) == (Reason.BREAKS_STANDARD, where)


def test_a_requisition_without_payer_is_refused() -> None:
    """Nobody orders at another's cost by a guess."""
    body = COMMIT.replace("CommitResource", "RequisitionResource")
    with pytest.raises(DocumentError, match="Funding"):
        rm.parse(body.encode())


def test_a_defect_never_names_a_person() -> None:
    """Defects travel with the event, to agencies that may not read its contacts."""
    marked = COMMIT.replace("<rm:ContactDescription>Wang", "<rm:ContactDescription x='1'><b/>Wang")
    message = rm.parse(marked.replace(">Owner<", ">Wang<").encode())
    assert len(message.defects) == 3
    assert "Wang" not in str(message.defects)
