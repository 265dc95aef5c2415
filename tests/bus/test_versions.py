"""Versions on the bus: stored as they were said, handed over as the newest."""

import asyncio
import json
from pathlib import Path
from typing import Any

import nats
from facts import AREA, reported
from waiting import until

from liandong.bus import Bus, Server, connect
from liandong.bus.relay import Relay
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Code,
    DocumentError,
    Envelope,
    FacilityStatus,
    FacilityStatusV1,
    Filter,
    MessageRejected,
    Reason,
    UnknownContract,
)
from liandong.contracts.examples import example

FIRST = Filter(key="linzhou-first-hospital")


def said(version: int) -> tuple[str, bytes]:
    """Return the subject and the bytes of the hospital's status as a program would send them."""
    document = example(f"facility.status.v{min(version, 2)}")
    document |= {"type": f"facility.status.v{version}"}
    subject = (
        f"ld.live.lz.medical.linzhou-first-hospital.{document['type']}"
        f".{document['subject']}.{document['area']}"
    )
    return subject, json.dumps(document, indent=1).encode()


async def say(server: Server, version: int) -> bytes:
    """Publish it with a NATS client and nothing of ours; return the bytes."""
    subject, body = said(version)
    client = await nats.connect(server.url)
    await client.jetstream().publish(subject, body)
    await client.close()
    return body


class Kept(list[Envelope]):
    """A handler that keeps what it is given, and refuses while it is told to."""

    refusing = False

    async def __call__(self, envelope: Envelope) -> None:
        """Take one event."""
        self.append(envelope)
        if self.refusing:
            raise DocumentError("a made-up standard", "something else")


async def test_a_subscriber_gets_what_an_older_program_says(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Both versions, in their order, as the second; nothing is lost."""
    kept = Kept()
    await bus.subscribe("desk", kept, Filter(contracts=(FacilityStatus,)))
    bodies = [await say(nats_server, version) for version in (1, 2)]
    await recorder.wait_for(2, FacilityStatus)
    await until(lambda: len(kept) == 2)
    first, second = (envelope.data for envelope in kept)
    assert isinstance(first, FacilityStatus)
    assert isinstance(second, FacilityStatus)
    assert first.beds[0].codes == (Code(local="ICU1", system="lz1h-wards", text="重症医学科"),)
    assert first == Envelope.decode(bodies[0]).data.newest()
    assert second == Envelope.decode(bodies[1]).data


async def test_the_log_keeps_the_bytes_and_tells_the_newest(bus: Bus, nats_server: Server) -> None:
    """History, the loop and the feed give the second version; the raw message is the first."""
    body = await say(nats_server, 1)
    await bus.publish(reported(), area=AREA)
    which = Filter(contracts=(FacilityStatus,))
    (entry,) = [entry async for entry in bus.history(which)]
    envelope = await anext(bus.events("loop", which, from_start=True))
    assert entry.raw.body == body
    assert entry.raw.subject.split(".")[5:8] == ["facility", "status", "v1"]
    assert entry.envelope == envelope
    assert envelope.type == "facility.status.v2"


async def test_an_older_program_of_ours_may_go_on_publishing(bus: Bus, recorder: Recorder) -> None:
    """What is published in the first version is stored in it."""
    old = Envelope.from_document(example("facility.status.v1")).data
    await bus.publish(old, area=AREA)
    (heard,) = await recorder.wait_for(1)
    (entry,) = [entry async for entry in bus.history(Filter(contracts=(FacilityStatusV1,)))]
    assert heard.data == old.newest()
    assert json.loads(entry.raw.body)["type"] == "facility.status.v1"


async def test_a_program_that_learns_a_version_goes_on_where_it_was(
    bus: Bus, nats_server: Server
) -> None:
    """Its subscription is widened in place: what came in between is not lost."""
    before, after = Kept(), Kept()
    old = await bus.subscribe("desk", before, Filter(contracts=(FacilityStatusV1,)))
    await old.close()
    await say(nats_server, 1)
    await bus.subscribe("desk", after, Filter(contracts=(FacilityStatus,)))
    await say(nats_server, 2)
    await until(lambda: len(after) == 2)
    assert before == []
    assert [envelope.id for envelope in after] == [json.loads(said(n)[1])["id"] for n in (1, 2)]


async def test_a_version_that_nobody_here_knows_is_not_delivered(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Who asked for the second is spared it; who asked for everything keeps a dead letter."""
    kept, everything = Kept(), Kept()
    await bus.subscribe("desk", kept, Filter(contracts=(FacilityStatus,)))
    await bus.subscribe("all", everything, FIRST)
    body = await say(nats_server, 3)
    await say(nats_server, 2)
    (told,) = await recorder.wait_for(1, MessageRejected)
    await until(lambda: len(kept) == len(everything) == 1)
    (unknown, known) = [entry async for entry in bus.history(FIRST)]
    (found,) = await bus.dead_letters.list()
    assert isinstance(unknown.error, UnknownContract)
    assert [e.type for e in (*kept, *everything)] == ["facility.status.v2"] * 2
    assert known.envelope == kept[0]
    assert (found.original, found.letter.reason) == (body, Reason.UNKNOWN_CONTRACT)
    assert (told.data.reason_number, told.data.type) == (204, "facility.status.v3")


async def test_a_dead_letter_holds_what_was_said_and_is_driven_again_as_the_newest(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """The original bytes in the first version; the handler sees the second, both times."""
    kept = Kept()
    kept.refusing = True
    await bus.subscribe("desk", kept, Filter(contracts=(FacilityStatus,)))
    body = await say(nats_server, 1)
    await recorder.wait_for(1, MessageRejected)
    (found,) = await bus.dead_letters.list()
    kept.refusing = False
    await bus.dead_letters.redrive(found.letter, why="the table was mended")
    await until(lambda: len(kept) == 2)
    assert found.original == body
    assert kept[0] == kept[1]
    assert kept[0].type == "facility.status.v2"


async def test_a_neighbour_gets_the_bytes_as_they_were_said(
    bus: Bus, nats_server: Server, tmp_path: Path
) -> None:
    """A relay looks at the newest and passes on the original: signatures hold."""
    async with (
        Server(tmp_path / "other") as other,
        await connect(servers=(other.url,), agency="hj/centre/desk") as target,
    ):
        await target.apply()
        seen = Kept()
        relay = Relay(bus, target, "to-hj", Filter(contracts=(FacilityStatus,)), allows(seen))
        running = asyncio.create_task(relay.run())
        await relay.ready.wait()
        body = await say(nats_server, 1)
        await until(lambda: relay.passed.stored == 1)
        running.cancel()
        (entry,) = [entry async for entry in target.history()]
    assert entry.raw.body == body
    assert [envelope.type for envelope in seen] == ["facility.status.v2"]


def allows(seen: Kept) -> Any:
    """Return a check that lets everything pass and notes what it was asked about."""
    return lambda envelope: seen.append(envelope) is None
