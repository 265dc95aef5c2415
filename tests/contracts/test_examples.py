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
