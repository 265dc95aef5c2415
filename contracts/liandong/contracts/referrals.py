"""Referrals: one service hands a citizen's request to another, and hears how it ended.

Standard: Open311 GeoReport v2, its names. The emergency lines hand over what is no emergency, the
municipal line hands over what is. Somebody answers for the request at any moment: it is the
offerer's until accepted, and again once returned; while two agencies dispute it, the one that the
dispute names holds it. The envelope's time is Open311 ``updated_datetime``.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
)
from liandong.contracts.codes import Discipline
from liandong.contracts.geo import Location
from liandong.contracts.referral_codes import (
    ReferralOutcome,
    ReferralUrgency,
    RequestStatus,
    ReturnReason,
    Satisfaction,
)
from liandong.contracts.subjects import AgencyName


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


class _Handling(_Referral):
    """What the citizen is told while a request is being handled."""

    agency_responsible: ShortText | None = None
    """Open311 ``agency_responsible``: the office that acts, as the citizen knows it."""
    status_notes: RestrictedText | None = None
    """Open311 ``status_notes``: how far it is."""
    service_notice: RestrictedText | None = None
    """Open311 ``service_notice``: what the service will do."""
    expected_datetime: Instant | None = None
    """Open311 ``expected_datetime``: when it will be done."""


class ReferralOffered(
    _Referral,
    Event,
    event="referral.offered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.REFERRER,
    key=("incident_id", "referral_id"),
):
    """A service hands a request to another. It stays the offerer's until it is accepted.

    An arbiter decides a dispute by offering the same referral to the agency that is to take it.
    """

    from_service: Discipline
    """The service that hands it over."""
    to_service: Discipline
    """The service that should take it."""
    to_agency: AgencyName | None = None
    """The agency that should take it (Open311 ``agency_responsible``); absent: it chooses."""
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


class ReferralAccepted(
    _Handling,
    Event,
    event="referral.accepted",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.RECEIVER,
    key=("incident_id", "referral_id"),
):
    """The other side takes the request: from now on it answers for it."""

    accepted_by: AgencyName
    """Who takes it."""


class ReferralReturned(
    _Referral,
    Event,
    event="referral.returned",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.RECEIVER,
    key=("incident_id", "referral_id"),
):
    """The other side does not take the request, or no longer: the offerer has it again."""

    returned_by: AgencyName
    """Who sends it back."""
    returned_to: AgencyName
    """The offerer, who has it again."""
    reason_code: ReturnReason | None = None
    """Why."""
    reason: RestrictedText | None = None
    """Why, in words (Open311 ``status_notes``)."""
    suggested_agency: AgencyName | None = None
    """Who should take it instead."""

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if not (self.reason or self.reason_code):
            raise ValueError(f"{self.referral_id} returned without reason or reason_code")
        return self

    @model_validator(mode="after")
    def _returned_to_another(self) -> Self:
        if self.returned_by == self.returned_to:
            raise ValueError(f"returned by {self.returned_by} to {self.returned_to}, the same")
        return self


class ReferralDisputed(
    _Referral,
    Event,
    event="referral.disputed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.AGENCY,
    key=("incident_id", "referral_id"),
):
    """An agency disputes whose a request is. The arbiter decides by offering it once more."""

    disputed_by: AgencyName
    """Who disputes it: the offerer or the one it was offered to."""
    arbiter: AgencyName
    """Who decides."""
    held_by: AgencyName
    """Who answers for the request until then."""
    decide_by: Instant | None = None
    """By when the arbiter should decide."""
    reason: Annotated[RestrictedText, Field(min_length=1)]
    """Why it is another's."""

    @model_validator(mode="after")
    def _nobody_judges_himself(self) -> Self:
        if self.arbiter == self.disputed_by:
            raise ValueError(f"disputed by {self.disputed_by}, and {self.arbiter} is to decide")
        return self


class ReferralProgressed(
    _Handling,
    Event,
    event="referral.progressed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.RECEIVER,
    key=("incident_id", "referral_id"),
):
    """A request that was taken has come further. What is absent has not changed."""

    progressed_by: AgencyName
    """Who says so."""
    status: RequestStatus
    """Open311 ``status``: closed once the work is done, while the outcome is still to come."""
    local_status: Code | None = None
    """The receiver's own status, such as a hotline's ``in progress``."""


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
    agency_responsible: ShortText | None = None
    """Open311 ``agency_responsible``: the office that acted, as the citizen knows it."""
    outcome: ReferralOutcome
    """How it ended."""
    status_notes: RestrictedText | None = None
    """Open311 ``status_notes``: what was done."""
    duplicate_of: Token | None = None
    """The referral that goes on for both, where this one repeats it."""
    satisfaction: Satisfaction | None = None
    """What the citizen said when asked afterwards; absent where nobody has asked."""

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if self.outcome is ReferralOutcome.UNRESOLVED and not self.status_notes:
            raise ValueError(f"outcome is {self.outcome} and status_notes is {self.status_notes!r}")
        return self

    @model_validator(mode="after")
    def _repeats_another(self) -> Self:
        if self.duplicate_of is None:
            return self
        if self.outcome.recognised and self.outcome is not ReferralOutcome.DUPLICATE:
            raise ValueError(f"outcome is {self.outcome} and duplicate_of is {self.duplicate_of}")
        if self.duplicate_of == self.referral_id:
            raise ValueError(f"{self.referral_id} is a duplicate of itself ({self.duplicate_of})")
        return self
