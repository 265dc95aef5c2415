"""The event that every line carries: made up, `incident.reported`, some 500 bytes of data."""

from typing import Literal
from uuid import uuid4

from pydantic import BaseModel

from liandong.contracts import Agency, Area, EventId, Instant, Mode, Precedence
from liandong.contracts.geo import Location, Point
from liandong.contracts.incidents import IncidentReported

AGENCY = Agency("lz", "fire", "119-linzhou")
AREA = "cn.99.01.03"
STREAM = "LD_LIVE_EVENTS"
SUBJECTS = "ld.live.*.*.*.incident.reported.v1.>"
KEYS = 1000  # incidents that are open at once


def incident(number: int) -> IncidentReported:
    """Return an incident as a program has it in hand: not yet encoded, without an id."""
    return IncidentReported(
        incident_id=f"lz-2026-{number % KEYS:06}",
        incident_type="HAZMAT",
        category="accident",
        grade="III",
        priority=1,
        alarm_level=2,
        trapped_count=1,
        call_id=f"119-20261121-{number:06}",
        disciplines=("fire", "medical", "police", "environment"),
        location=Location(
            point=Point(coordinates=(118.4126, 31.9872)),
            uncertainty_m=50.0,
            address="8 Hexing Road, Hexing Chemical Park",
            place="Hexing Chemical plant, tank yard 3",
        ),
        summary="Solvent tank on fire at the Hexing chemical plant",
        received="2026-11-21T06:00:41Z",
    )


class Message(BaseModel):
    """The message as anybody would write it down with pydantic: attributes and data."""

    specversion: Literal["1.0"] = "1.0"
    id: EventId
    source: str
    type: str
    subject: str
    time: Instant
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str
    mode: Mode
    area: Area
    correlation: EventId | None = None
    causation: EventId | None = None
    precedence: Precedence = Precedence.ROUTINE
    expires: Instant | None = None
    data: IncidentReported


def new_id() -> str:
    """Return a random id, as each line makes one for each event."""
    return uuid4().hex
