"""The golden examples: one a contract, exactly as it goes over the wire."""

import json

import pytest

from liandong.contracts import Envelope
from liandong.contracts.examples import example, examples

NAMES = sorted(examples())


@pytest.mark.parametrize("name", NAMES)
def test_an_example_decodes_strictly_and_encodes_to_itself(name: str) -> None:
    """Nothing in it is unknown, guessed or lost."""
    document = example(name)
    envelope = Envelope.decode(json.dumps(document).encode(), strict=True)
    assert json.loads(envelope.encode()) == document


@pytest.mark.parametrize("name", NAMES)
def test_an_example_lies_in_the_made_up_city(name: str) -> None:
    """Nobody can take one for real: its area does not exist."""
    assert example(name)["area"].startswith("cn.99.01")


def test_nothing_is_received_before_it_happened() -> None:
    """The story runs forward: foreign documents arrive after what they tell of."""
    events = [Envelope.from_document(document) for document in examples().values()]
    translated = [(e.data.provenance.received, e) for e in events if e.data.provenance]
    assert [e.type for received, e in translated if received < e.time] == []


def test_nothing_is_the_answer_to_what_is_still_to_come() -> None:
    """The story runs forward: a clock alone looks back, to the moment it counts from."""
    happened = {document["id"]: document["time"] for document in examples().values()}
    early = [
        name
        for name, document in examples().items()
        if happened.get(document.get("causation", ""), "") > document["time"]
    ]
    assert early == ["clock.started.v1"]
