"""An EDXL-RM message as a document: the names and order of OASIS EDXL-RM 1.0 §3.

Texts are trimmed. Times (``xsd:dateTime``) and amounts (``xsd:double``) stay as they were written.
What EDXL-RM takes from elsewhere (xAL addresses, xPIL parties, GML areas, the free content of
``TypeInfo``) is the element's canonical XML, C14N 2.0 with trimmed text. An element that is there
but empty is not the same as one that is absent: ``""`` or an empty value, not None.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class MessageType(StrEnum):
    """The sixteen messages, by their root elements."""

    REQUEST_RESOURCE = "RequestResource"
    RESPONSE_TO_REQUEST_RESOURCE = "ResponseToRequestResource"
    REQUISITION_RESOURCE = "RequisitionResource"
    COMMIT_RESOURCE = "CommitResource"
    REQUEST_INFORMATION = "RequestInformation"
    RESPONSE_TO_REQUEST_INFORMATION = "ResponseToRequestInformation"
    OFFER_UNSOLICITED_RESOURCE = "OfferUnsolicitedResource"
    RELEASE_RESOURCE = "ReleaseResource"
    REQUEST_RETURN = "RequestReturn"
    RESPONSE_TO_REQUEST_RETURN = "ResponseToRequestReturn"
    REQUEST_QUOTE = "RequestQuote"
    RESPONSE_TO_REQUEST_QUOTE = "ResponseToRequestQuote"
    REQUEST_DEPLOYMENT_STATUS = "RequestResourceDeploymentStatus"
    REPORT_DEPLOYMENT_STATUS = "ReportResourceDeploymentStatus"
    REQUEST_EXTENSION = "RequestExtendedDeploymentDuration"
    RESPONSE_TO_REQUEST_EXTENSION = "ResponseToRequestExtendedDeploymentDuration"


@dataclass(frozen=True, kw_only=True)
class ValueList:
    """Values out of a list that somebody keeps (``ValueListType``)."""

    urn: str
    values: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """A number and its unit (``MeasuredQuantity``); ``amount`` is an ``xsd:double``."""

    amount: str
    unit: ValueList | None = None


@dataclass(frozen=True, kw_only=True)
class Quantity:
    """How much (``QuantityType``): words or a number, never both."""

    texts: tuple[str, ...] = ()
    measured: Measured | None = None


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where (``LocationType``): in words, as ``Address`` and as ``TargetArea`` (both XML)."""

    description: str | None = None
    address: str | None = None
    area: str | None = None


@dataclass(frozen=True, kw_only=True)
class Radio:
    """How to reach someone by radio (``RadioInformationType``)."""

    type: ValueList
    channel: str


@dataclass(frozen=True, kw_only=True)
class Contact:
    """Whom to ask (``ContactInformationType``); ``party`` is AdditionalContactInformation, XML."""

    description: str | None = None
    role: str | None = None
    radios: tuple[Radio, ...] = ()
    location: Place | None = None
    party: str | None = None


@dataclass(frozen=True, kw_only=True)
class Incident:
    """An incident as the sender calls it (``IncidentInformationType``)."""

    id: str | None = None
    description: str | None = None


@dataclass(frozen=True, kw_only=True)
class Recall:
    """An earlier message that no longer counts (``MessageRecallType``)."""

    message_id: str
    type: str


@dataclass(frozen=True, kw_only=True)
class Funding:
    """Who pays (``FundingType``)."""

    code: str | None = None
    info: str | None = None


@dataclass(frozen=True, kw_only=True)
class Response:
    """What is answered to a line (``ResponseInformationType``)."""

    line_id: str
    type: str
    reason_code: ValueList | None = None
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """Whose it is (``OwnershipInformationType``)."""

    owner: str | None = None
    jurisdiction: str | None = None
    home_dispatch: str | None = None
    home_unit: str | None = None


@dataclass(frozen=True, kw_only=True)
class Status:
    """How a resource stands (``ResourceStatus``); ``refreshed`` is an ``xsd:dateTime``."""

    refreshed: str | None = None
    deployment: ValueList | None = None
    availability: str | None = None


@dataclass(frozen=True, kw_only=True)
class Resource:
    """What is asked for, offered or lent (``Resource``); ``type_info`` is XML."""

    id: str | None = None
    name: str | None = None
    type_structure: ValueList | None = None
    type_info: str | None = None
    keywords: tuple[ValueList, ...] = ()
    description: str | None = None
    credentials: str | None = None
    certifications: str | None = None
    special_requirements: str | None = None
    responsible: Contact | None = None
    ownership: Ownership | None = None
    status: Status | None = None


@dataclass(frozen=True, kw_only=True)
class Instructions:
    """How to get there and whom to see (``AssignmentInstructionsType``)."""

    transport: str | None = None
    navigation: str | None = None
    reporting: str | None = None


@dataclass(frozen=True, kw_only=True)
class Assignment:
    """How much of it, to do what (``AssignmentInformation``)."""

    quantity: Quantity | None = None
    restrictions: str | None = None
    function: str | None = None
    price: Quantity | None = None
    order_id: str | None = None
    instructions: Instructions | None = None


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When and where (``ScheduleInformation``); ``time`` is an ``xsd:dateTime``."""

    type: str
    time: str | None = None
    location: Place | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One resource of a message (``ResourceInformation``)."""

    id: str
    response: Response | None = None
    resource: Resource | None = None
    assignment: Assignment | None = None
    schedule: tuple[Schedule, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Message:
    """One EDXL-RM message.

    Attributes:
        schema_location: ``xsi:schemaLocation`` of the root, never followed.
        defects: What was wrong and read leniently all the same, ``name: place``, the name one of
            `Defect`; what stood there only where it cannot name a person.
    """

    type: MessageType
    message_id: str
    sent: str
    description: str | None = None
    originating_message_id: str
    preceding_message_id: str | None = None
    incidents: tuple[Incident, ...] = ()
    recall: Recall | None = None
    funding: tuple[Funding, ...] = ()
    contacts: tuple[Contact, ...] = ()
    lines: tuple[Line, ...] = ()
    schema_location: str | None = None
    defects: tuple[str, ...] = field(default=(), compare=False)

    @property
    def content_type(self) -> str:
        """``MessageContentType``: the root's name once more."""
        return self.type.value


class Defect(StrEnum):
    """What a reader forgives, by the name it has in `Message.defects`."""

    WRONG_NAMESPACE = "wrong-namespace"  # EDXL-RM's element, in another namespace or in none
    OUT_OF_ORDER = "out-of-order"  # an element stands before one that the schema puts first
    FOREIGN_ELEMENT = "foreign-element"  # this message has no such element; left out
    FOREIGN_ATTRIBUTE = "foreign-attribute"  # the element has no such attribute; left out
    REPEATED_ELEMENT = "repeated-element"  # the first counts
    REPEATED_ID = "repeated-id"  # two areas of one gml:id; the second loses it
    MISSING_ELEMENT = "missing-element"  # required; stands empty, or what holds it is left out
    MISPLACED_ELEMENT = "misplaced-element"  # stands one level too high; put into its place
    NAME_CODE = "name-code"  # of a later CIQ; taken as the name that it stands for
    MISSPELT_VALUE = "misspelt-value"  # right but for case or blanks
    UNREADABLE = "unreadable"  # not in the standard's form or list; left out
    WRONG_CONTENT_TYPE = "wrong-content-type"  # MessageContentType is not the root's name
    TIME_FORM = "time-form"  # no xsd:dateTime, but one can be told
