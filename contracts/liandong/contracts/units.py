"""Units: what state a vehicle or team is in, and where it is.

Standards: NENA EIDO (STA-021.1b) ``emergencyResourceComponent`` for the state, Cursor-on-Target 2.0
and GTFS-Realtime ``VehiclePosition`` for the position. A crew is counted, never named.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Token,
    Vocabulary,
)
from liandong.contracts.codes import Count, Discipline
from liandong.contracts.geo import Location, Point
from liandong.contracts.resource_types import ResourceType
from liandong.contracts.subjects import AgencyName


class PrimaryUnitStatus(Vocabulary):
    """Whether a unit can be sent (EIDO registry ``PrimaryUnitStatus-Common``)."""

    AVAILABLE = "Available"
    CONDITIONALLY_AVAILABLE = "ConditionallyAvailable"  # busy, but may be sent elsewhere
    NOT_AVAILABLE = "NotAvailable"


class SecondaryUnitStatus(Vocabulary):
    """What a unit is doing (EIDO registry ``SecondaryUnitStatus-Common``)."""

    ACKNOWLEDGED_TRANSMISSION = "AcknowledgedTransmission"
    ALTERNATE_LOCATION = "AlternateLocation"
    ARRIVED = "Arrived"
    ASSIGNED = "Assigned"
    ASSIGNMENT_CANCELLED = "AssignmentCancelled"
    BACK_TO_ASSIGNED_AREA = "BacktoAssignedArea"
    BACKUP = "Backup"
    BREAK = "Break"
    CHECKED_IN = "CheckedIn"
    CLEARED = "Cleared"
    COP_OR_POP = "COP_or_POP"
    COURT = "Court"
    COVERING_ALTERNATE_AREA = "CoveringAlternateArea"
    DELAYED = "Delayed"
    DEPARTED = "Departed"
    DISPATCHED = "Dispatched"
    EN_ROUTE = "EnRoute"
    EQUIPMENT_ISSUES = "EquipmentIssues"
    EVENT = "Event"
    HOSPITAL = "Hospital"
    IN_SERVICE = "InService"
    INVESTIGATION = "Investigation"
    LOCATION = "Location"
    MEAL = "Meal"
    MEETING = "Meeting"
    OFF_DUTY = "OffDuty"
    ON_DUTY = "OnDuty"
    ON_SCENE = "OnScene"
    OUT_OF_SERVICE = "OutofService"
    PATIENT_CONTACT = "PatientContact"
    POST = "Post"
    RESPONDER_INITIATED_EVENT = "ResponderInitiatedEvent"
    ROLL_CALL = "RollCall"
    ROSTER = "Roster"
    SHIFT_PENDING = "ShiftPending"
    STAGING = "Staging"
    STATION = "Station"
    TRAFFIC_STOP = "TrafficStop"
    TRAINING = "Training"
    TRANSPORTING = "Transporting"
    UNMANNED = "Unmanned"


class UnitStatus(
    Event,
    event="unit.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.UNIT_OWNER,
    key=("incident_id", "unit_id"),
    state_of=("unit_id",),
):
    """A unit is in a new state. The envelope's time is when it came into it."""

    unit_id: Token
    """EIDO ``emergencyResourceComponent`` identifier as a token, unique within its home agency."""
    incident_id: Token | None = None
    """EIDO ``activeOnIncidentId``: the incident it is working on."""
    unit_name: ShortText | None = None
    """EIDO ``emergencyResourceName``: its call sign."""
    discipline: Discipline | None = None
    """The service it belongs to."""
    resource_type: ResourceType | None = None
    """EIDO registry ``EmergencyResourceType-Common``, such as ``HazMatTeam``."""
    local_type: Code | None = None
    """EIDO ``emergencyResourceType`` in the agency's own codes."""
    attributes: Annotated[tuple[ShortText, ...], Field(max_length=50)] = ()
    """EIDO registry ``ResourceAttribute``: what it can do; open."""
    local_attributes: Annotated[tuple[Code, ...], Field(max_length=50)] = ()
    """EIDO ``resourceAttributeInternalText``: what it can do, in the agency's own codes."""
    primary_status: PrimaryUnitStatus
    """EIDO ``primaryUnitStatusRegistryText``."""
    secondary_status: SecondaryUnitStatus | None = None
    """EIDO ``secondaryUnitStatusRegistryText``, the first of them: what it is doing."""
    qualified_by: Annotated[tuple[SecondaryUnitStatus, ...], Field(max_length=10)] = ()
    """EIDO ``secondaryUnitStatusRegistryText``, the others that hold with the first: ``Hospital``
    with ``EnRoute`` is on the way to the hospital."""
    local_status: Code | None = None
    """EIDO ``unitStatusInternal``."""
    stacked_incident_ids: Annotated[tuple[Token, ...], Field(max_length=50)] = ()
    """EIDO ``stackedOnIncidentId``: the incidents that wait for it."""
    order_id: Token | None = None
    """The order it is carrying out."""
    crew_count: Count | None = None
    """People aboard who belong to it."""
    location: Location | None = None
    """EIDO ``unitLocationReference``, if it came with the state."""
    destination: Location | None = None
    """EIDO ``unitDestinationReference``."""
    destination_facility_id: Token | None = None
    """The hospital or shelter it is going to."""
    eta: Instant | None = None
    """EIDO ``eta``: when it is expected at its destination."""
    home_agency: AgencyName | None = None
    """EDXL-RM ``OwnershipInformation/Owner``: whose it is, where that is not the one who speaks."""
    lent_to: AgencyName | None = None
    """Who commands it now, while it is lent."""
    aid_request_id: Token | None = None
    """The aid request it was lent for."""

    @model_validator(mode="after")
    def _qualifies_something_else(self) -> Self:
        if self.qualified_by and self.secondary_status in (None, *self.qualified_by):
            others = ", ".join(self.qualified_by)
            raise ValueError(f"secondary_status {self.secondary_status} is qualified by {others}")
        return self

    @model_validator(mode="after")
    def _waited_for_elsewhere(self) -> Self:
        if self.incident_id in self.stacked_incident_ids:
            raise ValueError(f"works on {self.incident_id}, which waits for it")
        return self

    @model_validator(mode="after")
    def _lent_to_another(self) -> Self:
        if self.lent_to is not None and self.lent_to == self.home_agency:
            raise ValueError(f"lent to {self.lent_to}, which is its home {self.home_agency}")
        return self


class UnitPosition(
    Event,
    event="unit.position",
    version=1,
    lane=Lane.TELEMETRY,
    owner=Role.UNIT_OWNER,
    key=("unit_id",),
):
    """Where a unit was at the envelope's time. Only the latest of a unit is kept."""

    unit_id: Token
    """The unit, named as in its status (CoT ``uid``, GTFS-RT ``vehicle.id``, as a token)."""
    incident_id: Token | None = None
    """The incident it is working on, where the position's source knows it."""
    local_type: Code | None = None
    """CoT ``type``, such as ``a-f-G-E-V-A``, or what the source calls such a unit."""
    point: Point
    """CoT ``point`` ``lon`` and ``lat``."""
    altitude_m: Annotated[float, Field(ge=-1_000, le=100_000)] | None = None
    """CoT ``hae``: metres above the WGS 84 ellipsoid."""
    speed_kmh: Annotated[float, Field(ge=0, le=2_000)] | None = None
    """CoT ``track`` ``speed``, over ground, in kilometres an hour (CoT has metres a second)."""
    course_deg: Annotated[float, Field(ge=0, lt=360)] | None = None
    """CoT ``track`` ``course``: degrees clockwise from true north, 0 up to but not 360."""
    accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    """CoT ``ce``: radius in metres within which it lies; absent where CoT has 9999999."""
    altitude_accuracy_m: Annotated[float, Field(ge=0, le=1_000_000)] | None = None
    """CoT ``le``: by how many metres ``altitude_m`` may be wrong."""
    stale: Instant | None = None
    """CoT ``stale``: after this it says nothing any more."""
    how: Annotated[str, Field(pattern=r"^[A-Za-z0-9_](-[A-Za-z0-9_]+)*$", max_length=20)] | None = (
        None
    )
    """CoT ``how``: ``m-g`` from GPS, ``h-e`` estimated by a person; open."""
