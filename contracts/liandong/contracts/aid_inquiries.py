"""Mutual aid, beside the way from need to return: prices asked and given, questions and answers.

Standard: OASIS EDXL-RM 1.0 RequestQuote, RequestInformation and their responses.
"""

from typing import Self

from pydantic import model_validator

from liandong.contracts.aid_lines import AidLineAnswers, AidLineReports
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


class AidQuoteAsked(
    FromBorrower,
    AidFollowUp,
    Event,
    event="aid.quote_asked",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """An agency asks what resources would cost (RequestQuote)."""

    lines: AidLineReports
    """EDXL-RM ``ResourceInformation``: what it asks the price of, each line with its resource."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self

    @model_validator(mode="after")
    def _of_resources(self) -> Self:
        check_resources(self.lines)
        return self


class AidQuoteAnswered(
    FromLender,
    AidReply,
    Event,
    event="aid.quote_answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """An agency names its price, or declines (ResponseToRequestQuote)."""

    lines: AidLineAnswers
    """EDXL-RM ``ResourceInformation``: the answers; a price is in the assignment."""


class AidInformationAsked(
    FromEither,
    AidFollowUp,
    Event,
    event="aid.information_asked",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.AGENCY,
    key=("incident_id", "request_id"),
):
    """Somebody asks about resources or needs (RequestInformation); what, is in the description."""

    lines: AidLineReports = ()
    """EDXL-RM ``ResourceInformation``: what the question is about."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidInformationAnswered(
    FromEither,
    AidReply,
    Event,
    event="aid.information_answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.AGENCY,
    key=("incident_id", "request_id"),
):
    """An answer to a question about resources or needs (ResponseToRequestInformation)."""

    lines: AidLineReports = ()
    """EDXL-RM ``ResourceInformation``: what the answer is about."""
