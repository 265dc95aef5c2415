"""An incident's life: reported, updated, classified, cleared, reopened.

Standard: NENA EIDO (STA-021.1b) ``incidentComponent``, its names and registries. A caller, a
patient or a suspect is never named: people are counted.
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
    Text,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import (
    Count,
    Discipline,
    IncidentCategory,
    ResponseGrade,
    TriageCounts,
)
from liandong.contracts.geo import Location
from liandong.contracts.incident_types import IncidentType
from liandong.contracts.subjects import AgencyName

CommonDisposition = Annotated[str, Field(pattern=r"^[0-9]{2}$")]
"""A disposition of APCO ANS 1.111.2-2018, two digits, ``01`` to ``45`` in that edition; open."""

Disciplines = Annotated[tuple[Discipline, ...], Field(max_length=20)]
"""Services, the leading one first."""


class IncidentStatus(Vocabulary):
    """How far an incident is (EIDO registry ``IncidentStatus-Common``)."""

    ACTIVE = "Active"
    CANCELLED = "Cancelled"
    CLOSED = "Closed"
    FIRE_UNDER_CONTROL = "FireUnderControl"
    NEW_LOCATION = "NewLocation"
    RE_OPENED = "ReOpened"
    RESOURCES_ASSIGNED = "ResourcesAssigned"
    RESOURCES_EN_ROUTE = "ResourcesEnroute"
    RESOURCES_ON_SCENE = "ResourcesOnscene"
    STRUCTURE_CLEARED = "StructureCleared"


_ENDED = frozenset({IncidentStatus.CLOSED, IncidentStatus.CANCELLED})


class _IncidentFacts(Value):
    """What is known of an incident. What is absent is not known, or has not changed."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token: the incident's name for everyone."""
    incident_type: IncidentType | None = None
    """EIDO ``incidentTypeCommonRegistryText``, a code of APCO 2.103.2 such as ``HAZMAT``."""
    local_type: Code | None = None
    """EIDO ``incidentTypeInternalCode`` and ``-Text``."""
    category: IncidentCategory | None = None
    """Which of the four top classes it falls in (GB/T 35561-2017)."""
    grade: ResponseGrade | None = None
    """How grave it is, I gravest."""
    priority: Annotated[int, Field(ge=-(2**31), lt=2**31)] | None = None
    """EIDO ``incidentCommonPriorityNumber``, a 32-bit number; the standard gives it no order."""
    local_priority: Code | None = None
    """EIDO ``incidentPriorityInternalText``."""
    local_status: Code | None = None
    """EIDO ``incidentStatusInternalText``."""
    district: Code | None = None
    """EIDO ``beatOrDispatchGroupText``: the beat, battalion or dispatch group it lies in."""
    alarm_level: Annotated[int, Field(ge=0, le=99)] | None = None
    """How many alarms have been struck for it: 1 is a first alarm."""
    casualties: TriageCounts | None = None
    """People hurt, dead or missing, as counted so far."""
    trapped_count: Count | None = None
    """People known to be trapped."""
    evacuated_count: Count | None = None
    """People brought out of danger."""
    description: RestrictedText | None = None
    """EIDO ``notesComponent``: what was said, as free text."""


class IncidentReported(
    _IncidentFacts,
    Event,
    event="incident.reported",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """An agency has learned of an incident, and answers for it until cleared or handed over."""

    call_id: ShortText | None = None
    """EIDO ``callComponent`` identifier of the call it became known by."""
    status: IncidentStatus = IncidentStatus.ACTIVE
    """EIDO ``incidentStatusCommonRegistryText``."""
    disciplines: Disciplines = ()
    """The services it calls for: it is routed by them."""
    location: Location
    """EIDO ``locationReference`` of type ``InitialIncident``; empty where nobody knows yet."""
    summary: ShortText
    """What happened, in one line that names no private person."""
    received: Instant | None = None
    """When the call was received; the envelope's time is when the incident was entered."""


class IncidentUpdated(
    _IncidentFacts,
    Event,
    event="incident.updated",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id",),
):
    """Something about an incident has changed. A field that is absent has not."""

    status: IncidentStatus | None = None
    """EIDO ``incidentStatusCommonRegistryText``, if changed."""
    disciplines: Disciplines | None = None
    """All the services it now calls for, if changed."""
    location: Location | None = None
    """EIDO ``locationReference`` of type ``CurrentIncident``, if changed."""
    summary: ShortText | None = None
    """What is happening, in one line that names no private person, if changed."""
    note: RestrictedText | None = None
    """EIDO ``notesComponent``: a remark added to the incident's record."""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.model_dump(exclude={"incident_id", "provenance"}, exclude_none=True):
            raise ValueError(f"an update of {self.incident_id} that changes nothing")
        return self


class IncidentClassified(
    Event,
    event="incident.classified",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """Someone entitled to it has judged what class of emergency an incident is, and how grave.

    The grade of an incident is not the level of the response to it, which is decided apart.
    """

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    category: IncidentCategory
    """Which of the four top classes it falls in (GB/T 35561-2017)."""
    local_category: Code | None = None
    """The finer class, in the list that the classifier goes by."""
    grade: ResponseGrade
    """How grave it is, I gravest."""
    local_grade: Code | None = None
    """The grade as the classifier's own list names it."""
    previous_category: IncidentCategory | None = None
    """The class that it had before; absent with the first classification."""
    previous_grade: ResponseGrade | None = None
    """The grade that it had before; absent with the first classification."""
    agency: AgencyName
    """The agency whose judgement it is: the one that speaks, or one above it."""
    decided_by: ShortText
    """The role that judged it, such as ``duty director``."""
    basis: Text | None = None
    """On what ground: the thresholds that are met, in words that name no private person."""
    basis_code: Code | None = None
    """On what ground: the clause of the plan or standard."""

    @model_validator(mode="after")
    def _gives_its_ground(self) -> Self:
        if not (self.basis or self.basis_code):
            raise ValueError(f"{self.category} of grade {self.grade} without basis or basis_code")
        return self

    @model_validator(mode="after")
    def _changes_something(self) -> Self:
        now, before = (self.category, self.grade), (self.previous_category, self.previous_grade)
        if now == before:
            raise ValueError(f"{self.category} of grade {self.grade}, as it was before")
        return self


class IncidentCleared(
    Event,
    event="incident.cleared",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """An incident is over and its units are free. It may be opened again (`IncidentReopened`)."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    cleared: Instant
    """When it was cleared."""
    status: IncidentStatus = IncidentStatus.CLOSED
    """EIDO ``incidentStatusCommonRegistryText``: Closed, or Cancelled where it was none."""
    disposition: CommonDisposition | None = None
    """EIDO ``CommonDispositionCode``: how it ended."""
    local_disposition: Code | None = None
    """EIDO ``dispositionComponent`` internal code and text."""
    casualties: TriageCounts | None = None
    """People hurt, dead or missing, as counted at the end."""
    rescued_count: Count | None = None
    """People brought to safety."""
    evacuated_count: Count | None = None
    """People brought out of danger in all."""
    summary: ShortText | None = None
    """How it ended, in one line that names no private person."""
    report: RestrictedText | None = None
    """How it ended, as free text."""

    @model_validator(mode="after")
    def _ended(self) -> Self:
        if self.status.recognised and self.status not in _ENDED:
            raise ValueError(f"cleared, but its status is {self.status}, not Closed or Cancelled")
        return self


class IncidentReopened(
    Event,
    event="incident.reopened",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.INCIDENT_OWNER,
    key=("incident_id",),
):
    """An incident that was cleared is not over. Its owner is who cleared it, until handed over."""

    incident_id: Token
    """EIDO ``internalIncidentId`` as a token."""
    cleared: Instant
    """When it had been cleared."""
    reopened: Instant
    """When it was opened again; not before ``cleared``."""
    status: IncidentStatus = IncidentStatus.RE_OPENED
    """EIDO ``incidentStatusCommonRegistryText``; not Closed or Cancelled."""
    summary: ShortText | None = None
    """What is happening, in one line that names no private person."""
    reason: RestrictedText | None = None
    """Why it was opened again."""
    reason_code: Code | None = None
    """Why it was opened again, in the agency's own codes."""
    decided_by: ShortText
    """The role that opened it again, such as ``duty director``."""

    @model_validator(mode="after")
    def _goes_on(self) -> Self:
        if self.reopened < self.cleared:
            raise ValueError(f"reopened {self.reopened} is before cleared {self.cleared}")
        if self.status in _ENDED:
            raise ValueError(f"reopened, but its status is {self.status}")
        return self

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if not (self.reason or self.reason_code):
            raise ValueError(f"{self.incident_id} reopened without reason or reason_code")
        return self
