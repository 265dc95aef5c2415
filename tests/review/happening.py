"""Made-up events of one incident, as the log holds them, for the tests of reviews."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from liandong.bus import Letter
from liandong.contracts import (
    Addressee,
    Agency,
    Envelope,
    Event,
    IncidentReported,
    Location,
    MessageRejected,
    Mode,
    ObservationRecorded,
    OrderIssued,
    OrderReported,
    OrderState,
    Point,
    ReferralOffered,
    UnitPosition,
)
from liandong.contracts.examples import example
from liandong.ops.review import gist
from liandong.response.review import Heard, Review, review

INCIDENT = "lz-1"
AREA = "cn.99.01"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
COMMAND, FIRE, POLICE, WORKS, ABROAD = (
    Agency("lz", "centre", "command"),
    Agency("lz", "fire", "119"),
    Agency("lz", "police", "110"),
    Agency("lz", "municipal", "works"),
    Agency("hj", "centre", "command"),
)
DESK = Agency("lz", "centre", "order-desk")
_sequences = count(1)


def at(seconds: float) -> datetime:
    """Return so many seconds after noon."""
    return NOON + timedelta(seconds=seconds)


def said(data: Event, seconds: float, source: Agency, **attributes: Any) -> Heard:
    """Return an event as the log holds it, stored when it happened."""
    envelope = Envelope(source=source, area=AREA, time=at(seconds), data=data, **attributes)
    return stored(envelope, seconds)


def stored(envelope: Envelope, seconds: float) -> Heard:
    """Return an event as the log holds it, stored so many seconds after noon."""
    stream = f"LD_LIVE_{envelope.data.lane.value.upper()}"
    return Heard(at(seconds), (stream, next(_sequences)), envelope.nats_subject, envelope)


def garbled(seconds: float) -> Heard:
    """Return a message about the incident that nobody can read."""
    subject = f"ld.live.lz.police.110.incident.updated.v1.{INCIDENT}.{AREA}"
    return Heard(at(seconds), ("LD_LIVE_EVENTS", next(_sequences)), subject, None, 301)


def reported(seconds: float = 0, summary: str = "Smoke", **attributes: Any) -> Heard:
    """Return the incident."""
    facts = IncidentReported(
        incident_id=INCIDENT, summary=summary, location=Location(place="Quay 3")
    )
    return said(facts, seconds, POLICE, **attributes)


def ordered(name: str, seconds: float, to: Agency = FIRE, **facts: Any) -> Heard:
    """Return an order to an agency; deadlines in seconds after noon."""
    by = {key: at(facts.pop(key)) for key in list(facts) if key.endswith("_by")}
    order = OrderIssued(
        order_id=name,
        incident_id=INCIDENT,
        addressee=Addressee(agency=str(to), unit_id=facts.pop("unit_id", None)),
        action="dispatch",
        issued_by="commander",
        **by,
        **facts,
    )
    return said(order, seconds, COMMAND)


def answered(name: str, state: OrderState, seconds: float, by: Agency = FIRE) -> Heard:
    """Return what an agency reports of an order."""
    unwilling = state in {OrderState.REFUSED, OrderState.FAILED}
    report = OrderReported(
        order_id=name,
        incident_id=INCIDENT,
        state=state,
        until=at(seconds + 600) if state is OrderState.IN_PROGRESS else None,
        reason="no crew: ask Mr Wang at 555-0100" if unwilling else None,
        reported_by="station",
    )
    return said(report, seconds, by)


def position(unit: str, seconds: float, source: Agency = FIRE) -> Heard:
    """Return where a unit is."""
    where = UnitPosition(unit_id=unit, point=Point(coordinates=(120.5, 30.5)))
    return said(where, seconds, source)


def measured(result: float, seconds: float) -> Heard:
    """Return what a sensor measures."""
    facts = example("observation.recorded.v1")["data"] | {
        "result": result,
        "incident_id": INCIDENT,
        "datastream_id": "fence-cl2",
    }
    return said(ObservationRecorded.model_validate(facts), seconds, FIRE)


def refused(seconds: float, letter: str = "a" * 32) -> Heard:
    """Return that a message about the incident was not taken."""
    facts = example("message.rejected.v1")["data"] | {
        "subject": f"ld.live.lz.fire.119.order.reported.v1.{INCIDENT}.{AREA}",
        "dead_letter": letter,
    }
    return said(MessageRejected.model_validate(facts), seconds, DESK)


def referral(seconds: float, to: str | None = str(WORKS)) -> Heard:
    """Return a request that the police hand over."""
    facts = example("referral.offered.v1")["data"]
    facts |= {"referral_id": "r-1", "incident_id": INCIDENT, "to_agency": to}
    facts.pop("expected_datetime", None)
    return said(ReferralOffered.model_validate(facts), seconds, POLICE)


def on_referral(contract: type, seconds: float, **facts: object) -> Heard:
    """Return what the works department says of it."""
    base = example(contract.type_name())["data"] | {
        "referral_id": "r-1",
        "incident_id": INCIDENT,
        **facts,
    }
    return said(contract.model_validate(base), seconds, WORKS)


def letter(name: str) -> Letter:
    """Return a dead letter of a message about the incident."""
    return Letter(
        id=name,
        at=at(9),
        agency=str(DESK),
        mode=Mode.LIVE,
        consumer="board",
        kind="event",
        reason=301,
        message="x",
        subject=f"ld.live.lz.fire.119.order.reported.v1.{INCIDENT}.{AREA}",
        sha256="0" * 64,
    )


def reviewed(log: Iterable[Heard], **more: Any) -> Review:
    """Return the review of a log."""
    return review(INCIDENT, log, gist, **more)
