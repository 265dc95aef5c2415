"""Made-up events for the tests of the bus."""

from liandong.contracts import Location
from liandong.contracts.incidents import IncidentReported
from liandong.contracts.orders import Addressee, OrderIssued

AREA = "cn.99.01"


def reported(incident: str = "lz-1", summary: str = "Smoke over the harbour") -> IncidentReported:
    """Return an incident."""
    return IncidentReported(
        incident_id=incident, summary=summary, location=Location(address="Quay 3")
    )


def ordered(order: str = "o-1", incident: str | None = "lz-1") -> OrderIssued:
    """Return an order to the fire service."""
    return OrderIssued(
        order_id=order,
        incident_id=incident,
        addressee=Addressee(agency="lz/fire/119"),
        action="dispatch",
        issued_by="duty officer",
    )
