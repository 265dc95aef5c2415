"""What EIDO's components hold, read from the two tables beside this module."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from liandong.contracts.base import Vocabulary
from liandong.contracts.incident_parties import AgencyRole
from liandong.contracts.incident_types import IncidentType
from liandong.contracts.incidents import IncidentStatus
from liandong.contracts.resource_types import ResourceType
from liandong.contracts.units import PrimaryUnitStatus, SecondaryUnitStatus

STANDARD = "NENA-STA-021.1b"


class Kind(StrEnum):
    """A kind of component, by the field that components of it stand under."""

    DOCUMENT = "document"  # the EIDO itself
    MERGE = "mergeComponent"
    LINK = "linkComponent"
    INCIDENT = "incidentComponent"
    DISPOSITION = "dispositionComponent"  # inside the incident
    CALL = "callComponent"
    CALL_LEG = "callLegState"  # inside agencies, agents and persons
    CALLBACK = "callbackComponent"
    UPDATED_CALLBACK = "updatedCbn"  # inside a callback
    DISPATCH = "dispatchComponent"
    NOTES = "notesComponent"
    UNIT = "emergencyResourceComponent"
    UNIT_EMERGENCY = "unitEmergencyStateComponent"
    ALARM = "alarmsSensorsComponent"
    AGENCY = "agencyComponent"
    AGENT = "agentComponent"
    ADDITIONAL_DATA = "additionalDataComponent"
    ALTERNATE_VALUES = "alternateValuesComponent"
    LOCATION = "locationComponent"
    PERSON = "personComponent"
    ORGANIZATION = "organizationComponent"
    VEHICLE = "vehicleComponent"
    ITEM = "itemComponent"
    CAUTION = "cautionComponent"
    MEDIA = "mediaComponent"
    SHARED_COMMUNICATION = "sharedCommunicationResourceComponent"
    EXTERNAL_SOURCE = "externalInformationSourceComponent"
    UNKNOWN = "unknown"  # not of this edition


class Form(StrEnum):
    """How JSON has a value."""

    TEXT = "text"
    TIME = "time"  # RFC 3339 with an offset
    FLAG = "flag"
    INTEGER = "integer"
    OBJECT = "object"
    LINK = "link"  # {"$ref": the $id of a component}
    PART = "part"  # a component that stands right there


@dataclass(frozen=True)
class Field:
    """A field of a component.

    Attributes:
        many: It is an array of them.
        required: The standard asks for it.
        kind: The kind of component it links to or holds; None where it may be any, or is neither.
        values: Its values as far as this edition knows them; None where they are free.
    """

    form: Form
    many: bool = False
    required: bool = False
    kind: Kind | None = None
    values: frozenset[str] | None = None


@cache
def fields_of(kind: Kind) -> Mapping[str, Field]:
    """Return the fields of a kind of component by name, those of every component first."""
    tables = _table("components.toml")
    texts: dict[str, str] = tables["prologue"] | tables.get(kind, {})
    return {name: _field(text) for name, text in texts.items()}


def registry(name: str) -> frozenset[str]:
    """Return the values of a registry of this edition, such as ``LocationType``.

    Raises:
        KeyError: The edition has no registry of that name, or lists it elsewhere.
    """
    if name in _VOCABULARIES:
        return frozenset(map(str, _VOCABULARIES[name]))
    return frozenset(_table("registries.toml")[name].split())


_VOCABULARIES: Mapping[str, type[Vocabulary]] = {
    "AgencyRole": AgencyRole,
    "EmergencyResourceType-Common": ResourceType,
    "IncidentStatus-Common": IncidentStatus,
    "IncidentType-Common": IncidentType,
    "PrimaryUnitStatus-Common": PrimaryUnitStatus,
    "SecondaryUnitStatus-Common": SecondaryUnitStatus,
}
"""The registries that the contracts have as code lists of their own."""


def _field(text: str) -> Field:
    form, _, rest = text.partition(" ")
    many, required, form = "[]" in form, form.endswith("!"), Form(form.rstrip("[]!"))
    if form in (Form.LINK, Form.PART):
        return Field(form, many, required, kind=Kind(rest) if rest else None)
    return Field(form, many, required, values=_values(rest) if rest else None)


def _values(text: str) -> frozenset[str]:
    return frozenset(text.split("|")) if "|" in text or text == _EDITION else registry(text)


@cache
def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((files(_PACKAGE) / name).read_text("utf-8"))


_EDITION = "1.0"
_PACKAGE = "liandong.adapters.codecs.eido"
