"""Mutual aid, from need to commitment: one place asks, the region answers line by line.

Standard: OASIS EDXL-RM 1.0 RequestResource, OfferUnsolicitedResource, ResponseToRequestResource,
RequisitionResource and CommitResource. Every line is answered for itself, so a request can be met
in part; what is answered binds nobody until it is committed.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.aid_lines import AidLineAnswers, AidLines, OrderedLines
from liandong.contracts.aid_parts import Funding, MessageId
from liandong.contracts.aid_thread import (
    AidMessage,
    AidReply,
    FromBorrower,
    FromLender,
    Fundings,
    check_once,
)
from liandong.contracts.base import Event, Instant, Lane, Role, Token
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class AidRequested(
    FromBorrower,
    AidMessage,
    Event,
    event="aid.requested",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """An agency asks others for resources (RequestResource). A later one replaces it."""

    asked_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=100)] = ()
    """The agencies that are asked."""
    asked_regions: Annotated[tuple[Token, ...], Field(max_length=100)] = ()
    """The regions that are asked as a whole; with no agency and no region named, everyone is."""
    lines: AidLines
    """EDXL-RM ``ResourceInformation``: what is needed."""
    answer_by: Instant | None = None
    """By when an answer is of use."""
    location: Location | None = None
    """Where the resources are needed, unless a line says otherwise."""
    funding: Fundings = ()
    """EDXL-RM ``Funding``: who pays."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidOffered(
    FromLender,
    AidMessage,
    Event,
    event="aid.offered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """An agency offers resources that nobody has asked it for (OfferUnsolicitedResource)."""

    lines: AidLines
    """EDXL-RM ``ResourceInformation``: what is offered."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidAnswered(
    FromLender,
    AidReply,
    Event,
    event="aid.answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """An agency answers lines of a request, unbound (ResponseToRequestResource).

    Its later answer to a line replaces it.
    """

    lines: AidLineAnswers
    """EDXL-RM ``ResourceInformation``: the answers; a line without one is still open."""


class AidRequisitioned(
    FromBorrower,
    AidMessage,
    Event,
    event="aid.requisitioned",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """An agency orders resources that were answered or offered (RequisitionResource)."""

    preceding_message_id: MessageId | None = None
    """EDXL-RM ``PrecedingMessageID``: that of the answer or offer it goes on from."""
    lines: OrderedLines
    """EDXL-RM ``ResourceInformation``: what is ordered, each line with its quantity."""
    funding: Annotated[tuple[Funding, ...], Field(min_length=1, max_length=50)]
    """EDXL-RM ``Funding``: who pays, which an order must say."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        check_once(self.lines)
        return self


class AidCommitted(
    FromLender,
    AidReply,
    Event,
    event="aid.committed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """An agency binds itself to lend what was ordered, or declines (CommitResource).

    It may answer a requisition or, where the two skip that, the request itself.
    """

    lines: AidLineAnswers
    """EDXL-RM ``ResourceInformation``: what is lent, usually one line a unit."""
