"""The facts of one incident -> EIDO: a new one, or written into the one that it came from. Pure.

Only what differs from what the EIDO says is written; all else in it stays, private components too.
A component that is there keeps its owner. Not carried: what EIDO has no field for (category, grade,
counts of people, a unit's order, crew and lending), who has left, and the first call.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Eido, Kind
from liandong.adapters.region import eido_facts as facts
from liandong.adapters.region import eido_fields as fields
from liandong.adapters.region.eido_fields import Fields, ref
from liandong.adapters.region.eido_names import Names
from liandong.adapters.region.eido_places import write as pidf_of
from liandong.contracts import (
    AgencyName,
    DocumentError,
    Envelope,
    Event,
    IncidentCleared,
    IncidentLinked,
    IncidentMerged,
    IncidentParticipantJoined,
    IncidentReopened,
    IncidentReported,
    IncidentSplit,
    IncidentUpdated,
    Location,
    Mode,
    Reason,
    UnitStatus,
)

Pair = IncidentLinked | IncidentMerged | IncidentSplit


@dataclass(frozen=True)
class Issuer:
    """Who writes the EIDO.

    Attributes:
        names: How names are translated.
        element: The functional element that creates it (``issuingElementIdentification``).
    """

    names: Names
    element: str


def write(said: Iterable[Envelope], issuer: Issuer, original: Eido | None = None) -> Eido:
    """Return an EIDO that says what was said of one incident; `eido.render` makes it bytes.

    Args:
        said: Events of one incident, in their order. Those that EIDO has no field for are passed
            over.
        issuer: Who writes it.
        original: The EIDO that it is written into; None makes a new one.

    Raises:
        DocumentError: There is no event of an incident; or one is of an exercise or a test, which
            EIDO cannot say (UNSUPPORTED).
    """
    envelopes = tuple(said)
    for envelope in envelopes:
        if envelope.mode is not Mode.LIVE:
            raise DocumentError(
                eido.STANDARD,
                "a live event",
                where=envelope.id,
                found=envelope.mode,
                reason=Reason.UNSUPPORTED,
            )
    document = original or _skeleton(envelopes, issuer)
    for envelope in envelopes:
        if update := _Update(envelope, document, issuer).tree():
            document = eido.merge(document, update)
    return document


def _skeleton(envelopes: tuple[Envelope, ...], issuer: Issuer) -> Eido:
    tokens = (getattr(envelope.data, "incident_id", None) for envelope in envelopes)
    token = next(filter(None, tokens), None)
    if token is None:
        raise DocumentError(eido.STANDARD, "an event of an incident")
    by = issuer.names.agency_id(str(envelopes[0].source))
    return eido.document(
        {
            "$id": issuer.names.incident_id(token),
            "lastUpdateTimeStamp": envelopes[0].time.isoformat(),
            "updatedByAgencyReference": ref(by),
            "eidoVersion": "1.0",
            "issuingElementIdentification": issuer.element,
            "agencyComponent": [
                fields.bare_agency(by, str(envelopes[0].source), envelopes[0].time)
            ],
        }
    )


class _Update:
    """What one event changes in a document."""

    def __init__(self, envelope: Envelope, document: Eido, issuer: Issuer) -> None:
        self._envelope, self._eido, self._issuer = envelope, document, issuer
        self._names: Names = issuer.names
        self._parts: dict[Kind, list[Fields]] = {}

    def tree(self) -> Fields:
        """Return the EIDO's JSON, as much of it as changes; nothing where nothing does."""
        self._tell(self._envelope.data)
        if not self._parts:
            return {}
        latest = max(filter(None, (self._eido.root.updated, self._envelope.time)))
        one = self._parts.pop(Kind.INCIDENT, None)
        return {
            "lastUpdateTimeStamp": latest.isoformat(),
            "issuingElementIdentification": self._issuer.element,
            **({Kind.INCIDENT.value: one[0]} if one else {}),
            **{kind.value: parts for kind, parts in self._parts.items()},
        }

    def _tell(self, event: Event) -> None:
        match event:
            case IncidentReported() | IncidentUpdated():
                self._incident(dict(event))
            case IncidentReopened():
                self._incident({"status": event.status, "note": event.reason})
            case IncidentCleared():
                self._incident({"status": event.status, "note": _ending(event)}, event)
            case IncidentParticipantJoined():
                self._agency(event)
            case UnitStatus():
                self._unit(event)
            case IncidentLinked() | IncidentMerged() | IncidentSplit():
                self._pair(event)
            case _:
                pass

    def _incident(self, said: facts.Facts, cleared: IncidentCleared | None = None) -> None:
        there = next(iter(self._eido.of(Kind.INCIDENT)), None)
        changed = _differing(said, _reported(self._eido))
        new = _given(said) if changed.keys() & fields.OF_INCIDENT and not there else changed
        written = fields.of_incident(new)
        if place := self._place(new.get("location"), "location", "CurrentIncident"):
            written["locationReference"] = [ref(place)]
        if cleared and (disposition := self._disposition(cleared)):
            written["dispositionComponent"] = [disposition]
        texts = [said.get("description"), said.get("note")]
        if new.get("summary") and new["summary"] != written.get("incidentTypeInternalText"):
            texts.append(new["summary"])
        notes = [self._note(text, number) for number, text in enumerate(filter(None, texts))]
        if there or written:
            links = [ref(note) for note in notes if note]
            written |= {"notesReference": links} if links else {}
        if written:
            self._put(Kind.INCIDENT, there.id if there else self._eido.root.id, written)

    def _disposition(self, event: IncidentCleared) -> Fields | None:
        found = self._eido.of(Kind.DISPOSITION)
        primary = sorted(found, key=lambda c: not c.flag("dispositionPrimaryIndicator"))
        there = next(iter(primary), None)
        changed = _differing(dict(event), facts.disposition_facts(there) if there else {})
        written = fields.of_disposition(changed)
        if not written or not (there or event.disposition):
            return None
        identity = there.id if there else f"{self._envelope.id}-disposition"
        return self._component(Kind.DISPOSITION, identity, written)

    def _agency(self, event: IncidentParticipantJoined) -> None:
        identity = self._names.agency_id(event.agency, self._eido)
        there = self._eido.find(identity, Kind.AGENCY)
        before = facts.agency_facts(there, self._eido, self._names) if there else {}
        changed = _differing(dict(event), before)
        written = fields.of_agency(changed)
        if event.acting_for and "acting_for" in changed:
            written["actingOnBehalfOfAgencyReference"] = [ref(self._need(event.acting_for))]
        if written or not there:
            bare = {} if there else fields.bare_agency(identity, event.agency, self._envelope.time)
            self._put(Kind.AGENCY, identity, bare | written, owner=event.agency)

    def _unit(self, event: UnitStatus) -> None:
        home = event.home_agency or str(self._envelope.source)
        known = [unit.id for unit in self._eido.of(Kind.UNIT) if unit.id]
        identity = self._names.unit_id(event.unit_id, home, known)
        there = self._eido.find(identity, Kind.UNIT)
        before = facts.unit_facts(there, self._eido, self._names) if there else {}
        changed = _differing(dict(event), before)
        if {"secondary_status", "qualified_by"} & changed.keys():
            changed |= {name: getattr(event, name) for name in ("secondary_status", "qualified_by")}
        if {"attributes", "local_attributes"} & changed.keys():
            changed |= {name: getattr(event, name) for name in ("attributes", "local_attributes")}
        written = ({} if there else dict(fields.BARE_UNIT)) | fields.of_unit(changed)
        written |= self._incidents_of(event, changed)
        for name, link, kind in fields.UNIT_PLACES:
            if place := self._place(changed.get(name), name, kind, event.unit_id):
                written[link] = ref(place)
        if written:
            self._put(Kind.UNIT, identity, written, owner=home)

    def _incidents_of(self, event: UnitStatus, changed: facts.Facts) -> Fields:
        ids = [self._eido.root.id, *self._tracked()]
        written: Fields = {}
        if event.incident_id and "incident_id" in changed:
            written["activeOnIncidentId"] = self._names.incident_id(event.incident_id, ids)
        if "stacked_incident_ids" in changed:
            stacked = [self._names.incident_id(i, ids) for i in event.stacked_incident_ids]
            written["stackedOnIncidentId"] = stacked
        return written

    def _tracked(self) -> Iterable[str]:
        """Yield the other incidents' ``$id`` that the document names."""
        for component in self._eido.components:
            yield from component.texts("incidentTrackingIdentifier")
            yield from component.texts("activeOnIncidentId")
            yield from component.texts("stackedOnIncidentId")

    def _pair(self, event: Pair) -> None:
        other = self._names.incident_id(event.other_incident_id, self._tracked())
        kind = Kind.LINK if isinstance(event, IncidentLinked) else Kind.MERGE
        name = "linkDirectionCode" if kind is Kind.LINK else "incidentMergeDirectionCode"
        direction = "SPLIT" if isinstance(event, IncidentSplit) else str(event.direction)
        for there in self._eido.of(kind):
            same = (there.text("incidentTrackingIdentifier"), there.text(name))
            if same == (other, direction):
                return
        written: Fields = {"incidentTrackingIdentifier": other, name: direction}
        if kind is Kind.LINK:
            written |= {"transactionReasonText": event.reason} if event.reason else {}
            if event.other_agency:
                written["involvedAgencyReference"] = ref(self._need(event.other_agency))
        self._put(kind, self._envelope.id, written)

    def _note(self, text: str, number: int) -> str | None:
        """Write a note, unless the document says it already; return its ``$id``."""
        if text in _remarks(self._eido):
            return None
        identity = f"{self._envelope.id}-note-{number}"
        self._put(Kind.NOTES, identity, {"notesActionComments": fields.markup(text)})
        return identity

    def _place(self, where: Location | None, name: str, kind: str, whose: str = "") -> str | None:
        if where is None or not (where.point or where.address or where.place):
            return None
        identity = "-".join(filter(None, (self._envelope.id, whose, name)))
        self._put(
            Kind.LOCATION,
            identity,
            {
                "locationTypeDescriptionRegistryText": kind,
                "locationByValue": pidf_of(where),
            },
        )
        return identity

    def _put(
        self, kind: Kind, identity: str, written: Fields, *, owner: AgencyName | None = None
    ) -> None:
        part = self._component(kind, identity, written, owner)
        self._parts.setdefault(kind, []).append(part)

    def _component(
        self, kind: Kind, identity: str, written: Fields, owner: AgencyName | None = None
    ) -> Fields:
        """Return a component's JSON with its prologue; one that is there keeps its owner."""
        prologue = {"$id": identity, "lastUpdateTimeStamp": self._envelope.time.isoformat()}
        if self._eido.find(identity, kind):
            return prologue | written
        by = self._need(owner or str(self._envelope.source))
        return prologue | {"updatedByAgencyReference": ref(by)} | written

    def _need(self, agency: AgencyName) -> str:
        """Return the ``$id`` of an agency, which is in the document from now on."""
        identity = self._names.agency_id(agency, self._eido)
        new = [part["$id"] for part in self._parts.get(Kind.AGENCY, ())]
        if not self._eido.find(identity, Kind.AGENCY) and identity not in new:
            bare = fields.bare_agency(identity, agency, self._envelope.time)
            self._parts.setdefault(Kind.AGENCY, []).append(bare)
        return identity


def _ending(event: IncidentCleared) -> str:
    """Return how an incident ended, in words; a local code too that no common one stands beside."""
    local = None if event.disposition else event.local_disposition
    said = (local and (local.text or local.local), event.summary, event.report)
    return "\n".join(filter(None, said))


# Many events meet one document: what it says is read once.
@lru_cache(maxsize=4)
def _reported(document: Eido) -> facts.Facts:
    there = next(iter(document.of(Kind.INCIDENT)), None)
    return facts.reported_facts(facts.incident_facts(there, document))


@lru_cache(maxsize=4)
def _remarks(document: Eido) -> frozenset[str]:
    found = (remark for kind in facts.REMARKS for remark in document.of(kind))
    return frozenset(part for remark in found for part in facts.remark_parts(remark))


def _given(said: facts.Facts) -> facts.Facts:
    return {name: value for name, value in said.items() if value not in (None, ())}


def _differing(said: facts.Facts, before: facts.Facts) -> facts.Facts:
    """Return what is said and is not so yet."""
    return {name: value for name, value in _given(said).items() if value != before.get(name)}
