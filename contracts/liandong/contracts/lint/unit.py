"""A number is a count, or its unit is in its name, or stands in the field beside it."""

from collections.abc import Iterator, Mapping
from typing import Any

from liandong.contracts.base import Event
from liandong.contracts.lint.walk import Field, fields

UNITS = (
    *("_m", "_km", "_ft", "_kmh", "_deg", "_kg", "_l", "_kpa", "_celsius"),
    *("_bytes", "_ms", "_s", "_min", "_percent"),
)
"""Metres, kilometres, feet, kilometres an hour, degrees, kilograms, litres, kilopascals, degrees
Celsius; bytes, milliseconds, seconds, minutes, hundredths.
"""
COUNTS = ("_count", "_level", "_number")
"""Numbers that have no unit: how many, which step, which one."""
BESIDE: Mapping[str, str] = {"amount": "unit", "value": "unit", "result": "unit_of_measurement"}
"""Fields whose unit stands in another one, and in which; for ``…quantity``, ``quantity_unit``."""
WITHOUT: Mapping[str, str] = {
    "priority": "EIDO gives its numbers no unit",
    "coordinates": "degrees, by GeoJSON",
    "counters": "counts, each under its own name",
    "count": "of what, the codes beside it say",
    "speed_factor": "seconds in a second",
}
"""Fields whose unit a standard fixes, and which."""


def check(contract: type[Event], _: dict[str, Any]) -> Iterator[str]:
    """Yield every number whose unit cannot be read off."""
    for field in fields(contract):
        if _is_number(field) and not _has_unit(field):
            yield f"{field} is a number without a unit: end its name with one of {', '.join(UNITS)}"


def _is_number(field: Field) -> bool:
    return any(leaf.get("type") in {"integer", "number"} for leaf in field.leaves())


def _has_unit(field: Field) -> bool:
    name = field.name
    beside = {f"{name}_unit", BESIDE.get(name), name.endswith("quantity") and "quantity_unit"}
    return bool(beside & field.siblings) or name.endswith(UNITS + COUNTS) or name in WITHOUT
