"""The code lists of referrals."""

from liandong.contracts.base import Vocabulary


class ReferralUrgency(Vocabulary):
    """How soon the other side must act, most urgent first."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class ReturnReason(Vocabulary):
    """Why a service does not take what was offered to it."""

    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    INCOMPLETE = "incomplete"  # nobody can act on what it says
    EMERGENCY = "emergency"  # belongs to an emergency line after all
    NO_EMERGENCY = "no_emergency"  # belongs to the municipal line after all
    NO_CAPACITY = "no_capacity"


class RequestStatus(Vocabulary):
    """How far a request is (Open311 ``status``)."""

    OPEN = "open"
    CLOSED = "closed"


class ReferralOutcome(Vocabulary):
    """What became of a request."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"  # closed all the same; the notes say why
    UNFOUNDED = "unfounded"  # checked, and it was not so
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"


class Satisfaction(Vocabulary):
    """What the citizen said when asked afterwards, as Chinese hotlines count it."""

    SATISFIED = "satisfied"  # 满意
    FAIRLY_SATISFIED = "fairly_satisfied"  # 基本满意
    DISSATISFIED = "dissatisfied"  # 不满意
    NOT_REACHED = "not_reached"  # 未接通
