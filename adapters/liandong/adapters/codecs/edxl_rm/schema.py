"""EDXL-RM's elements in the order of its schemas: one table to read and write by."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from liandong.adapters.codecs.edxl_rm import ciq, document, forms
from liandong.adapters.codecs.edxl_rm.forms import Form
from liandong.adapters.codecs.edxl_rm.fragments import Shape

STANDARD = "EDXL-RM 1.0"
MESSAGE = "urn:oasis:names:tc:emergency:EDXL:RM:1.0:msg"
COMMON = "urn:oasis:names:tc:emergency:EDXL:RM:1.0"


@dataclass(frozen=True)
class Row:
    """One kind of child element.

    Attributes:
        name: EDXL-RM's name of it; where a message's profile asks for it, this decides.
        field: The document's name of it.
        form: How its content is written: as text, as elements of a table, or as XML kept whole.
        namespace: EDXL-RM has two.
        required: It must be there, in every message that has what holds it.
        many: It may be there more than once.
        stand_in: What stands where it is required and missing. With none, what holds it is left
            out, or where it is `vital`, the message is refused.
        vital: A guess at it could hurt.
        named: It may name a person: a defect never shows what stood there.
    """

    name: str
    field: str
    form: "Form | Table | Shape"
    namespace: str = COMMON
    required: bool = False
    many: bool = False
    stand_in: Any = None
    vital: bool = False
    named: bool = False

    @property
    def tag(self) -> str:
        """The element's qualified name."""
        return f"{{{self.namespace}}}{self.name}"


@dataclass(frozen=True)
class Table:
    """The children of one kind of element, and what is made of them.

    Attributes:
        just_one: The children exclude each other, and one must be there.
        some_of: Fields of which the standard asks for one, though its schema does not.
    """

    rows: tuple[Row, ...]
    make: Callable[..., Any]
    just_one: bool = False
    some_of: frozenset[str] = frozenset()


def _in_message(*rows: Row) -> tuple[Row, ...]:
    return tuple(replace(row, namespace=MESSAGE) for row in rows)


_NO_LIST = document.ValueList(urn="", values=("",))
_NO_QUANTITY = document.Quantity(texts=("",))

VALUE_LIST = Table(
    (
        Row("ValueListURN", "urn", forms.URI, required=True, stand_in=""),
        Row("Value", "values", forms.TEXT, required=True, many=True, stand_in=("",)),
    ),
    document.ValueList,
)
MEASURED = Table(
    (
        Row("Amount", "amount", forms.DOUBLE, required=True),
        Row("UnitOfMeasure", "unit", VALUE_LIST),
    ),
    document.Measured,
)
QUANTITY = Table(
    (
        Row("QuantityText", "texts", forms.TEXT, many=True),
        Row("MeasuredQuantity", "measured", MEASURED),
    ),
    document.Quantity,
    just_one=True,
)
PLACE = Table(
    (
        Row("LocationDescription", "description", forms.TEXT, named=True),
        Row("Address", "address", ciq.ADDRESS),
        Row("TargetArea", "area", ciq.AREA),
    ),
    document.Place,
    some_of=frozenset({"description", "address", "area"}),
)
RADIO = Table(
    (
        Row("RadioType", "type", VALUE_LIST, required=True, stand_in=_NO_LIST),
        Row("RadioChannel", "channel", forms.TEXT, required=True, stand_in=""),
    ),
    document.Radio,
)
CONTACT = Table(
    (
        Row("ContactDescription", "description", forms.TEXT, named=True),
        Row("ContactRole", "role", forms.CONTACT_ROLE, named=True),
        Row("Radio", "radios", RADIO, many=True),
        Row("ContactLocation", "location", PLACE),
        Row("AdditionalContactInformation", "party", ciq.PARTY),
    ),
    document.Contact,
    some_of=frozenset({"description", "role"}),
)
INCIDENT = Table(
    (
        Row("IncidentID", "id", forms.TEXT),
        Row("IncidentDescription", "description", forms.TEXT, named=True),
    ),
    document.Incident,
    some_of=frozenset({"id", "description"}),
)
RECALL = Table(
    (
        Row("RecallMessageID", "message_id", forms.NAME, required=True, vital=True),
        Row("RecallType", "type", forms.RECALL_TYPE, required=True, vital=True),
    ),
    document.Recall,
)
FUNDING = Table(
    (Row("FundCode", "code", forms.TEXT), Row("FundingInfo", "info", forms.TEXT, named=True)),
    document.Funding,
    some_of=frozenset({"code", "info"}),
)
RESPONSE = Table(
    (
        Row("PrecedingResourceInfoElementID", "line_id", forms.NAME, required=True, vital=True),
        Row("ResponseType", "type", forms.RESPONSE_TYPE, required=True, vital=True),
        Row("ReasonCode", "reason_code", VALUE_LIST),
        Row("ResponseReason", "reason", forms.TEXT, named=True),
    ),
    document.Response,
)
OWNERSHIP = Table(
    (
        Row("Owner", "owner", forms.TEXT, named=True),
        Row("OwningJurisdiction", "jurisdiction", forms.TEXT),
        Row("HomeDispatch", "home_dispatch", forms.TEXT),
        Row("HomeUnit", "home_unit", forms.TEXT),
    ),
    document.Ownership,
    some_of=frozenset({"owner", "jurisdiction"}),
)
INSTRUCTIONS = Table(
    (
        Row("ModeOfTransportation", "transport", forms.TEXT),
        Row("NavigationInstructions", "navigation", forms.TEXT),
        Row("ReportingInstructions", "reporting", forms.TEXT, named=True),
    ),
    document.Instructions,
)
STATUS = Table(
    _in_message(
        Row("InventoryRefreshDateTime", "refreshed", forms.TIME),
        Row("DeploymentStatus", "deployment", VALUE_LIST, stand_in=_NO_LIST),
        Row("Availability", "availability", forms.TEXT, stand_in=""),
    ),
    document.Status,
)
RESOURCE = Table(
    _in_message(
        Row("ResourceID", "id", forms.TEXT),
        Row("Name", "name", forms.TEXT),
        Row("TypeStructure", "type_structure", VALUE_LIST),
        Row("TypeInfo", "type_info", ciq.ANYTHING),
        Row("Keyword", "keywords", VALUE_LIST, many=True),
        Row("Description", "description", forms.TEXT, named=True),
        Row("Credentials", "credentials", forms.TEXT),
        Row("Certifications", "certifications", forms.TEXT),
        Row("SpecialRequirements", "special_requirements", forms.TEXT),
        Row("ResponsibleParty", "responsible", CONTACT),
        Row("OwnershipInformation", "ownership", OWNERSHIP),
        Row(
            "ResourceStatus",
            "status",
            STATUS,
            stand_in=document.Status(deployment=_NO_LIST, availability=""),
        ),
    ),
    document.Resource,
)
ASSIGNMENT = Table(
    _in_message(
        Row("Quantity", "quantity", QUANTITY, stand_in=_NO_QUANTITY),
        Row("Restrictions", "restrictions", forms.TEXT),
        Row("AnticipatedFunction", "function", forms.TEXT),
        Row("PriceQuote", "price", QUANTITY, stand_in=_NO_QUANTITY),
        Row("OrderID", "order_id", forms.TEXT),
        Row("AssignmentInstructions", "instructions", INSTRUCTIONS),
    ),
    document.Assignment,
)
SCHEDULE = Table(
    _in_message(
        Row("ScheduleType", "type", forms.SCHEDULE_TYPE, required=True),
        Row("DateTime", "time", forms.TIME),
        Row("Location", "location", PLACE),
    ),
    document.Schedule,
)
LINE = Table(
    _in_message(
        Row("ResourceInfoElementID", "id", forms.NAME, required=True, vital=True),
        Row("ResponseInformation", "response", RESPONSE, vital=True),
        Row("Resource", "resource", RESOURCE, stand_in=document.Resource()),
        Row("AssignmentInformation", "assignment", ASSIGNMENT, vital=True),
        Row("ScheduleInformation", "schedule", SCHEDULE, many=True),
    ),
    document.Line,
)
ROOT = Table(
    _in_message(
        Row("MessageID", "message_id", forms.NAME, required=True, vital=True),
        Row("SentDateTime", "sent", forms.TIME, required=True, vital=True),
        Row("MessageContentType", "content_type", forms.TEXT, required=True, stand_in=""),
        Row("MessageDescription", "description", forms.TEXT, stand_in="", named=True),
        Row(
            "OriginatingMessageID",
            "originating_message_id",
            forms.NAME,
            required=True,
            stand_in="",
        ),
        Row("PrecedingMessageID", "preceding_message_id", forms.NAME, vital=True),
        Row("IncidentInformation", "incidents", INCIDENT, many=True),
        Row("MessageRecall", "recall", RECALL),
        Row("Funding", "funding", FUNDING, many=True, vital=True),
        Row("ContactInformation", "contacts", CONTACT, required=True, many=True, stand_in=()),
        Row("ResourceInformation", "lines", LINE, many=True, vital=True),
    ),
    dict,
)
