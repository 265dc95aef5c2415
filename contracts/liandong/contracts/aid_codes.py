"""Code lists of mutual aid: those of OASIS EDXL-RM 1.0, and one of ours beside them."""

from collections.abc import Mapping

from liandong.contracts.base import Vocabulary


class ScheduleType(Vocabulary):
    """What happens at a time or place (EDXL-RM ``ScheduleType``)."""

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
    """What is answered to a line, in the standard's three words (EDXL-RM ``ResponseType``)."""

    ACCEPT = "Accept"
    DECLINE = "Decline"
    PROVISIONAL = "Provisional"  # yes, if something comes true that the reason names


class AidAnswer(Vocabulary):
    """What is answered to a line, in the words that people need; EDXL-RM has three of the five."""

    ACCEPT = "accept"
    IN_PART = "in_part"  # less than was asked; the quantity says how much
    PROVISIONAL = "provisional"
    DEFERRED = "deferred"  # not now; a time says when
    DECLINE = "decline"


RESPONSE_OF_ANSWER: Mapping[AidAnswer, AidResponse] = {
    AidAnswer.ACCEPT: AidResponse.ACCEPT,
    AidAnswer.IN_PART: AidResponse.ACCEPT,
    AidAnswer.PROVISIONAL: AidResponse.PROVISIONAL,
    AidAnswer.DEFERRED: AidResponse.PROVISIONAL,
    AidAnswer.DECLINE: AidResponse.DECLINE,
}
"""The standard's word for each answer."""


class ContactRole(Vocabulary):
    """What a contact is to the message (EDXL-RM ``ContactRole``)."""

    SENDER = "Sender"
    REQUESTER = "Requester"
    SUBJECT_MATTER_EXPERT = "SubjectMatterExpert"
    APPROVER = "Approver"
    RESPONDING_ORG = "RespondingOrg"
    OWNER = "Owner"


class RecallType(Vocabulary):
    """Why an earlier message no longer counts (EDXL-RM ``RecallType``)."""

    UPDATE = "Update"  # this one stands in its place
    CANCEL = "Cancel"
