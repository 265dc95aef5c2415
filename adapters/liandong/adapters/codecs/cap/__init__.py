"""OASIS Common Alerting Protocol: 1.0, 1.1 and 1.2 read leniently, 1.2 written strictly."""

from liandong.adapters.codecs.cap.document import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Defect,
    Info,
    MsgType,
    NameValue,
    Polygon,
    Position,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from liandong.adapters.codecs.cap.original import abridge, restore
from liandong.adapters.codecs.cap.reader import parse
from liandong.adapters.codecs.cap.schema import COLOUR, COLOURS
from liandong.adapters.codecs.cap.validity import fits_schema, same_document, trimmed
from liandong.adapters.codecs.cap.writer import render

MEDIA_TYPE = "application/cap+xml"

__all__ = [
    "COLOUR",
    "COLOURS",
    "MEDIA_TYPE",
    "Alert",
    "Area",
    "Category",
    "Certainty",
    "Circle",
    "Defect",
    "Info",
    "MsgType",
    "NameValue",
    "Polygon",
    "Position",
    "Reference",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "Status",
    "Urgency",
    "abridge",
    "fits_schema",
    "parse",
    "render",
    "restore",
    "same_document",
    "trimmed",
]
