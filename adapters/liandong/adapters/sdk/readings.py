"""From what a mapping read to contracts: the parts that agencies share.

These are the names that a mapping gives its values:

    incident.reported   texts call, address, place, summary, description; codes kind, discipline,
                        priority, precedence, district, area; times received, entry;
                        numbers alarms; points location
    order.reported      texts order, incident, by, reason, unit; codes state; times at, until
"""

import re
from enum import StrEnum
from typing import Any, TypeVar

from pydantic import ValidationError

from liandong.adapters.codecs.mapping import Mapping, Reading
from liandong.adapters.sdk.adapter import Settings
from liandong.adapters.sdk.document import Draft
from liandong.contracts import (
    Code,
    Discipline,
    DocumentError,
    Event,
    IncidentReported,
    Location,
    OrderReported,
    OrderState,
    Point,
    Precedence,
    to_token,
)

E = TypeVar("E", bound=Event)

_SHORT, _LONG = 200, 4_000
_AREA = re.compile(r"[A-Za-z0-9_-]{1,64}(\.[A-Za-z0-9_-]{1,64}){0,9}")
_COMMON: dict[str, type[StrEnum]] = {
    "discipline": Discipline,
    "unit_discipline": Discipline,
    "referral": Discipline,
    "precedence": Precedence,
    "state": OrderState,
}


def check_mapping(mapping: Mapping, *events: type[Event]) -> None:
    """Refuse a mapping that says what the contracts do not know.

    Args:
        mapping: The mapping.
        events: What it may be for.

    Raises:
        ValueError: Another event, a common code that is none, or an area that is none.
    """
    known = [event.event for event in events]
    if mapping.event not in known:
        raise ValueError(f"event is {mapping.event!r}, not {' or '.join(known)}")
    for name, codes in mapping.codes.items():
        for local, value in codes.common.items():
            if not _is_known(name, value):
                raise ValueError(f"codes.{name}: {local!r} is {value!r}, which no contract knows")


def _is_known(name: str, value: str) -> bool:
    if name == "area":
        return _AREA.fullmatch(value) is not None
    return name not in _COMMON or set(value.split()) <= set(_COMMON[name])


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


def draft(event: Event, reading: Reading, *identity: str, at: str) -> Draft:
    """Return the draft of an event that happened at one of the reading's times."""
    return Draft(
        event,
        (event.event, *identity),
        reading.times[at],
        area=common(reading, "area"),
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
        raise DocumentError("order.reported", expected, where="state", found=found)
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
