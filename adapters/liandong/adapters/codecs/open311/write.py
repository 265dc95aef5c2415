"""Documents to bytes, strictly: official names in the standard's order, both formats alike."""

from collections.abc import Iterable
from datetime import datetime

from liandong.adapters.codecs.open311.model import (
    CLOSED,
    MAX_DESCRIPTION,
    OPEN,
    STANDARD,
    Attribute,
    Format,
    Problem,
    Receipt,
    Service,
    ServiceDefinition,
    ServiceRequest,
)
from liandong.adapters.codecs.open311.tree import Tree, dump
from liandong.contracts.errors import DocumentError


def services(items: Iterable[Service], form: Format) -> bytes:
    """Render a service list."""
    return dump("services", [_service(item) for item in items], form)


def definition(item: ServiceDefinition, form: Format) -> bytes:
    """Render the definition of one service."""
    tree = {
        "service_code": item.service_code,
        "attributes": [_attribute(attribute) for attribute in item.attributes],
    }
    return dump("service_definition", tree, form)


def requests(items: Iterable[ServiceRequest], form: Format) -> bytes:
    """Render service requests.

    Raises:
        DocumentError: A status is neither open nor closed, a time is naive, a description too long.
    """
    return dump("service_requests", [request_tree(item) for item in items], form)


def receipts(items: Iterable[Receipt], form: Format) -> bytes:
    """Render the answer to a new request or to a token; what is None is left out."""
    return dump("service_requests", [_receipt(item) for item in items], form)


def problems(items: Iterable[Problem], form: Format) -> bytes:
    """Render errors."""
    tree = [{"code": item.code, "description": item.description} for item in items]
    return dump("errors", tree, form)


def request_tree(item: ServiceRequest) -> dict[str, Tree]:
    """Return a request as the tree that is rendered; see `requests`."""
    _check(item)
    return {
        "service_request_id": item.service_request_id,
        "status": item.status,
        "status_notes": item.status_notes,
        "service_name": item.service_name,
        "service_code": item.service_code,
        "description": item.description,
        "agency_responsible": item.agency_responsible,
        "service_notice": item.service_notice,
        "requested_datetime": _time(item.requested_datetime),
        "updated_datetime": _time(item.updated_datetime),
        "expected_datetime": _time(item.expected_datetime),
        "address": item.address,
        "address_id": item.address_id,
        "zipcode": item.zipcode,
        "lat": item.lat,
        "long": item.long,
        "media_url": item.media_url,
    }


def _check(item: ServiceRequest) -> None:
    where = f"request {item.service_request_id}"
    if item.status not in (OPEN, CLOSED):
        raise DocumentError(STANDARD, "open or closed", where=f"{where}.status", found=item.status)
    if len(item.description or "") > MAX_DESCRIPTION:
        expected = f"at most {MAX_DESCRIPTION} characters"
        raise DocumentError(STANDARD, expected, where=f"{where}.description")


def _time(moment: datetime | None) -> str | None:
    """Write a time with its offset, in whole seconds (section "Date/time format")."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise DocumentError(STANDARD, "a time with its offset", found=moment.isoformat())
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _service(item: Service) -> dict[str, Tree]:
    return {
        "service_code": item.service_code,
        "service_name": item.service_name,
        "description": item.description,
        "metadata": item.metadata,
        "type": item.type.value,
        "keywords": ", ".join(item.keywords) or None,
        "group": item.group,
    }


def _attribute(item: Attribute) -> dict[str, Tree]:
    return {
        "variable": item.variable,
        "code": item.code,
        "datatype": item.datatype.value,
        "required": item.required,
        "datatype_description": item.datatype_description,
        "order": item.order,
        "description": item.description,
        "values": [{"key": key, "name": name} for key, name in item.values.items()],
    }


def _receipt(item: Receipt) -> dict[str, Tree]:
    tree = {
        "service_request_id": item.service_request_id,
        "token": item.token,
        "service_notice": item.service_notice,
        "account_id": item.account_id,
    }
    return {name: value for name, value in tree.items() if value is not None}
