"""A MeasureReport as FHIR R4 (4.0.1) defines it, each element under its own name.

What is absent is an empty text, an empty tuple or None. Times are texts as they were written: FHIR
lets a date stand for a whole day, month or year (`dates`).
"""

from dataclasses import dataclass

STANDARD = "FHIR R4 MeasureReport"
MEDIA_TYPE = "application/fhir+json"

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
"""The extension that says why a value is missing."""
GEOLOCATIONS = (
    "http://hl7.org/fhir/us/saner/StructureDefinition/GeoLocation",
    "http://hl7.org/fhir/StructureDefinition/geolocation",
)
"""The extensions that say where something is: SANER's, and FHIR's own."""

COMPLETE = "complete"
"""The ``status`` of a report whose counts are all there; else it is pending, or an error."""
INDIVIDUAL = "individual"
"""The ``type`` of a report about one subject, mostly a patient."""
SUMMARY = "summary"
"""The ``type`` of a report about a population."""


@dataclass(frozen=True, slots=True)
class Coding:
    """One code. A code means nothing without its system, but not everybody writes one."""

    code: str = ""
    system: str = ""
    version: str = ""
    display: str = ""


@dataclass(frozen=True, slots=True)
class Concept:
    """A ``CodeableConcept``: one meaning under several codes."""

    coding: tuple[Coding, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number in somebody's register."""

    value: str = ""
    system: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to another resource, with what is said of it here.

    Attributes:
        reference: Its address: ``Location/17``, ``https://…``, ``urn:uuid:…``, ``#contained``.
        type: What it is, where the address does not say.
        point: Longitude and latitude in degrees, from an extension.
    """

    reference: str = ""
    display: str = ""
    type: str = ""
    identifier: Identifier | None = None
    point: tuple[float, float] | None = None

    @property
    def resource(self) -> str:
        """What it is: ``Location``, ``Organization``, ``Patient``, …; empty where nobody says."""
        parts = self.reference.partition("/_history/")[0].split("/")
        return self.type or (parts[-2] if len(parts) > 1 else "")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    system: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """From when until when, both included: an end that is a date is the whole of that day."""

    start: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Population:
    """How many of what.

    Attributes:
        count: None where it is absent, which is not 0.
        absent: Why it is, as ``data-absent-reason`` has it.
    """

    code: Concept | None = None
    count: int | None = None
    absent: str = ""


@dataclass(frozen=True, slots=True)
class Component:
    """One of the criteria that make a stratum."""

    code: Concept | None = None
    value: Concept | None = None


@dataclass(frozen=True, slots=True)
class Stratum:
    """A part of a group."""

    value: Concept | None = None
    component: tuple[Component, ...] = ()
    population: tuple[Population, ...] = ()
    score: Quantity | None = None


@dataclass(frozen=True, slots=True)
class Stratifier:
    """By what a group is divided, and its parts."""

    code: tuple[Concept, ...] = ()
    stratum: tuple[Stratum, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Counts that belong together."""

    code: Concept | None = None
    population: tuple[Population, ...] = ()
    score: Quantity | None = None
    stratifier: tuple[Stratifier, ...] = ()


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """A report of counts.

    Attributes:
        measure: The canonical address of the definition that was counted by.
        labels: ``meta.tag`` and ``meta.security``: test data is marked there.
        defects: What was wrong and read leniently all the same; not compared.
    """

    id: str = ""
    identifier: tuple[Identifier, ...] = ()
    labels: tuple[Coding, ...] = ()
    status: str = ""
    type: str = ""
    measure: str = ""
    subject: Reference | None = None
    date: str = ""
    reporter: Reference | None = None
    period: Period = Period()
    improvement: Concept | None = None
    group: tuple[Group, ...] = ()
    defects: tuple[str, ...] = ()
