"""Bytes to report, leniently: every deviation that can be read is read and named.

Not read: the narrative, extensions other than ``data-absent-reason`` and places,
``evaluatedResource``, and ``subjectResults``, which points at patients.
"""

from codecs import BOM_UTF8
from dataclasses import replace
from functools import partial
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
    Period,
    Population,
    Quantity,
    Reference,
    Stratifier,
    Stratum,
)
from liandong.adapters.codecs.fhir_beds.element import Element, within
from liandong.contracts import wire
from liandong.contracts.errors import ContractError, DocumentError, Reason

MAX_BYTES = wire.MAX_BYTES
_LATITUDE, _LONGITUDE = 90, 180
_PLACES = ("Location", "Organization")
_NEEDED = ("status", "type", "measure", "period")


def parse(body: bytes) -> MeasureReport:
    """Read a report.

    Args:
        body: JSON in UTF-8, at most a million bytes.

    Raises:
        DocumentError: It is no JSON that every parser reads alike (`contracts.wire`), no
            MeasureReport, or says that it must be read by rules not known here.
    """
    report = within(_object(body), "", [])
    if (kind := report.text("resourceType")) != "MeasureReport":
        raise _unsupported("a MeasureReport", "resourceType", kind or "nothing")
    if rules := report.text("implicitRules"):
        raise _unsupported("no rules of its own", "implicitRules", rules)
    for name in _NEEDED:
        if name not in report.values:
            report.note(name, "missing")
    reference = partial(_reference, contained=_contained(report))
    read = MeasureReport(
        id=report.text("id"),
        identifier=report.all("identifier", _identifier),
        labels=report.one("meta", _labels) or (),
        status=report.text("status"),
        type=report.text("type"),
        measure=report.text("measure"),
        subject=report.one("subject", reference),
        date=report.text("date"),
        reporter=report.one("reporter", reference),
        period=report.one("period", _period) or Period(),
        improvement=report.one("improvementNotation", _concept),
        group=report.all("group", _group),
    )
    return replace(read, defects=tuple(report.defects))


def _object(body: bytes) -> dict[str, Any]:
    try:
        return wire.loads(body.removeprefix(BOM_UTF8))
    except ContractError as error:
        fault = error.faults[0]
        raise DocumentError(
            STANDARD,
            fault.expected,
            where=fault.path,
            found=fault.found,
            reason=error.reason,
        ) from None


def _unsupported(expected: str, where: str, found: str) -> DocumentError:
    return DocumentError(STANDARD, expected, where=where, found=found, reason=Reason.UNSUPPORTED)


def _itself(element: Element) -> Element:
    return element


def _contained(report: Element) -> dict[str, Element]:
    return {f"#{one.text('id')}": one for one in report.all("contained", _itself)}


def _labels(meta: Element) -> tuple[Coding, ...]:
    return meta.all("tag", _coding) + meta.all("security", _coding)


def _period(element: Element) -> Period:
    return Period(element.text("start"), element.text("end"))


def _reference(element: Element, contained: dict[str, Element]) -> Reference:
    """Read a reference; of a contained resource also what that says of itself."""
    reference = element.text("reference")
    read = Reference(
        reference=reference,
        display=element.text("display"),
        type=element.text("type"),
        identifier=element.one("identifier", _identifier),
        point=_point(element),
    )
    if not (resource := contained.get(reference)):
        return read
    named = next(iter(resource.all("identifier", _identifier)), None)
    kind = resource.text("resourceType")
    return replace(
        read,
        # A person's name is a structure, not a text; nobody's is read.
        display=read.display or (resource.text("name") if kind in _PLACES else ""),
        type=read.type or kind,
        identifier=read.identifier or named,
    )


def _point(element: Element) -> tuple[float, float] | None:
    for extension in element.all("extension", _itself):
        if extension.text("url") in GEOLOCATIONS:
            parts = {
                part.text("url"): part.number("valueDecimal")
                for part in extension.all("extension", _itself)
            }
            latitude, longitude = parts.get("latitude"), parts.get("longitude")
            if latitude is None or longitude is None:
                extension.note("extension", "no place")
            elif abs(latitude) > _LATITUDE or abs(longitude) > _LONGITUDE:
                extension.note("extension", "place not on earth")
            else:
                return longitude, latitude
    return None


def _identifier(element: Element) -> Identifier:
    return Identifier(element.text("value"), element.text("system"))


def _coding(element: Element) -> Coding:
    return Coding(
        code=element.text("code"),
        system=element.text("system"),
        version=element.text("version"),
        display=element.text("display"),
    )


def _concept(element: Element) -> Concept:
    return Concept(element.all("coding", _coding), element.text("text"))


def _quantity(element: Element) -> Quantity:
    return Quantity(
        value=element.number("value"),
        comparator=element.text("comparator"),
        unit=element.text("unit"),
        system=element.text("system"),
        code=element.text("code"),
    )


def _population(element: Element) -> Population:
    return Population(
        code=element.one("code", _concept),
        count=element.count("count"),
        absent=element.one("_count", _absent) or _absent(element),
    )


def _absent(element: Element) -> str:
    """Return the code of ``data-absent-reason``, where an element has that extension."""
    extensions = element.all("extension", _itself)
    reasons = (one.text("valueCode") for one in extensions if one.text("url") == ABSENT)
    return next(reasons, "")


def _component(element: Element) -> Component:
    return Component(element.one("code", _concept), element.one("value", _concept))


def _stratum(element: Element) -> Stratum:
    return Stratum(
        value=element.one("value", _concept),
        component=element.all("component", _component),
        population=element.all("population", _population),
        score=element.one("measureScore", _quantity),
    )


def _stratifier(element: Element) -> Stratifier:
    return Stratifier(element.all("code", _concept), element.all("stratum", _stratum))


def _group(element: Element) -> Group:
    return Group(
        code=element.one("code", _concept),
        population=element.all("population", _population),
        score=element.one("measureScore", _quantity),
        stratifier=element.all("stratifier", _stratifier),
    )
