"""What each event makes of a referral, and who may say it. Pure."""

from dataclasses import replace
from datetime import datetime

from liandong.contracts import (
    Envelope,
    ReferralAccepted,
    ReferralClosed,
    ReferralDisputed,
    ReferralOffered,
    ReferralProgressed,
    ReferralReturned,
)
from liandong.response.referral import Phase, Referral


def begin(event: Envelope, offer: ReferralOffered) -> Referral:
    """Return a referral that has just been offered: it is the offerer's."""
    return Referral(
        first=event,
        offer=event,
        phase=Phase.OFFERED,
        holder=str(event.source),
        other=offer.to_agency,
        heard=event.time,
        asked=event.time,
        expected=offer.expected_datetime,
    )


def step(before: Referral, event: Envelope) -> Referral | None:  # noqa: PLR0911  one an event
    """Return what an event makes of a referral that is not closed; None where it changes nothing.

    Only who has it progresses, closes or returns it, only who was asked takes it, only the arbiter
    decides a dispute. Who was asked and acts at once has taken it.
    """
    who = str(event.source)
    match event.data:
        case ReferralOffered() as offer:
            return _offered(before, event, offer)
        case ReferralAccepted(accepted_by=name) as said if name == who:
            return _promised(_taken(before, who, event.time), said)
        case ReferralProgressed(progressed_by=name) as said if name == who:
            return _promised(_acting(before, who, event.time), said)
        case ReferralReturned(returned_by=name) if name == who:
            return _returned(before, who, event.time)
        case ReferralDisputed(disputed_by=name) as said if name == who:
            return _disputed(before, said, who, event.time)
        case ReferralClosed(closed_by=name) as said if name == who:
            acting = _acting(before, who, event.time)
            return acting and replace(acting, phase=Phase.CLOSED, closed=said)
        case _:
            return None


def _offered(before: Referral, event: Envelope, offer: ReferralOffered) -> Referral | None:
    """Return it as offered once more: by the offerer while he has it, or decided by the arbiter."""
    who = str(event.source)
    anew = replace(before, offer=event, other=offer.to_agency, asked=event.time)
    if before.phase is Phase.DISPUTED and before.dispute and who == before.dispute.arbiter:
        return replace(anew, phase=Phase.DECIDED) if offer.to_agency else None
    if who != before.offerer or before.phase not in {Phase.OFFERED, Phase.RETURNED}:
        return None
    anew = replace(anew, phase=Phase.OFFERED, expected=offer.expected_datetime)
    same = (offer.to_service, offer.to_agency) == (
        before.offered.to_service,
        before.offered.to_agency,
    )
    # Who asks the same again wins the other side no time.
    return replace(anew, asked=before.asked) if same and before.phase is Phase.OFFERED else anew


def _taken(before: Referral, who: str, when: datetime) -> Referral | None:
    if before.phase is Phase.ACCEPTED and who == before.holder:
        return before
    if not before.may_take(who):
        return None
    first = before.taken or when
    return replace(before, phase=Phase.ACCEPTED, holder=who, other=who, taken=first)


def _acting(before: Referral, who: str, when: datetime) -> Referral | None:
    """Return it as it is in the hands of who acts on it; who was asked has thereby taken it."""
    return before if who == before.holder else _taken(before, who, when)


def _promised(
    after: Referral | None, said: ReferralAccepted | ReferralProgressed
) -> Referral | None:
    return after and replace(after, expected=said.expected_datetime or after.expected)


def _returned(before: Referral, who: str, when: datetime) -> Referral | None:
    """Return it as the offerer's again; what an arbiter decided, only once it was taken."""
    asked = before.phase is Phase.OFFERED and before.may_take(who)
    has_it = before.phase is Phase.ACCEPTED and who == before.holder != before.offerer
    if not (asked or has_it):
        return None
    return replace(
        before,
        phase=Phase.RETURNED,
        holder=before.offerer,
        other=who,
        asked=when,
        expected=None,
        returns=before.returns + 1,
    )


def _disputed(
    before: Referral, said: ReferralDisputed, who: str, when: datetime
) -> Referral | None:
    """Return it as disputed; who never was asked to take it does not come to hold it so."""
    if before.phase in {Phase.DISPUTED, Phase.DECIDED}:
        return None  # one dispute at a time, and what was decided stands
    other = who if before.may_take(who) else before.other
    parties = before.parties | {who} if before.may_take(who) else before.parties
    if who not in parties:
        return None
    holder = said.held_by if said.held_by in parties else before.holder
    return replace(
        before, phase=Phase.DISPUTED, dispute=said, holder=holder, other=other, asked=when
    )
