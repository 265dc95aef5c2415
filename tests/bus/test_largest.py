"""The largest message: what a stream takes must fit a dead letter, else it is held for ever."""

import pytest
from ears import Ears
from facts import AREA, reported

from liandong.bus import Bus, jetstream
from liandong.bus.letters import MAX_ORIGINAL_BYTES
from liandong.contracts import Reason, TransportError


async def _put(bus: Bus, body: bytes) -> None:
    """Put bytes where an incident belongs."""
    subject = str(bus.envelope(reported(), area=AREA).subject)
    session = await bus.connection.session()
    jetstream.pub_ack(subject, await session.request(subject, body))


async def test_the_largest_unreadable_message_becomes_a_dead_letter(bus: Bus) -> None:
    """With all its bytes; what comes behind it under the same key is handled."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    body = b"x" * MAX_ORIGINAL_BYTES
    await _put(bus, body)
    behind = await bus.publish(reported(), area=AREA)
    await ears.wait_for(behind.envelope.id)
    (found,) = await bus.dead_letters.list()
    assert found.letter.reason == Reason.NOT_JSON
    assert found.original == body


async def test_a_larger_one_is_refused_to_its_sender(bus: Bus) -> None:
    """At once, and by name; nothing of it is stored."""
    with pytest.raises(TransportError) as caught:
        await _put(bus, b"x" * (MAX_ORIGINAL_BYTES + 1))
    assert caught.value.reason is Reason.TOO_LARGE
    assert {stream["messages"] for stream in await bus.streams()} == {0}
