"""What agencies say of a risk, from its clue to its review, for tests."""

from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from liandong.contracts import (
    Addressee,
    Agency,
    AlertCategory,
    AlertIssued,
    Certainty,
    ClueSource,
    Consequence,
    Deadline,
    Envelope,
    Event,
    IncidentCategory,
    Likelihood,
    LinkedDocument,
    Location,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
    ReviewFindings,
    ReviewPublished,
    RiskAssessed,
    RiskClueReported,
    RiskConclusion,
    RiskWarningProposed,
    Urgency,
    WarningColour,
)
from liandong.response import early_warning as real
from liandong.response.warning_rules import read_warning_rules
from liandong.response.warning_steps import phase_of, steps

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
NOTICER, LEAD, AUTHORITY, ORDERER, FIRE, DESK = (
    Agency("lz", "water", "bureau"),
    Agency("lz", "emergency", "bureau"),
    Agency("lz", "weather", "office"),
    Agency("lz", "centre", "command"),
    Agency("lz", "fire", "119"),
    Agency("lz", "centre", "desk"),
)
RULES = read_warning_rules()
CLUE_ID = "clue-0000000000000000"


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(
    data: Event,
    seconds: float,
    by: Agency = LEAD,
    *,
    id_: str = "",
    correlation: str | None = CLUE_ID,
    causation: str | None = None,
) -> Envelope:
    """Return an event under the clue's correlation."""
    attributes: dict[str, Any] = {"id": id_} if id_ else {}
    return Envelope(
        source=by,
        time=at(seconds),
        area="cn.99.01",
        correlation=correlation,
        causation=causation,
        data=data,
        **attributes,
    )


def clue(
    seconds: float = 0, *, id_: str = CLUE_ID, correlation: str | None = None, risk: str = "r-1"
) -> Envelope:
    """Return a clue; the first one begins the correlation."""
    data = RiskClueReported(
        risk_id=risk,
        source=ClueSource.SENSOR,
        category=IncidentCategory.NATURAL_DISASTER,
        hazard="dam overtopping",
        observed=START,
        location=Location(place="Upper weir"),
        summary="The water is 20 cm below the crown",
        reported_by="duty engineer",
    )
    return said(data, seconds, NOTICER, id_=id_, correlation=correlation)


@cache
def judgement(
    number: int, conclusion: RiskConclusion, valid_until: datetime | None = None
) -> RiskAssessed:
    """Return what the lead judges."""
    closes = conclusion is RiskConclusion.CLOSE
    return RiskAssessed(
        risk_id="r-1",
        assessment_number=number,
        likelihood=Likelihood.LIKELY,
        consequence=Consequence.MAJOR,
        level=None if closes else WarningColour.ORANGE,
        conclusion=conclusion,
        assessed_by=str(LEAD),
        valid_until=valid_until,
        summary="The weir may be overtopped by noon",
    )


def assessed(
    seconds: float, conclusion: RiskConclusion, number: int = 1, valid: float | None = None
) -> Envelope:
    """Return an assessment."""
    until = None if valid is None else at(valid)
    return said(judgement(number, conclusion, until), seconds)


@cache
def proposal(decide_by: datetime | None = None) -> RiskWarningProposed:
    """Return what the authority is asked for."""
    return RiskWarningProposed(
        risk_id="r-1",
        alert_key="a-1",
        proposed_by=str(LEAD),
        proposed_to=str(AUTHORITY),
        decide_by=decide_by,
        warning_colour=WarningColour.ORANGE,
        categories=(AlertCategory.MET,),
        event_text="Flood",
        urgency=Urgency.EXPECTED,
        certainty=Certainty.LIKELY,
        expires=START + timedelta(days=2),
        areas=("cn.99.01",),
        headline="Flood warning",
    )


def proposed(seconds: float, decide_by: float | None = None) -> Envelope:
    """Return a proposal to warn."""
    return said(proposal(None if decide_by is None else at(decide_by)), seconds)


ALERT = AlertIssued.model_validate(
    {
        "alert_key": "a-1",
        "identifier": "a-1",
        "sender": "lz",
        "sent": START,
        "status": "Actual",
        "msg_type": "Alert",
        "scope": "Public",
    }
)


def alerted(seconds: float) -> Envelope:
    """Return the alert."""
    return said(ALERT, seconds, AUTHORITY)


def ordered(
    seconds: float, name: str = "o-1", complete: float | None = None, **attributes: Any
) -> Envelope:
    """Return an order to the fire service."""
    data = OrderIssued(
        order_id=name,
        addressee=Addressee(agency=str(FIRE)),
        action="evacuate",
        issued_by="commander",
        complete_by=None if complete is None else at(complete),
    )
    return said(data, seconds, ORDERER, **attributes)


def ended(seconds: float, name: str, how: str) -> Envelope:
    """Return what ends an order, or passes it on."""
    to = Addressee(agency=str(FIRE))
    other = Addressee(agency=str(NOTICER))
    ways: dict[str, Event] = {
        "done": OrderReported(order_id=name, state=OrderState.DONE, reported_by="station"),
        "cancelled": OrderCancelled(
            order_id=name, addressees=(to,), cancelled_by="commander", reason="over"
        ),
        "expired": OrderExpired(
            order_id=name, missed=Deadline.ACCEPTANCE, due=at(seconds), asked=(to,)
        ),
        "escalated": OrderEscalated(
            order_id=name,
            step_number=1,
            missed=Deadline.ACCEPTANCE,
            due=at(seconds),
            escalated_from=to,
            addressee=other,
        ),
    }
    return said(ways[how], seconds, FIRE)


def reviewed(seconds: float, risk: str = "r-1") -> Envelope:
    """Return the review."""
    data = ReviewPublished(
        review_id="v-1",
        risk_id=risk,
        title="The weir",
        timeline_start=START,
        timeline_end=START,
        event_count=9,
        findings=ReviewFindings(),
        document=LinkedDocument(uri="urn:x", sha256="0" * 64, media_type="text/html"),
    )
    return said(data, seconds)


def after(*events: Envelope) -> real.Loop:
    """Return the loop after events."""
    loop = None
    for event in events:
        loop = real.decided(loop, event, event.time, RULES).state
    assert loop
    return loop


def waiting(*events: Envelope) -> list[tuple[str, str, float]]:
    """Return what is to be done: what, by whom, and by when in seconds after the start."""
    found = steps(after(*events).facts, "r-1", RULES)
    return [
        (step.name.value, step.owner, (step.due - START).total_seconds())
        for step in found
        if step.end is None
    ]


def phase(*events: Envelope) -> str:
    """Return how far the risk is."""
    return phase_of(after(*events).facts, "r-1").value
