"""Who answers for an incident: offered to another agency, and accepted or refused there.

An incident has one owner at any time: who reported it, until another has accepted it. An offer
that nobody answers, or that is refused, leaves it where it is. Standards: NENA EIDO (STA-021.1b)
``incidentOwningAgencyIndicator``; the incident transfers of UCRI2.
"""

from typing import Self

from pydantic import model_validator

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
from liandong.contracts.subjects import AgencyName


class _Handover(Value):
    """Which offer it is, of what, from whom to whom."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    offer_id: Token
    """The offer's name, unique in the region: one incident may be offered several times."""
    offered_by: AgencyName
    """The agency that answers for the incident now."""
    offered_to: AgencyName
    """The agency that is to answer for it."""
    decided_by: ShortText
    """The role that offers, accepts or refuses, such as ``duty commander``."""

    @model_validator(mode="after")
    def _goes_to_another(self) -> Self:
        if self.offered_by == self.offered_to:
            raise ValueError(f"offered by {self.offered_by} to {self.offered_to}, itself")
        return self


class IncidentOwnershipOffered(
    _Handover,
    Event,
    event="incident.ownership_offered",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """The owner of an incident asks another agency to answer for it from now on."""

    answer_by: Instant
    """By when it must accept or refuse; until it has, the incident stays where it is."""
    reason: RestrictedText | None = None
    """Why it is offered, and what the other must know."""
    reason_code: Code | None = None
    """Why it is offered, in the agency's own codes."""


class IncidentOwnershipAccepted(
    _Handover,
    Event,
    event="incident.ownership_accepted",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.RECEIVER,
    key=("incident_id",),
):
    """The agency asked has accepted: it is the incident's owner, and leads it."""

    since: Instant
    """From when it answers for the incident."""


class IncidentOwnershipRefused(
    _Handover,
    Event,
    event="incident.ownership_refused",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.RECEIVER,
    key=("incident_id",),
):
    """The agency asked has refused, and says why: the owner stays who it was."""

    reason: RestrictedText | None = None
    """Why it is refused."""
    reason_code: Code | None = None
    """Why it is refused, in the agency's own codes."""
    suggested_agency: AgencyName | None = None
    """The agency that should be asked instead."""

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if not (self.reason or self.reason_code):
            raise ValueError(f"{self.offered_to} refused without reason or reason_code")
        return self

    @model_validator(mode="after")
    def _suggests_another(self) -> Self:
        if self.suggested_agency == self.offered_to:
            raise ValueError(
                f"{self.offered_to} refused and suggests itself ({self.suggested_agency})"
            )
        return self
