"""A stream that is made again, or brought back as it was earlier, under a running subscription."""

import shutil
from pathlib import Path

from ears import Ears
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus, Server, jetstream


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


async def test_what_is_stored_after_a_stream_lost_its_end_is_handled(
    bus: Bus, nats_server: Server, tmp_path: Path
) -> None:
    """A copy of the day before is brought back: its next numbers were handled once, as others."""
    ears = Ears()
    await bus.subscribe("desk", ears)
    kept = await bus.publish(reported(summary="in the copy"), area=AREA)
    await ears.wait_for(kept.envelope.id)
    await nats_server.stop()
    shutil.copytree(nats_server.folder / "data", tmp_path / "copy")
    await nats_server.start()
    for n in range(5):
        lost = await bus.publish(reported(summary=f"not in the copy {n}"), area=AREA)
    await ears.wait_for(lost.envelope.id)
    await nats_server.stop()
    shutil.rmtree(nats_server.folder / "data")
    shutil.copytree(tmp_path / "copy", nats_server.folder / "data")
    await nats_server.start()
    after = [
        (await bus.publish(reported(summary=f"after {n}"), area=AREA)).envelope.id for n in range(8)
    ]
    await ears.wait_for(after[-1])
    assert ears.heard[-8:] == after
