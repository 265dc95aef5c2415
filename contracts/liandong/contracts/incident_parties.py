"""Who takes part in an incident: one agency leads it, any number of others join ("1+N").

Standard: NENA EIDO (STA-021.1b) ``agencyComponent`` and its registry ``AgencyRole``. Agencies take
part, never persons.
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
    Vocabulary,
)
from liandong.contracts.incidents import Disciplines
from liandong.contracts.subjects import AgencyName


class AgencyRole(Vocabulary):
    """What an agency has to do with an incident (EIDO registry ``AgencyRole``)."""

    ASSISTING = "Assisting"  # helps, or is consulted
    CALL_RECEIVING = "CallReceiving"
    DISPATCHED = "Dispatched"  # its units were sent
    DISPATCHING = "Dispatching"  # it sent them
    INFORMATIONAL = "Informational"  # is kept informed and does nothing else
    TRANSFERRED_TO = "TransferredTo"  # the call is being transferred to it


class IncidentParticipantJoined(
    Event,
    event="incident.participant_joined",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id",),
):
    """An agency takes part in an incident, or takes part in another way. Said again, it replaces.

    The incident's owner says it of another agency, or the agency of itself.
    """

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    agency: AgencyName
    """EIDO ``agencyComponent``: who takes part."""
    lead: bool = False
    """EIDO ``incidentOwningAgencyIndicator``: whether it is the one that leads, not one of the
    N. The lead passes on by `IncidentOwnershipAccepted`, not by this."""
    roles: Annotated[tuple[AgencyRole, ...], Field(min_length=1, max_length=6)]
    """EIDO ``agencyRoleDescriptionRegistryText``: all its parts in the incident."""
    local_role: Code | None = None
    """Its part in the agency's own codes."""
    disciplines: Disciplines = ()
    """The services that it brings."""
    responder_types: Annotated[tuple[ShortText, ...], Field(max_length=20)] = ()
    """EIDO ``agencyType``: values of the IANA registry ``urn:emergency:service:responder``, such
    as ``fire.forest``; open."""
    acting_for: AgencyName | None = None
    """EIDO ``actingOnBehalfOfAgencyReference``: whom it stands in for."""
    task: ShortText | None = None
    """What it is to see to, in one line that names no private person."""
    contact: ShortText | None = None
    """EIDO ``agencyJcard``, narrowed: the desk or role to turn to there, never a private person."""
    since: Instant
    """From when it takes part."""

    @model_validator(mode="after")
    def _stands_in_for_another(self) -> Self:
        if self.acting_for == self.agency:
            raise ValueError(f"{self.agency} acts for itself ({self.acting_for})")
        return self


class IncidentParticipantLeft(
    Event,
    event="incident.participant_left",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id",),
):
    """An agency takes no part in an incident any more. Its lead cannot leave, only hand over."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    agency: AgencyName
    """Who took part."""
    since: Instant | None = None
    """From when it took part, where that is known."""
    left: Instant
    """Until when it took part; not before ``since``."""
    reason: RestrictedText | None = None
    """Why it leaves."""
    reason_code: Code | None = None
    """Why it leaves, in the agency's own codes."""
    replaced_by: AgencyName | None = None
    """The agency that sees to its task from now on."""

    @model_validator(mode="after")
    def _left_after_joining(self) -> Self:
        if self.since is not None and self.left < self.since:
            raise ValueError(f"left {self.left} is before since {self.since}")
        return self

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if not (self.reason or self.reason_code):
            raise ValueError(f"{self.agency} left without reason or reason_code")
        return self

    @model_validator(mode="after")
    def _replaced_by_another(self) -> Self:
        if self.replaced_by == self.agency:
            raise ValueError(f"{self.agency} replaced by itself ({self.replaced_by})")
        return self
