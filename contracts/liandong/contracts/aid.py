"""Mutual aid: one place asks, the region answers line by line, and what was lent goes home.

Standard: OASIS EDXL-RM 1.0. ``aid.requested`` is its RequestResource, ``aid.answered`` its
ResponseToRequestResource and CommitResource, ``aid.released`` its ReleaseResource. Every line is
answered for itself, so a request can be met in part.
"""

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.aid_lines import AidLine, AidLineAnswer, ReleasedLine
from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
)
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class _AidMessage(Value):
    """What every message of one request's thread carries (EDXL-RM common header)."""

    request_id: Token
    """The request's name, the same in its whole thread and in every region."""
    incident_id: Token | None = None
    """EDXL-RM ``IncidentID``: the same in the whole thread, which it keeps in order."""
    message_id: ShortText | None = None
    """EDXL-RM ``MessageID``, where the message came from such a document."""
    originating_message_id: ShortText | None = None
    """EDXL-RM ``OriginatingMessageID``: that of the thread's first message."""
    preceding_message_id: ShortText | None = None
    """EDXL-RM ``PrecedingMessageID``: that of the message answered."""
    description: RestrictedText | None = None
    """EDXL-RM ``MessageDescription``: free text, which may name a contact."""


class AidRequested(
    _AidMessage,
    Event,
    event="aid.requested",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """An agency asks others for resources. A later one of the same id replaces it."""

    requested_by: AgencyName
    """EDXL-RM contact role ``Requester``: who needs the resources."""
    asked_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=100)] = ()
    """The agencies that are asked."""
    asked_regions: Annotated[tuple[Token, ...], Field(max_length=100)] = ()
    """The regions that are asked as a whole; with no agency and no region named, everyone is."""
    lines: Annotated[tuple[AidLine, ...], Field(min_length=1, max_length=200)]
    """What is needed."""
    answer_by: Instant | None = None
    """When the asker needs to know."""
    location: Location | None = None
    """Where the resources are needed, unless a line says otherwise."""
    funding: ShortText | None = None
    """EDXL-RM ``FundCode``: who pays."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        _check_once(self.lines)
        return self


class AidAnswered(
    _AidMessage,
    Event,
    event="aid.answered",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.LENDER,
    key=("incident_id", "request_id"),
):
    """An agency answers some or all lines of a request. Its later answer to a line replaces it."""

    answered_by: AgencyName
    """EDXL-RM contact role ``RespondingOrg``: who answers."""
    answers: Annotated[tuple[AidLineAnswer, ...], Field(min_length=1, max_length=200)]
    """The lines it answers; a line that is not here is still open."""
    committed: bool = False
    """Whether it is bound by the answer (EDXL-RM CommitResource) or has only replied."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        _check_once(self.answers)
        return self


class AidReleased(
    _AidMessage,
    Event,
    event="aid.released",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BORROWER,
    key=("incident_id", "request_id"),
):
    """Resources are let go: nobody commands them any more but their owner."""

    released_by: AgencyName
    """Who lets them go."""
    released_to: AgencyName
    """EDXL-RM ``Owner``: whose they are."""
    lines: Annotated[tuple[ReleasedLine, ...], Field(min_length=1, max_length=200)]
    """What is let go."""
    complete: bool
    """Whether nothing of this owner's is left at work under the request."""

    @model_validator(mode="after")
    def _each_line_once(self) -> Self:
        _check_once(self.lines)
        return self


def _check_once(lines: Sequence[AidLine | AidLineAnswer | ReleasedLine]) -> None:
    seen: set[str] = set()
    for number, line in enumerate(lines):
        if line.line_id in seen:
            raise ValueError(f"line {number} has line_id {line.line_id}, and so has an earlier one")
        seen.add(line.line_id)
