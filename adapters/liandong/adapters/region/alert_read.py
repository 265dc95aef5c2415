"""CAP alert -> AlertIssued, AlertUpdated, AlertCancelled, AlertAcknowledged. Pure.

Not carried: the content of a ``derefUri`` and the signature, which stay in the original; numbers
become floating point, kilometres metres. A signature is not verified, and the event says so.
"""

import re
from collections.abc import Iterator
from itertools import chain, takewhile
from os.path import commonprefix
from typing import Any

from pydantic import ValidationError

from liandong.adapters.codecs import cap
from liandong.adapters.sdk import Draft
from liandong.contracts import (
    ALERTS,
    AlertArea,
    AlertInfo,
    AlertReference,
    AlertResource,
    AnyAlert,
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
MAX_DEFECTS, _MAX_DEFECT = 100, 200
_LARGEST_FILE = 2**53 - 1  # bytes
_LOWEST_FT, _HIGHEST_FT = -50_000, 500_000
_WIDEST_KM = 20_040  # half way round the earth
_DIVISIONS, _DIVISION = "GB/T 2260", re.compile(r"[0-9]{6}")
_COLOUR_NAMES = {cap.COLOUR.lower(), "warningcolour", "预警颜色"}

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
    defects = [*signature, *_left_out(alert), *alert.defects]
    if len(defects) > MAX_DEFECTS:
        defects[MAX_DEFECTS - 1 :] = [f"and {len(defects) - MAX_DEFECTS + 1} more"]
    return tuple(defect[:_MAX_DEFECT] for defect in defects)


def _left_out(alert: cap.Alert) -> Iterator[str]:
    """Yield what the contract has no room for, though CAP can say it."""
    for i, info in enumerate(alert.infos, 1):
        for r, resource in enumerate(info.resources, 1):
            if resource.size != _size(resource):
                yield f"out-of-range: /alert/info[{i}]/resource[{r}]/size: {resource.size}"
        for a, area in enumerate(info.areas, 1):
            where = f"/alert/info[{i}]/area[{a}]"
            if len(_circles(area)) < len(area.circles):
                yield f"out-of-range: {where}/circle: wider than the earth"
            if area.altitude is not None and _altitude(area) is None:
                yield f"out-of-range: {where}/altitude: {area.altitude}"
            if area.ceiling is not None and _ceiling(area) is None:
                yield f"lone-ceiling: {where}"


def _event(alert: cap.Alert) -> AnyAlert:
    kind = next(kind for kind in ALERTS if alert.msg_type in kind.does)
    try:
        return kind(
            alert_key=to_token(_first(alert)),
            references=tuple(AlertReference(**r._asdict()) for r in alert.references),
            info=tuple(map(_info, alert.infos)),
            **same(alert, _ALERT_FIELDS),
        )
    except ValidationError as error:
        fault = faults_of(error, "alert")[0]
        raise DocumentError(
            "CAP 1.2", fault.expected, where=fault.path, found=fault.found
        ) from None


def _first(alert: cap.Alert) -> str:
    """Return the identifier of the first message of those that this one goes back to."""
    return min((*alert.references, alert.reference), key=lambda r: r.sent).identifier


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
    return next(filter(None, map(cap.COLOURS.get, values)), None)


def _resource(resource: cap.Resource) -> AlertResource:
    return AlertResource(
        description=resource.resource_desc,
        mime_type=resource.mime_type,
        size_bytes=_size(resource),
        uri=resource.uri,
        digest=resource.digest,
        embedded=resource.deref_uri is not None,
    )


def _size(resource: cap.Resource) -> int | None:
    return None if (resource.size or 0) > _LARGEST_FILE else resource.size


def _area(area: cap.Area) -> AlertArea:
    return AlertArea(
        description=area.area_desc,
        polygons=tuple(map(_polygon, area.polygons)),
        circles=_circles(area),
        geocodes=_named(area.geocodes),
        altitude_ft=_altitude(area),
        ceiling_ft=_ceiling(area),
    )


def _altitude(area: cap.Area) -> float | None:
    within = area.altitude is not None and _LOWEST_FT <= area.altitude <= _HIGHEST_FT
    return float(area.altitude) if within and area.altitude is not None else None


def _ceiling(area: cap.Area) -> float | None:
    """Return the ceiling where it stands over an altitude, as CAP asks."""
    altitude = _altitude(area)
    if area.ceiling is None or altitude is None or not altitude <= area.ceiling <= _HIGHEST_FT:
        return None
    return float(area.ceiling)


def _circles(area: cap.Area) -> tuple[Circle, ...]:
    return tuple(_circle(circle) for circle in area.circles if circle.radius_km <= _WIDEST_KM)


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
