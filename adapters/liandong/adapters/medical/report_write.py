"""FacilityStatus -> FHIR bed report: the way back of `report_read`. Pure.

Written are the counts by code with who, what and when. The state of the building and bed lines in
HAVE's terms have no place in a MeasureReport.
"""

from zoneinfo import ZoneInfo

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.adapters.medical.report_parts import NO_SYSTEM, TEST
from liandong.contracts import (
    Code,
    Concept,
    Envelope,
    FacilityStatus,
    MeasureCount,
    MeasureGroup,
    MeasureScore,
    MeasureStratifier,
    MeasureStratum,
    Mode,
    PartyReference,
)


def report_of(envelope: Envelope, status: FacilityStatus, zone: ZoneInfo) -> fhir.MeasureReport:
    """Return a status as a report; one that is not live is marked as test data.

    Args:
        envelope: Gives the report its identifier and its mode.
        status: What a facility said.
        zone: The zone to write times in; whole days of it are written as dates.
    """
    point = status.location.point if status.location else None
    return fhir.MeasureReport(
        identifier=(fhir.Identifier(f"urn:liandong:{envelope.id}", "urn:ietf:rfc:3986"),),
        labels=() if envelope.mode is Mode.LIVE else (TEST,),
        status=fhir.COMPLETE,
        type=fhir.SUMMARY,
        measure=status.measure or "",
        subject=_reference(status.subject, point.coordinates if point else None),
        date=fhir.write_time(status.last_update, zone),
        reporter=_reference(status.reporter),
        period=fhir.write_period(status.period_start, status.period_end, zone),
        improvement=_concept(status.improvement),
        group=tuple(map(_group, status.measures)),
    )


def _coding(code: Code) -> fhir.Coding:
    system, _, version = code.system.partition("|")
    return fhir.Coding(
        code=code.local,
        system="" if system == NO_SYSTEM else system,
        version=version,
        display=code.text or "",
    )


def _concept(concept: Concept | None) -> fhir.Concept | None:
    if concept is None:
        return None
    return fhir.Concept(tuple(map(_coding, concept.codes)), concept.text or "")


def _reference(
    party: PartyReference | None, point: tuple[float, float] | None = None
) -> fhir.Reference | None:
    if party is None:
        return None
    coding = _coding(party.identifier) if party.identifier else None
    return fhir.Reference(
        reference=party.reference or "",
        display=party.name or "",
        identifier=fhir.Identifier(coding.code, coding.system) if coding else None,
        point=point,
    )


def _population(count: MeasureCount) -> fhir.Population:
    return fhir.Population(_concept(count.counted), count.count, count.absent_reason or "")


def _quantity(score: MeasureScore | None) -> fhir.Quantity | None:
    if score is None:
        return None
    coding = _coding(score.unit_code) if score.unit_code else fhir.Coding()
    return fhir.Quantity(
        value=score.value,
        comparator=score.comparator or "",
        unit=score.unit or "",
        system=coding.system,
        code=coding.code,
    )


def _stratum(stratum: MeasureStratum) -> fhir.Stratum:
    return fhir.Stratum(
        value=_concept(stratum.value),
        component=tuple(
            fhir.Component(_concept(one.criterion), _concept(one.value))
            for one in stratum.components
        ),
        population=tuple(map(_population, stratum.counts)),
        score=_quantity(stratum.score),
    )


def _stratifier(stratifier: MeasureStratifier) -> fhir.Stratifier:
    concepts = (_concept(one) for one in stratifier.criteria)
    return fhir.Stratifier(
        tuple(one for one in concepts if one), tuple(map(_stratum, stratifier.strata))
    )


def _group(group: MeasureGroup) -> fhir.Group:
    return fhir.Group(
        code=_concept(group.topic),
        population=tuple(map(_population, group.counts)),
        score=_quantity(group.score),
        stratifier=tuple(map(_stratifier, group.stratifiers)),
    )
