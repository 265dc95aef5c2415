"""What an event says, in a few words for people: no free text that may name anybody."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Literal, cast

from liandong.contracts import Event, Location, Point, Value, Vocabulary, labels
from liandong.contracts.catalogue.finding import printable
from liandong.contracts.restricted import restricted_fields

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")

_MOST_FIELDS = 4
_MOST_ENTRIES = 4
_LONGEST = 120  # characters of one value
_BARE = {"count", "quantity", "result"}  # a number that what stands beside it explains

# Where the first fields of a class are not what people look for. Of alternatives the first given.
_SAID: Mapping[str, tuple[str, ...]] = {
    "IncidentReported": ("summary", "grade", "status"),
    "IncidentUpdated": ("summary", "grade", "status"),
    "IncidentCleared": ("summary", "status"),
    "UnitStatus": ("unit_id", "secondary_status|primary_status", "lent_to"),
    "UnitPosition": ("point", "speed_kmh"),
    "OrderIssued": ("order_id", "addressee", "action_text|action"),
    "OrderReported": ("order_id", "unit_id", "state", "missed"),
    "OrderEscalated": ("order_id", "addressee", "missed|state", "step_number"),
    "OrderExpired": ("order_id", "missed", "asked"),
    "OrderCancelled": ("order_id", "addressees", "cancelled_by"),
    "Addressee": ("agency", "unit_id|role"),
    "AidRequested": ("lines",),
    "AidLine": ("assignment", "resource"),
    "AidLineAnswer": ("response", "assignment", "resource"),
    "AidLineReport": ("resource", "schedule"),
    "LineResponse": ("answer", "deferred_until", "reason"),
    "Assignment": ("quantity", "price"),
    "Amount": ("amount|texts", "unit"),
    "ListedValue": ("values",),
    "AidResource": ("name|unit_id|resource_type|type_structure",),
    "ScheduleEntry": ("type", "time", "location"),
    "ReferralOffered": ("summary", "from_service", "to_service", "urgency"),
    "AlertIssued": ("msg_type", "info"),
    "AlertUpdated": ("msg_type", "info"),
    "AlertCancelled": ("msg_type", "note", "info"),
    "AlertAcknowledged": ("msg_type", "note", "references"),
    "AlertInfo": ("headline|event", "severity"),
    "FacilityStatus": ("facility_name|facility_id", "beds|measures"),
    "BedCapacity": ("bed_type|codes", "available_count", "occupied_count", "baseline_count"),
    "MeasureGroup": ("topic", "counts", "score"),
    "MeasureCount": ("counted", "count|absent_reason"),
    "Concept": ("text|codes",),
    "Code": ("text|local",),
    "ObservationRecorded": ("observed_property", "result", "unit_of_measurement"),
    "UnitOfMeasurement": ("symbol",),
    "MessageRejected": ("reason_name", "rejected_by"),
    "AdapterHeartbeat": ("state", "problem"),
    "AlarmRaised": ("name", "about", "problem"),
    "AlarmCleared": ("name", "about"),
}


def in_words(event: Event, language: Language = "en") -> str:
    """Return one line, without characters that could steer a terminal."""
    return printable(" · ".join(_gist(event, language, skipped=event.key_fields)))


def _gist(value: Value, language: Language, skipped: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield what a contract or a part of one says, in the order in which people ask."""
    kind = type(value)
    restricted = restricted_fields(kind)
    left_out = {"provenance", *skipped}
    fields = (n for n in kind.model_fields if n not in left_out and not n.endswith("_id"))
    said = 0
    for alternatives in _SAID.get(kind.__name__) or tuple(fields):
        for name in (n for n in alternatives.split("|") if n not in restricted):
            if words := _say(getattr(value, name, None), _label(kind, name, language), language):
                yield words
                said += 1
                break
        if said == _MOST_FIELDS:
            return


def _say(value: Any, label: str, language: Language) -> str:  # noqa: PLR0911  one a kind of value
    match value:
        case Vocabulary():
            return _code(value, language)
        case bool():
            return label if value else ""
        case int() | float():
            return f"{label} {value:g}".lstrip()
        case datetime():
            return f"{label} {value.astimezone(UTC):%m-%d %H:%M}Z"
        case str():
            return value[:_LONGEST]
        case Point():
            longitude, latitude = value.coordinates
            return f"{latitude:.4f} {longitude:.4f}"
        case Location():
            return value.place or value.address or _say(value.point, label, language)
        case tuple():
            some = cast("tuple[Any, ...]", value)[:_MOST_ENTRIES]
            return ", ".join(filter(None, (_say(one, label, language) for one in some)))
        case Value():
            return " ".join(_gist(value, language))
        case _:
            return ""


def _label(kind: type[Value], name: str, language: Language) -> str:
    """Return what a field is called; contracts of other programs have no labels here."""
    if name in _BARE:
        return ""
    try:
        return getattr(labels.of_field(kind, name), language)
    except KeyError:
        return name.replace("_", " ")


def _code(value: Vocabulary, language: Language) -> str:
    try:
        return getattr(labels.of_code(value), language)
    except KeyError:
        return value.value
