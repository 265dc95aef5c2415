"""CAP's elements in the order of its schema (CAP 1.2 §3.4): one table to read and write by."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from liandong.adapters.codecs.cap import forms
from liandong.adapters.codecs.cap.document import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    NameValue,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from liandong.adapters.codecs.cap.forms import Form
from liandong.contracts.alert_codes import SEVERITY_OF_COLOUR, WarningColour

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
VERSIONS = {
    NAMESPACE: "1.2",
    "urn:oasis:names:tc:emergency:cap:1.1": "1.1",
    "http://www.incident.com/cap/1.0": "1.0",
}
COLOUR = "warningColor"
"""The name of the parameter that holds a Chinese warning colour, for which CAP has no element."""
COLOURS = {str(colour): colour for colour in WarningColour} | {
    f"{name}{suffix}": colour
    for name, colour in zip("红橙黄蓝", WarningColour, strict=True)
    for suffix in ("", "色")
}
"""The words for each colour, in lower case; some senders write them for a severity."""
SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True)
class Row:
    """One kind of child element.

    Attributes:
        name: CAP's name of it.
        field: The document's name of it.
        form: How its content is written: as text, or as elements of a table of its own.
        required: It must be there.
        many: It may be there more than once.
        default: What stands in where it is required and missing or unreadable; with none the
            document is refused, because a guess could hurt.
        blank: An empty one counts, where others are taken for absent.
    """

    name: str
    field: str
    form: "Form | Table"
    required: bool = False
    many: bool = False
    default: Any = None
    blank: bool = False


@dataclass(frozen=True)
class Table:
    """The children of one kind of element, and what is made of them."""

    rows: tuple[Row, ...]
    make: Callable[..., Any]


def _one(name: str, field: str, form: "Form | Table", default: Any = None) -> Row:
    return Row(name, field, form, required=True, default=default)


def _many(name: str, field: str, form: "Form | Table") -> Row:
    return Row(name, field, form, many=True)


PAIR = Table(
    (_one("valueName", "name", forms.TEXT, ""), _one("value", "value", forms.TEXT, "")), NameValue
)

RESOURCE = Table(
    (
        _one("resourceDesc", "resource_desc", forms.TEXT, ""),
        _one("mimeType", "mime_type", forms.TEXT, "application/octet-stream"),
        Row("size", "size", forms.SIZE),
        Row("uri", "uri", forms.TEXT),
        Row("derefUri", "deref_uri", forms.TEXT),
        Row("digest", "digest", forms.TEXT),
    ),
    Resource,
)

AREA = Table(
    (
        _one("areaDesc", "area_desc", forms.TEXT, ""),
        _many("polygon", "polygons", forms.POLYGON),
        _many("circle", "circles", forms.CIRCLE),
        _many("geocode", "geocodes", PAIR),
        Row("altitude", "altitude", forms.NUMBER),
        Row("ceiling", "ceiling", forms.NUMBER),
    ),
    Area,
)

INFO = Table(
    (
        Row("language", "language", forms.LANGUAGE),
        Row(
            "category",
            "categories",
            forms.one_of(Category),
            required=True,
            many=True,
            default=(Category.OTHER,),
        ),
        Row("event", "event", forms.TEXT, required=True, blank=True),
        _many("responseType", "response_types", forms.one_of(ResponseType)),
        _one("urgency", "urgency", forms.one_of(Urgency), Urgency.UNKNOWN),
        _one(
            "severity",
            "severity",
            forms.one_of(Severity, **{w: SEVERITY_OF_COLOUR[c] for w, c in COLOURS.items()}),
            Severity.UNKNOWN,
        ),
        _one(
            "certainty",
            "certainty",
            forms.one_of(Certainty, verylikely=Certainty.LIKELY),  # CAP 1.0's word
            Certainty.UNKNOWN,
        ),
        Row("audience", "audience", forms.TEXT),
        _many("eventCode", "event_codes", PAIR),
        Row("effective", "effective", forms.TIME),
        Row("onset", "onset", forms.TIME),
        Row("expires", "expires", forms.TIME),
        Row("senderName", "sender_name", forms.TEXT),
        Row("headline", "headline", forms.TEXT),
        Row("description", "description", forms.TEXT),
        Row("instruction", "instruction", forms.TEXT),
        Row("web", "web", forms.TEXT),
        Row("contact", "contact", forms.TEXT),
        _many("parameter", "parameters", PAIR),
        _many("resource", "resources", RESOURCE),
        _many("area", "areas", AREA),
    ),
    Info,
)

ALERT = Table(
    (
        _one("identifier", "identifier", forms.NAME),
        _one("sender", "sender", forms.NAME),
        _one("sent", "sent", forms.TIME),
        _one("status", "status", forms.one_of(Status)),
        _one("msgType", "msg_type", forms.one_of(MsgType)),
        Row("source", "source", forms.TEXT),
        _one("scope", "scope", forms.one_of(Scope)),
        Row("restriction", "restriction", forms.TEXT),
        Row("addresses", "addresses", forms.LIST),
        _many("code", "codes", forms.TEXT),
        Row("note", "note", forms.TEXT),
        Row("references", "references", forms.REFERENCES),
        Row("incidents", "incidents", forms.LIST),
        _many("info", "infos", INFO),
    ),
    Alert,
)
