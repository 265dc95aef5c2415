"""What the components of an EIDO say, by the names of the contracts' fields. Pure.

Not carried, for want of a field: an incident's report numbers and documents.
"""

from html.parser import HTMLParser
from typing import Any, TypeVar

from liandong.adapters.codecs.eido import Component, Eido, Kind
from liandong.adapters.region import eido_places as places
from liandong.adapters.region.eido_names import Names, disciplines_of
from liandong.contracts import (
    AgencyRole,
    Code,
    IncidentStatus,
    IncidentType,
    Location,
    PrimaryUnitStatus,
    ResourceType,
    SecondaryUnitStatus,
    Vocabulary,
)

V = TypeVar("V", bound=Vocabulary)

Facts = dict[str, Any]
"""Values of a contract's fields, by name; what is not said is left out."""

_BY_PROGRESS = (
    IncidentStatus.CANCELLED,
    IncidentStatus.CLOSED,
    IncidentStatus.STRUCTURE_CLEARED,
    IncidentStatus.FIRE_UNDER_CONTROL,
    IncidentStatus.RESOURCES_ON_SCENE,
    IncidentStatus.RESOURCES_EN_ROUTE,
    IncidentStatus.RESOURCES_ASSIGNED,
    IncidentStatus.NEW_LOCATION,
    IncidentStatus.RE_OPENED,
    IncidentStatus.ACTIVE,
)
ENDED = frozenset({IncidentStatus.CLOSED, IncidentStatus.CANCELLED})
_LINE, _NOTE = 200, 4000  # characters of a ShortText and of a RestrictedText
_MANY, _QUALIFIERS = 50, 10  # attributes and incidents of a unit; further states of it
_INT32 = 2**31


def incident_facts(incident: Component | None, eido: Eido) -> Facts:
    """Return what an EIDO says of its incident."""
    where = places.read(places.of_incident(eido))
    if incident is None:
        return _said({"location": where})
    types = incident.texts("incidentTypeCommonRegistryText")
    priority = incident.integer("incidentCommonPriorityNumber")
    statuses = known(IncidentStatus, incident.texts("incidentStatusCommonRegistryText"))
    return _said(
        {
            "incident_type": next(iter(known(IncidentType, types)), None),
            "local_type": _local_type(incident, types),
            "priority": None if priority is None or abs(priority) >= _INT32 else priority,
            "local_priority": _code(incident, "incidentPriorityInternalText"),
            "local_status": _code(incident, "incidentStatusInternalText"),
            "district": _code(incident, "beatOrDispatchGroupText"),
            "status": next((s for s in _BY_PROGRESS if s in statuses), None),
            "location": where,
            "summary": (incident.text("incidentTypeInternalText") or "")[:_LINE],
        }
    )


def _local_type(incident: Component, types: tuple[str, ...]) -> Code | None:
    """Return the agency's own type; where it has none, a common one that is not known here."""
    text = (incident.text("incidentTypeInternalText") or "")[:_LINE] or None
    code = incident.text("incidentTypeInternalCode")
    if code or text:
        return Code(local=(code or text or "")[:_LINE], system=_system(incident), text=text)
    return _unknown(IncidentType, types, "EIDO IncidentType-Common")


def disposition_facts(disposition: Component) -> Facts:
    """Return what a disposition says of how the incident ended."""
    code = disposition.text("dispositionCommonRegistryCode") or ""
    local = disposition.text("dispositionCategoryText")
    text = disposition.text("dispositionDescriptionText")
    return _said(
        {
            "disposition": code if code.isdecimal() and code.isascii() and len(code) == 2 else None,  # noqa: PLR2004  two digits
            "local_disposition": Code(
                local=(local or text or code)[:_LINE],
                system=_system(disposition),
                text=text[:_LINE] if text else None,
            )
            if local or text
            else None,
        }
    )


def reported_facts(facts: Facts) -> Facts:
    """Return an incident's facts with what a report must say, where the EIDO does not say it."""
    kind = facts.get("incident_type", "not said")
    return {"status": IncidentStatus.ACTIVE, "location": Location()} | (
        {"summary": f"Incident, type {kind}"} | facts
    )


def unit_facts(unit: Component, eido: Eido, names: Names) -> Facts:
    """Return what an EIDO says of a unit."""
    types = unit.texts("emergencyResourceTypeCommonRegistryText")
    own = unit.texts("resourceAttributeInternalText")[:_MANY]
    # An EIDO of version 1.0 may leave it out: then it is the EIDO's own incident.
    active = names.incident(unit.text("activeOnIncidentId") or eido.root.id)
    stacked = dict.fromkeys(map(names.incident, unit.texts("stackedOnIncidentId")))
    return _said(
        {
            "unit_name": (unit.text("emergencyResourceName") or "")[:_LINE],
            "resource_type": next(iter(known(ResourceType, types)), None),
            "local_type": _code(unit, "emergencyResourceTypeInternalText")
            or _unknown(ResourceType, types, "EIDO EmergencyResourceType-Common"),
            "attributes": tuple(
                text[:_LINE] for text in unit.texts("resourceAttributeRegistryText")[:_MANY]
            ),
            "local_attributes": tuple(Code(local=t[:_LINE], system=_system(unit)) for t in own),
            "local_status": _local_status(unit),
            "incident_id": active,
            "stacked_incident_ids": tuple(i for i in stacked if i != active)[:_MANY],
            "location": _linked_place(unit, "unitLocationReference", eido),
            "destination": _linked_place(unit, "unitDestinationReference", eido),
            "eta": unit.time("eta"),
        }
        | _states(unit)
    )


def _states(unit: Component) -> Facts:
    """Return the states; a unit whose first one is not known cannot be counted on."""
    primary = known(PrimaryUnitStatus, unit.texts("primaryUnitStatusRegistryText"))
    secondary = known(SecondaryUnitStatus, unit.texts("secondaryUnitStatusRegistryText"))
    first = next(iter(secondary), None)
    return {
        "primary_status": next(iter(primary), PrimaryUnitStatus.NOT_AVAILABLE),
        "secondary_status": first,
        "qualified_by": tuple(dict.fromkeys(s for s in secondary if s != first))[:_QUALIFIERS],
    }


def _local_status(unit: Component) -> Code | None:
    """Return the unit's own state, or the common ones that are not known here."""
    own = _code(unit, "unitStatusInternal")
    primary = unit.texts("primaryUnitStatusRegistryText")
    secondary = unit.texts("secondaryUnitStatusRegistryText")
    system = "EIDO UnitStatus-Common"
    return (
        own
        or _unknown(PrimaryUnitStatus, primary, system)
        or _unknown(SecondaryUnitStatus, secondary, system)
    )


def home_of(unit: Component, eido: Eido) -> str | None:
    """Return the ``$id`` of a unit's agency: who was dispatched with it, whose crew it has."""
    dispatches = (o for o in eido.linking(unit) if o.kind is Kind.DISPATCH)
    dispatched = [a for o in dispatches for a in o.links("agencyReference")]
    crew = eido.linked(unit, "agentReference", Kind.AGENT)
    crews = [agency for agent in crew for agency in agent.links("agencyReference")]
    return next(iter((*dispatched, *crews)), unit.updated_by)


def agency_facts(agency: Component, eido: Eido, names: Names) -> Facts:
    """Return what an EIDO says of an agency's part in its incident."""
    texts = agency.texts("agencyRoleDescriptionRegistryText")
    types = agency.texts("agencyType")
    behalf = agency.links("actingOnBehalfOfAgencyReference")
    sent = any(owner.kind is Kind.DISPATCH for owner in eido.linking(agency))
    otherwise = AgencyRole.DISPATCHED if sent else AgencyRole.INFORMATIONAL
    return _said(
        {
            "agency": names.agency(agency.id, eido),
            "lead": agency.flag("incidentOwningAgencyIndicator"),
            "roles": tuple(dict.fromkeys(known(AgencyRole, texts))) or (otherwise,),
            "local_role": _unknown(AgencyRole, texts, _system(agency)),
            "disciplines": disciplines_of(types),
            "responder_types": tuple(name[:_LINE] for name in types[:20]),
            "acting_for": next((names.agency(i, eido) for i in behalf if i != agency.id), None),
        }
    )


def plain_text(markup: str) -> str:
    """Return the text of a note, which is HTML5: paragraphs and breaks become lines."""
    if "<" not in markup and "&" not in markup:
        return markup.strip()
    reader = _Text()
    reader.feed(markup)
    reader.close()
    lines = "".join(reader.parts).split("\n")
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


REMARKS = (Kind.NOTES, Kind.CAUTION, Kind.UNIT_EMERGENCY)
"""Kinds of components that are read as remarks on the incident."""


def remark_parts(remark: Component) -> tuple[str, ...]:
    """Return what a note, a caution or a unit's emergency says, in parts that a contract holds."""
    match remark.kind:
        case Kind.CAUTION:
            said = _joined(remark, "cautionTypeCommonRegistryText", "cautionTypeInternalText")
            text = f"Caution ({remark.text('cautionSeverity') or 'severity not said'}): {said}"
        case Kind.UNIT_EMERGENCY:
            said = _joined(remark, "emergencyStateType", "originatingDevice", "stopTimestamp")
            text = f"Unit emergency ({remark.text('severity') or 'severity not said'}): {said}"
        case _:
            text = plain_text(remark.text("notesActionComments") or "")
    return tuple(text[start : start + _NOTE] for start in range(0, len(text), _NOTE))


def _joined(component: Component, *names: str) -> str:
    return ", ".join(text for name in names for text in component.texts(name))


def known(vocabulary: type[V], texts: tuple[str, ...]) -> tuple[V, ...]:
    """Return the codes that the vocabulary has."""
    values = {str(member) for member in vocabulary}
    return tuple(vocabulary(text) for text in texts if text in values)


class _Text(HTMLParser):
    """Collects the text of a document, with a line's end where a block begins or ends."""

    _BLOCKS = frozenset({"p", "br", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "pre"})
    _UNSEEN = frozenset({"script", "style"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self._unseen += tag in self._UNSEEN
        self.parts.append("\n" if tag in self._BLOCKS else "")

    def handle_endtag(self, tag: str) -> None:
        self._unseen -= tag in self._UNSEEN and self._unseen > 0
        self.parts.append("\n" if tag in self._BLOCKS else "")

    def handle_data(self, data: str) -> None:
        self.parts.append("" if self._unseen else data)


def _linked_place(unit: Component, name: str, eido: Eido) -> Any:
    return places.read(next(iter(eido.linked(unit, name, Kind.LOCATION)), None))


def _code(component: Component, name: str) -> Code | None:
    """Return an agency's own code; several as one."""
    local = ", ".join(component.texts(name))[:_LINE]
    return Code(local=local, system=_system(component)) if local else None


def _unknown(vocabulary: type[Vocabulary], texts: tuple[str, ...], system: str) -> Code | None:
    spare = ", ".join(text for text in texts if not known(vocabulary, (text,)))[:_LINE]
    return Code(local=spare, system=system) if spare else None


def _system(component: Component) -> str:
    """Return whose codes a component has: those of the agency that wrote it."""
    return (component.updated_by or "EIDO")[:_LINE]


def _said(facts: Facts) -> Facts:
    return {name: value for name, value in facts.items() if value not in (None, (), "")}
