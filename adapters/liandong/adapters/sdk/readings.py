"""From what a mapping read to contracts: the parts that agencies share.

These are the names that a mapping gives its values:

    incident.reported   texts call, address, place, summary, description; codes kind, discipline,
                        priority, precedence, district, area; times received, entry;
                        numbers alarms; points location
    order.reported      texts order, incident, by, reason, unit; codes state, reason_code;
                        times at, until
    unit.position       texts unit, incident, how; points location; times at, stale;
                        numbers altitude_m, speed_kmh, course_deg, accuracy_m
    observation.recorded  texts datastream, thing, sensor, property, unit_name, unit_symbol,
                        quality, incident, result; numbers result; times at, result_time;
                        points location

A mapping requires those that the event cannot do without (`mappings.NEEDED`). The area's code is an
area, or a division's six digits where its system is `GB2260`.
"""

import re
from datetime import datetime
from typing import Any, TypeVar

from pydantic import ValidationError

from liandong.adapters.codecs.mapping import Reading
from liandong.adapters.codecs.values import parse_number
from liandong.adapters.sdk.adapter import Settings
from liandong.adapters.sdk.document import Draft
from liandong.contracts import (
    Code,
    Discipline,
    DocumentError,
    Event,
    IncidentReported,
    Location,
    ObservationRecorded,
    OrderReported,
    OrderState,
    Point,
    Precedence,
    Reason,
    UnitOfMeasurement,
    UnitPosition,
    to_token,
)

E = TypeVar("E", bound=Event)

_SHORT, _LONG = 200, 4_000
GB2260 = "GB/T 2260"
"""The code system of the administrative divisions of China: ``320506`` is ``cn.32.05.06``."""


def build(contract: type[E], reading: Reading, **fields: Any) -> E:
    """Make an event; an optional field whose value the contract does not allow is left out.

    Args:
        contract: Its class.
        reading: Gets a defect for each field left out.
        fields: Its fields.

    Raises:
        DocumentError: A field that it cannot do without is wrong.
    """
    try:
        return contract(**fields)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        if name not in fields or contract.model_fields[name].is_required():
            raise DocumentError(contract.event, first["msg"], where=name) from None
        reading.defects.append(f"value not allowed: {name}, {first['msg']}")
        return build(contract, reading, **{k: v for k, v in fields.items() if k != name})


def text(reading: Reading, name: str, limit: int = _SHORT) -> str | None:
    """Return a text, cut to what a contract can hold; cutting is a defect."""
    found = reading.texts.get(name)
    if found and len(found) > limit:
        reading.defects.append(f"text cut to {limit} characters: {name}")
        found = found[:limit]
    return found


def code(reading: Reading, name: str) -> Code | None:
    """Return a code as its owner wrote it."""
    found = reading.codes.get(name)
    return Code(local=found.local[:_SHORT], system=found.system[:_SHORT]) if found else None


def common(reading: Reading, name: str) -> str | None:
    """Return the common code, where the mapping's table has one."""
    found = reading.codes.get(name)
    return found.common if found else None


def location(reading: Reading) -> Location:
    """Return the place: position, address and what people call it, as far as they are known."""
    point = reading.points.get("location")
    return Location(
        point=Point.at(*point) if point else None,
        address=text(reading, "address", 500),
        place=text(reading, "place"),
    )


def local_name(settings: Settings, identifier: str) -> str:
    """Return a token for a foreign identifier that is unique only within the agency."""
    return to_token(f"{settings.agency.name}-{identifier}")


def area(reading: Reading) -> str | None:
    """Return the area that the reading's code names, if any."""
    found = reading.codes.get("area")
    if found and found.system == GB2260 and re.fullmatch("[0-9]{6}", found.local):
        digits = found.local
        return f"cn.{digits[:2]}.{digits[2:4]}.{digits[4:]}"
    return common(reading, "area")


def assume_time(reading: Reading, received: datetime) -> None:
    """Take the time of receipt where a document says none; that is a defect."""
    if "at" not in reading.times:
        reading.times["at"] = received
        reading.defects.append("time of receipt taken: the document has none")


def draft(event: Event, reading: Reading, *identity: str, at: str) -> Draft:
    """Return the draft of an event that happened at one of the reading's times."""
    return Draft(
        event,
        (event.event, *identity),
        reading.times[at],
        area=area(reading),
        precedence=Precedence(common(reading, "precedence") or Precedence.ROUTINE),
        defects=tuple(defect[:_SHORT] for defect in reading.defects),
    )


def incident_reported(reading: Reading, settings: Settings) -> Draft:
    """Return the report of the incident that a row belongs to.

    It holds only what the mapping reads of the call, so every row of one call gives the same one.
    """
    call = reading.texts["call"]
    kind = reading.codes.get("kind")
    event = build(
        IncidentReported,
        reading,
        incident_id=local_name(settings, call),
        call_id=call[:_SHORT],
        incident_type=common(reading, "kind"),
        local_type=code(reading, "kind"),
        disciplines=tuple(map(Discipline, (common(reading, "discipline") or "").split())),
        local_priority=code(reading, "priority"),
        district=code(reading, "district"),
        alarm_level=int(reading.numbers["alarms"]) if "alarms" in reading.numbers else None,
        location=location(reading),
        summary=text(reading, "summary") or (kind.local[:_SHORT] if kind else call[:_SHORT]),
        description=text(reading, "description", _LONG),
        received=reading.times.get("received"),
    )
    return draft(event, reading, call, at="entry" if "entry" in reading.times else "received")


def order_reported(reading: Reading, settings: Settings) -> Draft:
    """Return how far an order is, as the agency's system says.

    Raises:
        DocumentError: The mapping knows no common state for it.
    """
    state = common(reading, "state")
    if state is None:
        found = reading.codes["state"].local
        expected = "a state that the mapping knows"
        raise DocumentError(
            "order.reported", expected, where="state", found=found, reason=Reason.UNMAPPED
        )
    order = reading.texts["order"]
    incident, unit = reading.texts.get("incident"), reading.texts.get("unit")
    event = build(
        OrderReported,
        reading,
        order_id=to_token(order),
        incident_id=to_token(incident) if incident else None,
        state=OrderState(state),
        until=reading.times.get("until"),
        reason=text(reading, "reason", _LONG),
        reason_code=code(reading, "reason_code"),
        reported_by=text(reading, "by") or settings.name,
        unit_id=to_token(unit) if unit else None,
    )
    return draft(event, reading, order, state, at="at")


def unit_position(reading: Reading) -> Draft:
    """Return where a unit was. A course of 360 degrees is 0."""
    unit, incident = reading.texts["unit"], reading.texts.get("incident")
    numbers = reading.numbers
    event = build(
        UnitPosition,
        reading,
        unit_id=to_token(unit),
        incident_id=to_token(incident) if incident else None,
        point=Point.at(*reading.points["location"]),
        altitude_m=numbers.get("altitude_m"),
        speed_kmh=numbers.get("speed_kmh"),
        course_deg=numbers["course_deg"] % 360 if "course_deg" in numbers else None,
        accuracy_m=numbers.get("accuracy_m"),
        stale=reading.times.get("stale"),
        how=reading.texts.get("how"),
    )
    return draft(event, reading, unit, at="at")


def observation_recorded(reading: Reading) -> Draft:
    """Return what an instrument measured: a number, a truth or a word, as which it can be read.

    Raises:
        DocumentError: There is no result.
    """
    if "result" not in reading:
        raise DocumentError("observation.recorded", "a result", where="result")
    datastream, incident = reading.texts["datastream"], reading.texts.get("incident")
    name, symbol = text(reading, "unit_name"), text(reading, "unit_symbol")
    quality = text(reading, "quality")
    event = build(
        ObservationRecorded,
        reading,
        datastream_id=to_token(datastream),
        incident_id=to_token(incident) if incident else None,
        thing=text(reading, "thing") or datastream[:_SHORT],
        sensor=text(reading, "sensor"),
        observed_property=text(reading, "property") or datastream[:_SHORT],
        unit_of_measurement=UnitOfMeasurement(name=name or symbol, symbol=symbol)
        if symbol
        else None,
        result=_result(reading),
        phenomenon_time=reading.times["at"],
        result_time=reading.times.get("result_time"),
        result_quality=(quality,) if quality else (),
        location=location(reading) if reading.points else None,
    )
    return draft(event, reading, datastream, at="at")


def _result(reading: Reading) -> float | bool | str | None:
    if "result" in reading.numbers:
        return reading.numbers["result"]
    word = text(reading, "result", _LONG) or ""
    number = parse_number(word)
    return {"true": True, "false": False}.get(word, word) if number is None else number
