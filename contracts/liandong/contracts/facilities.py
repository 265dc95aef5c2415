"""Facilities: which beds a hospital has, and what state it is in. Counts only, never a patient.

Standard: OASIS EDXL-HAVE 1.0, its terms and code lists; HL7 FHIR role codes stand beside the beds,
and counts by code are those of an FHIR ``MeasureReport``. The first version is in `facilities_v1`.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Text,
    Token,
    Value,
)
from liandong.contracts.codes import Count, TriageCounts
from liandong.contracts.facility_codes import (
    Adequacy,
    BedType,
    CapacityStatus,
    ClinicalStatus,
    EmsTraffic,
    OffloadStatus,
    OperatingStatus,
    SecurityStatus,
    WorkingCapacity,
)
from liandong.contracts.geo import Location
from liandong.contracts.measures import Codes, Concept, MeasureGroup, PartyReference

Minutes = Annotated[int, Field(ge=0, le=10_080)]
"""Up to a week."""


class BedCounts(Value):
    """How many beds of one kind, in the terms of both versions."""

    bed_type: BedType | None = None
    """HAVE ``BedType``; absent where the owner's own codes have no counterpart in it."""
    status: CapacityStatus | None = None
    """HAVE ``CapacityStatus``."""
    baseline_count: Count | None = None
    """HAVE ``BaselineCount``: beds staffed on an ordinary day."""
    available_count: Count | None = None
    """HAVE ``AvailableCount``: beds that can be filled now."""
    occupied_count: Count | None = None
    """Beds with someone in them; more than the baseline in a surge."""
    additional_24h_count: Count | None = None
    """HAVE ``AdditionalCapacityCount24Hr``: beds that could be added within 24 hours."""
    additional_72h_count: Count | None = None
    """HAVE ``AdditionalCapacityCount72Hr``: beds that could be added within 72 hours."""


class BedCapacity(BedCounts):
    """How many beds of one kind (HAVE ``BedCapacity`` with its ``Capacity``)."""

    codes: Codes = ()
    """What others call the kind: HAVE ``SubCategoryBedType``, FHIR, LOINC, the ward's own code."""
    comment: Text | None = None
    """HAVE ``CommentText`` of these beds, naming nobody."""

    @model_validator(mode="after")
    def _of_some_kind(self) -> Self:
        if self.bed_type is None and not self.codes:
            raise ValueError("beds of no kind: bed_type and codes are both absent")
        return self


class ServiceCoverage(Value):
    """Whether a service can be had, with staff and rooms (HAVE ``ServiceCoverageStatus``)."""

    service: Concept
    """Which: the name of the HAVE element, such as ``Neurosurgery``, and other codes beside it."""
    available: bool
    """The element's value."""


class DayActivity(Value):
    """What happened in the 24 hours before (HAVE ``Activity24Hr``)."""

    admissions_count: Count | None = None
    """HAVE ``Admissions``."""
    discharges_count: Count | None = None
    """HAVE ``Discharges``."""
    deaths_count: Count | None = None
    """HAVE ``Deaths``."""


class FacilityFacts(Value):
    """What a hospital says, in the terms of both versions."""

    facility_id: Token
    """HAVE ``OrganizationID`` as a token."""
    facility_name: ShortText | None = None
    """HAVE ``OrganizationName``."""
    last_update: Instant
    """HAVE ``LastUpdateTime``: when the counts were true."""
    location: Location | None = None
    """HAVE ``OrganizationGeoLocation``."""
    ems_traffic: EmsTraffic | None = None
    """HAVE ``EMSTrafficStatus``."""
    ems_traffic_reason: Text | None = None
    """HAVE ``EMSTrafficReason``."""
    ems_capacity: TriageCounts | None = None
    """HAVE ``EMSCapacity``: how many more of each triage colour it can take."""
    ems_census: TriageCounts | None = None
    """HAVE ``EMSCensus``: how many of each triage colour it is treating."""
    offload_status: OffloadStatus | None = None
    """HAVE ``EMSOffloadStatus``."""
    offload_min: Minutes | None = None
    """HAVE ``EMSOffloadMinutes``: minutes until an ambulance is free again, up to a week."""
    facility_status: OperatingStatus | None = None
    """HAVE ``FacilityStatus``."""
    clinical_status: ClinicalStatus | None = None
    """HAVE ``ClinicalStatus``."""
    decon_capacity: WorkingCapacity | None = None
    """HAVE ``DeconCapacity``."""
    morgue_capacity: WorkingCapacity | None = None
    """HAVE ``MorgueCapacity``."""
    security_status: SecurityStatus | None = None
    """HAVE ``SecurityStatus``."""
    operations_centre_active: bool | None = None
    """HAVE ``EOCStatus``: whether its own emergency operations centre is manned."""
    comment: Text | None = None
    """HAVE ``CommentText``, naming nobody."""


class FacilityStatus(
    FacilityFacts,
    Event,
    event="facility.status",
    version=2,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("facility_id",),
    state_of=("facility_id", "measure"),
):
    """A hospital says what it can take. Replaces its agency's last one of the same ``measure``."""

    subject: PartyReference | None = None
    """FHIR ``subject``: the facility as the reporter's own system knows it."""
    reporter: PartyReference | None = None
    """FHIR ``reporter``: who counted, where that is not the facility itself."""
    beds: Annotated[tuple[BedCapacity, ...], Field(max_length=200)] = ()
    """HAVE ``HospitalBedCapacityStatus``, one entry a kind."""
    measure: ShortText | None = None
    """FHIR ``measure``: by whose definition was counted; absent for the facility as a whole."""
    period_start: Instant | None = None
    """FHIR ``period.start``: from when on was counted."""
    period_end: Instant | None = None
    """FHIR ``period.end``: until when; of whole days, the midnight that ends the last one."""
    measures: Annotated[tuple[MeasureGroup, ...], Field(max_length=100)] = ()
    """FHIR ``group``: counts by code, of beds and of all else, exactly as reported."""
    improvement: Concept | None = None
    """FHIR ``improvementNotation``: whether a higher score is better, or a lower one."""
    services: Annotated[tuple[ServiceCoverage, ...], Field(max_length=200)] = ()
    """HAVE ``ServiceCoverageStatus``."""
    activity_24h: DayActivity | None = None
    """HAVE ``Activity24Hr``."""
    air_offload_status: OffloadStatus | None = None
    """HAVE ``EMSAirTransportStatus``: how long air ambulances wait to hand over."""
    air_offload_min: Minutes | None = None
    """HAVE ``EMSOffloadMinutes`` of air transport: minutes until one is free again."""
    staffing: Adequacy | None = None
    """HAVE ``Staffing``: whether there is staff enough."""
    facility_supplies: Adequacy | None = None
    """HAVE ``FacilityOperations``: supplies to run the building."""
    clinical_supplies: Adequacy | None = None
    """HAVE ``ClinicalOperations``: supplies to treat people."""
    decon_walking_count: Count | None = None
    """HAVE ``AmbulatoryPatientsDeconCapacity``: people an hour who can walk."""
    decon_lying_count: Count | None = None
    """HAVE ``NonAmbulatoryPatientsDeconCapacity``: people an hour who cannot."""
    morgue_free_count: Count | None = None
    """HAVE ``MorgueCapacityUnits``: places free now."""
    emergency_plan_active: bool | None = None
    """HAVE ``HospitalEOCPlan``: whether it has activated its emergency operations plan."""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        start, end = self.period_start, self.period_end
        if start and end and end < start:
            raise ValueError(f"period_end {end} is before period_start {start}")
        return self
