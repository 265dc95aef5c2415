"""What GeoReport v2 says, field by field, under its own names.

Absent and empty are the same (section "Optional Arguments"): both are None here. Times are aware.
Places are WGS 84.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

STANDARD = "GeoReport v2"

MAX_DESCRIPTION = 4000
"""The longest ``description``, in characters (POST Service Request)."""

OPEN, CLOSED = "open", "closed"
"""The two statuses that the standard has."""


class Format(StrEnum):
    """How an answer is written; the ending of the resource's name."""

    JSON = "json"
    XML = "xml"

    @property
    def media_type(self) -> str:
        """The ``Content-Type`` (section "Format Support")."""
        return f"{'application/json' if self is Format.JSON else 'text/xml'}; charset=utf-8"


class ServiceType(StrEnum):
    """When the id of a new request is known (GET Service List, ``type``)."""

    REALTIME = "realtime"  # at once
    BATCH = "batch"  # later, by a token
    BLACKBOX = "blackbox"  # never


class Datatype(StrEnum):
    """What an attribute asks for (GET Service Definition, ``datatype``)."""

    STRING = "string"
    NUMBER = "number"
    DATETIME = "datetime"
    TEXT = "text"
    SINGLEVALUELIST = "singlevaluelist"
    MULTIVALUELIST = "multivaluelist"


@dataclass(frozen=True, slots=True)
class Service:
    """A kind of request that one may make (GET Service List).

    Attributes:
        metadata: True where a definition with attributes exists.
        keywords: Other words for it.
    """

    service_code: str
    service_name: str
    metadata: bool = False
    type: ServiceType = ServiceType.REALTIME
    description: str | None = None
    keywords: tuple[str, ...] = ()
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Attribute:
    """A further question that a service asks (GET Service Definition).

    Attributes:
        variable: True where an answer is expected; False where it only informs.
        order: Its place among the questions, 1 first.
        values: The answers to choose from, by key.
    """

    code: str
    datatype: Datatype = Datatype.STRING
    required: bool = False
    variable: bool = True
    order: int | None = None
    description: str | None = None
    datatype_description: str | None = None
    values: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ServiceDefinition:
    """The questions of one service."""

    service_code: str
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceRequest:
    """A request as the public sees it (GET Service Requests).

    Attributes:
        status: ``open`` or ``closed``; as read from others also words of their own, in lower case.
        updated_datetime: When it last changed; for a closed one, when it was closed.
    """

    service_request_id: str
    status: str
    service_code: str
    requested_datetime: datetime
    service_name: str | None = None
    status_notes: str | None = None
    description: str | None = None
    agency_responsible: str | None = None
    service_notice: str | None = None
    updated_datetime: datetime | None = None
    expected_datetime: datetime | None = None
    address: str | None = None
    address_id: str | None = None
    zipcode: str | None = None
    lat: float | None = None
    long: float | None = None
    media_url: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The answer to a new request or to a token: an id, or a token to ask again with."""

    service_request_id: str | None = None
    token: str | None = None
    service_notice: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """One of the errors of an answer (section "Errors").

    Attributes:
        code: Usually the HTTP status.
        description: For the person who asked.
    """

    code: int
    description: str


@dataclass(frozen=True, slots=True)
class NewRequest:
    """What a client posts (POST Service Request).

    Attributes:
        attributes: Answers by the attribute's code, several where it is a multivaluelist.
    """

    service_code: str
    jurisdiction_id: str | None = None
    api_key: str | None = field(default=None, repr=False)
    lat: float | None = None
    long: float | None = None
    address_string: str | None = None
    address_id: str | None = None
    email: str | None = field(default=None, repr=False)
    device_id: str | None = None
    account_id: str | None = None
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)
    description: str | None = None
    media_url: str | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
