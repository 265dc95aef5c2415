"""FHIR bed report -> FacilityStatus. Pure.

Every count, code, score and criterion is kept under ``measures`` as it was reported; what they say
of beds in common terms stands beside, under ``beds``. Not carried: people (`_about`), and what
`codecs.fhir_beds` does not read.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.adapters.medical.bed_lines import bed_lines
from liandong.adapters.medical.report_parts import TEST, Parts
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    Area,
    DocumentError,
    FacilityStatus,
    Location,
    Mode,
    PartyReference,
    Point,
    Reason,
    ShortText,
    Token,
    faults_of,
    to_token,
)

_PERSONS = {"Patient", "Person", "Practitioner", "PractitionerRole", "RelatedPerson"}
_FACILITIES = {"Location", "Organization", "HealthcareService", "Device"}
_PASSING = ("#", "urn:uuid:", "urn:oid:")  # references that hold within one message only


class Facility(BaseModel):
    """A facility that reports are about, and what it is called on the bus."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    id: Token
    """Its name on the bus."""
    name: ShortText
    """Its name for people."""
    known_as: tuple[str, ...] = Field(min_length=1)
    """How reports refer to it: reference, identifier or display."""
    area: Area | None = None
    """Where it is; None takes the adapter's area."""


def draft(
    report: fhir.MeasureReport, zone: ZoneInfo, facilities: tuple[Facility, ...] = ()
) -> Draft:
    """Return what a report says.

    Args:
        report: The report.
        zone: The zone of its dates.
        facilities: The facilities known here; another goes by what its report calls it.

    Raises:
        DocumentError: It is not complete, is about a person or nobody, names no time, or holds what
            the contract cannot.
    """
    _check(report)
    about = _about(report)
    known = next((one for one in facilities if set(one.known_as) & set(_names(about))), None)
    parts = Parts(zone, list(report.defects))
    facility_id = known.id if known else _token(about)
    try:
        event = _event(report, about, facility_id, known, parts)
    except ValidationError as error:
        fault = faults_of(error, "")[0]
        raise DocumentError(
            fhir.STANDARD, fault.expected, where=fault.path, found=fault.found
        ) from None
    return Draft(
        event=event,
        identity=("measure-report", facility_id, report_name(report)),
        time=event.last_update,
        area=known.area if known else None,
        mode=Mode.TEST if any(one.code == TEST.code for one in report.labels) else Mode.LIVE,
        defects=tuple(parts.defects[:100]),
    )


def report_name(report: fhir.MeasureReport) -> str:
    """Return what its own system calls a report: identifier, else id, else what it counted."""
    numbers = (one.value for one in report.identifier if one.value)
    counted = f"{report.measure} {report.period.start} {report.period.end}".strip()
    return next(numbers, report.id or counted)


def _check(report: fhir.MeasureReport) -> None:
    if report.status not in ("", fhir.COMPLETE):
        raise _unsupported("a report that is complete", "status", report.status)


def _about(report: fhir.MeasureReport) -> fhir.Reference:
    """Return the facility: the subject, or where a report names none whoever reports.

    Raises:
        DocumentError: It is about a person, or may be: nobody's counts go over the bus.
    """
    subject = report.subject
    if subject is None:
        if report.reporter is None or report.reporter.resource in _PERSONS:
            raise _unsupported("a facility", "subject", "nothing")
        return report.reporter
    kind = subject.resource
    if kind in _PERSONS or (report.type == fhir.INDIVIDUAL and kind not in _FACILITIES):
        found = kind if kind in _PERSONS else "an individual"
        raise _unsupported("a facility", "subject", found)
    return subject


def _names(about: fhir.Reference) -> tuple[str, ...]:
    number = about.identifier.value if about.identifier else ""
    return tuple(filter(None, (about.reference, number, about.display)))


def _token(about: fhir.Reference) -> str:
    """Return a facility's name where nobody has given it one: the end of its address, or number.

    Raises:
        DocumentError: It could not be told from others.
    """
    reference = about.reference.partition("/_history/")[0]
    lasting = "" if reference.startswith(_PASSING) else reference.rpartition("/")[2]
    number = about.identifier.value if about.identifier else ""
    bare = "" if reference.startswith("#") else reference
    if name := lasting or number or about.display or bare:
        return to_token(name)
    raise _unsupported("a reference, an identifier or a name", "subject", "none of them")


def _event(
    report: fhir.MeasureReport,
    about: fhir.Reference,
    facility_id: str,
    known: Facility | None,
    parts: Parts,
) -> FacilityStatus:
    groups = parts.groups(report.group)
    point = about.point
    start, end = parts.period(report.period)
    return FacilityStatus(
        facility_id=facility_id,
        facility_name=known.name if known else parts.short(about.display, "subject.display"),
        last_update=_when(report, parts),
        location=Location(point=Point(coordinates=point)) if point else None,
        subject=parts.party(report.subject, "subject"),
        reporter=_reporter(report, parts),
        beds=bed_lines(groups),
        measure=report.measure or None,
        period_start=start,
        period_end=end,
        measures=groups,
        improvement=parts.concept(report.improvement, "improvementNotation"),
    )


def _reporter(report: fhir.MeasureReport, parts: Parts) -> PartyReference | None:
    if report.reporter and report.reporter.resource in _PERSONS:
        parts.note("reporter", "a person, left out")
        return None
    return parts.party(report.reporter, "reporter")


def _when(report: fhir.MeasureReport, parts: Parts) -> datetime:
    """Return when it was drawn up; else the end of what it counts, else the beginning."""
    for name, text in (
        ("date", report.date),
        ("period.end", report.period.end),
        ("period.start", report.period.start),
    ):
        if found := parts.span(text, name):
            return found[0]
    raise DocumentError(fhir.STANDARD, "a date", where="date", found=report.date[:40] or "nothing")


def _unsupported(expected: str, where: str, found: str) -> DocumentError:
    return DocumentError(
        fhir.STANDARD, expected, where=where, found=found, reason=Reason.UNSUPPORTED
    )
