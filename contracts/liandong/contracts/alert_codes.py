"""The value lists of CAP 1.2, spelt as the standard spells them, and Chinese warning colours."""

from collections.abc import Mapping
from types import MappingProxyType

from liandong.contracts.base import Vocabulary


class AlertStatus(Vocabulary):
    """How an alert is to be handled (CAP ``status``)."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class AlertMessageType(Vocabulary):
    """What a message does (CAP ``msgType``)."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class AlertScope(Vocabulary):
    """For whom it is (CAP ``scope``)."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class AlertCategory(Vocabulary):
    """What kind of hazard (CAP ``category``)."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(Vocabulary):
    """What people should do (CAP ``responseType``)."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(Vocabulary):
    """How soon people must act (CAP ``urgency``)."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"  # within the next hour
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(Vocabulary):
    """How bad it is (CAP ``severity``)."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(Vocabulary):
    """How sure it is (CAP ``certainty``)."""

    OBSERVED = "Observed"
    LIKELY = "Likely"  # more than half
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class WarningColour(Vocabulary):
    """The colour of a Chinese public warning, gravest first."""

    RED = "red"  # 红色
    ORANGE = "orange"  # 橙色
    YELLOW = "yellow"  # 黄色
    BLUE = "blue"  # 蓝色


SEVERITY_OF_COLOUR: Mapping[WarningColour, Severity] = MappingProxyType(
    {
        WarningColour.RED: Severity.EXTREME,
        WarningColour.ORANGE: Severity.SEVERE,
        WarningColour.YELLOW: Severity.MODERATE,
        WarningColour.BLUE: Severity.MINOR,
    }
)
"""The CAP severity of a colour: our reading, no public standard that we know gives one."""
