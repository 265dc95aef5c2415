"""Any message of EDXL-RM, for tests that try many."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st

from liandong.adapters.codecs import edxl_rm as rm
from liandong.adapters.codecs.edxl_rm.forms import CONTACT_ROLES
from liandong.adapters.codecs.edxl_rm.profiles import PROFILES

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
naive = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1))  # noqa: DTZ001  as some write it
moments = naive.map(datetime.isoformat) | st.sampled_from(
    ["2026-11-21T24:00:00-14:00", "2026-11-21T08:00:00.0000000001Z", "1900-02-28T00:00:00+14:00"]
)
doubles = st.sampled_from(["INF", "-INF", "NaN", "4", "+4", "004", ".5", "4.", "1.50E2"]) | (
    st.floats(allow_nan=False, allow_infinity=False).map(repr)
)
measured = st.builds(rm.Measured, amount=doubles, unit=st.none() | lists)
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

    def unless_absent(name: str, value: Any) -> Any:
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
