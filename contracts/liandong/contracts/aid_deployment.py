"""Mutual aid, from deployment to the way home.

Standard: OASIS EDXL-RM 1.0 RequestResourceDeploymentStatus, ReportResourceDeploymentStatus,
RequestExtendedDeploymentDuration, RequestReturn, their responses, and ReleaseResource. The lender
sees its resource until it is back.
"""

from typing import Self

from pydantic import model_validator

from liandong.contracts.aid_lines import AidLineAnswers, AidLineReports, AidLines
from liandong.contracts.aid_thread import (
    AidFollowUp,
    AidReply,
    FromBorrower,
    FromEither,
    FromLender,
    check_once,
    check_resources,
)
from liandong.contracts.base import Event, Lane, Role


class AidDeploymentAsked(
    FromEither,
    AidFollowUp,
    Event,
    event="aid.deployment_asked",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.AGENCY,
    key=("incident_id", "request_id"),
):
    """Somebody asks where lent resources are (RequestResourceDeploymentStatus)."""

    lines: AidLines
    """EDXL-RM ``ResourceInformation``: the resources that are asked about."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidDeploymentReported(
    FromEither,
    AidFollowUp,
    Event,
    event="aid.deployment_reported",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.AGENCY,
    key=("incident_id", "request_id"),
):
    """How lent resources stand, from under way to home (ReportResourceDeploymentStatus)."""

    lines: AidLineReports
    """EDXL-RM ``ResourceInformation``: the resources, with times and places."""

    @model_validator(mode="after")
    def _of_something(self) -> Self:
        if not self.lines:
            raise ValueError(f"a report on {self.request_id} with lines {self.lines}")
        return self


class AidExtensionAsked(
    FromBorrower,
    AidFollowUp,
    Event,
    event="aid.extension_asked",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """The borrower wants to keep resources longer (RequestExtendedDeploymentDuration)."""

    lines: AidLines
    """EDXL-RM ``ResourceInformation``: the resources, with the new time of return."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidExtensionAnswered(
    FromLender,
    AidReply,
    Event,
    event="aid.extension_answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """The lender lets its resources stay longer, or not.

    EDXL-RM ResponseToRequestExtendedDeploymentDuration.
    """

    lines: AidLineAnswers
    """EDXL-RM ``ResourceInformation``: the answers."""


class AidReturnAsked(
    FromLender,
    AidFollowUp,
    Event,
    event="aid.return_asked",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """The lender asks for its resources back (RequestReturn)."""

    lines: AidLines
    """EDXL-RM ``ResourceInformation``: the resources, with the time it needs them."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidReturnAnswered(
    FromBorrower,
    AidReply,
    Event,
    event="aid.return_answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """The borrower says whether and when it lets resources go (ResponseToRequestReturn)."""

    lines: AidLineAnswers
    """EDXL-RM ``ResourceInformation``: the answers."""


class AidRecalled(
    FromLender,
    AidFollowUp,
    Event,
    event="aid.recalled",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """The lender takes its resources back at once: they are no longer lent.

    EDXL-RM has no word for it: its RequestReturn asks, its MessageRecall takes back a message.
    """

    lines: AidLines
    """EDXL-RM ``ResourceInformation``: the resources that go home now."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidReleased(
    FromBorrower,
    AidFollowUp,
    Event,
    event="aid.released",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """Resources are let go: nobody commands them any more but their owner (ReleaseResource)."""

    complete: bool = False
    """Whether nothing of this lender's is left at work in the thread; EDXL-RM does not say."""
    lines: AidLineReports
    """EDXL-RM ``ResourceInformation``: what is let go, each line with its resource."""

    @model_validator(mode="after")
    def _of_resources(self) -> Self:
        check_resources(self.lines)
        return self
