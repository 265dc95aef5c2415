"""The whole catalogue as one AsyncAPI 3.0 document, which refers to nothing outside itself.

A channel is a contract at its NATS address. Which of them an application sends and which it
receives is its own matter: the document has both operations of each.
"""

import inspect
from collections.abc import Iterator
from typing import Any, cast

from liandong.contracts import labels
from liandong.contracts.base import Event, Lane, Role
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.index import address, streams
from liandong.contracts.catalogue.schema import ENVELOPE, Dialect, data_schema, envelope_schema
from liandong.contracts.catalogue.words import titles
from liandong.contracts.envelope import MEDIA_TYPE
from liandong.contracts.examples import example
from liandong.contracts.subjects import Mode

Document = dict[str, Any]

VERSION = "1"
"""Of the document's layout; every contract has a version of its own."""

_ABOUT = """\
What police, fire, medical, municipal and neighbouring-region systems tell each other. A message is
one CloudEvents 1.0 JSON document in structured mode, published to NATS JetStream and confirmed by
it. The lane of a contract names the stream; the owner names the part an agency plays when it says
so. Texts whose schema says `restricted` may name people."""
_MESSAGE_NAME = "event"
_SCHEMAS = "#/components/schemas/"


def asyncapi() -> Document:
    """Return the document."""
    known = contracts()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Liandong",
            "version": VERSION,
            "description": " ".join(_ABOUT.split()),
            "license": {"name": "Apache-2.0"},
            "tags": list(_tags_used(known.values())),
        },
        "defaultContentType": MEDIA_TYPE,
        "servers": {
            "embedded": {
                "host": "127.0.0.1:4222",
                "protocol": "nats",
                "description": "The server that a site starts on; a cluster takes its place.",
            }
        },
        "channels": {name: _channel(event) for name, event in known.items()},
        "operations": dict(_operations(known)),
        "components": {
            "messages": {name: _message(event) for name, event in known.items()},
            "schemas": _schemas(known),
            "parameters": _PARAMETERS,
        },
    }


def _channel(event: type[Event]) -> Document:
    name = event.type_name()
    return {
        "address": address(event),
        "title": titles(event)["en"],
        "x-title": titles(event),
        "description": inspect.getdoc(event),
        "messages": {_MESSAGE_NAME: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {
            parameter: {"$ref": f"#/components/parameters/{parameter}"} for parameter in _PARAMETERS
        },
        "tags": [_lane_tag(event.lane), _owner_tag(event.owner)],
        "x-jetstream": {
            "key": list(event.key_fields),
            "streams": streams(event),
        },
    }


def _operations(known: dict[str, type[Event]]) -> Iterator[tuple[str, Document]]:
    for name, event in known.items():
        channel = {"$ref": f"#/channels/{name}"}
        for action in ("send", "receive"):
            yield (
                f"{name}.{action}",
                {
                    "action": action,
                    "channel": channel,
                    "title": f"{action.capitalize()} {titles(event)['en'].lower()}",
                    "messages": [{"$ref": f"#/channels/{name}/messages/{_MESSAGE_NAME}"}],
                    "bindings": {"nats": {"bindingVersion": "0.1.0"}},
                },
            )


def _message(event: type[Event]) -> Document:
    name = event.type_name()
    return {
        "name": name,
        "title": titles(event)["en"],
        "contentType": MEDIA_TYPE,
        "headers": _HEADERS,
        "payload": {
            "allOf": [
                {"$ref": f"{_SCHEMAS}{ENVELOPE}"},
                {
                    "type": "object",
                    "properties": {
                        "type": {"const": name},
                        "data": {"$ref": f"{_SCHEMAS}{name}"},
                    },
                },
            ]
        },
        "examples": [
            {"name": name, "summary": "In a made-up city.", "payload": example(name)},
        ],
    }


def _schemas(known: dict[str, type[Event]]) -> Document:
    """Return every schema once, with the parts that they share beside them.

    Raises:
        ValueError: Two parts of one name differ.
    """
    found: Document = {}
    documents = [(name, data_schema(event, Dialect.DRAFT_07)) for name, event in known.items()]
    for name, schema in [(ENVELOPE, envelope_schema(Dialect.DRAFT_07)), *documents]:
        parts = schema.pop("definitions", {})
        bare = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
        for part_name, part in {name: bare, **parts}.items():
            moved = _moved(part)
            if found.setdefault(part_name, moved) != moved:
                raise ValueError(f"two parts named {part_name} differ")
    return found


def _moved(node: Any) -> Any:
    """Point references to where the parts lie in this document."""
    if isinstance(node, list):
        return [_moved(one) for one in cast("list[Any]", node)]
    if not isinstance(node, dict):
        return node
    return {
        key: value.replace("#/definitions/", _SCHEMAS) if key == "$ref" else _moved(value)
        for key, value in cast("Document", node).items()
    }


def _tags_used(events: Any) -> Iterator[Document]:
    kinds = list(events)
    yield from (_lane_tag(lane) for lane in Lane)
    yield from (_owner_tag(role) for role in Role if any(kind.owner is role for kind in kinds))


def _lane_tag(lane: Lane) -> Document:
    return {"name": f"lane:{lane}", "description": labels.of_code(lane).en}


def _owner_tag(role: Role) -> Document:
    return {"name": f"owner:{role}", "description": labels.of_code(role).en}


_PARAMETERS: Document = {
    "mode": {
        "description": "What it is for; no code path turns one into another.",
        "enum": [mode.value for mode in Mode],
        "location": "$message.payload#/mode",
    },
    "region": {"description": "The region of who speaks.", "examples": ["lz"]},
    "kind": {
        "description": "The kind of service of who speaks.",
        "examples": ["fire", "police", "medical", "municipal"],
    },
    "agency": {"description": "The name of who speaks.", "examples": ["119-linzhou"]},
    "key": {
        "description": "The incident, or where there is none the unit, order, facility, ….",
        "examples": ["lz-2026-000417"],
        "location": "$message.payload#/subject",
    },
    "area": {
        "description": "Administrative codes, broad to narrow: one subject token each, up to ten.",
        "examples": ["cn.99.01.03"],
        "location": "$message.payload#/area",
    },
}
_HEADERS: Document = {
    "type": "object",
    "required": ["Nats-Msg-Id"],
    "properties": {
        "Nats-Msg-Id": {
            "type": "string",
            "description": "The event's `id`: the broker stores one message of an id only.",
        },
        "Nats-Expected-Stream": {
            "type": "string",
            "description": "The stream that is to store it; the broker refuses it on another.",
        },
        "traceparent": {
            "type": "string",
            "pattern": "^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$",
            "description": "W3C Trace Context.",
        },
    },
}
