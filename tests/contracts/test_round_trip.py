"""Any event that a contract allows goes over the wire, fits its schema, and comes back equal."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from generated import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from liandong.contracts import Agency, ContractError, Envelope, Mode, contract
from liandong.contracts.catalogue.schema import data_schema, envelope_schema
from liandong.contracts.examples import example, examples

SOURCE = Agency("lz", "fire", "119-linzhou")
DRILL_ONLY = ("exercise.",)
NAMES = sorted(examples())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=6,
)
quick = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


@cache
def validator(name: str) -> Draft202012Validator:
    """Return the validator of a contract's data, or of the envelope."""
    schema = envelope_schema() if name == "envelope" else data_schema(contract(name))
    return Draft202012Validator(schema)


def enveloped(name: str, data: st.DataObject) -> Envelope:
    """Draw any event of a contract, on its way in a mode that allows it."""
    event = data.draw(models(contract(name)))
    mode = Mode.EXERCISE if name.startswith(DRILL_ONLY) else Mode.TEST
    return Envelope(source=SOURCE, area="cn.99.01", mode=mode, data=event)


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data())
def test_any_event_comes_back_equal_and_fits_its_schema(name: str, data: st.DataObject) -> None:
    """What the contract allows is encoded, fits the published schemas, and decodes strictly."""
    envelope = enveloped(name, data)
    body = envelope.encode()
    assert Envelope.decode(body, strict=True) == envelope
    message = json.loads(body)
    assert [e.message for e in validator("envelope").iter_errors(message)] == []
    assert [e.message for e in validator(name).iter_errors(message["data"])] == []


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data())
def test_a_mutated_message_is_read_or_refused(name: str, data: st.DataObject) -> None:
    """Any part of it replaced, removed or doubled: an event or a ContractError, nothing else."""
    document = example(name)
    mutate = data.draw(st.sampled_from(MUTATIONS))
    body = mutate(document, data)
    strict = data.draw(st.booleans())
    assert answers(body, strict=strict)


def answers(body: bytes, *, strict: bool) -> bool:
    """Say whether a body is read, or refused with at least one fault that says where or what."""
    try:
        read = Envelope.decode(body, strict=strict)
    except ContractError as error:
        return bool(str(error)) and error.reason >= 100
    return Envelope.decode(read.encode()) == read


def somewhere(document: Any, data: st.DataObject) -> tuple[Any, Any]:
    """Draw a place in a document: its container, and the key or index in it."""
    places: list[tuple[Any, Any]] = []
    waiting = [document]
    while waiting:
        node = waiting.pop()
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        places += [(node, key) for key in keys]
        waiting += [node[key] for key in keys if isinstance(node[key], (dict, list))]
    return data.draw(st.sampled_from(places))


def replaced(document: Any, data: st.DataObject) -> bytes:
    """Put anything in the place of a part."""
    node, key = somewhere(document, data)
    node[key] = data.draw(JSON)
    return json.dumps(document).encode()


def removed(document: Any, data: st.DataObject) -> bytes:
    """Take a part away."""
    node, key = somewhere(document, data)
    del node[key]
    return json.dumps(document).encode()


def added(document: Any, data: st.DataObject) -> bytes:
    """Add a field that nobody knows to the data."""
    document["data"][data.draw(st.text(max_size=9))] = data.draw(JSON)
    return json.dumps(document).encode()


def damaged(document: Any, data: st.DataObject) -> bytes:
    """Change one byte."""
    body = bytearray(json.dumps(document).encode())
    body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    return bytes(body)


MUTATIONS: tuple[Callable[[Any, st.DataObject], bytes], ...] = (replaced, removed, added, damaged)
