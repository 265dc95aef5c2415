"""JSON Schema of what travels: one flat file for each contract's data, one for the envelope.

A program validates the whole message with `envelope_schema` and its ``data`` with the schema whose
``$id`` the message names as ``dataschema``. Both say what a publisher may write; `for_readers`
turns one into what a reader must be ready for.
"""

from enum import StrEnum
from functools import cache
from typing import Any, cast

from liandong.contracts import labels
from liandong.contracts.base import Event
from liandong.contracts.catalogue.plain import Schema, plain
from liandong.contracts.envelope import MEDIA_TYPE, SCHEMA_ROOT, SPECVERSION, Envelope

ENVELOPE = "envelope"
"""The name of the envelope's schema, beside the type names of the contracts."""

_LONGEST_CODE = 100
_TOKEN = "[A-Za-z0-9_-]{1,64}"  # noqa: S105  of a subject, and no secret
_OURS: dict[str, Schema] = {
    "specversion": {"const": SPECVERSION, "description": "The version of CloudEvents."},
    "source": {
        "type": "string",
        "pattern": f"^liandong://{_TOKEN}/{_TOKEN}/{_TOKEN}$",
        "description": "Who speaks: `liandong://region/kind/name`.",
    },
    "type": {
        "type": "string",
        "pattern": rf"^{_TOKEN}\.{_TOKEN}\.v[1-9][0-9]{{0,3}}$",
        "description": "The contract and its version: `incident.reported.v1`.",
    },
    "subject": {
        "type": "string",
        "pattern": f"^{_TOKEN}$",
        "description": "The event's key: the first key field of the contract that is not absent.",
    },
    "datacontenttype": {"const": MEDIA_TYPE, "description": "What `data` is written in."},
    "dataschema": {
        "type": "string",
        "format": "uri",
        "maxLength": 500,
        "description": f"The schema of `data`: `{SCHEMA_ROOT}` and the type.",
    },
    "data": {"type": "object", "description": "The fact itself, by the schema of its contract."},
}
_ORDER = ("specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
_REQUIRED = ("specversion", "id", "source", "type", "time", "mode", "area", "data")


class Dialect(StrEnum):
    """The version of JSON Schema that a file is written in."""

    LATEST = "2020-12"
    DRAFT_07 = "draft-07"

    @property
    def uri(self) -> str:
        """The dialect's ``$schema``."""
        if self is Dialect.DRAFT_07:
            return "http://json-schema.org/draft-07/schema#"
        return "https://json-schema.org/draft/2020-12/schema"


def data_schema(event: type[Event], dialect: Dialect = Dialect.LATEST) -> Schema:
    """Return the schema of a contract's ``data``, as a publisher must write it."""
    return _document(event.type_name(), labels.of_class(event).en, _plain(event), dialect)


def envelope_schema(dialect: Dialect = Dialect.LATEST) -> Schema:
    """Return the schema of the CloudEvents attributes; ``data`` is any object to it.

    Attributes that are not listed are extensions, which CloudEvents allows and readers ignore.
    """
    found = plain(Envelope.model_json_schema(mode="serialization"))
    properties = found["properties"] | _OURS
    properties["mode"].pop("default")
    order = dict.fromkeys((*_ORDER, *properties))
    found["properties"] = {name: properties[name] for name in order}
    found["$defs"] = {name: found["$defs"][name] for name in ("Mode", "Precedence")}
    found |= {"required": list(_REQUIRED), "additionalProperties": True}
    return _document(ENVELOPE, "Message", found, dialect)


def for_readers(schema: Schema) -> Schema:
    """Return what a reader must be ready for, after a later publisher than itself.

    Unknown fields, codes that it does not know, and null where a field may be absent: none of them
    is a fault to a reader. What is required, and of which type and size, stays as it is. The words
    and the defaults are left to the publisher's file.
    """
    return cast("Schema", _opened(schema))


@cache
def _plain(event: type[Event]) -> Schema:
    return plain(event.model_json_schema(mode="serialization"))


def _document(name: str, title: str, found: Schema, dialect: Dialect) -> Schema:
    head = {"$schema": dialect.uri, "$id": f"{SCHEMA_ROOT}{name}", "title": title}
    told = {"description": found["description"]}
    parts = {"$defs": found["$defs"]} if "$defs" in found else {}
    document = head | told | _without(found, "description", "$defs") | parts
    return cast("Schema", _draft_07(document)) if dialect is Dialect.DRAFT_07 else document


def _draft_07(node: Any) -> Any:
    """Rewrite what draft-07 names otherwise; it has nothing stand beside a ``$ref``."""
    if isinstance(node, list):
        return [_draft_07(one) for one in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    found = {k: _draft_07(v) for k, v in cast("Schema", node).items()}
    if "$defs" in found:
        found["definitions"] = found.pop("$defs")
    if isinstance(target := found.get("$ref"), str):
        found["$ref"] = target.replace("#/$defs/", "#/definitions/")
        if len(found) > 1:  # generators of types read a default beside anyOf only as a default
            branches = "anyOf" if "default" in found else "allOf"
            return {branches: [{"$ref": found.pop("$ref")}], **found}
    return found


def _opened(node: Any) -> Any:
    if isinstance(node, list):
        return [_opened(one) for one in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    found = {key: _opened(value) for key, value in cast("Schema", node).items()}
    if isinstance(found.get("description"), str):  # and no field of that name
        found.pop("description")
    if found.get("additionalProperties") is False:
        found["additionalProperties"] = True
    if "enum" in found:
        found = {"type": "string", "maxLength": _LONGEST_CODE} | _without(found, "enum")
    if found.get("type") == "object" and "properties" in found:
        needed = found.get("required", ())
        members = cast("dict[str, Schema]", found["properties"])
        found["properties"] = {
            name: part if name in needed else _nullable(part) for name, part in members.items()
        }
    return found


def _nullable(part: Schema) -> Schema:
    return {"anyOf": [_without(part, "default"), {"type": "null"}]}


def _without(node: Schema, *keys: str) -> Schema:
    return {key: value for key, value in node.items() if key not in keys}
