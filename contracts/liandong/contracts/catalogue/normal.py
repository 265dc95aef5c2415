"""A contract in normal form: what it promises, one line a field, with nothing shared or nested.

The path of a field says where it stands in ``data``: ``location.address``, ``lines[].quantity``
(in each item), ``counters.*`` (under each key), ``result|number`` (where it is a number). Two such
forms can be compared line by line, by people and by `compare`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from liandong.contracts.base import Event
from liandong.contracts.catalogue.index import modes
from liandong.contracts.catalogue.parts import invariants_of
from liandong.contracts.catalogue.plain import RESTRICTED, Schema
from liandong.contracts.catalogue.schema import data_schema

Facts = Mapping[str, Any]
"""What is promised of one field.

``required``; ``types``, those of JSON and two of our own, ``code`` with its ``codes`` (open to
readers) and ``constant`` with its ``values`` (closed), or the parts that it may be one of; the
bounds of JSON Schema under their own names, and ``keys``, the pattern of a map's keys; ``default``;
``restricted``; ``meaning``.
"""

LIMITS = (
    "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "minLength", "maxLength",
    "minItems", "maxItems", "minProperties", "maxProperties",
)  # fmt: skip
SHAPES = ("pattern", "format")
ITEM, ENTRY, BRANCH = "[]", ".*", "|"


@dataclass(frozen=True, slots=True)
class Normal:
    """What a contract promises.

    Attributes:
        name: Its type name, with the version.
        lane: How it travels; empty where only a schema is known.
        owner: Whose it is to say; empty likewise.
        key: The fields that name its key; empty likewise.
        modes: The modes that it may travel in; empty likewise.
        invariants: The names of the rules across fields.
        fields: What is promised of each field, by path.
    """

    name: str
    lane: str
    owner: str
    key: tuple[str, ...]
    modes: tuple[str, ...]
    invariants: tuple[str, ...]
    fields: Mapping[str, Facts]


def of_contract(event: type[Event]) -> Normal:
    """Return a contract's normal form."""
    return Normal(
        event.type_name(),
        event.lane.value,
        event.owner.value,
        event.key_fields,
        modes(event),
        invariants_of(event),
        _fields_of(data_schema(event)),
    )


def of_schema(schema: Schema, entry: Mapping[str, Any] | None = None) -> Normal:
    """Return the normal form of an exported schema.

    Args:
        schema: A data schema in either dialect.
        entry: The contract's entry in ``catalogue.json``, where there is one.
    """
    name = str(schema["$id"]).rpartition(":")[2]
    return _normal({"name": name, **(entry or {})}, _fields_of(schema))


def loads(text: str) -> Normal:
    """Read what `dumps` wrote."""
    document = json.loads(text)
    return _normal(document, document["fields"])


def dumps(normal: Normal) -> str:
    """Return a normal form as JSON with one line a field."""
    head = {
        "name": normal.name,
        "lane": normal.lane,
        "owner": normal.owner,
        "key": normal.key,
        "modes": normal.modes,
        "invariants": normal.invariants,
    }
    lines = [f"  {_json(name)}: {_json(value)}," for name, value in head.items()]
    fields = [f"    {_json(path)}: {_json(facts)}" for path, facts in normal.fields.items()]
    return "\n".join(("{", *lines, '  "fields": {', ",\n".join(fields), "  }", "}", ""))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _normal(about: Mapping[str, Any], fields: Mapping[str, Facts]) -> Normal:
    return Normal(
        about["name"],
        about.get("lane", ""),
        about.get("owner", ""),
        tuple(about.get("key", ())),
        tuple(about.get("modes", about.get("streams", ()))),
        tuple(about.get("invariants", ())),
        fields,
    )


def _fields_of(schema: Schema) -> dict[str, Facts]:
    parts = schema.get("$defs", schema.get("definitions", {}))
    return dict(_members("", schema, parts))


def _members(path: str, node: Schema, parts: Schema) -> Iterator[tuple[str, Facts]]:
    needed = node.get("required", ())
    for name, part in node.get("properties", {}).items():
        inner = f"{path}.{name}" if path else name
        yield from _field(inner, part, parts, {"required": name in needed})
    if isinstance(entry := node.get("additionalProperties"), dict):
        keys = node.get("propertyNames", {}).get("pattern", "")
        yield from _field(path + ENTRY, cast("Schema", entry), parts, {"keys": keys})


def _field(path: str, node: Schema, parts: Schema, known: Facts) -> Iterator[tuple[str, Facts]]:
    node = _whole(node, parts)
    branches = {_title(one): one for one in _branches(node)}
    facts = dict(known) | {"types": list(branches) or [_kind(node)]}
    yield path, facts | _promised(node)
    for title, branch in branches.items():
        yield from _field(path + BRANCH + title, branch, parts, {})
    if "items" in node:
        yield from _field(path + ITEM, node["items"], parts, {})
    yield from _members(path, node, parts)


def _kind(node: Schema) -> str:
    if "enum" in node:
        return "code" if node.get("open") else "constant"
    return "constant" if "const" in node else node.get("type", "any")


def _promised(node: Schema) -> dict[str, Any]:
    facts: dict[str, Any] = {name: node[name] for name in LIMITS + SHAPES if name in node}
    if "const" in node:
        facts["values"] = [node["const"]]
    if "enum" in node:
        facts["codes" if node.get("open") else "values"] = node["enum"]
    if "default" in node:
        facts["default"] = node["default"]
    if node.get("$comment") == RESTRICTED:
        facts["restricted"] = True
    return facts | ({"meaning": node["description"]} if "description" in node else {})


def _whole(node: Schema, parts: Schema) -> Schema:
    """Put a part in the place of its reference; a code list among the parts is open to readers."""
    single = [one for key in ("allOf", "anyOf") if len(one := node.get(key, ())) == 1]
    if single:
        rest = {key: value for key, value in node.items() if key not in {"allOf", "anyOf"}}
        return _whole(single[0][0] | rest, parts)
    if "$ref" not in node:
        return node
    part = parts[node["$ref"].rpartition("/")[2]]
    told = {key: value for key, value in node.items() if key != "$ref"}
    return part | {"open": True} | told


def _branches(node: Schema) -> list[Schema]:
    return [*node.get("anyOf", ()), *node.get("oneOf", ())]


def _title(branch: Schema) -> str:
    return str(branch["$ref"]).rpartition("/")[2] if "$ref" in branch else branch.get("type", "any")
