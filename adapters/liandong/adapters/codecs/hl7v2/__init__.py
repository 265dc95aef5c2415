"""HL7 v2: messages, ADT, acknowledgements. Import everything from here."""

from liandong.adapters.codecs.hl7v2.ack import ack
from liandong.adapters.codecs.hl7v2.adt import (
    AdtEvent,
    BedStatus,
    Effect,
    Place,
    Processing,
    Stay,
    read_adt,
    read_time,
)
from liandong.adapters.codecs.hl7v2.header import Header, read_header
from liandong.adapters.codecs.hl7v2.message import Message, parse

__all__ = [
    "AdtEvent",
    "BedStatus",
    "Effect",
    "Header",
    "Message",
    "Place",
    "Processing",
    "Stay",
    "ack",
    "parse",
    "read_adt",
    "read_header",
    "read_time",
]
