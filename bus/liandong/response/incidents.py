"""One incident's life: whose it is, who takes part, what it is joined to, whether it is over.

Pure: no clock, no bus. Only its owner offers, clears, reopens, links, merges or splits it; only the
agency that was asked accepts or refuses. What others say changes no more than its facts. An
acceptance counts however late it comes, until the owner has offered it to somebody else: whoever
said yes acts on it, and the former owner reads that it does.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from liandong.contracts import (
    Envelope,
    IncidentClassified,
    IncidentCleared,
    IncidentLinked,
    IncidentMerged,
    IncidentOwnershipAccepted,
    IncidentOwnershipOffered,
    IncidentOwnershipRefused,
    IncidentParticipantJoined,
    IncidentParticipantLeft,
    IncidentReopened,
    IncidentReported,
    IncidentSplit,
    IncidentStatus,
    IncidentUpdated,
    MergeDirection,
)
from liandong.response.concern import Changes, Concern, Move
from liandong.response.incident_facts import ENDED, learned, opened
from liandong.response.incident_state import End, Incident, Link, Offer, Outcome, Part

KEPT = timedelta(days=7)
"""How long an incident that is over stays on the board."""


def decide(incident: Incident | None, event: Envelope | None, now: datetime) -> Changes[Incident]:
    """Return what becomes of an incident. Nothing is owed to the bus: people speak for it.

    Args:
        incident: As it was; None where it is not known.
        event: What was said of it; None where only time has passed.
        now: The moment; an incident is forgotten a week after its end was told.
    """
    after = _apply(incident, event) if event else incident
    due = after.ended.said + KEPT if after and after.ended else None
    if event is None and due and due < now:
        return Changes(None)
    return Changes(after, (), due)


def _apply(incident: Incident | None, event: Envelope) -> Incident | None:
    if incident is None:
        return _begin(event)
    after = _told(incident, event)
    if after is incident or after.heard >= event.time:
        return after
    return replace(after, heard=event.time)


def _told(incident: Incident, event: Envelope) -> Incident:
    owns = _owns(incident, event)
    match event.data:
        case IncidentReported() | IncidentUpdated() | IncidentClassified() as said:
            return _inform(incident, said, event, owns=owns)
        case IncidentParticipantJoined() | IncidentParticipantLeft() as said:
            speaks = owns or str(event.source) == said.agency
            return _take_part(incident, said, event.time) if speaks else incident
        case IncidentOwnershipAccepted() | IncidentOwnershipRefused() as said:
            return _answer(incident, said, event)
        case said if owns:
            return _ruled(incident, event)
        case IncidentCleared() as said:
            return _call_over(incident, str(event.source), said.cleared)
        case _:
            return incident


def _owns(incident: Incident, event: Envelope) -> bool:
    """Say whether its owner speaks, and did not say that before it was the owner."""
    led_since = incident.led_since
    return str(event.source) == incident.owner and (not led_since or event.time >= led_since)


def _ruled(incident: Incident, event: Envelope) -> Incident:
    """Return an incident after what only its owner may say."""
    match event.data:
        case IncidentOwnershipOffered() as said:
            return _offer(incident, said, event.time)
        case IncidentCleared() as said:
            status = said.status if said.status in ENDED else IncidentStatus.CLOSED
            return _end(incident, End(said.cleared, event.time, status))
        case IncidentReopened() as said:
            return _reopen(incident, said, event)
        case IncidentLinked() | IncidentMerged() | IncidentSplit() as said:
            return _join(incident, said, event.time)
        case _:
            return incident


def _begin(event: Envelope) -> Incident | None:
    """Return an incident that is new here: reported, or opened again after it was forgotten."""
    match event.data:
        case IncidentReported() as said:
            new = Incident(
                said.incident_id, str(event.source), event.area, opened(event), event.time
            )
            return _inform(new, said, event, owns=True)
        case IncidentReopened() as said:
            new = Incident(
                said.incident_id, str(event.source), event.area, said.reopened, event.time
            )
            return replace(new, facts=learned(new.facts, event), reopened=said.reopened)
        case _:
            return None


def _inform(
    incident: Incident,
    said: IncidentReported | IncidentUpdated | IncidentClassified,
    event: Envelope,
    *,
    owns: bool,
) -> Incident:
    """Take facts; the owner also says where it is, and may say that it is over."""
    after = replace(incident, facts=learned(incident.facts, event))
    if not owns or isinstance(said, IncidentClassified):
        return after
    told = after.facts.told.get(incident.owner, {}).get("location")
    if told and told.id == event.id:
        after = replace(after, area=event.area)
    if said.status in ENDED:
        return _end(after, End(event.time, event.time, said.status or IncidentStatus.CLOSED))
    return after


def _end(incident: Incident, end: End) -> Incident:
    """End an incident, unless it has ended, or that was so before it was opened again."""
    if incident.ended or _is_before(end.at, incident.reopened):
        return incident
    return replace(incident, ended=end, offers=_withdrawn(incident, end.said))


def _call_over(incident: Incident, by: str, at: datetime) -> Incident:
    if incident.ended or _is_before(at, incident.reopened):
        return incident
    latest = max(at, incident.called_over.get(by, at))
    return replace(incident, called_over=incident.called_over | {by: latest})


def _is_before(at: datetime, reopened: datetime | None) -> bool:
    return reopened is not None and at <= reopened


def _reopen(incident: Incident, said: IncidentReopened, event: Envelope) -> Incident:
    """Open it again, unless it is open, or that was said before it ended."""
    if not incident.ended or said.reopened < incident.ended.at:
        return incident
    facts = learned(incident.facts, event)
    return replace(incident, facts=facts, ended=None, reopened=said.reopened, called_over={})


def _join(
    incident: Incident, said: IncidentLinked | IncidentMerged | IncidentSplit, at: datetime
) -> Incident:
    """Join it to another one, or part it from it."""
    other = said.other_incident_id
    match said:
        case IncidentSplit():
            return replace(incident, split_off=incident.split_off | {other})
        case IncidentMerged(direction=MergeDirection.REPLACING):
            return replace(incident, took_in=incident.took_in | {other})
        case IncidentMerged(direction=MergeDirection.REPLACED):
            return _end(incident, End(at, at, into=other))
        case IncidentLinked() if other not in incident.links or incident.links[other].at <= at:
            link = Link(said.direction, at)
            return replace(incident, links=incident.links | {other: link})
        case _:
            return incident


def _offer(incident: Incident, said: IncidentOwnershipOffered, at: datetime) -> Incident:
    """Let an offer stand, in the place of an earlier one; the same offer stands once."""
    if said.offered_to == incident.owner or said.offer_id in incident.offers:
        return incident
    new = Offer(said.offered_to, said.answer_by)
    offer = replace(new, outcome=Outcome.WITHDRAWN, at=at) if incident.ended else new
    return replace(incident, offers=_withdrawn(incident, at) | {said.offer_id: offer})


def _withdrawn(incident: Incident, at: datetime) -> dict[str, Offer]:
    """Return the offers, none of them waiting any more."""
    return {
        name: offer if offer.outcome else replace(offer, outcome=Outcome.WITHDRAWN, at=at)
        for name, offer in incident.offers.items()
    }


def _answer(
    incident: Incident,
    said: IncidentOwnershipAccepted | IncidentOwnershipRefused,
    event: Envelope,
) -> Incident:
    """Take the answer of the agency that was asked, to the offer that waits for one."""
    offer = incident.offers.get(said.offer_id)
    if offer is None or offer.outcome or offer.to != str(event.source):
        return incident
    if isinstance(said, IncidentOwnershipAccepted):
        answered = replace(offer, outcome=Outcome.ACCEPTED, at=event.time)
        incident = _hand_over(incident, offer.to, event.time)
    else:
        suggested = said.suggested_agency
        answered = replace(offer, outcome=Outcome.REFUSED, at=event.time, suggested=suggested)
    return replace(incident, offers=incident.offers | {said.offer_id: answered})


def _hand_over(incident: Incident, to: str, at: datetime) -> Incident:
    """Give an incident its new owner; the former one still takes part, until it leaves."""
    parts = {agency: part for agency, part in incident.parts.items() if agency != to}
    parts[incident.owner] = Part(at, at)
    return replace(incident, owner=to, led_since=at, parts=parts)


def _take_part(
    incident: Incident, said: IncidentParticipantJoined | IncidentParticipantLeft, at: datetime
) -> Incident:
    """Let an agency join or leave, unless more was said of it later, or it leads."""
    before = incident.parts.get(said.agency)
    if said.agency == incident.owner or (before and before.said > at):
        return incident
    if isinstance(said, IncidentParticipantJoined):
        part = Part(said.since, at, said.roles, said.task or "")
    else:
        part = replace(before or Part(said.left, at), said=at, left=said.left)
    return replace(incident, parts=incident.parts | {said.agency: part})


def _threads(event: Envelope) -> Iterator[str]:
    yield event.key


def _moves() -> Iterator[Move]:
    """Yield the arrows: what begins it, what hands it over, what ends it, what opens it again."""
    yield Move("", "incident.reported", "open")
    yield Move("", "incident.reopened", "open")
    yield Move("", "incident.reported Closed", "cleared")
    yield Move("open", "incident.ownership_offered", "offered")
    yield Move("offered", "incident.ownership_accepted", "open")
    yield Move("offered", "incident.ownership_refused", "open")
    for before in ("open", "offered"):
        yield Move(before, "incident.cleared", "cleared")
        yield Move(before, "incident.reported Closed", "cleared")  # or Cancelled
        yield Move(before, "incident.updated Closed", "cleared")
        yield Move(before, "incident.merged REPLACED", "merged")
    for over in ("cleared", "merged"):
        yield Move(over, "incident.reopened", "open")
        yield Move(over, "seven days", "")


INCIDENTS = Concern(
    "incidents",
    1,
    Incident,
    (
        IncidentReported,
        IncidentUpdated,
        IncidentClassified,
        IncidentCleared,
        IncidentReopened,
        IncidentOwnershipOffered,
        IncidentOwnershipAccepted,
        IncidentOwnershipRefused,
        IncidentLinked,
        IncidentMerged,
        IncidentSplit,
        IncidentParticipantJoined,
        IncidentParticipantLeft,
    ),
    _threads,
    decide,
    tuple(_moves()),
)
"""Incidents: whose each is, how it stands, who takes part, what it is joined to."""
