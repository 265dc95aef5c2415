"""What an alert says: in which words, how grave, where, with what beside it (CAP ``info``).

Standard: OASIS Common Alerting Protocol 1.2. Its names are kept in snake case; radii are in metres,
positions longitude first. A resource is carried by reference.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.alert_codes import (
    AlertCategory,
    Certainty,
    ResponseType,
    Severity,
    Urgency,
    WarningColour,
)
from liandong.contracts.base import Instant, Text, Value
from liandong.contracts.geo import Circle, Polygon

AlertId = Annotated[str, Field(min_length=1, max_length=250)]
"""A CAP ``identifier`` or ``sender``."""
Line = Annotated[str, Field(max_length=1_000)]
"""One line, at most 1,000 characters: real headlines and lists of area names run long."""
Prose = Annotated[str, Field(max_length=50_000)]
"""Paragraphs for the public, at most 50,000 characters."""
Link = Annotated[str, Field(min_length=1, max_length=2_000)]
"""A URI, as it was written."""
Feet = Annotated[float, Field(ge=-50_000, le=500_000)]
"""Feet above mean sea level (CAP measures heights so)."""


class AlertReference(Value):
    """Which earlier message one is about (one triple of CAP ``references``)."""

    sender: AlertId
    """CAP ``sender`` of the earlier message."""
    identifier: AlertId
    """CAP ``identifier`` of the earlier message."""
    sent: Instant
    """CAP ``sent`` of the earlier message."""


class NamedValue(Value):
    """A value under a name that somebody defined (CAP ``valueName`` and ``value``)."""

    name: Line
    """CAP ``valueName``."""
    value: Prose
    """CAP ``value``; senders put whole texts for broadcasters here."""


class AlertResource(Value):
    """A picture, sound or page that goes with an alert (CAP ``resource``), by reference."""

    description: Line
    """CAP ``resourceDesc``."""
    mime_type: Line
    """CAP ``mimeType``."""
    size_bytes: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None
    """CAP ``size`` in bytes."""
    uri: Link | None = None
    """CAP ``uri``."""
    digest: Annotated[str, Field(max_length=128)] | None = None
    """CAP ``digest``: the SHA-1 of the content, as it was written."""
    embedded: bool = False
    """Whether a CAP ``derefUri`` held the content, which is no part of this contract."""


class AlertArea(Value):
    """Where an alert holds (CAP ``area``): all of its shapes and codes together."""

    description: Prose
    """CAP ``areaDesc``."""
    polygons: Annotated[tuple[Polygon, ...], Field(max_length=1_000)] = ()
    """CAP ``polygon``, each one ring."""
    circles: Annotated[tuple[Circle, ...], Field(max_length=1_000)] = ()
    """CAP ``circle``, its radius in metres (CAP has kilometres)."""
    geocodes: Annotated[tuple[NamedValue, ...], Field(max_length=10_000)] = ()
    """CAP ``geocode``, such as SAME, UGC or GB/T 2260."""
    altitude_ft: Feet | None = None
    """CAP ``altitude``, in feet above mean sea level; the lowest where ``ceiling_ft`` stands."""
    ceiling_ft: Feet | None = None
    """CAP ``ceiling``, in feet above mean sea level."""

    @model_validator(mode="after")
    def _ceiling_above(self) -> Self:
        if self.ceiling_ft is None:
            return self
        if self.altitude_ft is None or self.ceiling_ft < self.altitude_ft:
            raise ValueError(f"ceiling {self.ceiling_ft} over altitude {self.altitude_ft}")
        return self


class AlertInfo(Value):
    """What an alert says, in one language (CAP ``info``)."""

    language: Annotated[str, Field(min_length=1, max_length=35)] | None = None
    """CAP ``language``, RFC 3066; where absent, the standard says ``en-US``."""
    categories: Annotated[tuple[AlertCategory, ...], Field(min_length=1, max_length=50)]
    """CAP ``category``."""
    event: Line
    """CAP ``event``: the hazard, in words."""
    response_types: Annotated[tuple[ResponseType, ...], Field(max_length=50)] = ()
    """CAP ``responseType``."""
    urgency: Urgency
    """CAP ``urgency``."""
    severity: Severity
    """CAP ``severity``."""
    certainty: Certainty
    """CAP ``certainty``."""
    warning_colour: WarningColour | None = None
    """The Chinese warning colour as issued, beside the sender's own ``severity``. Where the sender
    gave the colour only, ``severity`` is its `SEVERITY_OF_COLOUR`: one each, so reversible."""
    audience: Text | None = None
    """CAP ``audience``."""
    event_codes: Annotated[tuple[NamedValue, ...], Field(max_length=100)] = ()
    """CAP ``eventCode``, such as SAME or GB/T 35561."""
    effective: Instant | None = None
    """CAP ``effective``; where absent, the alert's ``sent``."""
    onset: Instant | None = None
    """CAP ``onset``: when the hazard is expected to begin."""
    expires: Instant | None = None
    """CAP ``expires``: when what is said here lapses."""
    sender_name: Line | None = None
    """CAP ``senderName``."""
    headline: Line | None = None
    """CAP ``headline``."""
    description: Prose | None = None
    """CAP ``description``."""
    instruction: Prose | None = None
    """CAP ``instruction``."""
    web: Link | None = None
    """CAP ``web``."""
    contact: Text | None = None
    """CAP ``contact``: an office, published with the alert."""
    parameters: Annotated[tuple[NamedValue, ...], Field(max_length=500)] = ()
    """CAP ``parameter``, in order."""
    resources: Annotated[tuple[AlertResource, ...], Field(max_length=100)] = ()
    """CAP ``resource``."""
    areas: Annotated[tuple[AlertArea, ...], Field(max_length=1_000)] = ()
    """CAP ``area``."""
