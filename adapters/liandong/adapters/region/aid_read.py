"""EDXL-RM message -> a fact of mutual aid. Pure.

Every element is carried; times and numbers keep the spelling that they had. A message says nothing
of live or exercise: the adapter's own mode counts.
"""

from datetime import tzinfo
from typing import Any, cast

from pydantic import ValidationError

from liandong.adapters.codecs import edxl_rm as rm
from liandong.adapters.region.aid_kinds import ANSWERS, CONTRACTS
from liandong.adapters.region.aid_values import Moments, amount_data, listed_data, place_data
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    AidRequested,
    AidResponse,
    DocumentError,
    Event,
    FromBorrower,
    FromLender,
    Precedence,
    faults_of,
    to_token,
)
from liandong.contracts.subjects import is_token

_MAX_DEFECTS, _MAX_DEFECT = 100, 200
Data = dict[str, Any]


def draft(message: rm.Message, *, sender: str, addressee: str | None = None, zone: tzinfo) -> Draft:
    """Return what a message says.

    Args:
        message: The document.
        sender: The agency on the bus that speaks in it: ``region/kind/name``.
        addressee: The agency that it speaks to, where it is one.
        zone: The zone of times without offset.

    Raises:
        DocumentError: The contract cannot hold it; says which field.
    """
    moments = Moments(zone)
    header = _sides(message.type, sender, addressee) | _header(message, moments)
    lines = [_line(line, moments) for line in message.lines]
    return Draft(
        _event(message.type, header | {"lines": lines}),
        identity=(message.message_id,),
        time=header["sent"],
        precedence=Precedence.PRIORITY,
        defects=_bounded((*message.defects, *moments.defects)),
    )


def _event(kind: rm.MessageType, data: Data) -> Event:
    contract = cast("type[Event]", CONTRACTS[kind])
    said = {name: value for name, value in data.items() if value not in (None, [])}
    try:
        return contract.model_validate(said)
    except ValidationError as error:
        fault = faults_of(error, str(kind))[0]
        raise DocumentError(
            rm.STANDARD, fault.expected, where=fault.path, found=fault.found
        ) from None


def _bounded(defects: tuple[str, ...]) -> tuple[str, ...]:
    """Return the defects, as far as an event has room for them."""
    if len(defects) > _MAX_DEFECTS:
        rest = len(defects) - _MAX_DEFECTS + 1
        defects = (*defects[: _MAX_DEFECTS - 1], f"and {rest} more")
    return tuple(defect[:_MAX_DEFECT] for defect in defects)


def _sides(kind: rm.MessageType, sender: str, addressee: str | None) -> Data:
    """Return who speaks to whom, under the names that the contract has for them."""
    contract = CONTRACTS[kind]
    if issubclass(contract, FromBorrower):
        asked = [addressee] if addressee and issubclass(contract, AidRequested) else None
        return {"borrower": sender, "lender": addressee, "asked_agencies": asked}
    if issubclass(contract, FromLender):
        return {"lender": sender, "borrower": addressee}
    return {"said_by": sender, "said_to": addressee}


def _header(message: rm.Message, moments: Moments) -> Data:
    named = next((incident.id for incident in message.incidents if incident.id), None)
    return {
        "request_id": to_token(message.originating_message_id),
        "incident_id": named and to_token(named),
        "message_id": message.message_id,
        "originating_message_id": message.originating_message_id,
        "preceding_message_id": message.preceding_message_id,
        **moments.data("sent", message.sent),
        "description": message.description,
        "incidents": [
            {"incident": incident.id, "description": incident.description}
            for incident in message.incidents
        ],
        "recall": message.recall and vars(message.recall),
        "funding": list(map(vars, message.funding)),
        "contacts": list(map(_contact, message.contacts)),
        "schema_location": message.schema_location,
    }


def _contact(contact: rm.Contact) -> Data:
    return {
        "description": contact.description,
        "role": contact.role,
        "radios": [
            {"radio_type": listed_data(radio.type), "channel": radio.channel}
            for radio in contact.radios
        ],
        "location": place_data(contact.location),
        "party_xml": contact.party,
    }


def _line(line: rm.Line, moments: Moments) -> Data:
    data = {
        "line_id": line.id,
        "response": line.response and _response(line.response),
        "resource": line.resource and _resource(line.resource, moments),
        "assignment": line.assignment and _assignment(line.assignment),
        "schedule": [
            {"type": entry.type, "location": place_data(entry.location)}
            | moments.data("time", entry.time)
            for entry in line.schedule
        ],
    }
    return {name: value for name, value in data.items() if value is not None}


def _response(response: rm.Response) -> Data:
    return {
        "to_line_id": response.line_id,
        "answer": ANSWERS[AidResponse(response.type)],
        "response_type": response.type,
        "reason_code": listed_data(response.reason_code),
        "reason": response.reason,
    }


def _resource(resource: rm.Resource, moments: Moments) -> Data:
    name = resource.id
    status = resource.status
    return {
        "unit_id": to_token(name) if name else None,
        "resource_id": None if name is not None and is_token(name) else name,
        "name": resource.name,
        "type_structure": listed_data(resource.type_structure),
        "type_info_xml": resource.type_info,
        "keywords": list(map(listed_data, resource.keywords)),
        "description": resource.description,
        "credentials": resource.credentials,
        "certifications": resource.certifications,
        "special_requirements": resource.special_requirements,
        "responsible": resource.responsible and _contact(resource.responsible),
        "ownership": resource.ownership and vars(resource.ownership),
        "status": status
        and {
            **moments.data("refreshed", status.refreshed),
            "deployment_status": listed_data(status.deployment),
            "availability": status.availability,
        },
    }


def _assignment(assignment: rm.Assignment) -> Data:
    return {
        "quantity": amount_data(assignment.quantity),
        "restrictions": assignment.restrictions,
        "function": assignment.function,
        "price": amount_data(assignment.price),
        "purchase_order_id": assignment.order_id,
        "instructions": assignment.instructions and vars(assignment.instructions),
    }
