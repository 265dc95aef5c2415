"""The fields of every contract: described, bounded, with their units in their names."""

from collections.abc import Iterator
from typing import Any, cast

import pytest

from liandong.contracts import Event

UNITS = ("_m", "_ft", "_kmh", "_deg", "_bytes", "_min")
COUNTS = ("_count", "_level", "_number")
WITHOUT_UNIT = {"priority", "coordinates"}  # EIDO gives it none; degrees by GeoJSON
UNIT_BESIDE = {
    "quantity": "quantity_unit",
    "granted_quantity": "granted_quantity_unit",
    "released_quantity": "released_quantity_unit",
    "result": "unit_of_measurement",
}
SCHEMAS = {name: event.model_json_schema() for name, event in sorted(Event.known.items())}
Schema = dict[str, Any]


def objects(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield the event's own object and every part's, by title."""
    yield schema["title"], schema
    for title, part in schema.get("$defs", {}).items():
        if "properties" in part:
            yield title, part


def fields() -> Iterator[tuple[str, Schema, str, Schema]]:
    """Yield every field of every contract once: its full name, object, name and schema."""
    seen: set[str] = set()
    for contract, schema in SCHEMAS.items():
        for title, part in objects(schema):
            for name, field in part["properties"].items():
                full_name = f"{contract if part is schema else title}.{name}"
                if full_name not in seen:
                    seen.add(full_name)
                    yield full_name, part, name, field


def leaves(schema: Schema) -> Iterator[Schema]:
    """Yield the plain types that a field can hold, through unions and arrays."""
    inner = schema.get("anyOf", []) + schema.get("prefixItems", [])
    inner += [schema[name] for name in ("items", "additionalProperties") if name in schema]
    nested = [one for one in inner if isinstance(one, dict)]
    yield schema
    for one in cast("list[Schema]", nested):
        yield from leaves(one)


FIELDS = [pytest.param(*parts[1:], id=parts[0]) for parts in fields()]


@pytest.mark.parametrize(("_part", "name", "field"), FIELDS)
def test_every_field_is_described(_part: Schema, name: str, field: Schema) -> None:
    """Code, reference and console say the same words."""
    assert field.get("description", "").endswith((".", ";")), f"{name} says nothing"


@pytest.mark.parametrize("schema", SCHEMAS.values(), ids=SCHEMAS)
def test_every_part_is_described(schema: Schema) -> None:
    """Each object in a contract says what it is."""
    assert all(part.get("description") for _, part in objects(schema))


@pytest.mark.parametrize(("part", "name", "field"), FIELDS)
def test_every_number_names_its_unit(part: Schema, name: str, field: Schema) -> None:
    """A number is a count, or its unit is in its name or in the field beside it."""
    is_number = any(leaf.get("type") in {"integer", "number"} for leaf in leaves(field))
    is_named = name.endswith(UNITS + COUNTS) or name in WITHOUT_UNIT | {"counters"}
    has_unit_beside = UNIT_BESIDE.get(name) in part["properties"]
    assert not is_number or is_named or has_unit_beside


@pytest.mark.parametrize(("_part", "name", "field"), FIELDS)
def test_everything_is_bounded(_part: Schema, name: str, field: Schema) -> None:
    """No text, list, map or integer can grow without end."""
    assert [leaf for leaf in leaves(field) if not is_bounded(leaf)] == [], name


def is_bounded(leaf: Schema) -> bool:
    """Say whether a plain type has an upper bound, or needs none."""
    closed = {"const", "enum", "$ref", "anyOf"} & leaf.keys()
    bounds = {
        "string": {"maxLength", "pattern", "format"},
        "array": {"maxItems"},
        "object": {"maxProperties"},
        "integer": {"maximum", "exclusiveMaximum"},
    }.get(leaf.get("type", ""), set())
    return bool(closed) or not bounds or bool(bounds & leaf.keys())


RESTRICTED = {
    "aid.answered.v1.description",
    "aid.released.v1.description",
    "aid.requested.v1.description",
    "incident.cleared.v1.report",
    "incident.reported.v1.description",
    "incident.updated.v1.description",
    "incident.updated.v1.note",
    "order.issued.v1.instructions",
    "order.reported.v1.reason",
    "referral.answered.v1.reason",
    "referral.answered.v1.service_notice",
    "referral.answered.v1.status_notes",
    "referral.closed.v1.status_notes",
    "referral.offered.v1.description",
    "RejectedFault.found",
    "ServiceAttribute.values",
}


def test_free_text_that_may_name_people_is_marked() -> None:
    """Clearance goes by this mark: a field gains or loses it on purpose only."""
    marked = {
        full_name
        for full_name, _, _, field in fields()
        if any(leaf.get("restricted") for leaf in leaves(field))
    }
    assert marked == RESTRICTED
