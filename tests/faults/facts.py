"""Made-up events of the harness, numbered within their incident."""

import hashlib

from faults.checker import Item
from liandong.contracts import Envelope, Filter, IncidentReported, Location
from liandong.contracts.orders import Addressee, OrderIssued

AREA = "cn.99.01"
SPOKEN = Filter(contracts=(IncidentReported, OrderIssued))  # alarms and heartbeats pass as well
_FILLER = "Smoke over the harbour, two callers, wind from the west"


def reported(incident: str, number: int) -> IncidentReported:
    """Return word of an incident, some 500 bytes with its envelope."""
    return IncidentReported(
        incident_id=incident, summary=f"{number} {_FILLER}", location=Location(address="Quay 3")
    )


def ordered(incident: str, number: int) -> OrderIssued:
    """Return an order that serves an incident."""
    return OrderIssued(
        order_id=f"{incident}-{number}",
        incident_id=incident,
        addressee=Addressee(agency="lz/fire/119"),
        action="dispatch",
        issued_by="duty officer",
    )


def item_of(envelope: Envelope) -> Item:
    """Return an event as journals name it. Order holds within an incident and a lane."""
    return Item(
        envelope.id,
        f"{envelope.data.lane}/{envelope.key}",
        hashlib.sha256(envelope.encode()).hexdigest(),
    )
