"""What each of the sixteen messages asks for and has not (EDXL-RM 1.0 §3.3 to §3.18).

All share one set of elements; an element's name means the same wherever it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from liandong.adapters.codecs.edxl_rm.document import MessageType
from liandong.adapters.codecs.edxl_rm.forms import SCHEDULE_TYPES


@dataclass(frozen=True)
class Profile:
    """What one message asks for beside what all do.

    Attributes:
        required: Elements that must be there.
        absent: Elements that it has not.
        schedule: The types of time and place that it may give.
    """

    required: frozenset[str]
    absent: frozenset[str]
    schedule: frozenset[str]


_ALL: Final = frozenset(SCHEDULE_TYPES)
_BACK: Final = {"ActualReturnArrival", "ActualReturnDeparture"}
_GONE: Final = {"ActualArrival", "ActualDeparture", *_BACK}
_NEED: Final = frozenset(
    {
        *("RequestedArrival", "RequestedDeparture", "ReportTo", "Route"),
        *("EstimatedReturnArrival", "EstimatedReturnDeparture"),
    }
)


def _profile(required: str, absent: str, schedule: frozenset[str]) -> Profile:
    return Profile(frozenset(required.split()), frozenset(absent.split()), schedule)


_LINES = "ResourceInformation Resource"
_ANSWER = "PrecedingMessageID ResourceInformation ResponseInformation"

PROFILES: Mapping[MessageType, Profile] = {
    MessageType.REQUEST_RESOURCE: _profile(
        _LINES,
        "PrecedingMessageID ResponseInformation ResponsibleParty OwnershipInformation"
        " ResourceStatus PriceQuote OrderID AssignmentInstructions",
        _NEED,
    ),
    MessageType.RESPONSE_TO_REQUEST_RESOURCE: _profile(
        _ANSWER, "OrderID", _ALL - _GONE - {"Committed", "Current", "EstimatedReturnArrival"}
    ),
    MessageType.REQUISITION_RESOURCE: _profile(
        f"{_LINES} Funding AssignmentInformation Quantity",
        "ResponseInformation ResourceStatus OrderID",
        _NEED | {"EstimatedArrival", "EstimatedDeparture"},
    ),
    MessageType.COMMIT_RESOURCE: _profile(
        f"{_ANSWER} Quantity", "Availability", _ALL - _BACK - {"ActualArrival"}
    ),
    MessageType.REQUEST_INFORMATION: _profile("MessageDescription", "ResponseInformation", _ALL),
    MessageType.RESPONSE_TO_REQUEST_INFORMATION: _profile("PrecedingMessageID", "", _ALL),
    MessageType.OFFER_UNSOLICITED_RESOURCE: _profile(
        _LINES,
        "PrecedingMessageID Funding ResponseInformation OrderID",
        frozenset(
            {
                *("EstimatedArrival", "EstimatedDeparture", "BeginAvailable", "EndAvailable"),
                *("RequestedReturnArrival", "RequestedReturnDeparture", "Route"),
            }
        ),
    ),
    MessageType.RELEASE_RESOURCE: _profile(
        f"{_LINES} Quantity", "InventoryRefreshDateTime", _ALL - {"ActualReturnArrival"}
    ),
    MessageType.REQUEST_RETURN: _profile(
        _LINES,
        "ResponseInformation InventoryRefreshDateTime",
        _ALL - _BACK - {"Current", "EstimatedReturnArrival", "EstimatedReturnDeparture"},
    ),
    MessageType.RESPONSE_TO_REQUEST_RETURN: _profile(
        f"{_ANSWER} ResourceStatus DeploymentStatus Availability",
        "InventoryRefreshDateTime",
        _ALL - {"ActualReturnArrival"},
    ),
    MessageType.REQUEST_QUOTE: _profile(_LINES, "ResourceStatus PriceQuote OrderID", _NEED),
    MessageType.RESPONSE_TO_REQUEST_QUOTE: _profile(
        f"{_ANSWER} PriceQuote", "OrderID", _ALL - _GONE - {"Committed", "Current"}
    ),
    MessageType.REQUEST_DEPLOYMENT_STATUS: _profile(
        _LINES, "ResponseInformation ResourceStatus", _ALL - {"Current"}
    ),
    MessageType.REPORT_DEPLOYMENT_STATUS: _profile("ResourceInformation", "", _ALL),
    MessageType.REQUEST_EXTENSION: _profile(
        _LINES,
        "ResponseInformation InventoryRefreshDateTime AssignmentInstructions",
        _ALL - _BACK - {"BeginAvailable", "Current", "EndAvailable"},
    ),
    MessageType.RESPONSE_TO_REQUEST_EXTENSION: _profile(
        _ANSWER, "InventoryRefreshDateTime", _ALL - _BACK - {"BeginAvailable", "Current"}
    ),
}
"""By message."""
