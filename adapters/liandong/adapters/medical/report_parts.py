"""The parts of an FHIR report -> the parts of the contract. The way back is `report_write`."""

from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.contracts import (
    AbsentReason,
    Code,
    Comparator,
    Concept,
    MeasureCount,
    MeasureGroup,
    MeasureScore,
    MeasureStratifier,
    MeasureStratum,
    PartyReference,
    StratumComponent,
)

NO_SYSTEM = "urn:liandong:no-system"
"""Stands for the system of a code that names none."""
TEST = fhir.Coding(
    code="HTEST",
    system="http://terminology.hl7.org/CodeSystem/v3-ActReason",
    display="test health data",
)
"""Marks a report that is not to be taken for real."""
_SHORT, _TEXT = 200, 1000
_MOST = 1_000_000_000


@dataclass(frozen=True)
class Parts:
    """Turns parts of a report into parts of the contract.

    Attributes:
        zone: The zone of dates.
        defects: What the contract cannot hold, beside what the codec has found.
    """

    zone: ZoneInfo
    defects: list[str] = field(default_factory=list[str])

    def note(self, where: str, what: str) -> None:
        """Name a defect."""
        self.defects.append(f"{what}: {where}"[:_SHORT])

    def short(self, text: str, where: str, limit: int = _SHORT) -> str | None:
        """Return a text, cut to what the contract holds; None where it is empty."""
        if len(text) > limit:
            self.note(where, f"text of {len(text)} characters cut to {limit}")
        return text[:limit] if text.strip() else None

    def span(self, text: str, where: str) -> tuple[datetime, datetime] | None:
        """Return from when until when a time lasts; None where there is none."""
        found = fhir.span(text, self.zone) if text else None
        if text and found is None:
            self.note(where, f"time not readable {text[:40]!r}")
        return found

    def period(self, period: fhir.Period) -> tuple[datetime | None, datetime | None]:
        """Return when a period starts and ends; one that ends before it starts has no end."""
        start, end = self.span(period.start, "period.start"), self.span(period.end, "period.end")
        if start and end and end[1] < start[0]:
            self.note("period", f"ends {period.end} before it starts {period.start}")
            end = None
        return start and start[0], end and end[1]

    def code(self, coding: fhir.Coding, where: str) -> Code:
        """Return a code; its system's version is written behind a bar, as in FHIR's canonicals."""
        version = f"|{coding.version}" if coding.version else ""
        return Code(
            local=coding.code,
            system=(coding.system or NO_SYSTEM) + version,
            text=self.short(coding.display, f"{where}.display"),
        )

    def concept(self, concept: fhir.Concept | None, where: str) -> Concept | None:
        """Return a concept; a display without a code serves as its text."""
        if concept is None:
            return None
        codes = tuple(self.code(one, where) for one in concept.coding if one.code)
        displays = (one.display for one in concept.coding if not one.code and one.display)
        text = self.short(concept.text or next(displays, ""), f"{where}.text", _TEXT)
        if any(not one.code for one in concept.coding):
            self.note(where, "coding without a code")
        return Concept(codes=codes, text=text) if codes or text else None

    def count(self, population: fhir.Population, where: str) -> MeasureCount:
        """Return a count, or why there is none."""
        count, reason = population.count, population.absent
        if count is not None and not 0 <= count <= _MOST:
            self.note(f"{where}.count", f"count {count} beyond 0 to {_MOST}")
            count = None
        if reason and reason not in set(AbsentReason):
            self.note(where, f"no reason for absence {reason[:40]!r}")
            reason = ""
        if reason and count is not None:
            self.note(where, f"count {count} is there and absent as {reason}")
            reason = ""
        return MeasureCount(
            counted=self.concept(population.code, f"{where}.code"),
            count=count,
            absent_reason=AbsentReason(reason) if reason else None,
        )

    def score(self, quantity: fhir.Quantity | None, where: str) -> MeasureScore | None:
        """Return a score; one without a number, or compared in a way unknown here, is left out."""
        if quantity is None or quantity.value is None:
            return None
        comparator = quantity.comparator
        if comparator and comparator not in set(Comparator):
            self.note(where, f"score left out, compared as {comparator[:40]!r}")
            return None
        coding = fhir.Coding(code=quantity.code, system=quantity.system)
        return MeasureScore(
            value=quantity.value,
            unit=self.short(quantity.unit, f"{where}.unit"),
            unit_code=self.code(coding, where) if quantity.code else None,
            comparator=Comparator(comparator) if comparator else None,
        )

    def stratum(self, stratum: fhir.Stratum, where: str) -> MeasureStratum:
        """Return a part of a group; a criterion without its value is left out."""
        components: list[StratumComponent] = []
        for number, one in enumerate(stratum.component):
            place = f"{where}.component[{number}]"
            code, value = self.concept(one.code, place), self.concept(one.value, place)
            if code and value:
                components.append(StratumComponent(criterion=code, value=value))
            else:
                self.note(place, "criterion or value missing")
        return MeasureStratum(
            value=self.concept(stratum.value, f"{where}.value"),
            components=tuple(components),
            counts=self._counts(stratum.population, where),
            score=self.score(stratum.score, f"{where}.measureScore"),
        )

    def stratifier(self, stratifier: fhir.Stratifier, where: str) -> MeasureStratifier:
        """Return by what a group is divided."""
        concepts = (self.concept(one, f"{where}.code") for one in stratifier.code)
        return MeasureStratifier(
            criteria=tuple(filter(None, concepts)),
            strata=tuple(
                self.stratum(one, f"{where}.stratum[{number}]")
                for number, one in enumerate(stratifier.stratum)
            ),
        )

    def groups(self, groups: tuple[fhir.Group, ...]) -> tuple[MeasureGroup, ...]:
        """Return counts that belong together, in the report's order."""
        return tuple(self._group(one, f"group[{number}]") for number, one in enumerate(groups))

    def _group(self, group: fhir.Group, where: str) -> MeasureGroup:
        return MeasureGroup(
            topic=self.concept(group.code, f"{where}.code"),
            counts=self._counts(group.population, where),
            score=self.score(group.score, f"{where}.measureScore"),
            stratifiers=tuple(
                self.stratifier(one, f"{where}.stratifier[{number}]")
                for number, one in enumerate(group.stratifier)
            ),
        )

    def _counts(
        self, populations: tuple[fhir.Population, ...], where: str
    ) -> tuple[MeasureCount, ...]:
        return tuple(
            self.count(one, f"{where}.population[{number}]")
            for number, one in enumerate(populations)
        )

    def party(self, reference: fhir.Reference | None, where: str) -> PartyReference | None:
        """Return a facility or organisation as the reporter's own system knows it.

        A reference into the report itself is followed by the codec, and means nothing elsewhere.
        """
        if reference is None:
            return None
        address = "" if reference.reference.startswith("#") else reference.reference
        number = reference.identifier
        coding = fhir.Coding(code=number.value, system=number.system) if number else fhir.Coding()
        name = self.short(reference.display, f"{where}.display")
        if not (name or address or coding.code):
            self.note(where, "reference to nobody")
            return None
        return PartyReference(
            name=name,
            reference=address or None,
            identifier=self.code(coding, where) if coding.code else None,
        )
