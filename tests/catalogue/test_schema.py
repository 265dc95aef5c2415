"""The schemas: what our encoder writes fits them, and only what a contract allows."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from liandong.contracts import Envelope
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.plain import RESTRICTED
from liandong.contracts.catalogue.schema import Dialect, data_schema, envelope_schema, for_readers
from liandong.contracts.examples import example

NAMES = sorted(contracts())
SCHEMAS = {
    dialect: {name: data_schema(event, dialect) for name, event in contracts().items()}
    for dialect in Dialect
}
ENVELOPES = {dialect: envelope_schema(dialect) for dialect in Dialect}
VALIDATORS = {Dialect.LATEST: Draft202012Validator, Dialect.DRAFT_07: Draft7Validator}
KEYWORDS = {
    "$schema", "$id", "$ref", "$defs", "$comment", "title", "description", "default", "type",
    "format", "pattern", "enum", "const", "anyOf", "properties", "required",
    "additionalProperties", "propertyNames", "items", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties",
    "maxProperties", "uniqueItems",
}  # fmt: skip
MAPS = {"properties", "$defs"}
Schema = dict[str, Any]


def nodes(schema: Schema) -> Iterator[Schema]:
    """Yield a schema and every schema within it."""
    yield schema
    inner = [part for key in MAPS for part in schema.get(key, {}).values()]
    inner += [part for key in ("anyOf", "allOf") for part in schema.get(key, [])]
    inner += [schema[key] for key in ("items", "additionalProperties") if key in schema]
    for part in inner:
        if isinstance(part, dict):
            yield from nodes(part)


NODES = [node for schema in SCHEMAS[Dialect.LATEST].values() for node in nodes(schema)]


def faults(schema: Schema, data: Any) -> list[str]:
    """Return what a validator of draft-07 finds wrong."""
    return [fault.json_path for fault in Draft7Validator(schema).iter_errors(data)]


def reported(**changes: Any) -> Any:
    """Return the data of a reported incident, changed."""
    return example("incident.reported.v1")["data"] | changes


@pytest.mark.parametrize("name", NAMES)
def test_every_schema_is_one(name: str) -> None:
    """By the meta-schema of the dialect that tools know best."""
    Draft7Validator.check_schema(SCHEMAS[Dialect.DRAFT_07][name])


@pytest.mark.parametrize("dialect", Dialect)
def test_the_envelope_s_schema_is_one(dialect: Dialect) -> None:
    """By the dialect's own meta-schema."""
    VALIDATORS[dialect].check_schema(ENVELOPES[dialect])


@pytest.mark.parametrize("dialect", Dialect)
@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_its_schema_and_the_envelope(name: str, dialect: Dialect) -> None:
    """As it is checked in, and as our encoder writes it."""
    validator = VALIDATORS[dialect]
    encoded = json.loads(Envelope.from_document(example(name)).encode())
    for message in (example(name), encoded):
        validator(ENVELOPES[dialect]).validate(message)
        validator(SCHEMAS[dialect][name]).validate(message["data"])


@pytest.mark.parametrize("name", NAMES)
def test_a_schema_is_what_the_envelope_names_as_such(name: str) -> None:
    """A program finds the schema of ``data`` by ``dataschema``."""
    assert SCHEMAS[Dialect.LATEST][name]["$id"] == example(name)["dataschema"]


def test_a_schema_uses_the_words_of_the_standard_only() -> None:
    """A strict validator throws at words that it does not know."""
    used = {key for node in NODES for key in node}
    assert used - KEYWORDS == set()


def test_a_schema_has_no_null_and_no_tuple() -> None:
    """Types generated from it need neither."""
    assert [node for node in NODES if node.get("type") == "null" or "prefixItems" in node] == []


def test_every_object_of_a_contract_is_closed() -> None:
    """A misspelt field is found by whoever validates before publishing."""
    objects = [node for node in NODES if "properties" in node]
    assert [node for node in objects if node["additionalProperties"] is not False] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_may_be_none_is_absent_by_default(name: str) -> None:
    """Our encoder leaves None out: a field that needed it could not be read again."""
    schema = contracts()[name].model_json_schema(mode="serialization")
    objects = [one for one in (schema, *schema.get("$defs", {}).values()) if "properties" in one]
    bad = [
        field
        for part in objects
        for field, node in part["properties"].items()
        if {"type": "null"} in node.get("anyOf", ())
        and (field in part.get("required", ()) or node.get("default", 0) is not None)
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"sumary": "Smoke"}, "$"),
        ({"call_id": None}, "$.call_id"),
        ({"status": "Exploded"}, "$.status"),
        ({"alarm_level": "2"}, "$.alarm_level"),
        ({"disciplines": ["army"]}, "$.disciplines[0]"),
    ],
)
def test_a_publisher_is_told_what_is_wrong(changes: Schema, path: str) -> None:
    """Unknown fields and codes, null for absence, a number in quotes."""
    schema = SCHEMAS[Dialect.DRAFT_07]["incident.reported.v1"]
    assert faults(schema, reported(**changes)) == [path]


@pytest.mark.parametrize(
    "changes", [{"later": 1}, {"call_id": None}, {"status": "Exploded"}, {"disciplines": ["army"]}]
)
def test_a_reader_is_ready_for_a_later_publisher(changes: Schema) -> None:
    """Unknown fields and codes, and null for absence, are no fault to it."""
    schema = for_readers(SCHEMAS[Dialect.DRAFT_07]["incident.reported.v1"])
    assert faults(schema, reported(**changes)) == []
    assert faults(schema, reported(incident_id=None, **changes)) == ["$.incident_id"]


def test_a_reader_s_schema_leaves_words_and_defaults_to_the_publisher_s() -> None:
    """A default where null is allowed as well is one that a strict validator throws at."""
    reader = [
        node for one in SCHEMAS[Dialect.DRAFT_07].values() for node in nodes(for_readers(one))
    ]
    assert [node for node in reader if {"default", "description"} & node.keys()] == []


def test_a_publisher_may_leave_out_what_has_a_default() -> None:
    """The schema says what absence means; a constant is needed all the same."""
    schema = SCHEMAS[Dialect.LATEST]["incident.reported.v1"]
    assert schema["required"] == ["incident_id", "location", "summary"]
    assert schema["properties"]["disciplines"]["default"] == []
    assert schema["$defs"]["Point"]["required"] == ["type", "coordinates"]


def test_a_text_that_may_name_people_is_marked() -> None:
    """In a word that every validator passes over."""
    properties = SCHEMAS[Dialect.LATEST]["incident.reported.v1"]["properties"]
    assert properties["description"]["$comment"] == RESTRICTED
    assert "$comment" not in properties["summary"]


def test_a_position_is_an_array_of_numbers() -> None:
    """Types generated from a tuple are of no use; the bounds are the wider of the two."""
    point = SCHEMAS[Dialect.LATEST]["unit.position.v1"]["$defs"]["Point"]
    assert point["properties"]["coordinates"]["items"] == {
        "type": "number",
        "minimum": -180,
        "maximum": 180,
    }


def test_a_map_says_what_its_keys_are_and_what_they_hold() -> None:
    """No other key is meant, and types generated from it hold numbers."""
    counters = SCHEMAS[Dialect.LATEST]["adapter.heartbeat.v1"]["properties"]["counters"]
    assert counters["propertyNames"]["pattern"] == "^[A-Za-z0-9_-]{1,64}$"
    assert counters["additionalProperties"]["type"] == "integer"
