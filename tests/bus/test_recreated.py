"""A stream that is deleted and made again, under a running subscription."""

from ears import Ears
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus, jetstream


async def test_what_is_stored_after_a_stream_was_made_again_is_handled(bus: Bus) -> None:
    """Its numbers begin anew: none of them is taken for one that was handled before."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    for n in range(5):
        before = await bus.publish(reported(summary=f"before {n}"), area=AREA)
    await ears.wait_for(before.envelope.id)
    session = await bus.connection.session()
    await jetstream.call(session, "STREAM.DELETE.LD_LIVE_EVENTS")
    await bus.apply()
    after = [
        (await bus.publish(reported(summary=f"after {n}"), area=AREA)).envelope.id for n in range(3)
    ]
    await until(lambda: ears.heard[-3:] == after)
