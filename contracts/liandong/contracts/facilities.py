"""Facilities: which beds a hospital has, and what state it is in. Counts only, never a patient.

Standard: OASIS EDXL-HAVE 1.0, its terms and code lists; HL7 FHIR role codes stand beside the beds.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Text,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import Count, TriageCounts
from liandong.contracts.geo import Location


class BedType(Vocabulary):
    """What a bed is equipped for (HAVE ``BedType``)."""

    ADULT_ICU = "AdultICU"
    PEDIATRIC_ICU = "PediatricICU"
    NEONATAL_ICU = "NeonatalICU"
    EMERGENCY_DEPARTMENT = "EmergencyDepartment"
    NURSERY_BEDS = "NurseryBeds"
    MEDICAL_SURGICAL = "MedicalSurgical"
    REHAB_LONG_TERM_CARE = "RehabLongTermCare"
    BURN = "Burn"
    PEDIATRICS = "Pediatrics"
    ADULT_PSYCHIATRIC = "AdultPsychiatric"
    PEDIATRIC_PSYCHIATRIC = "PediatricPsychiatric"
    NEGATIVE_FLOW_ISOLATION = "NegativeFlowIsolation"
    OTHER_ISOLATION = "OtherIsolation"
    OPERATING_ROOMS = "OperatingRooms"


FHIR_BED_CODES: Mapping[BedType, str] = MappingProxyType(
    {
        BedType.ADULT_ICU: "ICU",
        BedType.PEDIATRIC_ICU: "PEDICU",
        BedType.NEONATAL_ICU: "PEDNICU",
        BedType.EMERGENCY_DEPARTMENT: "ER",
        BedType.NURSERY_BEDS: "NURSERY",
        BedType.MEDICAL_SURGICAL: "HU",
        BedType.REHAB_LONG_TERM_CARE: "RHU",
        BedType.BURN: "BURNU",
        BedType.PEDIATRICS: "PEDU",
        BedType.ADULT_PSYCHIATRIC: "PHU",
        BedType.PEDIATRIC_PSYCHIATRIC: "PHU",
        BedType.NEGATIVE_FLOW_ISOLATION: "NEGISO",
        BedType.OTHER_ISOLATION: "OTHISO",
        BedType.OPERATING_ROOMS: "OR",
    }
)
"""HAVE bed types as FHIR ``Location.type`` codes (HL7 concept map HAvBED2 to FHIR).

FHIR has one code for both psychiatric types: the way back is not unique.
"""


class CapacityStatus(Vocabulary):
    """Whether a kind of bed can be had (HAVE ``CapacityStatus``)."""

    AVAILABLE = "Vacant/Available"
    NOT_AVAILABLE = "NotAvailable"


class EmsTraffic(Vocabulary):
    """Whether ambulances may come (HAVE ``EMSTrafficStatus``)."""

    NORMAL = "Normal"
    ADVISORY = "Advisory"  # may come, but had better go elsewhere
    CLOSED = "Closed"
    NOT_APPLICABLE = "NotApplicable"


class OperatingStatus(Vocabulary):
    """Whether the building works (HAVE ``FacilityStatus``)."""

    NORMAL = "Normal"
    COMPROMISED = "Compromised"
    EVACUATING = "Evacuating"
    CLOSED = "Closed"


class ClinicalStatus(Vocabulary):
    """Whether it can treat more people (HAVE ``ClinicalStatus``)."""

    NORMAL = "Normal"
    FULL = "Full"


class WorkingCapacity(Vocabulary):
    """Room left in decontamination or the morgue (HAVE ``DeconCapacity``, ``MorgueCapacity``)."""

    INACTIVE = "Inactive"  # decontamination only
    OPEN = "Open"
    FULL = "Full"
    EXCEEDED = "Exceeded"


class SecurityStatus(Vocabulary):
    """Who may enter (HAVE ``SecurityStatus``)."""

    NORMAL = "Normal"
    ELEVATED = "Elevated"
    RESTRICTED_ACCESS = "RestrictedAccess"
    LOCKDOWN = "Lockdown"
    QUARANTINE = "Quarantine"


class OffloadStatus(Vocabulary):
    """How long ambulances wait to hand over (HAVE ``EMSOffloadStatus``)."""

    NORMAL = "Normal"
    DELAYED = "Delayed"


class BedCapacity(Value):
    """How many beds of one kind (HAVE ``BedCapacity`` with its ``Capacity``)."""

    bed_type: BedType | None = None
    """HAVE ``BedType``; None where ``local_type`` has no counterpart in it."""
    local_type: Code | None = None
    """The facility's own name of the kind or ward."""
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

    @model_validator(mode="after")
    def _of_some_kind(self) -> Self:
        if self.bed_type is None and self.local_type is None:
            raise ValueError("beds of no kind: bed_type and local_type are both absent")
        return self


class FacilityStatus(
    Event,
    event="facility.status",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.REGISTER_KEEPER,
    key=("facility_id",),
):
    """A hospital says what it can take. Each status replaces the facility's last one."""

    facility_id: Token
    """HAVE ``OrganizationID`` as a token."""
    facility_name: ShortText | None = None
    """HAVE ``OrganizationName``."""
    last_update: Instant
    """HAVE ``LastUpdateTime``: when the counts were true."""
    location: Location | None = None
    """HAVE ``OrganizationGeoLocation``."""
    beds: Annotated[tuple[BedCapacity, ...], Field(max_length=200)] = ()
    """HAVE ``HospitalBedCapacityStatus``, one entry a kind."""
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
    offload_min: Annotated[int, Field(ge=0, le=10_080)] | None = None
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
