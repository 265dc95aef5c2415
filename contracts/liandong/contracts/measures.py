"""Counts by code: what is measured beside beds, each number under the codes that its owner gives.

Standard: HL7 FHIR R4 ``MeasureReport``. Ventilators, staff, admissions and deaths have no common
code list that all agree on, so a count keeps every code that came with it.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Code, ShortText, Value, Vocabulary
from liandong.contracts.codes import Count

Codes = Annotated[tuple[Code, ...], Field(max_length=20)]
"""Codes of one meaning, each in its own system; the owner's preferred one first."""

_LARGEST = 1_000_000_000_000


class AbsentReason(Vocabulary):
    """Why a count is not there (FHIR ``data-absent-reason``)."""

    UNKNOWN = "unknown"
    ASKED_UNKNOWN = "asked-unknown"
    TEMP_UNKNOWN = "temp-unknown"
    NOT_ASKED = "not-asked"
    ASKED_DECLINED = "asked-declined"
    MASKED = "masked"
    NOT_APPLICABLE = "not-applicable"
    UNSUPPORTED = "unsupported"
    AS_TEXT = "as-text"
    ERROR = "error"
    NOT_A_NUMBER = "not-a-number"
    NEGATIVE_INFINITY = "negative-infinity"
    POSITIVE_INFINITY = "positive-infinity"
    NOT_PERFORMED = "not-performed"
    NOT_PERMITTED = "not-permitted"


class Comparator(Vocabulary):
    """How the true value lies to the one given (FHIR ``Quantity.comparator``)."""

    LESS = "<"
    AT_MOST = "<="
    AT_LEAST = ">="
    MORE = ">"


class Concept(Value):
    """One meaning under several codes (FHIR ``CodeableConcept``)."""

    codes: Codes = ()
    """FHIR ``coding``: HAVE, FHIR, LOINC, NHSN, the owner's own."""
    text: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """FHIR ``text``: what people call it, or its definition."""

    @model_validator(mode="after")
    def _means_something(self) -> Self:
        if not self.codes and self.text is None:
            raise ValueError("a concept of no meaning: codes and text are both absent")
        return self


class MeasureCount(Value):
    """How many of one thing (FHIR ``population``)."""

    counted: Concept | None = None
    """FHIR ``population.code``: what is counted."""
    count: Count | None = None
    """FHIR ``population.count``; None is not 0 but not known."""
    absent_reason: AbsentReason | None = None
    """FHIR ``data-absent-reason`` of the count, where it says why there is none."""

    @model_validator(mode="after")
    def _absent_or_not(self) -> Self:
        if self.count is not None and self.absent_reason is not None:
            raise ValueError(f"count is {self.count} and absent_reason is {self.absent_reason}")
        return self


class MeasureScore(Value):
    """A number worked out from the counts, such as a share (FHIR ``measureScore``)."""

    value: (
        Annotated[int, Field(ge=-_LARGEST, le=_LARGEST)]
        | Annotated[float, Field(ge=-_LARGEST, le=_LARGEST)]
    )
    """FHIR ``Quantity.value``, in ``unit``; up to 1,000,000,000,000 either way."""
    unit: ShortText | None = None
    """FHIR ``Quantity.unit`` for people; absent for a bare ratio."""
    unit_code: Code | None = None
    """FHIR ``Quantity.code`` and ``system``: the unit for machines, mostly UCUM."""
    comparator: Comparator | None = None
    """FHIR ``Quantity.comparator``; absent where the value is exact."""


class StratumComponent(Value):
    """One of the criteria that together make a stratum (FHIR ``stratum.component``)."""

    criterion: Concept
    """FHIR ``component.code``: age group, for instance."""
    value: Concept
    """FHIR ``component.value``: 65 and older, for instance."""


class MeasureStratum(Value):
    """The part of a group that a criterion picks out (FHIR ``stratum``)."""

    value: Concept | None = None
    """FHIR ``stratum.value``."""
    components: Annotated[tuple[StratumComponent, ...], Field(max_length=20)] = ()
    """FHIR ``stratum.component``: instead of ``value`` where several criteria meet."""
    counts: Annotated[tuple[MeasureCount, ...], Field(max_length=200)] = ()
    """FHIR ``stratum.population``."""
    score: MeasureScore | None = None
    """FHIR ``stratum.measureScore``."""


class MeasureStratifier(Value):
    """A criterion by which a group is divided (FHIR ``stratifier``)."""

    criteria: Annotated[tuple[Concept, ...], Field(max_length=20)] = ()
    """FHIR ``stratifier.code``."""
    strata: Annotated[tuple[MeasureStratum, ...], Field(max_length=200)] = ()
    """FHIR ``stratifier.stratum``."""


class MeasureGroup(Value):
    """Counts that belong together, such as all of ventilators (FHIR ``MeasureReport.group``)."""

    topic: Concept | None = None
    """FHIR ``group.code``: what the counts are about."""
    counts: Annotated[tuple[MeasureCount, ...], Field(max_length=200)] = ()
    """FHIR ``group.population``."""
    score: MeasureScore | None = None
    """FHIR ``group.measureScore``."""
    stratifiers: Annotated[tuple[MeasureStratifier, ...], Field(max_length=50)] = ()
    """FHIR ``group.stratifier``."""


class PartyReference(Value):
    """A facility or organisation as another system knows it; no person (FHIR ``Reference``)."""

    name: ShortText | None = None
    """FHIR ``Reference.display``."""
    reference: ShortText | None = None
    """FHIR ``Reference.reference``: its address in the reporter's own system."""
    identifier: Code | None = None
    """FHIR ``Reference.identifier``: its number in a register, and which register."""

    @model_validator(mode="after")
    def _refers_to_somebody(self) -> Self:
        if self.name is None and self.reference is None and self.identifier is None:
            raise ValueError("a reference to nobody: name, reference and identifier are all absent")
        return self
