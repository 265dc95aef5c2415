"""Made-up events for the tests of the console."""

from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.contracts import (
    Addressee,
    Agency,
    Deadline,
    Envelope,
    Event,
    IncidentCleared,
    IncidentMerged,
    IncidentReopened,
    IncidentReported,
    IncidentUpdated,
    Location,
    MergeDirection,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)

AREA = "cn.99.01"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DESK = Agency("lz", "centre", "desk")
FIRE = Agency("lz", "fire", "119")
POLICE = Agency("lz", "police", "110")


def after(minutes: float) -> datetime:
    """Return so many minutes after noon."""
    return NOON + timedelta(minutes=minutes)


def said(data: Event, at: float = 0, source: Agency = DESK) -> Envelope:
    """Return an event in its envelope, so many minutes after noon."""
    return Envelope(source=source, area=AREA, time=after(at), data=data)


def reported(incident: str = "lz-1", **facts: Any) -> IncidentReported:
    """Return an incident."""
    known: dict[str, Any] = {"summary": "Smoke", "location": Location(place="Quay 3")}
    return IncidentReported(incident_id=incident, **known | facts)


def updated(incident: str = "lz-1", **facts: Any) -> IncidentUpdated:
    """Return what has changed about an incident."""
    return IncidentUpdated(incident_id=incident, **facts)


def cleared(incident: str = "lz-1", at: float = 0) -> IncidentCleared:
    """Return the end of an incident."""
    return IncidentCleared(incident_id=incident, cleared=after(at), summary="All out")


def reopened(incident: str = "lz-1", at: float = 0, **facts: Any) -> IncidentReopened:
    """Return that an incident cleared at noon goes on."""
    known: dict[str, Any] = {"reason": "It burns again", "decided_by": "duty officer"}
    return IncidentReopened(incident_id=incident, cleared=NOON, reopened=after(at), **known | facts)


def merged(direction: MergeDirection, incident: str = "lz-1") -> IncidentMerged:
    """Return that an incident and lz-2 are one."""
    return IncidentMerged(
        incident_id=incident,
        other_incident_id="lz-2",
        direction=direction,
        decided_by="duty officer",
    )


def ordered(order: str = "o-1", **facts: Any) -> OrderIssued:
    """Return an order to the fire service."""
    known: dict[str, Any] = {
        "incident_id": "lz-1",
        "addressee": Addressee(agency=str(FIRE)),
        "action": "dispatch",
        "issued_by": "duty officer",
    }
    return OrderIssued(order_id=order, **known | facts)


def answered(state: OrderState, order: str = "o-1", **facts: Any) -> OrderReported:
    """Return what the fire service reports of an order."""
    known: dict[str, Any] = {"incident_id": "lz-1", "reported_by": "station 4"}
    return OrderReported(order_id=order, state=state, **known | facts)


def escalated(step: int = 1, **facts: Any) -> OrderEscalated:
    """Return that the police are asked for what the fire service did not answer."""
    known: dict[str, Any] = {
        "incident_id": "lz-1",
        "missed": Deadline.ACCEPTANCE,
        "due": after(5),
        "escalated_from": Addressee(agency=str(FIRE)),
        "addressee": Addressee(agency=str(POLICE), role="duty officer"),
    }
    return OrderEscalated(order_id="o-1", step_number=step, **known | facts)


def cancelled() -> OrderCancelled:
    """Return that the order holds no more."""
    return OrderCancelled(
        order_id="o-1",
        incident_id="lz-1",
        addressees=(Addressee(agency=str(FIRE)),),
        cancelled_by="duty officer",
        reason="A false alarm",
    )


def expired() -> OrderExpired:
    """Return that nobody is left to ask."""
    return OrderExpired(
        order_id="o-1",
        incident_id="lz-1",
        missed=Deadline.ACCEPTANCE,
        due=after(5),
        asked=(Addressee(agency=str(FIRE)),),
    )
