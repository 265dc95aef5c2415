"""CAP alert -> AlertIssued. Pure.

Not carried: the content of a ``derefUri`` and the signature, which stay in the original; numbers
become floating point, kilometres metres. A signature is not verified, and the event says so.
"""

import re
from itertools import chain, takewhile
from os.path import commonprefix
from typing import Any

from pydantic import ValidationError

from liandong.adapters.codecs import cap
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    AlertArea,
    AlertInfo,
    AlertIssued,
    AlertReference,
    AlertResource,
    Circle,
    DocumentError,
    Mode,
    NamedValue,
    Point,
    Polygon,
    Precedence,
    WarningColour,
    faults_of,
    to_token,
)

_METRES = 1000
_MAX_DEFECTS, _MAX_DEFECT = 100, 200
_DIVISIONS, _DIVISION = "GB/T 2260", re.compile(r"[0-9]{6}")
COLOUR = "warningColor"
_COLOUR_NAMES = {COLOUR.lower(), "warningcolour", "预警颜色"}
_COLOURS = dict(zip("红橙黄蓝", WarningColour, strict=True)) | {str(c): c for c in WarningColour}

MODES = {
    cap.Status.ACTUAL: Mode.LIVE,
    cap.Status.EXERCISE: Mode.EXERCISE,
    cap.Status.SYSTEM: Mode.TEST,
    cap.Status.TEST: Mode.TEST,
    cap.Status.DRAFT: Mode.TEST,
}
"""An alert that is not Actual never becomes live."""

_PRECEDENCES = {
    cap.Severity.EXTREME: Precedence.IMMEDIATE,
    cap.Severity.SEVERE: Precedence.IMMEDIATE,
    cap.Severity.MODERATE: Precedence.PRIORITY,
    cap.Severity.MINOR: Precedence.ROUTINE,
    cap.Severity.UNKNOWN: Precedence.PRIORITY,
}
_BY_HASTE = tuple(Precedence)


def draft(alert: cap.Alert) -> Draft:
    """Return what an alert says.

    Raises:
        DocumentError: The contract cannot hold it; says which field.
    """
    return Draft(
        _event(alert),
        identity=(alert.sender, alert.identifier),
        time=alert.sent,
        area=_place(alert),
        mode=MODES[alert.status],
        precedence=_precedence(alert),
        defects=_defects(alert),
    )


def _place(alert: cap.Alert) -> str | None:
    """Return the narrowest division of China that holds all areas; None unless each names some."""
    areas = [area for info in alert.infos for area in info.areas]
    named = [[g.value for g in a.geocodes if g.name.startswith(_DIVISIONS)] for a in areas]
    codes = list(chain.from_iterable(named))
    if not codes or not all(named) or not all(map(_DIVISION.fullmatch, codes)):
        return None
    paths = [list(takewhile("00".__ne__, (c[:2], c[2:4], c[4:]))) for c in codes]
    return ".".join(["cn", *commonprefix(paths)])  # noqa: RUF071  it compares whole levels here


def _defects(alert: cap.Alert) -> tuple[str, ...]:
    """Return what was forgiven, by the codec and here, as far as an event has room for it."""
    signature = ["unverified-signature: /alert/Signature"] if alert.signed else []
    lone = [
        f"lone-ceiling: /alert/info[{i}]/area[{a}]"
        for i, info in enumerate(alert.infos, 1)
        for a, area in enumerate(info.areas, 1)
        if area.ceiling is not None and _ceiling(area) is None
    ]
    defects = [*signature, *lone, *alert.defects]
    if len(defects) > _MAX_DEFECTS:
        defects[_MAX_DEFECTS - 1 :] = [f"and {len(defects) - _MAX_DEFECTS + 1} more"]
    return tuple(defect[:_MAX_DEFECT] for defect in defects)


def _event(alert: cap.Alert) -> AlertIssued:
    try:
        return AlertIssued(
            alert_key=to_token(alert.identifier),
            references=tuple(AlertReference(**r._asdict()) for r in alert.references),
            info=tuple(map(_info, alert.infos)),
            **same(alert, _ALERT_FIELDS),
        )
    except ValidationError as error:
        fault = faults_of(error, "alert")[0]
        raise DocumentError(
            "CAP 1.2", fault.expected, where=fault.path, found=fault.found
        ) from None


_ALERT_FIELDS = (
    *("identifier", "sender", "sent", "status", "msg_type", "source", "scope", "restriction"),
    *("addresses", "codes", "note", "incidents"),
)
INFO_FIELDS = (
    *("language", "event", "audience", "effective", "onset", "expires", "sender_name"),
    *("headline", "description", "instruction", "web", "contact"),
)
"""Fields that the document and the contract name alike."""


def same(source: object, names: tuple[str, ...]) -> dict[str, Any]:
    """Return the fields that stand, by name."""
    values = {name: getattr(source, name) for name in names}
    return {name: value for name, value in values.items() if value is not None}


def _info(info: cap.Info) -> AlertInfo:
    return AlertInfo(
        **same(info, INFO_FIELDS),
        **same(info, ("categories", "response_types", "urgency", "severity", "certainty")),
        warning_colour=colour(info.parameters),
        event_codes=_named(info.event_codes),
        parameters=_named(info.parameters),
        resources=tuple(map(_resource, info.resources)),
        areas=tuple(map(_area, info.areas)),
    )


def _named(pairs: tuple[cap.NameValue, ...]) -> tuple[NamedValue, ...]:
    return tuple(NamedValue(name=pair.name, value=pair.value) for pair in pairs)


def colour(parameters: tuple[cap.NameValue, ...]) -> WarningColour | None:
    """Return the colour that a parameter names, in Chinese or English."""
    values = (p.value.lower() for p in parameters if p.name.lower() in _COLOUR_NAMES)
    return next((_COLOURS.get(value.removesuffix("色")) for value in values), None)


def _resource(resource: cap.Resource) -> AlertResource:
    return AlertResource(
        description=resource.resource_desc,
        mime_type=resource.mime_type,
        size_bytes=resource.size,
        uri=resource.uri,
        digest=resource.digest,
        embedded=resource.deref_uri is not None,
    )


def _area(area: cap.Area) -> AlertArea:
    return AlertArea(
        description=area.area_desc,
        polygons=tuple(map(_polygon, area.polygons)),
        circles=tuple(map(_circle, area.circles)),
        geocodes=_named(area.geocodes),
        altitude_ft=None if area.altitude is None else float(area.altitude),
        ceiling_ft=_ceiling(area),
    )


def _ceiling(area: cap.Area) -> float | None:
    """Return the ceiling where it stands over an altitude, as CAP asks."""
    if area.ceiling is None or area.altitude is None or area.ceiling < area.altitude:
        return None
    return float(area.ceiling)


def _polygon(ring: cap.Polygon) -> Polygon:
    return Polygon(coordinates=(tuple((float(p.longitude), float(p.latitude)) for p in ring),))


def _circle(circle: cap.Circle) -> Circle:
    centre = Point.at(float(circle.centre.longitude), float(circle.centre.latitude))
    return Circle(centre=centre, radius_m=float(circle.radius_km * _METRES))


def _precedence(alert: cap.Alert) -> Precedence:
    """Return how soon people must look: at the gravest info, or at what an update ends."""
    found = (
        Precedence.FLASH
        if (info.urgency, info.severity) == (cap.Urgency.IMMEDIATE, cap.Severity.EXTREME)
        else _PRECEDENCES[info.severity]
        for info in alert.infos
    )
    return min(found, key=_BY_HASTE.index, default=Precedence.PRIORITY)
