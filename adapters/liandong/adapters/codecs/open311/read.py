"""Bytes to documents, leniently: every deviation that can be read is read and named."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from typing import Generic, NoReturn, TypeVar, cast

from lxml import etree

from liandong.adapters.codecs import xml
from liandong.adapters.codecs.open311.fields import Defects, Fields
from liandong.adapters.codecs.open311.model import (
    CLOSED,
    OPEN,
    STANDARD,
    Attribute,
    Datatype,
    Format,
    Problem,
    Receipt,
    Service,
    ServiceDefinition,
    ServiceRequest,
    ServiceType,
)
from liandong.adapters.codecs.open311.tree import Tree, dump, load
from liandong.contracts.errors import DocumentError, Reason

T = TypeVar("T")

_LATITUDE, _LONGITUDE = 90, 180
_HTTP_ERROR = 400  # where an error carries no code of its own


@dataclass(frozen=True, slots=True)
class Read(Generic[T]):
    """What was read, and what was wrong with it and read all the same."""

    value: T
    defects: tuple[str, ...] = ()


def services(body: bytes) -> Read[tuple[Service, ...]]:
    """Read a service list.

    Raises:
        DocumentError: It is none, or a service has no code.
    """
    defects = Defects()
    items = _items(body, "services", UTC, defects)
    return Read(tuple(_service(item) for item in items), tuple(defects.found))


def definition(body: bytes) -> Read[ServiceDefinition]:
    """Read the definition of one service.

    Raises:
        DocumentError: It is none, or an attribute has no code.
    """
    defects = Defects()
    fields = _one(body, "service_definition", UTC, defects)
    attributes = tuple(_attribute(item) for item in _within(fields, "attributes"))
    found = ServiceDefinition(fields.required("service_code"), attributes)
    return Read(found, tuple(defects.found))


def requests(body: bytes, zone: tzinfo) -> Read[tuple[ServiceRequest, ...]]:
    """Read service requests.

    Args:
        body: JSON or XML.
        zone: The zone of times that carry none.

    Raises:
        DocumentError: It holds none, or a request lacks its id, status, service code or time.
    """
    defects = Defects()
    items = _items(body, "service_requests", zone, defects)
    return Read(tuple(_request(item) for item in items), tuple(defects.found))


def receipts(body: bytes) -> Read[tuple[Receipt, ...]]:
    """Read the answer to a new request or to a token.

    Raises:
        DocumentError: It is none, or holds neither an id nor a token.
    """
    defects = Defects()
    items = _items(body, "service_requests", UTC, defects)
    return Read(tuple(_receipt(item) for item in items), tuple(defects.found))


def problems(body: bytes) -> Read[tuple[Problem, ...]]:
    """Read the errors of an answer.

    Raises:
        DocumentError: It holds none.
    """
    defects = Defects()
    items = _items(body, "errors", UTC, defects)
    return Read(tuple(_problem(item) for item in items), tuple(defects.found))


def split(body: bytes) -> tuple[bytes, ...]:
    """Return each of the service requests in an answer as a document of its own.

    So one that is broken spoils none of the others.

    Raises:
        DocumentError: It holds no service requests.
    """
    answer = load(body, "service_requests")
    items = _list(answer.tree, "service_requests", Defects())
    if answer.form is Format.JSON:
        return tuple(dump("service_requests", [item], Format.JSON) for item in items)
    return tuple(_alone(child) for child in xml.parse(body, STANDARD))


def _alone(element: xml.Element) -> bytes:
    root = etree.Element("service_requests")
    root.append(element)
    return etree.tostring(root)


def _service(fields: Fields) -> Service:
    code = fields.required("service_code")
    keywords = (word.strip() for word in (fields.text("keywords") or "").split(","))
    return Service(
        service_code=code,
        service_name=fields.text("service_name") or code,
        metadata=fields.flag("metadata", default=False),
        type=fields.choice("type", ServiceType, ServiceType.REALTIME),
        description=fields.text("description"),
        keywords=tuple(filter(None, keywords)),
        group=fields.text("group"),
    )


def _attribute(fields: Fields) -> Attribute:
    order = fields.number("order")
    return Attribute(
        code=fields.required("code"),
        datatype=fields.choice("datatype", Datatype, Datatype.STRING),
        required=fields.flag("required", default=False),
        variable=fields.flag("variable", default=True),
        order=None if order is None else int(order),
        description=fields.text("description"),
        datatype_description=fields.text("datatype_description"),
        values={
            item.required("key"): item.text("name") or item.required("key")
            for item in _within(fields, "values")
        },
    )


def _request(fields: Fields) -> ServiceRequest:
    requested = fields.time("requested_datetime")
    return ServiceRequest(
        service_request_id=fields.required("service_request_id"),
        status=_status(fields),
        service_code=fields.required("service_code"),
        requested_datetime=requested or _refuse(f"{fields.where}.requested_datetime", "a time"),
        service_name=fields.text("service_name"),
        status_notes=fields.text("status_notes"),
        description=fields.text("description"),
        agency_responsible=fields.text("agency_responsible"),
        service_notice=fields.text("service_notice"),
        updated_datetime=fields.time("updated_datetime"),
        expected_datetime=fields.time("expected_datetime"),
        address=fields.text("address"),
        address_id=fields.text("address_id"),
        zipcode=fields.text("zipcode"),
        lat=fields.number("lat", _LATITUDE),
        long=fields.number("long", _LONGITUDE),
        media_url=fields.text("media_url"),
    )


def _status(fields: Fields) -> str:
    given = fields.required("status")
    status = given.lower()
    if given not in (OPEN, CLOSED):
        fields.defects.note(f"{fields.where}.status", f"neither open nor closed but {given[:40]!r}")
    return status


def _receipt(fields: Fields) -> Receipt:
    receipt = Receipt(
        service_request_id=fields.text("service_request_id"),
        token=fields.text("token"),
        service_notice=fields.text("service_notice"),
        account_id=fields.text("account_id"),
    )
    if receipt.service_request_id is None and receipt.token is None:
        _refuse(fields.where, "a service_request_id or a token")
    return receipt


def _problem(fields: Fields) -> Problem:
    code, description = fields.number("code"), fields.text("description")
    if code is None and description is None:
        _refuse(fields.where, "a code or a description")
    return Problem(_HTTP_ERROR if code is None else int(code), description or "no description")


def _items(body: bytes, name: str, zone: tzinfo, defects: Defects) -> Iterator[Fields]:
    """Yield the fields of each item of the list that the answer is."""
    answer = load(body, name)
    typed = answer.form is Format.JSON
    for number, item in enumerate(_list(answer.tree, name, defects), start=1):
        where = f"{name}[{number}]"
        yield Fields(_mapping(item, where), where, typed, zone, defects)


def _one(body: bytes, name: str, zone: tzinfo, defects: Defects) -> Fields:
    """Return the fields of the object that the answer is, or the only one in its list."""
    answer = load(body, name)
    tree = answer.tree
    if isinstance(tree, list) and len(cast("list[Tree]", tree)) == 1:
        defects.note(name, "in a list of one")
        tree = cast("list[Tree]", tree)[0]
    return Fields(_mapping(tree, name), name, answer.form is Format.JSON, zone, defects)


def _within(fields: Fields, name: str) -> Iterator[Fields]:
    """Yield the fields of each item of a list inside an object; an absent list is empty."""
    items: Tree = fields.tree.get(name) or []
    where = f"{fields.where}.{name}"
    if not isinstance(items, list):
        _refuse(where, "a list", type(items).__name__)
    for number, item in enumerate(cast("list[Tree]", items), start=1):
        path = f"{where}[{number}]"
        yield Fields(_mapping(item, path), path, fields.typed, fields.zone, fields.defects)


def _list(tree: Tree, name: str, defects: Defects) -> list[Tree]:
    """Return the list that the answer is; one object, or the list under its name, is a defect."""
    if isinstance(tree, dict):
        fields = cast("dict[str, Tree]", tree)
        defects.note(name, "an object where a list belongs")
        tree = fields.get(name, [fields])
    if not isinstance(tree, list):
        _refuse("", "a list", type(tree).__name__, Reason.UNSUPPORTED)
    return cast("list[Tree]", tree)


def _mapping(tree: Tree, where: str) -> Mapping[str, Tree]:
    if not isinstance(tree, dict):
        _refuse(where, "an object with fields", type(tree).__name__)
    return cast("Mapping[str, Tree]", tree)


def _refuse(
    where: str, expected: str, found: str = "nothing", reason: Reason = Reason.BREAKS_STANDARD
) -> NoReturn:
    raise DocumentError(STANDARD, expected, where=where, found=found, reason=reason)
