"""Code lists of facilities: HAVE's own, in its own spelling, and what FHIR calls its bed types.

Standard: OASIS EDXL-HAVE 1.0; HL7 FHIR role codes.
"""

from collections.abc import Mapping
from types import MappingProxyType

from liandong.contracts.base import Vocabulary


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


_ROLE = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
_SANER = "http://hl7.org/fhir/us/saner/CodeSystem/BedType"

FHIR_BED_CODES: Mapping[BedType, tuple[str, str]] = MappingProxyType(
    {
        BedType.ADULT_ICU: ("ICU", _ROLE),
        BedType.PEDIATRIC_ICU: ("PEDICU", _ROLE),
        BedType.NEONATAL_ICU: ("PEDNICU", _ROLE),
        BedType.EMERGENCY_DEPARTMENT: ("ER", _ROLE),
        BedType.NURSERY_BEDS: ("NURSERY", _SANER),
        BedType.MEDICAL_SURGICAL: ("HU", _ROLE),
        BedType.REHAB_LONG_TERM_CARE: ("RHU", _ROLE),
        BedType.BURN: ("BURNU", _SANER),
        BedType.PEDIATRICS: ("PEDU", _ROLE),
        BedType.ADULT_PSYCHIATRIC: ("PHU", _ROLE),
        BedType.PEDIATRIC_PSYCHIATRIC: ("PHU", _ROLE),
        BedType.NEGATIVE_FLOW_ISOLATION: ("NEGISO", _SANER),
        BedType.OTHER_ISOLATION: ("OTHISO", _SANER),
        BedType.OPERATING_ROOMS: ("OR", _SANER),
    }
)
"""HAVE bed types as FHIR ``Location.type``: code and code system (HL7 concept map HAvBED2 to FHIR).

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


class Adequacy(Vocabulary):
    """Whether there is enough of something (HAVE ``Staffing`` and its neighbours)."""

    ADEQUATE = "Adequate"
    INSUFFICIENT = "Insufficient"
