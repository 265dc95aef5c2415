"""AsyncAPI: one channel a contract, at the address where its events really travel."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft7Validator
from referencing import Registry
from referencing.jsonschema import DRAFT7

from liandong.bus.topology import stream_of
from liandong.contracts import Envelope, Lane, Mode
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.asyncapi import asyncapi
from liandong.contracts.catalogue.index import stream
from liandong.contracts.examples import example

NAMES = sorted(contracts())
DOCUMENT = asyncapi()
REGISTRY: Any = Registry().with_resource("urn:document", DRAFT7.create_resource(DOCUMENT))


def at(reference: str) -> Any:
    """Return what a reference of the document points to."""
    found: Any = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def references(node: Any) -> list[str]:
    """Return every reference in a part of the document."""
    if isinstance(node, list):
        return [one for part in node for one in references(part)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [one for part in node.values() for one in references(part)]


def test_every_contract_is_sent_and_received_on_a_channel_of_its_own() -> None:
    """No more and no less."""
    assert sorted(DOCUMENT["channels"]) == NAMES
    wanted = {f"{name}.{action}" for name in NAMES for action in ("send", "receive")}
    assert DOCUMENT["operations"].keys() == wanted


def test_the_document_refers_only_to_what_is_in_it() -> None:
    """It can be shown where nothing else is at hand."""
    assert all(at(reference) for reference in references(DOCUMENT))


@pytest.mark.parametrize("name", NAMES)
def test_an_address_is_where_the_event_travels(name: str) -> None:
    """With the parameters filled in it is the subject of the example."""
    channel = DOCUMENT["channels"][name]
    pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", re.escape(channel["address"]))
    subject = str(Envelope.from_document(example(name)).subject)
    found = re.fullmatch(pattern, subject)
    assert found
    assert found.groupdict().keys() == channel["parameters"].keys()


@pytest.mark.parametrize("name", NAMES)
def test_an_example_fits_the_payload(name: str) -> None:
    """Envelope and data at once."""
    payload = {"$ref": f"urn:document#/components/messages/{name}/payload"}
    validator = Draft7Validator(payload, registry=REGISTRY)
    (shown,) = at(f"#/components/messages/{name}")["examples"]
    validator.validate(shown["payload"])
    assert not validator.is_valid({**example(name), "type": "another.kind.v1"})


def test_streams_are_those_of_the_bus() -> None:
    """The catalogue knows no broker, so it names them by itself."""
    pairs = [(lane, mode) for lane in Lane for mode in Mode]
    assert [stream(*pair) for pair in pairs] == [stream_of(*pair) for pair in pairs]


def test_the_document_is_json() -> None:
    """Nothing of Python is left in it."""
    assert json.loads(json.dumps(DOCUMENT)) == DOCUMENT
