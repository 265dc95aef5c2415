"""OASIS EDXL Resource Messaging 1.0, all sixteen messages: read leniently, written strictly."""

from liandong.adapters.codecs.edxl_rm.document import (
    Assignment,
    Contact,
    Defect,
    Funding,
    Incident,
    Instructions,
    Line,
    Measured,
    Message,
    MessageType,
    Ownership,
    Place,
    Quantity,
    Radio,
    Recall,
    Resource,
    Response,
    Schedule,
    Status,
    ValueList,
)
from liandong.adapters.codecs.edxl_rm.forms import moment
from liandong.adapters.codecs.edxl_rm.places import address_line, address_of, area_of, position
from liandong.adapters.codecs.edxl_rm.reader import parse
from liandong.adapters.codecs.edxl_rm.schema import STANDARD
from liandong.adapters.codecs.edxl_rm.writer import render

MEDIA_TYPE = "application/xml"

__all__ = [
    "MEDIA_TYPE",
    "STANDARD",
    "Assignment",
    "Contact",
    "Defect",
    "Funding",
    "Incident",
    "Instructions",
    "Line",
    "Measured",
    "Message",
    "MessageType",
    "Ownership",
    "Place",
    "Quantity",
    "Radio",
    "Recall",
    "Resource",
    "Response",
    "Schedule",
    "Status",
    "ValueList",
    "address_line",
    "address_of",
    "area_of",
    "moment",
    "parse",
    "position",
    "render",
]
