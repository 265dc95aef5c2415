"""EDXL-RM under any input: reading ends in a message or a reason, writing in a valid document."""

from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from liandong.adapters.codecs import edxl_rm as rm
from liandong.adapters.codecs.edxl_rm.forms import CONTACT_ROLES
from liandong.adapters.codecs.edxl_rm.profiles import PROFILES
from liandong.contracts import DocumentError
from rm_messages import SAMPLES, is_valid


def read_or_refuse(body: bytes) -> rm.Message | DocumentError:
    """Return what reading ends in."""
    try:
        return rm.parse(body)
    except DocumentError as error:
        return error


@settings(max_examples=60)
@given(st.data())
def test_mutated_bytes_raise_nothing_but_document_errors(data: st.DataObject) -> None:
    """Whatever a line does to a document, reading it ends in a message or a reason."""
    body = bytearray(data.draw(st.sampled_from(list(SAMPLES.values()))))
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(body) - 1))
        end = start + data.draw(st.integers(0, 40))
        body[start:end] = data.draw(
            st.one_of(st.binary(max_size=8), st.just(bytes(body[end : end + 200])))
        )
    read_or_refuse(bytes(body))


@settings(max_examples=80)
@given(st.data())
def test_what_was_read_leniently_is_written_strictly(data_dir: Path, data: st.DataObject) -> None:
    """With elements taken out, doubled, moved or rewritten: refused, or passed on as valid."""
    kind = data.draw(st.sampled_from(rm.MessageType))
    root = etree.fromstring(SAMPLES[kind], etree.XMLParser(remove_comments=True))
    for _ in range(data.draw(st.integers(1, 4))):
        inside = [element for element in root.iter() if element is not root]
        element = data.draw(st.sampled_from(inside))
        parent = element.getparent()
        assert parent is not None
        damage = data.draw(st.sampled_from(["remove", "double", "move", "text", "attribute"]))
        _damage(root, element, parent, damage, data)
    try:
        again = rm.render(replace(rm.parse(etree.tostring(root)), contacts=NOBODY))
    except DocumentError:
        return
    assert is_valid(data_dir, again)


NOBODY = (rm.Contact(role="Sender"),)


def _damage(
    root: etree._Element,
    element: etree._Element,
    parent: etree._Element,
    damage: str,
    data: st.DataObject,
) -> None:
    """Do one thing to a document that its author may have done."""
    match damage:
        case "remove":
            parent.remove(element)
        case "double":
            parent.append(etree.fromstring(etree.tostring(element)))
        case "move":
            root.insert(data.draw(st.integers(0, len(root))), element)
        case "text":
            element.text = data.draw(ODD)
        case _:
            element.set(data.draw(st.sampled_from(["id", "{urn:x}Type"])), data.draw(ODD))


ODD = st.sampled_from(
    ["", " ", "x", "NaN", "-1", "1e9", "%", "a b", "Accept", "2026-11-21", "防化"]
)
text = st.text(
    st.characters(min_codepoint=32, exclude_categories=("Cs",), exclude_characters="\ufffe\uffff"),
    max_size=8,
).map(str.strip)
names = text.filter(bool)
maybe = st.none() | text
lists = st.builds(
    rm.ValueList,
    urn=st.sampled_from(["", "urn:a:b", "http://a.example/b?c#d", "a b", "ISO 3166-1"]),
    values=st.lists(text, min_size=1, max_size=2).map(tuple),
)
moments = st.datetimes().map(lambda moment: moment.isoformat()) | st.sampled_from(
    ["2026-11-21T24:00:00-14:00", "2026-11-21T08:00:00.0000000001Z", "0001-01-01T00:00:00+14:00"]
)
doubles = st.floats().map(repr).map({"inf": "INF", "-inf": "-INF", "nan": "NaN"}.get) | st.floats(
    allow_nan=False, allow_infinity=False
).map(repr)
measured = st.builds(
    rm.Measured, amount=doubles.filter(lambda number: number is not None), unit=st.none() | lists
)
quantities = st.builds(rm.Quantity, texts=st.lists(text, min_size=1, max_size=2).map(tuple)) | (
    st.builds(rm.Quantity, measured=measured)
)
places = st.builds(
    rm.Place,
    description=maybe,
    address=st.none() | text.map(rm.address_of),
    area=st.none() | st.builds(rm.area_of, st.floats(-90, 90), st.floats(-180, 180)),
)
contacts = st.builds(
    rm.Contact,
    description=maybe,
    role=st.none() | st.sampled_from(CONTACT_ROLES),
    radios=st.lists(st.builds(rm.Radio, type=lists, channel=text), max_size=1).map(tuple),
    location=st.none() | places,
)
responses = st.builds(
    rm.Response,
    line_id=names,
    type=st.sampled_from(["Accept", "Decline", "Provisional"]),
    reason_code=st.none() | lists,
    reason=text,
)
statuses = st.builds(rm.Status, refreshed=moments, deployment=lists, availability=text)
resources = st.builds(
    rm.Resource,
    id=maybe,
    name=maybe,
    type_structure=st.none() | lists,
    keywords=st.lists(lists, max_size=2).map(tuple),
    description=maybe,
    responsible=st.none() | contacts,
    ownership=st.none() | st.builds(rm.Ownership, owner=maybe, jurisdiction=maybe),
    status=statuses,
)
assignments = st.builds(
    rm.Assignment,
    quantity=quantities,
    restrictions=maybe,
    price=quantities,
    order_id=maybe,
    instructions=st.none() | st.builds(rm.Instructions, transport=maybe, reporting=maybe),
)


@st.composite
def messages(draw: st.DrawFn) -> rm.Message:
    """Return a message of any type, with what its profile allows."""
    kind = draw(st.sampled_from(rm.MessageType))
    profile = PROFILES[kind]

    def unless_absent(name: str, value: object) -> object:
        return None if name in profile.absent else value

    resource = draw(resources)
    status = replace(
        resource.status,
        refreshed=unless_absent("InventoryRefreshDateTime", resource.status.refreshed),
        availability=unless_absent("Availability", resource.status.availability),
    )
    resource = replace(
        resource,
        responsible=unless_absent("ResponsibleParty", resource.responsible),
        ownership=unless_absent("OwnershipInformation", resource.ownership),
        status=unless_absent("ResourceStatus", status),
    )
    assignment = draw(assignments)
    assignment = replace(
        assignment,
        price=unless_absent("PriceQuote", assignment.price),
        order_id=unless_absent("OrderID", assignment.order_id),
        instructions=unless_absent("AssignmentInstructions", assignment.instructions),
    )
    schedules = st.builds(
        rm.Schedule,
        type=st.sampled_from(sorted(profile.schedule)),
        time=st.none() | moments,
        location=st.none() | places,
    )
    line = rm.Line(
        id=draw(names),
        response=unless_absent("ResponseInformation", draw(responses)),
        resource=resource,
        assignment=assignment,
        schedule=draw(st.lists(schedules, max_size=2).map(tuple)),
    )
    funding = draw(st.lists(st.builds(rm.Funding, code=maybe, info=maybe), min_size=1, max_size=2))
    return rm.Message(
        type=kind,
        message_id=draw(names),
        sent=draw(moments),
        description=draw(text),
        originating_message_id=draw(names),
        preceding_message_id=unless_absent("PrecedingMessageID", draw(names)),
        funding=unless_absent("Funding", tuple(funding)) or (),
        contacts=tuple(draw(st.lists(contacts, min_size=1, max_size=2))),
        lines=(line,),
    )


@settings(max_examples=120)
@given(message=messages())
def test_any_message_is_written_as_valid_and_read_again(
    data_dir: Path, message: rm.Message
) -> None:
    """What is written from a document is valid, and reading it gives the same document."""
    body = rm.render(message)
    assert is_valid(data_dir, body)
    assert rm.parse(body) == message
