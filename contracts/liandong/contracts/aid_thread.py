"""What every message of mutual aid carries, and who speaks in it.

Standard: OASIS EDXL-RM 1.0, the common header. A thread begins with a request or an offer; every
later message may name the one before it, and every answer must.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from liandong.contracts.aid_lines import AidLine, AidLineReport, OrderedLine
from liandong.contracts.aid_parts import (
    Contact,
    Funding,
    IncidentReference,
    Line,
    MessageId,
    MessageRecall,
)
from liandong.contracts.base import Instant, RestrictedText, ShortText, Token, Value
from liandong.contracts.subjects import AgencyName

Fundings = Annotated[tuple[Funding, ...], Field(max_length=50)]
"""Who pays, one entry a payer."""


class AidMessage(Value):
    """What every message of one thread carries (EDXL-RM common header)."""

    request_id: Token
    """The thread's name, the same in all of it and in every region."""
    incident_id: Token | None = None
    """EDXL-RM ``IncidentID`` as a token: the same in the whole thread, which it keeps in order."""
    message_id: MessageId | None = None
    """EDXL-RM ``MessageID``; the event's own id where absent."""
    originating_message_id: MessageId | None = None
    """EDXL-RM ``OriginatingMessageID``: that of the thread's first message; ``request_id`` where
    absent."""
    sent: Instant | None = None
    """EDXL-RM ``SentDateTime``; the envelope's time where absent."""
    sent_as_written: ShortText | None = None
    """The time as the document wrote it, where the bus would write it otherwise."""
    description: RestrictedText | None = None
    """EDXL-RM ``MessageDescription``: free text, which may name a contact."""
    incidents: Annotated[tuple[IncidentReference, ...], Field(max_length=50)] = ()
    """EDXL-RM ``IncidentInformation``: the incidents, as the sender calls them."""
    recall: MessageRecall | None = None
    """EDXL-RM ``MessageRecall``: an earlier message that this one replaces or cancels."""
    contacts: Annotated[
        tuple[Contact, ...], Field(max_length=50, json_schema_extra={"restricted": True})
    ] = ()
    """EDXL-RM ``ContactInformation``: whom to ask; kept from agencies that are not cleared."""
    schema_location: Line | None = None
    """``xsi:schemaLocation`` of the document: kept, never followed."""


class AidFollowUp(AidMessage):
    """A message in a thread that may go on from any earlier one."""

    preceding_message_id: MessageId | None = None
    """EDXL-RM ``PrecedingMessageID``: that of the message it goes on from."""
    funding: Fundings = ()
    """EDXL-RM ``Funding``."""


class AidReply(AidMessage):
    """A message that answers another."""

    preceding_message_id: MessageId
    """EDXL-RM ``PrecedingMessageID``: that of the message it answers, or that one's event id."""
    funding: Fundings = ()
    """EDXL-RM ``Funding``."""


class FromBorrower(Value):
    """Said by who needs the resources."""

    borrower: AgencyName
    """EDXL-RM contact role ``Requester``: who needs the resources, and says this."""
    lender: AgencyName | None = None
    """EDXL-RM contact role ``RespondingOrg``: who lends them, where it is one agency."""


class FromLender(Value):
    """Said by who lends the resources."""

    lender: AgencyName
    """EDXL-RM contact role ``RespondingOrg`` or ``Owner``: who lends them, and says this."""
    borrower: AgencyName | None = None
    """EDXL-RM contact role ``Requester``: who needs the resources, where it is one agency."""


class FromEither(Value):
    """Said by either side."""

    said_by: AgencyName
    """EDXL-RM contact role ``Sender``: who says this, the borrower or the lender."""
    said_to: AgencyName | None = None
    """To whom, where it is one agency."""


def check_once(lines: Sequence[AidLine | AidLineReport | OrderedLine]) -> None:
    """Check that no two lines have one name, so that an answer can say which it is about.

    Raises:
        ValueError: Two have; names both.
    """
    seen: dict[str, int] = {}
    for number, line in enumerate(lines):
        if line.line_id in seen:
            raise ValueError(
                f"line {number} has line_id {line.line_id}, and so has line {seen[line.line_id]}"
            )
        seen[line.line_id] = number


def check_resources(lines: Sequence[AidLineReport]) -> None:
    """Check that there are lines, and that each names a resource.

    Raises:
        ValueError: There are none, or one does not; says which.
    """
    if not lines:
        raise ValueError(f"no resource: lines are {lines}")
    for line in lines:
        if line.resource is None:
            raise ValueError(f"line {line.line_id} is of a resource, but its resource is None")
