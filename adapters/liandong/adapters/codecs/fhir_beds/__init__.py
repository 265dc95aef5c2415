"""Bed reports: FHIR R4 ``MeasureReport`` in JSON. Import everything from here."""

from liandong.adapters.codecs.fhir_beds.dates import span, write_period, write_time
from liandong.adapters.codecs.fhir_beds.document import (
    COMPLETE,
    INDIVIDUAL,
    MEDIA_TYPE,
    STANDARD,
    SUMMARY,
    Coding,
    Component,
    Concept,
    Group,
    Identifier,
    MeasureReport,
    Period,
    Population,
    Quantity,
    Reference,
    Stratifier,
    Stratum,
)
from liandong.adapters.codecs.fhir_beds.reader import MAX_BYTES, parse
from liandong.adapters.codecs.fhir_beds.writer import render

__all__ = [
    "COMPLETE",
    "INDIVIDUAL",
    "MAX_BYTES",
    "MEDIA_TYPE",
    "STANDARD",
    "SUMMARY",
    "Coding",
    "Component",
    "Concept",
    "Group",
    "Identifier",
    "MeasureReport",
    "Period",
    "Population",
    "Quantity",
    "Reference",
    "Stratifier",
    "Stratum",
    "parse",
    "render",
    "span",
    "write_period",
    "write_time",
]
