"""A referral as a desk knows it: who has a citizen's request, and whose word is awaited."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import cast

from liandong.contracts import (
    Discipline,
    ReferralClosed,
    ReferralDisputed,
    ReferralOffered,
)
from liandong.contracts.subjects import to_token
from liandong.response.concern import Said
from liandong.response.referral_rules import ReferralRules


class Phase(StrEnum):
    """How far a referral is."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    RETURNED = "returned"  # the offerer has it again
    DISPUTED = "disputed"
    DECIDED = "decided"  # an arbiter has said whose it is; that one has not taken it yet
    CLOSED = "closed"


class Silence(StrEnum):
    """What has not been heard."""

    NOT_TAKEN = "not taken"
    NOT_DONE = "not done"
    NOT_SENT_ON = "returned, and lies there"
    NOT_DECIDED = "not decided"


@dataclass(frozen=True, slots=True)
class Wait:
    """A word that is awaited.

    Attributes:
        what: What it will be if it does not come.
        whom: The agency or, where none is named, the service that must speak.
        by: By when (UTC).
        since: Since when it is awaited (UTC).
    """

    what: Silence
    whom: str
    by: datetime
    since: datetime

    def alarm_id(self, referral_id: str) -> str:
        """Return the name of the alarm that tells of this silence and of no other."""
        moments = f"{self.by:%Y%m%dT%H%M%S%f}-{self.since:%Y%m%dT%H%M%S%f}"
        return to_token(f"{referral_id}-{self.what.name.lower()}-{moments}")


@dataclass(frozen=True, slots=True)
class Chase:
    """A silence that people were told of.

    Attributes:
        alarm_id: The alarm.
        since: When the word was due.
        told: When they were last told.
        ended: When the silence ended; None while it lasts.
        over: Whether they were told that it is over.
    """

    alarm_id: str
    since: datetime
    told: datetime
    ended: datetime | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Feared:
    """Why a request may turn dangerous.

    Attributes:
        cause: What was said that shows it.
        why: What is feared.
        to_service: The emergency service that must hear of it.
    """

    cause: Said
    why: str
    to_service: Discipline


@dataclass(frozen=True, slots=True)
class Referral:
    """How far a referral is.

    Attributes:
        first: Its first offer; who made it is its offerer.
        offer: The offer that counts: the latest one, the offerer's or the arbiter's.
        phase: How far it is.
        holder: The agency that answers for the request.
        other: The agency on the other side, as far as known: who was asked, or who answered.
        heard: The time of the last event that counted.
        asked: From when the answer to the offer, or the next step, is awaited.
        expected: When it should be done, as last promised.
        taken: When it was first accepted.
        returns: How often it was returned.
        dispute: The latest dispute, once there was one.
        closed: How it ended.
        feared: Why it may turn dangerous; None where nothing points to it.
        sent_on: Whether the emergency side was offered what may turn dangerous.
        wait: Whose word is awaited, and by when; None once it is closed.
        chase: The silence that people were last told of.
    """

    first: Said
    offer: Said
    phase: Phase
    holder: str
    other: str | None
    heard: datetime
    asked: datetime
    expected: datetime | None = None
    taken: datetime | None = None
    returns: int = 0
    dispute: ReferralDisputed | None = None
    closed: ReferralClosed | None = None
    feared: Feared | None = None
    sent_on: bool = False
    wait: Wait | None = None
    chase: Chase | None = None

    @property
    def referral_id(self) -> str:
        """The name of the referral."""
        return self.offered.referral_id

    @property
    def offered(self) -> ReferralOffered:
        """What is offered now."""
        return cast("ReferralOffered", self.offer.data)

    @property
    def offerer(self) -> str:
        """The agency that offered it first, and has it again once it is returned."""
        return str(self.first.source)

    @property
    def parties(self) -> frozenset[str]:
        """The agencies that it is between."""
        return frozenset(filter(None, (self.offerer, self.other, self.holder)))

    def may_take(self, agency: str) -> bool:
        """Say whether an agency was asked to take it and may do so now."""
        match self.phase:
            case Phase.OFFERED if self.offered.to_agency is None:
                return agency != self.offerer
            case Phase.OFFERED | Phase.DECIDED:
                return agency == self.offered.to_agency
            case Phase.DISPUTED:  # who gives in
                return agency == self.other
            case _:
                return False

    def overdue(self, now: datetime) -> bool:
        """Say whether the word that is awaited should have come."""
        return self.wait is not None and self.wait.by <= now


def emergency_id(referral_id: str) -> str:
    """Return the name under which the emergency side is offered what may turn dangerous."""
    return to_token(f"{referral_id}-emergency")


def awaited(referral: Referral, rules: ReferralRules) -> Wait | None:
    """Return whose word is awaited on a referral, and by when; what was awaited before stays so."""
    if (found := _word(referral, rules)) is None:
        return None
    what, whom, by = found
    wait = Wait(what, whom, by.astimezone(UTC), referral.heard.astimezone(UTC))
    before = referral.wait
    return before if before and replace(before, since=wait.since) == wait else wait


def _word(referral: Referral, rules: ReferralRules) -> tuple[Silence, str, datetime] | None:
    offered, urgency = referral.offered, referral.offered.urgency
    match referral.phase:
        case Phase.OFFERED | Phase.DECIDED:
            by = rules.answer_by(urgency, referral.asked)
            promised = offered.expected_datetime
            sooner = promised if promised and referral.asked < promised < by else by
            return Silence.NOT_TAKEN, offered.to_agency or offered.to_service, sooner
        case Phase.RETURNED:
            return Silence.NOT_SENT_ON, referral.holder, rules.answer_by(urgency, referral.asked)
        case Phase.ACCEPTED:
            by = referral.expected or rules.done_by(urgency, referral.heard)
            return Silence.NOT_DONE, referral.holder, by
        case Phase.DISPUTED:
            dispute = cast("ReferralDisputed", referral.dispute)
            by = dispute.decide_by or rules.decide_by(referral.asked)
            return Silence.NOT_DECIDED, dispute.arbiter, by
        case Phase.CLOSED:
            return None
