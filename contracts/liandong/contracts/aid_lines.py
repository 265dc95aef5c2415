"""The lines of mutual aid: what is asked, answered and reported, each line for itself.

Standard: OASIS EDXL-RM 1.0 ``ResourceInformation``, one a line.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.aid_codes import RESPONSE_OF_ANSWER, AidAnswer, AidResponse
from liandong.contracts.aid_parts import Amount, Line, ListedValue, MessageId, Schedule
from liandong.contracts.aid_resources import AidResource
from liandong.contracts.base import Instant, RestrictedText, Text, Value


class AssignmentInstructions(Value):
    """How to get there and whom to see (EDXL-RM ``AssignmentInstructions``)."""

    transport: Text | None = None
    """EDXL-RM ``ModeOfTransportation``."""
    navigation: Text | None = None
    """EDXL-RM ``NavigationInstructions``."""
    reporting: RestrictedText | None = None
    """EDXL-RM ``ReportingInstructions``: where and to whom to report."""


class _AnyAssignment(Value):
    """What a resource is to do, beside how much of it is needed."""

    restrictions: Text | None = None
    """EDXL-RM ``Restrictions``: what it must not be used for."""
    function: Text | None = None
    """EDXL-RM ``AnticipatedFunction``: what it is to do."""
    price: Amount | None = None
    """EDXL-RM ``PriceQuote``: the amount in a currency, or words."""
    purchase_order_id: Line | None = None
    """EDXL-RM ``OrderID``: the lender's or borrower's purchase order."""
    instructions: AssignmentInstructions | None = None
    """EDXL-RM ``AssignmentInstructions``."""


class Assignment(_AnyAssignment):
    """How much of a resource, to do what (EDXL-RM ``AssignmentInformation``)."""

    quantity: Amount | None = None
    """EDXL-RM ``Quantity``: what is asked, or with an answer what is granted (or declined)."""


class OrderedAssignment(_AnyAssignment):
    """How much of a resource is ordered, to do what (EDXL-RM ``AssignmentInformation``)."""

    quantity: Amount
    """EDXL-RM ``Quantity``: what is ordered."""


class LineResponse(Value):
    """What is answered to a line (EDXL-RM ``ResponseInformation``)."""

    to_line_id: MessageId
    """EDXL-RM ``PrecedingResourceInfoElementID``: the line that is answered."""
    answer: AidAnswer
    """What is answered, in part and deferred being told apart."""
    response_type: AidResponse
    """EDXL-RM ``ResponseType``: the standard's word for ``answer``."""
    deferred_until: Instant | None = None
    """With ``deferred``: when it can be had, or when the answer will come."""
    reason_code: ListedValue | None = None
    """EDXL-RM ``ReasonCode``."""
    reason: Text | None = None
    """EDXL-RM ``ResponseReason``: why, in words that name no private person."""

    @model_validator(mode="after")
    def _one_answer(self) -> Self:
        if self.response_type is not RESPONSE_OF_ANSWER.get(self.answer, self.response_type):
            raise ValueError(f"answer is {self.answer} and response_type is {self.response_type}")
        is_deferred = self.answer is AidAnswer.DEFERRED
        if self.answer.recognised and is_deferred is (self.deferred_until is None):
            raise ValueError(f"answer is {self.answer} and deferred_until is {self.deferred_until}")
        return self

    @model_validator(mode="after")
    def _condition_named(self) -> Self:
        explained = self.reason_code is not None or self.reason is not None
        if self.answer is AidAnswer.PROVISIONAL and not explained:
            raise ValueError(f"answer is {self.answer} but reason_code and reason are absent")
        return self


class _AnyLine(Value):
    """What every line carries."""

    line_id: MessageId
    """EDXL-RM ``ResourceInfoElementID``: the line's name within its message."""
    schedule: Schedule = ()
    """EDXL-RM ``ScheduleInformation``."""


class AidLine(_AnyLine):
    """A resource that is asked for or offered."""

    resource: AidResource
    """EDXL-RM ``Resource``."""
    assignment: Assignment | None = None
    """EDXL-RM ``AssignmentInformation``."""


class OrderedLine(_AnyLine):
    """A resource that is ordered: which, and how much of it."""

    resource: AidResource
    """EDXL-RM ``Resource``."""
    assignment: OrderedAssignment
    """EDXL-RM ``AssignmentInformation``."""

    @model_validator(mode="after")
    def _says_how_much(self) -> Self:
        if not self.assignment.quantity.says_something:
            raise ValueError(
                f"line {self.line_id} is ordered, but quantity is {self.assignment.quantity}"
            )
        return self


class AidLineAnswer(_AnyLine):
    """What is answered to one line, and with which resource. Several may answer the same line."""

    response: LineResponse
    """EDXL-RM ``ResponseInformation``."""
    resource: AidResource | None = None
    """EDXL-RM ``Resource``: what is lent, where it is known already."""
    assignment: Assignment | None = None
    """EDXL-RM ``AssignmentInformation``."""

    @model_validator(mode="after")
    def _grants_something(self) -> Self:
        if self.response.response_type is not AidResponse.ACCEPT:
            return self
        granted = self.assignment.quantity if self.assignment else None
        says_how_much = granted is not None and granted.says_something
        if self.response.answer is AidAnswer.IN_PART and not says_how_much:
            raise ValueError(f"line {self.line_id} is granted in part, but quantity is {granted}")
        if granted and granted.amount == 0:
            raise ValueError(f"line {self.line_id}: {self.response.answer} grants {granted.amount}")
        return self


class AidLineReport(_AnyLine):
    """How one line stands, what of it is let go, or what is asked about it."""

    response: LineResponse | None = None
    """EDXL-RM ``ResponseInformation``: the earlier line that this is about."""
    resource: AidResource | None = None
    """EDXL-RM ``Resource``."""
    assignment: Assignment | None = None
    """EDXL-RM ``AssignmentInformation``."""


AidLines = Annotated[tuple[AidLine, ...], Field(min_length=1, max_length=200)]
"""What is asked or offered."""
OrderedLines = Annotated[tuple[OrderedLine, ...], Field(min_length=1, max_length=200)]
"""What is ordered."""
AidLineAnswers = Annotated[tuple[AidLineAnswer, ...], Field(min_length=1, max_length=200)]
"""What is answered; a line that is not here is still open."""
AidLineReports = Annotated[tuple[AidLineReport, ...], Field(max_length=200)]
"""What is reported or asked about."""
