"""A fact of mutual aid -> EDXL-RM message. Pure.

Not carried: ``answer_by``, ``location``, whom a request asks, ``complete``, a resource's EIDO type.
An answer in part is an Accept with its quantity, a deferred one a Provisional with the time from
which it can be had. ``aid.recalled`` becomes a RequestReturn, the strongest word that EDXL-RM has.
"""

from collections.abc import Mapping
from typing import Any

from liandong.adapters.codecs import edxl_rm as rm
from liandong.adapters.region.aid_kinds import CONTRACTS
from liandong.adapters.region.aid_values import (
    place_of,
    quantity_of,
    time_text,
    value_list,
    written,
)
from liandong.contracts import (
    AidLine,
    AidLineAnswer,
    AidLineReport,
    AidMessage,
    AidRecalled,
    AidResource,
    Assignment,
    Contact,
    DocumentError,
    Envelope,
    FromBorrower,
    FromEither,
    FromLender,
    LineResponse,
    Mode,
    OrderedAssignment,
    OrderedLine,
    Ownership,
    Reason,
    ResourceStatus,
)

_TYPES: Mapping[type, rm.MessageType] = {
    **{contract: kind for kind, contract in CONTRACTS.items()},
    AidRecalled: rm.MessageType.REQUEST_RETURN,
}
AnyLine = AidLine | OrderedLine | AidLineAnswer | AidLineReport


def document(envelope: Envelope) -> rm.Message:
    """Return the message that an envelope says.

    Raises:
        DocumentError: It is no fact of mutual aid; or it is an exercise or a test, which EDXL-RM
            has no word for: nothing would tell it from a real one.
    """
    event: Any = envelope.data
    kind = _TYPES.get(type(envelope.data))
    if kind is None:
        raise _unsupported("a fact of mutual aid", envelope.type)
    if envelope.mode is not Mode.LIVE:
        raise _unsupported("an event of mode live", envelope.mode)
    return rm.Message(
        type=kind,
        message_id=event.message_id or envelope.id,
        sent=written(event.sent or envelope.time, event.sent_as_written) or "",
        description=event.description,
        originating_message_id=event.originating_message_id or event.request_id,
        preceding_message_id=getattr(event, "preceding_message_id", None),
        incidents=_incidents(event),
        recall=event.recall
        and rm.Recall(message_id=event.recall.message_id, type=event.recall.type),
        funding=tuple(
            rm.Funding(code=one.code, info=one.info) for one in getattr(event, "funding", ())
        ),
        contacts=tuple(map(_contact, event.contacts)) or (_speaker(event),),
        lines=tuple(map(_line, event.lines)),
        schema_location=event.schema_location,
    )


def _unsupported(expected: str, found: str) -> DocumentError:
    return DocumentError(rm.STANDARD, expected, found=found, reason=Reason.UNSUPPORTED)


def _incidents(event: AidMessage) -> tuple[rm.Incident, ...]:
    """Return the incidents as the sender calls them, or the one that the bus knows."""
    named = tuple(
        rm.Incident(id=one.incident, description=one.description) for one in event.incidents
    )
    known = (rm.Incident(id=event.incident_id),) if event.incident_id else ()
    return named or known


def _speaker(event: FromBorrower | FromLender | FromEither) -> rm.Contact:
    """Return the agency that speaks as a contact, where the event names none."""
    if isinstance(event, FromBorrower):
        return rm.Contact(description=event.borrower, role="Requester")
    if isinstance(event, FromLender):
        return rm.Contact(description=event.lender, role="RespondingOrg")
    return rm.Contact(description=event.said_by, role="Sender")


def _contact(contact: Contact) -> rm.Contact:
    return rm.Contact(
        description=contact.description,
        role=contact.role,
        radios=tuple(
            rm.Radio(
                type=rm.ValueList(urn=one.radio_type.list_urn, values=one.radio_type.values),
                channel=one.channel,
            )
            for one in contact.radios
        ),
        location=place_of(contact.location),
        party=contact.party_xml,
    )


def _line(line: AnyLine) -> rm.Line:
    response = None if isinstance(line, AidLine | OrderedLine) else line.response
    schedule = tuple(
        rm.Schedule(
            type=entry.type,
            time=written(entry.time, entry.time_as_written),
            location=place_of(entry.location),
        )
        for entry in line.schedule
    )
    return rm.Line(
        id=line.line_id,
        response=response and _response(response),
        resource=line.resource and _resource(line.resource),
        assignment=line.assignment and _assignment(line.assignment),
        schedule=(*schedule, *_deferred(response)),
    )


def _deferred(response: LineResponse | None) -> tuple[rm.Schedule, ...]:
    if response is None or response.deferred_until is None:
        return ()
    return (rm.Schedule(type="BeginAvailable", time=time_text(response.deferred_until)),)


def _response(response: LineResponse) -> rm.Response:
    reason = response.reason
    if reason is None and response.deferred_until is not None:
        reason = f"deferred until {time_text(response.deferred_until)}"
    return rm.Response(
        line_id=response.to_line_id,
        type=response.response_type,
        reason_code=value_list(response.reason_code),
        reason=reason,
    )


def _resource(resource: AidResource) -> rm.Resource:
    keywords = (rm.ValueList(urn=one.list_urn, values=one.values) for one in resource.keywords)
    return rm.Resource(
        id=resource.unit_id if resource.resource_id is None else resource.resource_id,
        name=resource.name,
        type_structure=value_list(resource.type_structure),
        type_info=resource.type_info_xml,
        keywords=tuple(keywords),
        description=resource.description,
        credentials=resource.credentials,
        certifications=resource.certifications,
        special_requirements=resource.special_requirements,
        responsible=resource.responsible and _contact(resource.responsible),
        ownership=resource.ownership and _ownership(resource.ownership),
        status=resource.status and _status(resource.status),
    )


def _ownership(ownership: Ownership) -> rm.Ownership:
    return rm.Ownership(
        owner=ownership.home_agency if ownership.owner is None else ownership.owner,
        jurisdiction=ownership.jurisdiction,
        home_dispatch=ownership.home_dispatch,
        home_unit=ownership.home_unit,
    )


def _status(status: ResourceStatus) -> rm.Status:
    return rm.Status(
        refreshed=written(status.refreshed, status.refreshed_as_written),
        deployment=value_list(status.deployment_status),
        availability=status.availability,
    )


def _assignment(assignment: Assignment | OrderedAssignment) -> rm.Assignment:
    instructions = assignment.instructions
    return rm.Assignment(
        quantity=quantity_of(assignment.quantity),
        restrictions=assignment.restrictions,
        function=assignment.function,
        price=quantity_of(assignment.price),
        order_id=assignment.purchase_order_id,
        instructions=instructions
        and rm.Instructions(
            transport=instructions.transport,
            navigation=instructions.navigation,
            reporting=instructions.reporting,
        ),
    )
