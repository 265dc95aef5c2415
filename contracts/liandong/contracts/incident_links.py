"""How incidents belong together: linked, merged into one, split into two.

Standard: NENA EIDO (STA-021.1b) ``linkComponent`` and ``mergeComponent``. What joins two incidents
is said once of each, so that whoever follows only one of them learns it.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.incidents import Disciplines
from liandong.contracts.subjects import AgencyName


class LinkDirection(Vocabulary):
    """What another incident is to this one (EIDO ``linkDirectionCode``)."""

    PARENT = "PARENT"  # this one is part of it
    CHILD = "CHILD"  # it is part of this one
    RELATED = "RELATED"
    UNLINK = "UNLINK"  # they are linked no more


class MergeDirection(Vocabulary):
    """Which of two merged incidents goes on (EIDO ``incidentMergeDirectionCode``, less SPLIT)."""

    REPLACING = "REPLACING"  # this one goes on and takes the other in
    REPLACED = "REPLACED"  # this one ends and goes on in the other


class _Pair(Value):
    """Two incidents, and why they are told of together."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token: the incident that this is said of."""
    other_incident_id: Token
    """EIDO ``incidentTrackingIdentifier`` as a token: the other one."""
    other_agency: AgencyName | None = None
    """EIDO ``involvedAgencyReference``: who answers for the other one, where that is another."""
    reason: RestrictedText | None = None
    """EIDO ``transactionReasonText``: why."""
    reason_code: Code | None = None
    """Why, in the agency's own codes."""
    decided_by: ShortText
    """The role that decided it, such as ``duty commander``."""

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.incident_id == self.other_incident_id:
            raise ValueError(f"{self.incident_id} and {self.other_incident_id} are one incident")
        return self


class IncidentLinked(
    _Pair,
    Event,
    event="incident.linked",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """Two incidents have to do with one another, or have no longer; each stays its own."""

    direction: LinkDirection
    """EIDO ``linkDirectionCode``: what the other one is to this one."""


class IncidentMerged(
    _Pair,
    Event,
    event="incident.merged",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """Two incidents are one and the same, and go on as one of them."""

    direction: MergeDirection
    """EIDO ``incidentMergeDirectionCode``: whether this one goes on or goes into the other."""


class IncidentSplit(
    _Pair,
    Event,
    event="incident.split",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """Part of this incident goes on as the other one, which is reported for itself."""

    summary: ShortText
    """What is split off, in one line that names no private person."""
    disciplines: Disciplines = ()
    """The services that the part split off calls for."""
    unit_ids: Annotated[tuple[Token, ...], Field(max_length=1_000)] = ()
    """The units that go with it."""
