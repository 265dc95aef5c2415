"""What the log adds up to: incidents, orders, adapters, alarms. Pure: no clock, no bus.

Events of one key come in order; keys and lanes may come in any order, and an event may come twice.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, get_args

from liandong.contracts import (
    AdapterHeartbeat,
    Envelope,
    IncidentClassified,
    IncidentCleared,
    IncidentMerged,
    IncidentReopened,
    IncidentReported,
    IncidentStatus,
    IncidentUpdated,
    Location,
    MergeDirection,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    ResponseGrade,
)
from liandong.ops import alarms
from liandong.response.orders import Order, decide

_Incidents = (
    IncidentReported
    | IncidentUpdated
    | IncidentClassified
    | IncidentCleared
    | IncidentReopened
    | IncidentMerged
)
_Orders = OrderIssued | OrderReported | OrderEscalated | OrderCancelled | OrderExpired
CONTRACTS = (*get_args(_Incidents), *get_args(_Orders), AdapterHeartbeat, *alarms.CONTRACTS)
"""What the board is made from."""
SILENT_AFTER = timedelta(seconds=30)
KEPT = 5_000
"""How many incidents, and how many orders, are kept; what ended goes first, then the oldest."""
_SLACK = 1_000  # forgetting sorts everything: do it seldom
_ENDED = {IncidentStatus.CLOSED, IncidentStatus.CANCELLED}
_GRAVITY = {grade: number for number, grade in enumerate(ResponseGrade)} | {
    None: len(ResponseGrade)
}


@dataclass(frozen=True, slots=True)
class Incident:
    """What is known of an incident.

    Attributes:
        id: Its name for everyone.
        source: Who spoke of it first: ``region/kind/name``.
        area: Where, as its latest event says.
        first: When its first event happened.
        latest: When its latest event happened.
        status: Its status in EIDO's words.
        summary: In one line; empty while nobody has said.
        place: Its address or name; empty while nobody has said.
        grade: How grave it is.
        cleared: When it was cleared, or went into another one; None while it is open.
    """

    id: str
    source: str
    area: str
    first: datetime
    latest: datetime
    status: IncidentStatus = IncidentStatus.ACTIVE
    summary: str = ""
    place: str = ""
    grade: ResponseGrade | None = None
    cleared: datetime | None = None

    @property
    def rank(self) -> tuple[bool, int, float]:
        """What to sort by so that the one to look at comes first: open, grave, new."""
        return self.cleared is not None, _GRAVITY[self.grade], -self.latest.timestamp()


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """The latest sign of life of an adapter.

    Attributes:
        agency: Whose adapter it is.
        beat: What it said.
        at: When it said it.
    """

    agency: str
    beat: AdapterHeartbeat
    at: datetime

    def state(self, now: datetime) -> str:
        """Return ``ok``, ``degraded``, ``down``, or ``silent`` after half a minute of nothing."""
        return "silent" if now - self.at > SILENT_AFTER else self.beat.state.value


@dataclass(slots=True)
class Board:
    """The state that events add up to.

    Attributes:
        incidents: By id.
        orders: By id.
        adapters: By ``region/kind/name/adapter``.
        alarmed: What is wrong.
        changes: How often incidents or orders were touched: a reader sees whether to look again.
    """

    incidents: dict[str, Incident] = field(default_factory=dict[str, Incident])
    orders: dict[str, Order] = field(default_factory=dict[str, Order])
    adapters: dict[str, Heartbeat] = field(default_factory=dict[str, Heartbeat])
    alarmed: alarms.Alarmed = field(default_factory=alarms.Alarmed)
    changes: int = 0

    def take(self, event: Envelope) -> None:
        """Add what an event says; one that says nothing to the board is passed over."""
        match event.data:
            case AdapterHeartbeat() as beat:
                name = f"{event.source}/{beat.adapter}"
                self.adapters[name] = Heartbeat(str(event.source), beat, event.time)
            case said if isinstance(said, _Incidents):
                before = self.incidents.get(said.incident_id)
                self.incidents[said.incident_id] = _after(before, said, event)
                self._touched()
            case said if isinstance(said, _Orders):
                self._decide(said.order_id, event)
                if isinstance(said, OrderIssued) and said.supersedes in self.orders:
                    self._decide(said.supersedes, event)
                self._touched()
            case _:
                self.alarmed.take(event)

    def in_order(self) -> list[Incident]:
        """Return the incidents, the one to look at first."""
        return sorted(self.incidents.values(), key=lambda incident: incident.rank)

    def orders_in_order(self) -> list[Order]:
        """Return the orders: those not ended, the soonest deadline first; then the newest."""
        return sorted(self.orders.values(), key=_order_rank)

    def overdue(self, now: datetime) -> int:
        """Return how many orders wait for an answer that was due before now."""
        return sum(is_overdue(order, now) for order in self.orders.values())

    def _decide(self, order_id: str, event: Envelope) -> None:
        if order := decide(self.orders.get(order_id), event, event.time).state:
            self.orders[order_id] = order

    def _touched(self) -> None:
        self.changes += 1
        if len(self.incidents) > KEPT + _SLACK:
            self.incidents = {incident.id: incident for incident in self.in_order()[:KEPT]}
        if len(self.orders) > KEPT + _SLACK:
            self.orders = {o.order.order_id: o for o in self.orders_in_order()[:KEPT]}


def fold(events: Iterable[Envelope]) -> Board:
    """Return the board that events add up to."""
    board = Board()
    for event in events:
        board.take(event)
    return board


def is_overdue(order: Order, now: datetime) -> bool:
    """Say whether an answer to an order was due before now and has not come."""
    return any(answer.due < now for answer in order.unanswered())


def incident_card(incident: Incident) -> dict[str, Any]:
    """Return an incident as plain data for the page."""
    return {
        "id": incident.id,
        "source": incident.source,
        "area": incident.area,
        "first": incident.first.isoformat(),
        "latest": incident.latest.isoformat(),
        "status": incident.status.value,
        "summary": incident.summary,
        "place": incident.place,
        "grade": incident.grade and incident.grade.value,
        "open": incident.cleared is None,
    }


def order_card(order: Order) -> dict[str, Any]:
    """Return an order as plain data for the page; ``due`` are the answers that it waits for."""
    said = order.order
    return {
        "id": said.order_id,
        "incident": said.incident_id,
        "action": said.action,
        "text": said.action_text,
        "to": order.addressee.agency,
        "whom": order.addressee.unit_id or order.addressee.role,
        "by": said.issued_by,
        "issued": order.issued.time.isoformat(),
        "precedence": order.issued.precedence.value,
        "state": _standing(order),
        "ended": order.ended,
        "due": [{"what": o.missed.value, "at": o.due.isoformat()} for o in order.unanswered()],
    }


def adapter_card(heartbeat: Heartbeat, now: datetime) -> dict[str, Any]:
    """Return an adapter as plain data for the page."""
    beat = heartbeat.beat
    return {
        "adapter": beat.adapter,
        "agency": heartbeat.agency,
        "kind": beat.kind,
        "state": heartbeat.state(now),
        "problem": beat.problem,
        "at": heartbeat.at.isoformat(),
    }


def _after(before: Incident | None, said: _Incidents, event: Envelope) -> Incident:
    """Return an incident after an event; what the event leaves out stays as it was."""
    known = before or Incident(
        said.incident_id, str(event.source), event.area, event.time, event.time
    )
    return replace(
        known,
        area=event.area,
        first=min(known.first, event.time),
        latest=max(known.latest, event.time),
        **_changes(known, said, event.time),
    )


def _changes(known: Incident, said: _Incidents, at: datetime) -> dict[str, Any]:
    """Return what an event changes about an incident, besides where and when it was said."""
    match said:
        case IncidentCleared():  # its summary says how it ended, not what it is
            return {"status": said.status, "cleared": said.cleared}
        case IncidentReopened():
            return {
                "status": said.status,
                "cleared": None,
                "summary": said.summary or known.summary,
            }
        case IncidentMerged():
            ends = said.direction is MergeDirection.REPLACED
            return {"status": IncidentStatus.CLOSED, "cleared": at} if ends else {}
        case IncidentClassified():
            return {"grade": said.grade}
        case _:
            return _told(known, said, at)


def _told(
    known: Incident, said: IncidentReported | IncidentUpdated, at: datetime
) -> dict[str, Any]:
    """Return what a report or an update changes."""
    changes: dict[str, Any] = {
        "summary": said.summary or known.summary,
        "place": _place(said.location) or known.place,
        "grade": said.grade or known.grade,
    }
    if said.status:
        changes |= {"status": said.status, "cleared": at if said.status in _ENDED else None}
    return changes


def _place(location: Location | None) -> str:
    return (location and (location.place or location.address)) or ""


def _standing(order: Order) -> str:
    """Return how an order stands; that it is late is shown by its ``due``."""
    return (order.state or "issued") if order.phase == "overdue" else order.phase


def _order_rank(order: Order) -> tuple[bool, float, float]:
    due = [answer.due.timestamp() for answer in order.unanswered()]
    return order.ended, min(due, default=float("inf")), -order.issued.time.timestamp()
