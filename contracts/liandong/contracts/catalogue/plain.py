"""Pydantic's JSON Schema as any language reads it: no null, no tuples, no words of its own.

**Absent, not null.** What a contract does not know is left out, as our encoder does. A publisher
writes no null; a reader of ours takes one as absent all the same, since some serialisers cannot do
without.

**Defaults.** Our encoder writes every default, a foreign publisher may leave it out: such a field
is not required, and its ``default`` says what absence means. A constant, such as GeoJSON's
``type``, is required all the same, because its standard asks for it.
"""

from typing import Any, cast

Schema = dict[str, Any]

RESTRICTED = "restricted: may name people; delivered only to agencies cleared for it"
"""The ``$comment`` on a text that is marked so: every validator passes over it."""

_DROPPED = {"title", "discriminator", "restricted", "prefixItems"}
_BRANCHES = {"anyOf", "oneOf", "allOf"}
_SINGLE = {"items", "additionalProperties", "propertyNames"}


def plain(node: Schema) -> Schema:
    """Return a node, and everything below it, in plain words of JSON Schema."""
    node = _as_map(_as_array(_one_number(_present(node))))
    found = {key: _below(key, value) for key, value in node.items() if key not in _DROPPED}
    if node.get("restricted"):
        found["$comment"] = RESTRICTED
    if "description" in found:
        found["description"] = _folded(found["description"])
    return _constants_required(found) if "properties" in found else found


def _below(key: str, value: Any) -> Any:
    if key == "$defs":
        return {name: plain(_code_list(part)) for name, part in value.items()}
    if key == "properties":
        return {name: plain(part) for name, part in value.items()}
    if key in _BRANCHES:
        return [plain(part) for part in value]
    return plain(cast("Schema", value)) if key in _SINGLE and isinstance(value, dict) else value


def _present(node: Schema) -> Schema:
    """Take null out: a field that may be None is one that may be absent."""
    branches = [one for one in node.get("anyOf", ()) if one != {"type": "null"}]
    if len(branches) == len(node.get("anyOf", ())):
        return node
    return _with_branches({k: v for k, v in node.items() if (k, v) != ("default", None)}, branches)


def _one_number(node: Schema) -> Schema:
    """Take out an integer beside a number that covers it: JSON knows one kind of number."""
    branches = node.get("anyOf", ())
    numbers = [one for one in branches if one.get("type") == "number"]
    kept = [
        one
        for one in branches
        if not (one.get("type") == "integer" and any(_covers(number, one) for number in numbers))
    ]
    return node if len(kept) == len(branches) else _with_branches(node, kept)


def _covers(number: Schema, integer: Schema) -> bool:
    return all(integer.get(key) == value for key, value in number.items() if key != "type")


def _with_branches(node: Schema, branches: list[Schema]) -> Schema:
    rest = {key: value for key, value in node.items() if key != "anyOf"}
    return rest | branches[0] | _told(rest) if len(branches) == 1 else rest | {"anyOf": branches}


def _told(node: Schema) -> Schema:
    return {"description": node["description"]} if "description" in node else {}


def _as_array(node: Schema) -> Schema:
    """Turn a tuple of numbers into an array that holds any of them, at most as wide."""
    places = node.get("prefixItems")
    if not places:
        return node
    item: Schema = {"type": places[0]["type"]}
    for bound, widest in (("minimum", min), ("maximum", max)):
        if all(bound in place for place in places):
            item[bound] = widest(place[bound] for place in places)
    return node | {"items": item}


def _as_map(node: Schema) -> Schema:
    """Say the pattern of a map's keys apart from what it holds: no other key is meant."""
    if "patternProperties" not in node:
        return node
    ((pattern, entry),) = node["patternProperties"].items()
    rest = {key: value for key, value in node.items() if key != "patternProperties"}
    names = {"type": "string", "pattern": pattern}
    return rest | {"propertyNames": names, "additionalProperties": entry}


def _code_list(part: Schema) -> Schema:
    """Write a code list of one code as every other one."""
    if "const" not in part:
        return part
    return {key: value for key, value in part.items() if key != "const"} | {"enum": [part["const"]]}


def _constants_required(node: Schema) -> Schema:
    named = [name for name, part in node["properties"].items() if "const" in part]
    for name in named:
        node["properties"][name].pop("default", None)
    needed = {*node.get("required", ()), *named}
    return node | {"required": [name for name in node["properties"] if name in needed]}


def _folded(text: str) -> str:
    """Join the lines of each paragraph, and mark code as Markdown does."""
    paragraphs = text.replace("``", "`").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
