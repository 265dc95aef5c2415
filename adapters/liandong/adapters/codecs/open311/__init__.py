"""Open311 GeoReport v2: bytes to documents leniently, documents to bytes strictly.

    read.services(body) -> Read[(Service, …)]        write.services(items, Format.XML) -> bytes
    read.requests(body, zone)                        write.requests(items, form)
    form.parse(body) -> Read[NewRequest]             form.render(new) -> bytes
    query.parse(arguments, now, zone) -> Query

JSON and XML are read into one tree (`tree`) and rendered from one, so both say the same. Every
fault is a `DocumentError` that says where.
"""

from liandong.adapters.codecs.open311 import form, query, read, write
from liandong.adapters.codecs.open311.model import (
    CLOSED,
    OPEN,
    STANDARD,
    Attribute,
    Datatype,
    Format,
    NewRequest,
    Problem,
    Receipt,
    Service,
    ServiceDefinition,
    ServiceRequest,
    ServiceType,
)

__all__ = [
    "CLOSED",
    "OPEN",
    "STANDARD",
    "Attribute",
    "Datatype",
    "Format",
    "NewRequest",
    "Problem",
    "Receipt",
    "Service",
    "ServiceDefinition",
    "ServiceRequest",
    "ServiceType",
    "form",
    "query",
    "read",
    "write",
]
