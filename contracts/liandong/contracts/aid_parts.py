"""What messages of mutual aid are made of: codes, quantities, places, contacts, money.

Standard: OASIS EDXL-RM 1.0, its common types. A number or time of a foreign document is kept beside
its value as it was written, where that differs from how the bus would write it; an address (xAL), a
party (xPIL) and an area (GML) are kept whole as canonical XML beside what is read out of them.
"""

from typing import Annotated

from pydantic import Field

from liandong.contracts.aid_codes import ContactRole, RecallType, ScheduleType
from liandong.contracts.base import Instant, RestrictedText, ShortText, Text, Value
from liandong.contracts.codes import Quantity
from liandong.contracts.geo import Location

MessageId = Annotated[str, Field(min_length=1, max_length=250)]
"""The name that a sender gave a message or a line of one."""
Line = Annotated[str, Field(max_length=1_000)]
"""One line, at most 1,000 characters; may be empty, as some systems write it."""
Xml = Annotated[str, Field(min_length=1, max_length=20_000)]
"""One XML element in canonical form (C14N 2.0, text trimmed), at most 20,000 characters."""


class ListedValue(Value):
    """Values out of a list that somebody keeps (EDXL-RM ``ValueListType``): never dropped."""

    list_urn: Line
    """EDXL-RM ``ValueListURN``: which list; may be empty."""
    values: Annotated[tuple[Line, ...], Field(min_length=1, max_length=100)]
    """EDXL-RM ``Value``."""


class Amount(Value):
    """How much (EDXL-RM ``QuantityType``): a number and its unit, or words."""

    amount: Quantity | None = None
    """EDXL-RM ``Amount``, in ``unit``; also read from ``texts`` where they are one number."""
    amount_as_written: ShortText | None = None
    """The number as the document wrote it, where the bus would write it otherwise."""
    unit: ListedValue | None = None
    """EDXL-RM ``UnitOfMeasure``; absent where pieces, vehicles or teams are counted."""
    texts: Annotated[tuple[Line, ...], Field(max_length=100)] = ()
    """EDXL-RM ``QuantityText``: the amount in words, where it was given so."""

    @property
    def says_something(self) -> bool:
        """Whether it says how much, in any way."""
        return self.amount is not None or bool(self.amount_as_written) or any(self.texts)


class AidPlace(Location):
    """A place (EDXL-RM ``LocationType``), and the standard's XML for it where there was some.

    The XML is what is written out again; ``address`` and ``point`` are read from it.
    """

    place: Text | None = None
    """EDXL-RM ``LocationDescription``: the place in words."""
    address_xml: Xml | None = None
    """EDXL-RM ``Address``: an xAL address."""
    area_xml: Xml | None = None
    """EDXL-RM ``TargetArea``: a GML geometry, latitude first."""


class Radio(Value):
    """How to reach someone by radio (EDXL-RM ``Radio``)."""

    radio_type: ListedValue
    """EDXL-RM ``RadioType``."""
    channel: Line
    """EDXL-RM ``RadioChannel``: channel, frequency or talk group."""


class Contact(Value):
    """Whom to ask (EDXL-RM ``ContactInformation``). It names people: restricted as a whole."""

    description: Text | None = None
    """EDXL-RM ``ContactDescription``."""
    role: ContactRole | None = None
    """EDXL-RM ``ContactRole``."""
    radios: Annotated[tuple[Radio, ...], Field(max_length=20)] = ()
    """EDXL-RM ``Radio``."""
    location: AidPlace | None = None
    """EDXL-RM ``ContactLocation``."""
    party_xml: Xml | None = None
    """EDXL-RM ``AdditionalContactInformation``: an xPIL party."""


class Funding(Value):
    """Who pays (EDXL-RM ``Funding``)."""

    code: Line | None = None
    """EDXL-RM ``FundCode``: the account or agreement."""
    info: Text | None = None
    """EDXL-RM ``FundingInfo``: how it is paid, in words."""


class IncidentReference(Value):
    """An incident as the sender calls it (EDXL-RM ``IncidentInformation``)."""

    incident: Line | None = None
    """EDXL-RM ``IncidentID``, as the sender writes it."""
    description: RestrictedText | None = None
    """EDXL-RM ``IncidentDescription``."""


class MessageRecall(Value):
    """An earlier message that no longer counts (EDXL-RM ``MessageRecall``)."""

    message_id: MessageId
    """EDXL-RM ``RecallMessageID``."""
    type: RecallType
    """EDXL-RM ``RecallType``: replaced by this one, or cancelled."""


class ScheduleEntry(Value):
    """When and where something is to happen or has happened (EDXL-RM ``ScheduleInformation``)."""

    type: ScheduleType
    """EDXL-RM ``ScheduleType``."""
    time: Instant | None = None
    """EDXL-RM ``DateTime``."""
    time_as_written: ShortText | None = None
    """The time as the document wrote it, where the bus would write it otherwise."""
    location: AidPlace | None = None
    """EDXL-RM ``Location``."""


Schedule = Annotated[tuple[ScheduleEntry, ...], Field(max_length=50)]
"""Times and places of one line."""
