"""Referrals: one service hands a citizen's request to another, and hears how it ended.

Standard: Open311 GeoReport v2, its names. The emergency lines hand over what is no emergency, the
municipal line hands over what is; either way the request is answered and closed, never lost.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import Discipline
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class ReferralUrgency(Vocabulary):
    """How soon the other side must act, most urgent first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class ReferralAnswer(Vocabulary):
    """Whether the other side takes it."""

    ACCEPTED = "accepted"
    RETURNED = "returned"


class RequestStatus(Vocabulary):
    """How far a request is (Open311 ``status``)."""

    OPEN = "open"
    CLOSED = "closed"


class ReferralOutcome(Vocabulary):
    """What became of a request."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"  # closed all the same; the notes say why
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Satisfaction(Vocabulary):
    """What the citizen said when asked afterwards, as Chinese hotlines count it."""

    SATISFIED = "satisfied"  # 满意
    FAIRLY_SATISFIED = "fairly_satisfied"  # 基本满意
    DISSATISFIED = "dissatisfied"  # 不满意
    NOT_REACHED = "not_reached"  # 未接通


class ServiceAttribute(Value):
    """One answer to a question that the service asks (Open311 ``attribute[code]``)."""

    code: ShortText
    """Open311 attribute ``code``."""
    values: Annotated[tuple[RestrictedText, ...], Field(min_length=1, max_length=100)]
    """Open311 attribute value; several where it is a ``multivaluelist``."""


class _Referral(Value):
    """What every message about one referral carries."""

    referral_id: Token
    """The referral's name, the same on both sides."""
    incident_id: Token | None = None
    """The incident it belongs to: the same in all its messages, which it keeps in order."""
    service_request_id: ShortText | None = None
    """Open311 ``service_request_id``, once a municipal system has given one."""


class ReferralOffered(
    _Referral,
    Event,
    event="referral.offered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.REFERRER,
    key=("incident_id", "referral_id"),
):
    """A service hands a request to another. It stays the offerer's until it is accepted."""

    from_service: Discipline
    """The service that hands it over."""
    to_service: Discipline
    """The service that should take it."""
    to_agency: AgencyName | None = None
    """The agency that should take it (Open311 ``agency_responsible``); None leaves the choice."""
    service_code: ShortText | None = None
    """Open311 ``service_code``."""
    service_name: ShortText | None = None
    """Open311 ``service_name``."""
    attributes: Annotated[tuple[ServiceAttribute, ...], Field(max_length=100)] = ()
    """Open311 ``attribute[…]``."""
    urgency: ReferralUrgency
    """How soon it must be acted on."""
    summary: ShortText
    """What it is about, in one line that names no private person."""
    description: RestrictedText | None = None
    """Open311 ``description``: what the citizen said."""
    location: Location | None = None
    """Open311 ``lat``, ``long`` and ``address``."""
    requested_datetime: Instant
    """Open311 ``requested_datetime``: when the citizen asked."""
    expected_datetime: Instant | None = None
    """Open311 ``expected_datetime``: when it should be done."""
    media_url: Annotated[str, Field(min_length=1, max_length=2_000)] | None = None
    """Open311 ``media_url``."""

    @model_validator(mode="after")
    def _to_another_service(self) -> Self:
        if self.from_service is self.to_service:
            raise ValueError(f"handed from {self.from_service} to {self.to_service}, the same")
        return self


class ReferralAnswered(
    _Referral,
    Event,
    event="referral.answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.RECEIVER,
    key=("incident_id", "referral_id"),
):
    """The other side takes the request, sends it back, or tells how far it is."""

    answered_by: AgencyName
    """Open311 ``agency_responsible``: who answers."""
    answer: ReferralAnswer
    """Whether it takes the request."""
    reason: RestrictedText | None = None
    """Why it was returned."""
    status: RequestStatus = RequestStatus.OPEN
    """Open311 ``status``."""
    status_notes: RestrictedText | None = None
    """Open311 ``status_notes``."""
    service_notice: RestrictedText | None = None
    """Open311 ``service_notice``: what the service will do, as told to the citizen."""
    expected_datetime: Instant | None = None
    """Open311 ``expected_datetime``: when it will be done."""
    updated_datetime: Instant | None = None
    """Open311 ``updated_datetime``: when the request last changed."""

    @model_validator(mode="after")
    def _returned_with_reason(self) -> Self:
        if self.answer is ReferralAnswer.RETURNED and not self.reason:
            raise ValueError(f"answer is {self.answer} and reason is {self.reason}")
        return self


class ReferralClosed(
    _Referral,
    Event,
    event="referral.closed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.RECEIVER,
    key=("incident_id", "referral_id"),
):
    """The request is done with; the service that offered it tells the citizen."""

    closed_by: AgencyName
    """Who closes it."""
    closed_datetime: Instant
    """When (Open311 ``updated_datetime`` of the closed request)."""
    outcome: ReferralOutcome
    """How it ended."""
    status_notes: RestrictedText | None = None
    """Open311 ``status_notes``: what was done."""
    satisfaction: Satisfaction | None = None
    """What the citizen said when asked afterwards."""
