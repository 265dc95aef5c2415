"""The CAP alert as a document: the names, order and value lists of OASIS CAP 1.2 §3.2.

Numbers keep the digits they were written with, times the offset; kilometres, metres and feet are
CAP's own and are not converted here.
"""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from liandong.contracts.alert_codes import AlertCategory as Category
from liandong.contracts.alert_codes import AlertMessageType as MsgType
from liandong.contracts.alert_codes import AlertScope as Scope
from liandong.contracts.alert_codes import AlertStatus as Status
from liandong.contracts.alert_codes import Certainty, ResponseType, Severity, Urgency


class NameValue(NamedTuple):
    """A value in a code system (CAP ``eventCode``, ``parameter``, ``geocode``)."""

    name: str
    value: str


class Position(NamedTuple):
    """A place in degrees, WGS 84, latitude first."""

    latitude: Decimal
    longitude: Decimal


Polygon = tuple[Position, ...]
"""At least four positions, the last repeats the first (CAP ``area/polygon``)."""


class Circle(NamedTuple):
    """A centre and a radius in kilometres (CAP ``area/circle``)."""

    centre: Position
    radius_km: Decimal


class Reference(NamedTuple):
    """What an alert is known by, over all senders (CAP ``references``)."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A file that goes with the alert (CAP ``resource``).

    Attributes:
        resource_desc: What it is.
        mime_type: Its media type (RFC 2046).
        size: Its size in bytes.
        uri: Where it is.
        deref_uri: The file itself in Base64.
        digest: Its SHA-1 digest.
    """

    resource_desc: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True, kw_only=True)
class Area:
    """Where it is dangerous: the union of polygons, circles and geocodes (CAP ``area``).

    Attributes:
        area_desc: The area in words.
        altitude: The lowest altitude, or the only one, in feet above mean sea level.
        ceiling: The highest altitude, in feet above mean sea level.
    """

    area_desc: str
    polygons: tuple[Polygon, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[NameValue, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True, kw_only=True)
class Info:
    """What is expected or has happened, in one language (CAP ``info``)."""

    language: str | None = None
    categories: tuple[Category, ...]
    event: str
    response_types: tuple[ResponseType, ...] = ()
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    audience: str | None = None
    event_codes: tuple[NameValue, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[NameValue, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One CAP message (CAP ``alert``).

    Attributes:
        version: The version it was written in: ``1.0``, ``1.1`` or ``1.2``.
        signed: It carries an XML signature. The signature is of the original bytes: forward those,
            because nothing rendered from this document can carry it.
        defects: What was wrong and read leniently all the same, ``name: place: what stood there``,
            the name one of `Defect`.
    """

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    source: str | None = None
    scope: Scope
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    version: str = field(default="1.2", compare=False)
    signed: bool = field(default=False, compare=False)
    defects: tuple[str, ...] = field(default=(), compare=False)

    @property
    def reference(self) -> Reference:
        """What other alerts call this one."""
        return Reference(self.sender, self.identifier, self.sent)


class Defect(StrEnum):
    """What a reader forgives, by the name it has in `Alert.defects`."""

    NO_NAMESPACE = "no-namespace"  # read as CAP 1.2
    BLANK_BEFORE_DECLARATION = "blank-before-declaration"
    OUT_OF_ORDER = "out-of-order"  # an element stands before one that the schema puts first
    FOREIGN_ELEMENT = "foreign-element"  # not CAP's; left out
    REPEATED_ELEMENT = "repeated-element"  # the first counts
    MISSING_ELEMENT = "missing-element"  # required; read as Unknown, Other or empty
    MISSPELT_VALUE = "misspelt-value"  # right but for case or a deprecated word
    UNREADABLE = "unreadable"  # not in CAP's form or list; left out, or read as Unknown
    TIME_FORM = "time-form"  # Z, a fraction of a second, a blank for the T
    NAIVE_TIME = "naive-time"  # without offset; taken in the reader's zone
    POSITION_FORM = "position-form"  # blanks inside a pair of coordinates
    UNCLOSED_POLYGON = "unclosed-polygon"  # closed
    PAIR_FORM = "pair-form"  # name and value not as one pair of elements
    BAD_NAME = "bad-name"  # an identifier or sender with a blank, comma, < or &
