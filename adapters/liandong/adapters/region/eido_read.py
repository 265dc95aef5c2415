"""EIDO -> the facts that it states, and an account of every component. Pure.

An EIDO is the whole state of an incident: what was said before is not said again. Not carried, and
kept in the original: private persons and what is theirs (`eido_account.PRIVATE`), and what no
contract has a place for. An agency or unit that a later EIDO leaves out has not left by that.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from liandong.adapters.codecs import eido
from liandong.adapters.codecs.eido import Component, Eido, Kind
from liandong.adapters.region import eido_facts as facts
from liandong.adapters.region import eido_places as places
from liandong.adapters.region.eido_account import Accounted, account, is_private, left_out
from liandong.adapters.region.eido_names import Names
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    DocumentError,
    Event,
    IncidentCleared,
    IncidentLinked,
    IncidentMerged,
    IncidentParticipantJoined,
    IncidentReopened,
    IncidentReported,
    IncidentSplit,
    IncidentStatus,
    IncidentUpdated,
    LinkDirection,
    MergeDirection,
    Precedence,
    UnitStatus,
    faults_of,
)

EMITS = (
    IncidentReported,
    IncidentUpdated,
    IncidentCleared,
    IncidentReopened,
    IncidentParticipantJoined,
    IncidentLinked,
    IncidentMerged,
    IncidentSplit,
    UnitStatus,
)
"""The contracts that an EIDO can be read as."""

_MAX_DEFECTS, _MAX_DEFECT = 100, 200
_LINE, _NOTE = 200, 4000  # characters of a ShortText and of a RestrictedText


class Known(BaseModel):
    """What was said of an incident last."""

    model_config = ConfigDict(frozen=True)

    updated: AwareDatetime
    """When the EIDO that said it was written."""
    digest: str
    """Of the facts."""
    cleared: AwareDatetime | None = None
    """When it was cleared, where it is."""


@dataclass(frozen=True)
class Reading:
    """What an EIDO says.

    Attributes:
        drafts: The facts that were not said before; the incident's own first.
        accounts: What became of each component, the EIDO itself first.
        known: What is known of the incident now.
    """

    drafts: tuple[Draft, ...]
    accounts: tuple[Accounted, ...]
    known: Known


@dataclass(frozen=True)
class _Told:
    """A fact, and the components that it carries; without a draft where it was said before."""

    contract: type[Event]
    draft: Draft | None
    carries: tuple[Component | None, ...]


def read(document: Eido, names: Names, before: Known | None = None) -> Reading:
    """Return what an EIDO says.

    Args:
        document: The EIDO.
        names: How its names are translated.
        before: What was said of its incident last; None where nothing was.

    Raises:
        DocumentError: It does not say when it was written, or a contract cannot hold what it says.
    """
    reader = _Reader(document, names, before)
    try:
        told = [
            *reader.incident(),
            *reader.agencies(),
            *reader.units(),
            *reader.pairs(),
            *reader.remarks(),
        ]
    except ValidationError as error:
        fault = faults_of(error, "eido")[0]
        raise DocumentError(
            eido.STANDARD, fault.expected, where=fault.path, found=fault.found
        ) from None
    drafts = [one.draft for one in told if one.draft]
    accounts = account(document, _carried(told))
    if drafts:
        drafts[0] = replace(drafts[0], defects=_defects(document, accounts))
    return Reading(tuple(drafts), accounts, reader.known())


def _carried(told: list[_Told]) -> dict[str, tuple[str, ...]]:
    carried: dict[str, tuple[str, ...]] = {}
    for one in told:
        for component in filter(None, one.carries):
            name = one.contract.type_name()
            carried[component.path] = (*carried.get(component.path, ()), name)
    return carried


def _defects(document: Eido, accounts: tuple[Accounted, ...]) -> tuple[str, ...]:
    """Return what was left out, and what was forgiven as far as an event has room for it."""
    defects = [*left_out(accounts), *document.defects]
    if len(defects) > _MAX_DEFECTS:
        defects[_MAX_DEFECTS - 1 :] = [f"and {len(defects) - _MAX_DEFECTS + 1} more"]
    return tuple(defect[:_MAX_DEFECT] for defect in defects)


class _Reader:
    """One reading of one document."""

    def __init__(self, document: Eido, names: Names, before: Known | None) -> None:
        self._eido, self._names, self._before = document, names, before
        self._id = names.incident(document.root.id)
        self._time = _time(document)
        self._incident = next(iter(document.of(Kind.INCIDENT)), None)
        self._facts = facts.incident_facts(self._incident, document)
        self._ended = self._facts.get("status") in facts.ENDED
        self._stale = before is not None and self._time < before.updated

    def known(self) -> Known:
        """Return what is known once this is said."""
        if self._before and self._stale:
            return self._before
        cleared = (self._before and self._before.cleared) or self._when(self._incident)
        return Known(
            updated=self._time,
            digest=self._digest(),
            cleared=cleared if self._ended else None,
        )

    def incident(self) -> Iterator[_Told]:
        """Yield the incident's own facts."""
        place = places.of_incident(self._eido)
        carries = (self._eido.root, self._incident, place)
        if self._before is None:
            yield self._reported(carries)
        else:
            if self._before.cleared and not self._ended:
                yield self._reopened(self._before.cleared, carries)
            yield self._updated(self._before, carries)
        if self._ended:
            yield self._cleared(carries)

    def _reported(self, carries: tuple[Component | None, ...]) -> _Told:
        calls = sorted(
            (c for c in self._eido.of(Kind.CALL) if c.id and len(c.id) <= _LINE),
            key=lambda c: c.time("callStartTimestamp") or self._time,
        )
        call = next(iter(calls), None)
        event = IncidentReported(
            incident_id=self._id,
            call_id=call.id if call else None,
            received=call.time("callStartTimestamp") if call else None,
            **facts.reported_facts(self._facts),
        )
        return self._told(event, self._incident, (*carries, call), Precedence.PRIORITY)

    def _updated(self, before: Known, carries: tuple[Component | None, ...]) -> _Told:
        """Return what it says now; as said before where nothing has changed, or it is older."""
        changed = {n: v for n, v in self._facts.items() if not (n == "status" and self._ended)}
        if self._stale or not changed or self._digest() == before.digest:
            return _Told(IncidentUpdated, None, carries)
        event = IncidentUpdated(incident_id=self._id, **changed)
        return self._told(event, self._incident, carries, Precedence.PRIORITY)

    def _reopened(self, cleared: datetime, carries: tuple[Component | None, ...]) -> _Told:
        if self._stale:
            return _Told(IncidentReopened, None, carries)
        status = self._facts.get("status", IncidentStatus.RE_OPENED)
        event = IncidentReopened(
            incident_id=self._id,
            cleared=cleared,
            reopened=max(self._when(self._incident), cleared),
            status=status,
            reason=f"An EIDO says that it is {status}",
            decided_by=self._who(self._incident or self._eido.root),
        )
        return self._told(event, self._incident, carries, Precedence.PRIORITY)

    def _cleared(self, carries: tuple[Component | None, ...]) -> _Told:
        found = self._eido.of(Kind.DISPOSITION)
        primary = sorted(found, key=lambda c: not c.flag("dispositionPrimaryIndicator"))
        disposition = next(iter(primary), None)
        event = IncidentCleared(
            incident_id=self._id,
            cleared=self._when(self._incident),
            status=self._facts["status"],
            **(facts.disposition_facts(disposition) if disposition else {}),
        )
        if self._stale:
            return _Told(IncidentCleared, None, (*carries, disposition))
        return self._told(event, self._incident, (*carries, disposition), Precedence.PRIORITY)

    def agencies(self) -> Iterator[_Told]:
        """Yield who takes part."""
        for agency in self._named(Kind.AGENCY):
            said = facts.agency_facts(agency, self._eido, self._names)
            since = self._when(agency)
            event = IncidentParticipantJoined(incident_id=self._id, since=since, **said)
            sent = [c for c in self._eido.linking(agency) if c.kind is Kind.DISPATCH]
            yield self._told(event, agency, (agency, *sent))

    def units(self) -> Iterator[_Told]:
        """Yield what units do."""
        for unit in self._named(Kind.UNIT):
            said = facts.unit_facts(unit, self._eido, self._names)
            home = facts.home_of(unit, self._eido)
            event = UnitStatus(
                unit_id=self._names.unit(unit.id),
                home_agency=self._names.agency(home, self._eido) if home else None,
                **said,
            )
            where = self._eido.linked(unit, "unitLocationReference", Kind.LOCATION)
            whither = self._eido.linked(unit, "unitDestinationReference", Kind.LOCATION)
            seen = [p for p in (*where[:1], *whither[:1]) if places.read(p)]
            sent = [c for c in self._eido.linking(unit) if c.kind is Kind.DISPATCH]
            yield self._told(event, unit, (unit, *seen, *sent))

    def _named(self, kind: Kind) -> list[Component]:
        """Return the components that a reference can mean: of those with one ``$id`` the first."""
        return [c for c in self._eido.of(kind) if self._eido.find(c.id, kind) is c]

    def pairs(self) -> Iterator[_Told]:
        """Yield which other incidents it has to do with."""
        for pair in (*self._eido.of(Kind.LINK), *self._eido.of(Kind.MERGE)):
            other = pair.text("incidentTrackingIdentifier")
            if not other or self._names.incident(other) == self._id:
                continue
            event = self._pair(pair, self._names.incident(other))
            if event:
                yield self._told(event, pair, (pair,))

    def _pair(self, pair: Component, other: str) -> Event | None:
        both: facts.Facts = {
            "incident_id": self._id,
            "other_incident_id": other,
            "decided_by": self._who(pair),
        }
        if links := facts.known(LinkDirection, pair.texts("linkDirectionCode")):
            agency = next(iter(pair.links("involvedAgencyReference")), None)
            return IncidentLinked(
                **both,
                direction=links[0],
                reason=(pair.text("transactionReasonText") or "")[:_NOTE] or None,
                other_agency=self._names.agency(agency, self._eido) if agency else None,
            )
        direction = pair.text("incidentMergeDirectionCode")
        if merges := facts.known(MergeDirection, (direction or "",)):
            return IncidentMerged(**both, direction=merges[0])
        if direction == "SPLIT":
            return IncidentSplit(**both, summary=f"Part of it goes on as {other}")
        return None

    def remarks(self) -> Iterator[_Told]:
        """Yield notes, cautions and units' emergencies that are not about private persons."""
        for kind in facts.REMARKS:
            for remark in self._eido.of(kind):
                if not is_private(self._eido, remark):
                    yield from self._remark(remark)

    def _remark(self, remark: Component) -> Iterator[_Told]:
        haste = Precedence.ROUTINE if remark.kind is Kind.NOTES else Precedence.IMMEDIATE
        for number, text in enumerate(facts.remark_parts(remark)):
            event = IncidentUpdated(incident_id=self._id, note=text)
            yield self._told(event, remark, (remark,), haste, str(number))

    def _told(
        self,
        event: Event,
        source: Component | None,
        carries: tuple[Component | None, ...],
        precedence: Precedence = Precedence.ROUTINE,
        part: str = "",
    ) -> _Told:
        where = source or self._eido.root
        draft = Draft(
            event,
            identity=(self._eido.root.id, where.kind, where.id, part),
            time=self._when(source),
            precedence=precedence,
        )
        return _Told(type(event), draft, carries)

    def _when(self, component: Component | None) -> datetime:
        return (component.updated if component else None) or self._time

    def _who(self, component: Component) -> str:
        """Return who decided something, as far as an EIDO says: the agency that wrote it."""
        sender = self._eido.root.text("issuingElementIdentification")
        return (component.updated_by or sender or self._eido.root.id)[:_LINE]

    def _digest(self) -> str:
        said = "\n".join(f"{name}={value!r}" for name, value in sorted(self._facts.items()))
        return hashlib.sha256(said.encode()).hexdigest()


def _time(document: Eido) -> datetime:
    """Return when a document was written; where it does not say, its latest component."""
    components = (document.root, *document.components)
    found = document.root.updated or max(
        filter(None, (c.updated for c in components)), default=None
    )
    if found is None:
        raise DocumentError(eido.STANDARD, "when it was written", where="lastUpdateTimeStamp")
    return found
