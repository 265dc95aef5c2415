"""Referrals between the emergency lines and the municipal one, as a closed loop. Pure.

Somebody answers for a request at any moment: the offerer until another has taken it, that one until
it returns it, and while they dispute it who the dispute names. Silence is never the end: whoever's
word is missing is told of, again and again, until it comes. What may turn dangerous is offered to
the emergency side at once, beside what people do with it; nothing that they said is undone.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from liandong.contracts import (
    AlarmCleared,
    AlarmName,
    AlarmRaised,
    Envelope,
    Precedence,
    ReferralAccepted,
    ReferralClosed,
    ReferralDisputed,
    ReferralOffered,
    ReferralProgressed,
    ReferralReturned,
    ReferralUrgency,
    ReturnReason,
)
from liandong.contracts.referrals import ServiceAttribute
from liandong.contracts.subjects import is_token
from liandong.response.concern import Changes, Concern, Move, Say
from liandong.response.referral import Chase, Feared, Phase, Referral, Wait, awaited, emergency_id
from liandong.response.referral_rules import ReferralRules, default_rules
from liandong.response.referral_steps import begin, step

KEPT = timedelta(days=7)
"""How long a closed referral is still shown, and how long people are told of a silence."""

FRESH = timedelta(days=1)
"""For how long what may turn dangerous is offered to the emergency side: a log that was read in
from years ago frightens nobody."""

_ABOUT = "about_referral"  # what the emergency side is offered names the request that it is about
_WHY = "danger"
_MOST_ATTRIBUTES = 98  # of the hundred that an offer holds: two are ours
_SAID_BY = "referral desk"
_VALID = 1.5  # an alarm is valid for so many times the while after which it is said again


def referrals(rules: ReferralRules | None = None) -> Concern[Referral]:
    """Return the concern of referrals under a site's rules; under made-up ones if it has none."""
    rules = rules or default_rules()

    def decide(
        referral: Referral | None, event: Envelope | None, now: datetime
    ) -> Changes[Referral]:
        return decide_by(rules, referral, event, now)

    return Concern("referrals", 1, Referral, _CONTRACTS, _threads, decide, _MOVES)


def decide_by(
    rules: ReferralRules, referral: Referral | None, event: Envelope | None, now: datetime
) -> Changes[Referral]:
    """Return what becomes of a referral.

    Args:
        rules: How long a silence may last, and what may turn dangerous.
        referral: As it was; None before its offer.
        event: What was said; None where only time has passed.
        now: The moment against which deadlines are held.
    """
    after = _apply(rules, referral, event) if event else referral
    if after is None or (event is None and after.closed and after.heard + KEPT < now):
        return Changes(None)
    say = (*_sent_on(rules, after, now), *_well_again(after), *_chased(rules, after, now))
    return Changes(after, say, _next(rules, after, now))


def _threads(event: Envelope) -> Iterator[str]:
    match event.data:
        case ReferralOffered() as offer:
            yield offer.referral_id
            yield from filter(is_token, _about(offer))
        case (
            ReferralAccepted()
            | ReferralReturned()
            | ReferralDisputed()
            | ReferralProgressed()
            | ReferralClosed()
        ) as said:
            yield said.referral_id
        case AlarmRaised() | AlarmCleared() as alarm:
            if alarm.name is AlarmName.REFERRAL_OVERDUE and is_token(alarm.about):
                yield alarm.about
        case _:
            return


def _about(offer: ReferralOffered) -> tuple[str, ...]:
    """Return the request that an offer to the emergency side is about."""
    return tuple(a.values[0] for a in offer.attributes if a.code == _ABOUT)


def _apply(rules: ReferralRules, before: Referral | None, event: Envelope) -> Referral | None:
    if before is None:
        offer = event.data
        begun = isinstance(offer, ReferralOffered)
        return _watched(rules, begin(event, offer), event) if begun else None
    match event.data:
        case AlarmRaised() as alarm:
            return _told(before, alarm, event.time)
        case AlarmCleared(alarm_id=alarm_id):
            return _quiet(before, alarm_id)
        case ReferralOffered(referral_id=name) if name != before.referral_id:
            sent_on = before.sent_on or name == emergency_id(before.referral_id)
            return replace(before, sent_on=sent_on)
        case _ if before.phase is Phase.CLOSED:
            return before
        case _:
            after = step(before, event)
            return before if after is None else _watched(rules, after, event)


def _watched(rules: ReferralRules, referral: Referral, event: Envelope) -> Referral:
    """Return a referral with what follows from an event that counted: whom to wait for, danger."""
    heard = replace(referral, heard=event.time)
    feared = heard.feared or _feared(rules, heard, event)
    wait = awaited(heard, rules)
    return replace(heard, wait=wait, feared=feared, chase=_chase(heard, wait, event.time))


def _chase(referral: Referral, wait: Wait | None, when: datetime) -> Chase | None:
    """Return the silence that people were told of, and when it ended if it has."""
    chase = referral.chase
    if chase is None or chase.over:
        return chase
    lasts = wait is not None and wait.alarm_id(referral.referral_id) == chase.alarm_id
    return replace(chase, ended=None if lasts else chase.ended or when)


def _feared(rules: ReferralRules, referral: Referral, event: Envelope) -> Feared | None:
    """Return what may turn dangerous in a request that does not go to the emergency side."""
    offer = referral.offered
    if offer.to_service in rules.emergency_services:
        return None
    if danger := rules.danger_in(offer, event.data):
        return Feared(event, danger.why, danger.to_service)
    said = event.data
    if isinstance(said, ReferralReturned) and said.reason_code is ReturnReason.EMERGENCY:
        return Feared(event, "returned as an emergency", rules.emergency_default)
    return None


def _sent_on(rules: ReferralRules, referral: Referral, now: datetime) -> Iterator[Say]:
    """Offer to the emergency side what may turn dangerous, unless that side gave it away itself."""
    feared, offer = referral.feared, referral.offered
    if feared is None or referral.sent_on or feared.cause.time + FRESH < now:
        return
    if feared.to_service is offer.from_service:
        return
    ours = (
        ServiceAttribute(code=_ABOUT, values=(referral.referral_id,)),
        ServiceAttribute(code=_WHY, values=(feared.why,)),
    )
    copy = offer.model_copy(
        update={
            "provenance": None,
            "referral_id": emergency_id(referral.referral_id),
            "to_service": feared.to_service,
            "to_agency": rules.emergency_agencies.get(feared.to_service),
            "urgency": ReferralUrgency.EMERGENCY,
            "attributes": (*offer.attributes[:_MOST_ATTRIBUTES], *ours),
            "expected_datetime": None,
        }
    )
    yield Say(copy, "emergency", feared.cause, feared.cause.time, Precedence.IMMEDIATE)


def _chased(rules: ReferralRules, referral: Referral, now: datetime) -> Iterator[Say]:
    """Tell people of a silence; of what they were not told while no desk ran, once."""
    if (wait := referral.wait) is None or not wait.by <= now < wait.by + KEPT:
        return
    every = timedelta(seconds=rules.chase_every_s)
    moment = wait.by + (now - wait.by) // every * every
    alarm_id, chase = wait.alarm_id(referral.referral_id), referral.chase
    if chase and chase.alarm_id == alarm_id and chase.told >= moment:
        return
    alarm = AlarmRaised(
        alarm_id=alarm_id,
        name=AlarmName.REFERRAL_OVERDUE,
        about=referral.referral_id,
        said_by=_SAID_BY,
        since=wait.by,
        problem=f"{wait.what.value}: {wait.whom}",
        valid_until=moment + every * _VALID,
    )
    yield Say(
        alarm, f"{alarm_id} {moment.isoformat()}", referral.offer, moment, _precedence(referral)
    )


def _well_again(referral: Referral) -> Iterator[Say]:
    """Tell people that a silence that they were told of is over."""
    chase = referral.chase
    if chase is None or chase.over or chase.ended is None:
        return
    until = max(chase.since, chase.ended)
    alarm = AlarmCleared(
        alarm_id=chase.alarm_id,
        name=AlarmName.REFERRAL_OVERDUE,
        about=referral.referral_id,
        said_by=_SAID_BY,
        since=chase.since,
        until=until,
    )
    yield Say(alarm, f"{chase.alarm_id} over", referral.first, until)


def _told(before: Referral, alarm: AlarmRaised, when: datetime) -> Referral:
    known = before.chase
    if known and known.alarm_id == alarm.alarm_id:
        return replace(before, chase=replace(known, told=max(known.told, when)))
    if known and (known.since, known.told) > (alarm.since, when):
        return before  # an earlier silence
    begun = replace(before, chase=Chase(alarm.alarm_id, alarm.since, when))
    return replace(begun, chase=_chase(begun, before.wait, when))


def _quiet(before: Referral, alarm_id: str) -> Referral:
    known = before.chase
    if known is None or known.alarm_id != alarm_id:
        return before
    return replace(before, chase=replace(known, over=True))


def _precedence(referral: Referral) -> Precedence:
    urgent = referral.offered.urgency is not ReferralUrgency.ROUTINE
    return Precedence.IMMEDIATE if urgent else Precedence.PRIORITY


def _next(rules: ReferralRules, referral: Referral, now: datetime) -> datetime | None:
    """Return when more is to be said, or when it is forgotten: always after now."""
    if referral.wait is None:
        return referral.heard + KEPT
    if now >= referral.wait.by + KEPT:
        return None
    every = timedelta(seconds=rules.chase_every_s)
    late = max(0, (now - referral.wait.by) // every + 1)
    return referral.wait.by + late * every


_CONTRACTS = (
    ReferralOffered,
    ReferralAccepted,
    ReferralReturned,
    ReferralDisputed,
    ReferralProgressed,
    ReferralClosed,
    AlarmRaised,
    AlarmCleared,
)

_MOVES = (
    Move("", "referral.offered", Phase.OFFERED),
    Move(Phase.OFFERED, "referral.accepted", Phase.ACCEPTED),
    Move(Phase.OFFERED, "referral.progressed", Phase.ACCEPTED),
    Move(Phase.OFFERED, "referral.returned", Phase.RETURNED),
    Move(Phase.OFFERED, "referral.disputed", Phase.DISPUTED),
    Move(Phase.OFFERED, "referral.closed", Phase.CLOSED),
    Move(Phase.ACCEPTED, "referral.returned", Phase.RETURNED),
    Move(Phase.ACCEPTED, "referral.disputed", Phase.DISPUTED),
    Move(Phase.ACCEPTED, "referral.closed", Phase.CLOSED),
    Move(Phase.RETURNED, "referral.offered", Phase.OFFERED),
    Move(Phase.RETURNED, "referral.disputed", Phase.DISPUTED),
    Move(Phase.RETURNED, "referral.closed", Phase.CLOSED),
    Move(Phase.DISPUTED, "referral.offered", Phase.DECIDED),
    Move(Phase.DISPUTED, "referral.accepted", Phase.ACCEPTED),
    Move(Phase.DISPUTED, "referral.progressed", Phase.ACCEPTED),
    Move(Phase.DISPUTED, "referral.closed", Phase.CLOSED),
    Move(Phase.DECIDED, "referral.accepted", Phase.ACCEPTED),
    Move(Phase.DECIDED, "referral.progressed", Phase.ACCEPTED),
    Move(Phase.DECIDED, "referral.closed", Phase.CLOSED),
    Move(Phase.CLOSED, "seven days", ""),
)
