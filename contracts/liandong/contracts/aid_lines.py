"""The lines of mutual aid: what is asked, granted and let go, each line for itself.

Standard: OASIS EDXL-RM 1.0 ``ResourceInformation``, one a line.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Code, Instant, ShortText, Text, Token, Value, Vocabulary
from liandong.contracts.codes import Quantity
from liandong.contracts.geo import Location
from liandong.contracts.resource_types import ResourceType
from liandong.contracts.subjects import AgencyName


class ScheduleType(Vocabulary):
    """What happens at a time (EDXL-RM ``ScheduleType``)."""

    REQUESTED_ARRIVAL = "RequestedArrival"
    ESTIMATED_ARRIVAL = "EstimatedArrival"
    ACTUAL_ARRIVAL = "ActualArrival"
    REQUESTED_DEPARTURE = "RequestedDeparture"
    ESTIMATED_DEPARTURE = "EstimatedDeparture"
    ACTUAL_DEPARTURE = "ActualDeparture"
    REQUESTED_RETURN_DEPARTURE = "RequestedReturnDeparture"
    ESTIMATED_RETURN_DEPARTURE = "EstimatedReturnDeparture"
    ACTUAL_RETURN_DEPARTURE = "ActualReturnDeparture"
    REQUESTED_RETURN_ARRIVAL = "RequestedReturnArrival"
    ESTIMATED_RETURN_ARRIVAL = "EstimatedReturnArrival"
    ACTUAL_RETURN_ARRIVAL = "ActualReturnArrival"
    BEGIN_AVAILABLE = "BeginAvailable"
    END_AVAILABLE = "EndAvailable"
    COMMITTED = "Committed"
    CURRENT = "Current"
    REPORT_TO = "ReportTo"
    ROUTE = "Route"


class AidResponse(Vocabulary):
    """What an agency answers to a line (EDXL-RM ``ResponseType``)."""

    ACCEPT = "Accept"
    DECLINE = "Decline"
    PROVISIONAL = "Provisional"  # yes, if something comes true that the reason names


class ScheduleEntry(Value):
    """When and where something is to happen or has happened (EDXL-RM ``ScheduleInformation``)."""

    type: ScheduleType
    """EDXL-RM ``ScheduleType``."""
    time: Instant | None = None
    """EDXL-RM ``DateTime``."""
    location: Location | None = None
    """EDXL-RM ``Location``."""

    @model_validator(mode="after")
    def _when_or_where(self) -> Self:
        if self.time is None and self.location is None:
            raise ValueError(f"{self.type} has neither time nor location")
        return self


Schedule = Annotated[tuple[ScheduleEntry, ...], Field(max_length=50)]
"""Times and places of one line."""


class AidLine(Value):
    """One kind of resource that is asked for (EDXL-RM ``ResourceInformation``)."""

    line_id: ShortText
    """EDXL-RM ``ResourceInfoElementID``: the line's name within the request."""
    resource_type: ResourceType | None = None
    """EIDO registry ``EmergencyResourceType-Common``, such as ``HazMatTeam``."""
    local_type: Code | None = None
    """EDXL-RM ``TypeStructure``: the type in the asker's own list."""
    name: ShortText
    """EDXL-RM ``Name``: what is needed, in words."""
    quantity: Quantity
    """EDXL-RM ``Quantity``: how many, or how much of ``quantity_unit``."""
    quantity_unit: ShortText | None = None
    """EDXL-RM ``UnitOfMeasure``; None counts pieces, vehicles or teams."""
    function: Text | None = None
    """EDXL-RM ``AnticipatedFunction``: what it is to do."""
    special_requirements: Text | None = None
    """EDXL-RM ``SpecialRequirements`` and ``Restrictions``."""
    schedule: Schedule = ()
    """EDXL-RM ``ScheduleInformation``."""


class LentUnit(Value):
    """A unit that is lent (EDXL-RM ``Resource``)."""

    unit_id: Token
    """EDXL-RM ``ResourceID`` as a token; its statuses and positions carry it."""
    unit_name: ShortText | None = None
    """EDXL-RM ``Name``: its call sign."""
    resource_type: ResourceType | None = None
    """EIDO registry ``EmergencyResourceType-Common``."""
    local_type: Code | None = None
    """EDXL-RM ``TypeStructure``: the type in the lender's own list."""
    home_agency: AgencyName
    """EDXL-RM ``OwnershipInformation/Owner``: who lends it, and sees it until it is back."""


class AidLineAnswer(Value):
    """What an agency answers to one line (EDXL-RM ``ResponseInformation``)."""

    line_id: ShortText
    """EDXL-RM ``PrecedingResourceInfoElementID``: the line that is answered."""
    response: AidResponse
    """EDXL-RM ``ResponseType``."""
    granted_quantity: Quantity = 0
    """EDXL-RM ``Quantity``: how much of the line is granted, in ``granted_quantity_unit``."""
    granted_quantity_unit: ShortText | None = None
    """EDXL-RM ``UnitOfMeasure``; None counts pieces, vehicles or teams."""
    units: Annotated[tuple[LentUnit, ...], Field(max_length=200)] = ()
    """The units that are lent, where they are known already."""
    reason_code: Code | None = None
    """EDXL-RM ``ReasonCode``."""
    reason: Text | None = None
    """EDXL-RM ``ResponseReason``."""
    schedule: Schedule = ()
    """EDXL-RM ``ScheduleInformation``."""

    @model_validator(mode="after")
    def _grants_or_explains(self) -> Self:
        declined = self.response is AidResponse.DECLINE
        if declined and (self.granted_quantity or self.units):
            raise ValueError(
                f"line {self.line_id}: {self.response} grants {self.granted_quantity}"
                f" and {len(self.units)} units"
            )
        if self.response is AidResponse.ACCEPT and not self.granted_quantity:
            raise ValueError(f"line {self.line_id}: Accept grants {self.granted_quantity}")
        if not (self.response is AidResponse.ACCEPT or self.reason_code or self.reason):
            raise ValueError(f"line {self.line_id}: {self.response} without reason or reason_code")
        return self


class ReleasedLine(Value):
    """What of one line is let go (EDXL-RM ``ResourceInformation`` of a ReleaseResource)."""

    line_id: ShortText
    """EDXL-RM ``ResourceInfoElementID`` of the line."""
    released_quantity: Quantity
    """EDXL-RM ``Quantity``: how much is let go, in ``released_quantity_unit``."""
    released_quantity_unit: ShortText | None = None
    """EDXL-RM ``UnitOfMeasure``; None counts pieces, vehicles or teams."""
    unit_ids: Annotated[tuple[Token, ...], Field(max_length=200)] = ()
    """EDXL-RM ``ResourceID`` of each unit that goes home."""
    schedule: Schedule = ()
    """EDXL-RM ``ScheduleInformation`` of the way home."""
