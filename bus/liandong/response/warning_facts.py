"""What was said under one correlation, as far as early warning cares. Pure.

Each fact is kept by its event, or its order: heard in whatever order, they are the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from liandong.contracts import (
    AlertIssued,
    AlertUpdated,
    Envelope,
    IncidentCategory,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
    ReviewPublished,
    RiskAssessed,
    RiskClueReported,
    RiskConclusion,
    RiskWarningProposed,
    WarningColour,
)
from liandong.response.runs import Mark, mark

_ENDED = {OrderState.DONE, OrderState.FAILED, OrderState.REFUSED}


@dataclass(frozen=True, slots=True)
class Clue:
    """What an agency noticed."""

    at: Mark
    risk_id: str
    category: IncidentCategory
    hazard: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What agencies judged it to be."""

    at: Mark
    risk_id: str
    number: int
    conclusion: RiskConclusion
    level: WarningColour | None
    by: str
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """A warning that an authority was asked for."""

    at: Mark
    risk_id: str
    alert_key: str
    to: str
    decide_by: datetime | None


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert that was issued or updated."""

    at: Mark
    alert_key: str


@dataclass(frozen=True, slots=True)
class Order:
    """An order that was issued."""

    at: Mark
    causation: str | None
    agency: str
    complete_by: datetime | None


@dataclass(frozen=True, slots=True, order=True)
class Progress:
    """Whether an order was ended, or passed on to another agency; the latest is the greatest."""

    at: Mark
    ended: bool
    agency: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """A review that was published."""

    at: Mark
    risk_id: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that was said under one correlation, by event; orders and their progress by order."""

    clues: Mapping[str, Clue] = field(default_factory=dict[str, Clue])
    assessments: Mapping[str, Assessment] = field(default_factory=dict[str, Assessment])
    proposals: Mapping[str, Proposal] = field(default_factory=dict[str, Proposal])
    alerts: Mapping[str, Alert] = field(default_factory=dict[str, Alert])
    orders: Mapping[str, Order] = field(default_factory=dict[str, Order])
    progress: Mapping[str, Progress] = field(default_factory=dict[str, Progress])
    reviews: Mapping[str, Review] = field(default_factory=dict[str, Review])


def added(facts: Facts, event: Envelope) -> Facts:
    """Return facts with what one event tells."""
    at, id_ = mark(event), event.id
    match event.data:
        case RiskClueReported() as said:
            clue = Clue(at, said.risk_id, said.category, said.hazard)
            return replace(facts, clues={**facts.clues, id_: clue})
        case RiskAssessed() as said:
            judged = Assessment(
                at,
                said.risk_id,
                said.assessment_number,
                said.conclusion,
                said.level,
                said.assessed_by,
                said.valid_until,
            )
            return replace(facts, assessments={**facts.assessments, id_: judged})
        case RiskWarningProposed() as said:
            proposal = Proposal(at, said.risk_id, said.alert_key, said.proposed_to, said.decide_by)
            return replace(facts, proposals={**facts.proposals, id_: proposal})
        case AlertIssued() | AlertUpdated() as said:
            alert = Alert(at, said.alert_key)
            return replace(facts, alerts={**facts.alerts, id_: alert})
        case ReviewPublished(risk_id=str(risk_id)):
            return replace(facts, reviews={**facts.reviews, id_: Review(at, risk_id)})
        case _:
            return _of_orders(facts, event)


def _of_orders(facts: Facts, event: Envelope) -> Facts:
    at = mark(event)
    match event.data:
        case OrderIssued() as said:
            order = Order(at, event.causation, said.addressee.agency, said.complete_by)
            facts = replace(facts, orders={**facts.orders, said.order_id: order})
            replaced = said.supersedes
            return _progressed(facts, replaced, Progress(at, ended=True)) if replaced else facts
        case OrderReported(order_id=order_id, state=state) if state in _ENDED:
            return _progressed(facts, order_id, Progress(at, ended=True))
        case (OrderCancelled() | OrderExpired()) as said:
            return _progressed(facts, said.order_id, Progress(at, ended=True))
        case OrderEscalated(order_id=order_id, addressee=who):
            return _progressed(facts, order_id, Progress(at, ended=False, agency=who.agency))
        case _:
            return facts


def _progressed(facts: Facts, order_id: str, progress: Progress) -> Facts:
    """Return facts with the latest of what was said of an order."""
    latest = max(facts.progress.get(order_id, progress), progress)
    return replace(facts, progress={**facts.progress, order_id: latest})
