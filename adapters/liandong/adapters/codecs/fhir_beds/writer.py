"""Report to bytes, strictly: what FHIR R4 demands must be there, and nothing empty is written."""

import json
from typing import Any

from liandong.adapters.codecs.fhir_beds.document import (
    ABSENT,
    GEOLOCATIONS,
    STANDARD,
    Coding,
    Component,
    Concept,
    Group,
    Identifier,
    MeasureReport,
    Population,
    Quantity,
    Reference,
    Stratifier,
    Stratum,
)
from liandong.contracts.errors import DocumentError

Json = dict[str, Any]


def render(report: MeasureReport) -> bytes:
    """Return a report as JSON in UTF-8. Labels are written as tags; `defects` are not written.

    Raises:
        DocumentError: It lacks what every report must have: status, type, measure, period.
    """
    needed = {
        "status": report.status,
        "type": report.type,
        "measure": report.measure,
        "period": report.period.start or report.period.end,
    }
    if missing := [name for name, value in needed.items() if not value]:
        raise DocumentError(STANDARD, "this element", where=missing[0], found="nothing")
    document = _filled(
        resourceType="MeasureReport",
        id=report.id,
        meta=_filled(tag=[_coding(one) for one in report.labels]),
        identifier=[_identifier(one) for one in report.identifier],
        status=report.status,
        type=report.type,
        measure=report.measure,
        subject=_reference(report.subject),
        date=report.date,
        reporter=_reference(report.reporter),
        period=_filled(start=report.period.start, end=report.period.end),
        improvementNotation=_concept(report.improvement),
        group=[_group(one) for one in report.group],
    )
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False).encode()


def _filled(**members: Any) -> Json:
    """Return an object without its empty members; 0 is not empty."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _coding(coding: Coding) -> Json:
    return _filled(
        system=coding.system, version=coding.version, code=coding.code, display=coding.display
    )


def _concept(concept: Concept | None) -> Json:
    if concept is None:
        return {}
    return _filled(coding=[_coding(one) for one in concept.coding], text=concept.text)


def _identifier(identifier: Identifier | None) -> Json:
    return _filled(system=identifier.system, value=identifier.value) if identifier else {}


def _reference(reference: Reference | None) -> Json:
    if reference is None:
        return {}
    return _filled(
        extension=_place(reference.point),
        reference=reference.reference,
        type=reference.type,
        identifier=_identifier(reference.identifier),
        display=reference.display,
    )


def _place(point: tuple[float, float] | None) -> list[Json]:
    if point is None:
        return []
    longitude, latitude = point
    parts = [("latitude", latitude), ("longitude", longitude)]
    extension = [{"url": name, "valueDecimal": degrees} for name, degrees in parts]
    return [{"extension": extension, "url": GEOLOCATIONS[0]}]


def _quantity(quantity: Quantity | None) -> Json:
    if quantity is None:
        return {}
    return _filled(
        value=quantity.value,
        comparator=quantity.comparator,
        unit=quantity.unit,
        system=quantity.system,
        code=quantity.code,
    )


def _population(population: Population) -> Json:
    absent = [{"url": ABSENT, "valueCode": population.absent}] if population.absent else []
    return _filled(
        code=_concept(population.code),
        count=population.count,
        _count=_filled(extension=absent),
    )


def _component(component: Component) -> Json:
    return _filled(code=_concept(component.code), value=_concept(component.value))


def _stratum(stratum: Stratum) -> Json:
    return _filled(
        value=_concept(stratum.value),
        component=[_component(one) for one in stratum.component],
        population=[_population(one) for one in stratum.population],
        measureScore=_quantity(stratum.score),
    )


def _stratifier(stratifier: Stratifier) -> Json:
    return _filled(
        code=[_concept(one) for one in stratifier.code],
        stratum=[_stratum(one) for one in stratifier.stratum],
    )


def _group(group: Group) -> Json:
    return _filled(
        code=_concept(group.code),
        population=[_population(one) for one in group.population],
        measureScore=_quantity(group.score),
        stratifier=[_stratifier(one) for one in group.stratifier],
    )
