"""Any event that a contract allows goes over the wire and comes back equal."""

import pytest
from generated import models
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.contracts import Agency, Envelope, Mode, contract
from liandong.contracts.examples import examples

SOURCE = Agency("lz", "fire", "119-linzhou")


@pytest.mark.parametrize("name", sorted(examples()))
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_event_comes_back_equal(name: str, data: st.DataObject) -> None:
    """Whatever the contract allows is encoded, and decodes strictly to the same event."""
    event = data.draw(models(contract(name)))
    envelope = Envelope(source=SOURCE, area="cn.99.01", mode=Mode.TEST, data=event)
    assert Envelope.decode(envelope.encode(), strict=True) == envelope
