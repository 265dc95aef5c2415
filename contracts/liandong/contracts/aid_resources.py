"""Resources that agencies lend each other: a kind of thing asked for, or one thing by its name.

Standard: OASIS EDXL-RM 1.0 ``Resource``.
"""

from typing import Annotated

from pydantic import Field

from liandong.contracts.aid_parts import Contact, Line, ListedValue, Xml
from liandong.contracts.base import Instant, RestrictedText, ShortText, Text, Token, Value
from liandong.contracts.resource_types import ResourceType
from liandong.contracts.subjects import AgencyName


class Ownership(Value):
    """Whose a resource is (EDXL-RM ``OwnershipInformation``)."""

    home_agency: AgencyName | None = None
    """The owner on the bus: it sees its resource until that is back."""
    owner: Line | None = None
    """EDXL-RM ``Owner``: the owner's name; that of ``home_agency`` where absent."""
    jurisdiction: Line | None = None
    """EDXL-RM ``OwningJurisdiction``."""
    home_dispatch: Line | None = None
    """EDXL-RM ``HomeDispatch``: the centre that dispatches it at home."""
    home_unit: Line | None = None
    """EDXL-RM ``HomeUnit``: the station or unit that it belongs to."""


class ResourceStatus(Value):
    """How a resource stands (EDXL-RM ``ResourceStatus``)."""

    refreshed: Instant | None = None
    """EDXL-RM ``InventoryRefreshDateTime``: when this was last looked at."""
    refreshed_as_written: ShortText | None = None
    """The time as the document wrote it, where the bus would write it otherwise."""
    deployment_status: ListedValue | None = None
    """EDXL-RM ``DeploymentStatus``: the status in a list that somebody keeps."""
    availability: Text | None = None
    """EDXL-RM ``Availability``: when and how it can be had, in words."""


class AidResource(Value):
    """A kind of resource, or one unit, team or store of goods (EDXL-RM ``Resource``)."""

    unit_id: Token | None = None
    """EDXL-RM ``ResourceID`` as a token: the unit's statuses and positions carry it."""
    resource_id: Line | None = None
    """EDXL-RM ``ResourceID`` as written, where that is no token."""
    name: Line | None = None
    """EDXL-RM ``Name``: what it is, or its call sign."""
    resource_type: ResourceType | None = None
    """EIDO registry ``EmergencyResourceType-Common``, such as ``HazMatTeam``."""
    type_structure: ListedValue | None = None
    """EDXL-RM ``TypeStructure``: the type in a list that somebody keeps (NIMS, GB, a city's)."""
    type_info_xml: Xml | None = None
    """EDXL-RM ``TypeInfo``: what that list says of the type."""
    keywords: Annotated[tuple[ListedValue, ...], Field(max_length=100)] = ()
    """EDXL-RM ``Keyword``."""
    description: RestrictedText | None = None
    """EDXL-RM ``Description``."""
    credentials: Text | None = None
    """EDXL-RM ``Credentials``: what its people may do."""
    certifications: Text | None = None
    """EDXL-RM ``Certifications``: what its people or it have been tested for."""
    special_requirements: Text | None = None
    """EDXL-RM ``SpecialRequirements``: what it needs, such as fuel, escort or beds."""
    responsible: Annotated[Contact | None, Field(json_schema_extra={"restricted": True})] = None
    """EDXL-RM ``ResponsibleParty``: whom to ask about it."""
    ownership: Ownership | None = None
    """EDXL-RM ``OwnershipInformation``."""
    status: ResourceStatus | None = None
    """EDXL-RM ``ResourceStatus``."""
