"""AlertIssued, AlertUpdated, AlertCancelled, AlertAcknowledged -> CAP alert. Pure.

Not carried: the content of files that came inside the alert; a signature is of the original bytes.
"""

from decimal import Decimal
from itertools import chain

from liandong.adapters.codecs import cap
from liandong.adapters.region.alert_read import INFO_FIELDS, colour, same
from liandong.contracts import (
    AlertArea,
    AlertInfo,
    AlertResource,
    AlertStatus,
    AnyAlert,
    Circle,
    Mode,
    NamedValue,
)

_METRES = 1000
_STATUSES = {Mode.EXERCISE: cap.Status.EXERCISE, Mode.TEST: cap.Status.TEST}


def document(event: AnyAlert, mode: Mode) -> cap.Alert:
    """Return the alert that an event says.

    Args:
        event: The fact.
        mode: The mode it travelled in: an exercise or test is never written as Actual.
    """
    status = cap.Status(event.status)
    if event.status is AlertStatus.ACTUAL:
        status = _STATUSES.get(mode, status)
    return cap.Alert(
        identifier=event.identifier,
        sender=event.sender,
        sent=event.sent,
        status=status,
        msg_type=cap.MsgType(event.msg_type),
        source=event.source,
        scope=cap.Scope(event.scope),
        restriction=event.restriction,
        addresses=event.addresses,
        codes=event.codes,
        note=event.note,
        references=tuple(cap.Reference(r.sender, r.identifier, r.sent) for r in event.references),
        incidents=event.incidents,
        infos=tuple(map(_info, event.info)),
    )


def _info(info: AlertInfo) -> cap.Info:
    named = _pairs(info.parameters)
    if info.warning_colour and info.warning_colour is not colour(named):
        named = (cap.NameValue(cap.COLOUR, info.warning_colour), *named)
    return cap.Info(
        **same(info, INFO_FIELDS),
        categories=tuple(map(cap.Category, info.categories)),
        response_types=tuple(map(cap.ResponseType, info.response_types)),
        urgency=cap.Urgency(info.urgency),
        severity=cap.Severity(info.severity),
        certainty=cap.Certainty(info.certainty),
        event_codes=_pairs(info.event_codes),
        parameters=named,
        resources=tuple(map(_resource, info.resources)),
        areas=tuple(map(_area, info.areas)),
    )


def _pairs(values: tuple[NamedValue, ...]) -> tuple[cap.NameValue, ...]:
    return tuple(cap.NameValue(value.name, value.value) for value in values)


def _resource(resource: AlertResource) -> cap.Resource:
    return cap.Resource(
        resource_desc=resource.description,
        mime_type=resource.mime_type,
        size=resource.size_bytes,
        uri=resource.uri,
        digest=resource.digest,
    )


def _area(area: AlertArea) -> cap.Area:
    rings = chain.from_iterable(polygon.coordinates for polygon in area.polygons)
    return cap.Area(
        area_desc=area.description,
        polygons=tuple(tuple(_position(lon, lat) for lon, lat in ring) for ring in rings),
        circles=tuple(map(_circle, area.circles)),
        geocodes=_pairs(area.geocodes),
        altitude=_number(area.altitude_ft),
        ceiling=_number(area.ceiling_ft),
    )


def _circle(circle: Circle) -> cap.Circle:
    radius = Decimal(repr(circle.radius_m)) / _METRES
    return cap.Circle(_position(*circle.centre.coordinates), radius)


def _position(longitude: float, latitude: float) -> cap.Position:
    return cap.Position(Decimal(repr(latitude)), Decimal(repr(longitude)))


def _number(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
