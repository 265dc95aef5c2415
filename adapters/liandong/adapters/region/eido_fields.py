"""Fields of the contracts -> fields of EIDO's components, as JSON has them. Pure."""

from collections.abc import Mapping
from datetime import datetime
from html import escape
from typing import Any

from liandong.adapters.codecs import eido
from liandong.adapters.region.eido_facts import Facts
from liandong.adapters.region.eido_names import type_of
from liandong.contracts import AgencyName, AgencyRole, IncidentStatus

Fields = dict[str, Any]
"""Fields of a component, as JSON has them."""

OF_INCIDENT = frozenset(
    {
        "incident_type",
        "local_type",
        "priority",
        "local_priority",
        "local_status",
        "district",
        "status",
        "location",
        "summary",
    }
)
"""What an EIDO has fields for in its incident."""

UNIT_PLACES = (
    ("location", "unitLocationReference", "UnitLocation"),
    ("destination", "unitDestinationReference", "Other"),
)
"""Where a unit is and is going: our field, EIDO's, and its type of location."""

BARE_UNIT: Mapping[str, Any] = {
    "resourceAttributeRegistryText": [],
    "secondaryUnitStatusRegistryText": [],
    "agentReference": [],
}
"""Arrays that a unit must have, even with nothing in them."""


def ref(identity: str) -> Fields:
    """Return a link to a component."""
    return {"$ref": identity}


def bare_agency(identity: str, agency: AgencyName, moment: datetime) -> Fields:
    """Return an agency of which no more is known than that it speaks."""
    return {
        "$id": identity,
        "lastUpdateTimeStamp": moment.isoformat(),
        "updatedByAgencyReference": ref(identity),
        "agencyRoleDescriptionRegistryText": [AgencyRole.INFORMATIONAL.value],
        "agencyType": [type_of(agency)],
    }


def of_incident(said: Facts) -> Fields:
    """Return an incident's fields; its summary stands in for a type without a text."""
    local = said.get("local_type")
    written: Fields = {}
    if "incident_type" in said:
        written["incidentTypeCommonRegistryText"] = str(said["incident_type"])
        written |= {"incidentTypeInternalText": said["summary"]} if "summary" in said else {}
    if local:
        written["incidentTypeInternalCode"] = local.local
        written |= {"incidentTypeInternalText": local.text} if local.text else {}
    if "priority" in said:
        written["incidentCommonPriorityNumber"] = said["priority"]
    if "local_priority" in said:
        written["incidentPriorityInternalText"] = said["local_priority"].local
    if "local_status" in said:
        written["incidentStatusInternalText"] = [said["local_status"].local]
    if "district" in said:
        written["beatOrDispatchGroupText"] = said["district"].local
    if "status" in said:
        written["incidentStatusCommonRegistryText"] = [IncidentStatus(said["status"]).value]
    return written


def of_disposition(said: Facts) -> Fields:
    """Return a disposition's fields."""
    local = said.get("local_disposition")
    written: Fields = {}
    if "disposition" in said:
        written["dispositionCommonRegistryCode"] = said["disposition"]
        written["dispositionPrimaryIndicator"] = True
    if local:
        written["dispositionCategoryText"] = local.local
        written |= {"dispositionDescriptionText": local.text} if local.text else {}
    return written


def of_agency(said: Facts) -> Fields:
    """Return the fields of an agency that takes part."""
    written: Fields = {}
    if "lead" in said:
        written["incidentOwningAgencyIndicator"] = said["lead"]
    if "roles" in said:
        written["agencyRoleDescriptionRegistryText"] = [str(role) for role in said["roles"]]
    if "responder_types" in said:
        written["agencyType"] = list(said["responder_types"])
    return written


def of_unit(said: Facts) -> Fields:
    """Return a unit's fields; an attribute that is in no registry is the agency's own."""
    written: Fields = {}
    if "unit_name" in said:
        written["emergencyResourceName"] = said["unit_name"]
    if "resource_type" in said:
        written["emergencyResourceTypeCommonRegistryText"] = str(said["resource_type"])
    if "local_type" in said:
        written["emergencyResourceTypeInternalText"] = said["local_type"].local
    if "primary_status" in said:
        written["primaryUnitStatusRegistryText"] = str(said["primary_status"])
    if "secondary_status" in said:
        states = filter(None, (said["secondary_status"], *said["qualified_by"]))
        written["secondaryUnitStatusRegistryText"] = [str(state) for state in states]
    if "local_status" in said:
        written["unitStatusInternal"] = [said["local_status"].local]
    if "eta" in said:
        written["eta"] = said["eta"].isoformat()
    return written | _attributes(said)


def _attributes(said: Facts) -> Fields:
    if "attributes" not in said:
        return {}
    known = eido.registry("ResourceAttribute")
    own = [code.local for code in said["local_attributes"]]
    own += [text for text in said["attributes"] if text not in known]
    common = [text for text in said["attributes"] if text in known]
    written: Fields = {"resourceAttributeRegistryText": common}
    return written | ({"resourceAttributeInternalText": own} if own else {})


def markup(text: str) -> str:
    """Return a text as HTML5, as notes are written: a line of it is a line there."""
    return escape(text, quote=False).replace("\n", "<br>")
