"""One incident out of a long log: its timeline and how it stands, without a consumer."""

from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from facts import AREA, ordered, reported

from faults.proxy import Proxy
from liandong.bus import Bus, Server, connect, jetstream
from liandong.contracts import (
    Envelope,
    Filter,
    IncidentReported,
    IncidentUpdated,
    NotPermitted,
    Reason,
    TransportError,
)

ONE = Filter(key="lz-1")
EVENTS = "LD_LIVE_EVENTS"


def update(summary: str, incident: str = "lz-1") -> IncidentUpdated:
    """Return an update of the incident."""
    return IncidentUpdated(incident_id=incident, summary=summary)


async def timeline(bus: Bus, **how: Any) -> list[Envelope]:
    """Return what the log says of the incident."""
    return [e.envelope async for e in bus.history(ONE, **how) if e.envelope]


def updates(bus: Bus, count: int) -> list[Envelope]:
    """Return updates of the incident, not published yet."""
    return [bus.envelope(update(f"u{n}"), area=AREA) for n in range(count)]


async def consumers(bus: Bus) -> int:
    """Return how many consumers the events stream has, ephemeral ones too."""
    info = await jetstream.call(await bus.connection.session(), f"STREAM.INFO.{EVENTS}")
    return int(info["state"]["consumer_count"])


async def test_a_timeline_is_all_of_one_incident_over_all_lanes(bus: Bus) -> None:
    """In the order it was stored, nothing of another incident, and no consumer is made."""
    sent: list[Envelope] = []
    for n in range(3):
        sent.append((await bus.publish(update(f"u{n}"), area=AREA)).envelope)
        await bus.publish(update(f"other {n}", "lz-10"), area=f"{AREA}.02")
        sent.append((await bus.publish(ordered(f"o-{n}"), area=AREA)).envelope)
    assert await timeline(bus) == sent
    assert await consumers(bus) == 0


async def test_of_an_unknown_incident_there_is_nothing(bus: Bus) -> None:
    """Neither a timeline nor a state."""
    await bus.publish(reported("lz-2"), area=AREA)
    assert await timeline(bus) == []
    assert await bus.latest(ONE) == []


async def test_a_timeline_longer_than_one_answer_is_whole(bus: Bus) -> None:
    """1,300 messages, in three answers of the broker."""
    sent = updates(bus, 1_300)
    await bus.send_many(sent)
    assert await timeline(bus) == sent


async def test_large_messages_come_in_several_answers(bus: Bus) -> None:
    """The broker ends an answer at 4 MiB; what is behind it is asked for again."""
    notes = [f"{n} ".ljust(3_900, "x") for n in range(1_500)]
    sent = [
        bus.envelope(IncidentUpdated(incident_id="lz-1", note=note), area=AREA) for note in notes
    ]
    await bus.send_many(sent)
    assert await timeline(bus) == sent


async def test_a_timeline_begins_where_it_is_told_to(bus: Bus) -> None:
    """What was stored before a moment is left out; of the future there is nothing."""
    sent = [await bus.send(envelope) for envelope in updates(bus, 2)]
    _, second = [entry.raw.stored async for entry in bus.history(ONE)]
    since = second - timedelta(microseconds=1)  # the broker counts nanoseconds
    assert await timeline(bus, since=since) == [sent[1].envelope]
    assert await timeline(bus, since=datetime(2199, 1, 1, tzinfo=UTC)) == []


async def test_it_says_where_and_when_each_message_is_stored(bus: Bus) -> None:
    """As a reading of the whole log does."""
    await bus.publish(reported("lz-9"), area=AREA)
    await bus.publish(reported(), area=AREA)

    async def places(which: Filter | None) -> list[tuple[Any, ...]]:
        entries = [e.raw async for e in bus.history(which)]
        return [(r.stream, r.sequence, r.subject, r.stored, r.body) for r in entries]

    assert await places(ONE) == (await places(None))[1:]


async def test_what_is_purged_while_it_is_read_is_left_out(bus: Bus) -> None:
    """The reading goes on behind it and ends; what had come with the first answer is told."""
    await bus.send_many(updates(bus, 1_300))
    session = await bus.connection.session()
    async with aclosing(bus.history(ONE)) as entries:
        await anext(entries)
        await jetstream.call(session, f"STREAM.PURGE.{EVENTS}", {"seq": 1_290})
        rest = [entry.raw.sequence async for entry in entries]
    assert rest == [*range(2, 513), *range(1_290, 1_301)]


async def test_the_state_is_the_last_word_on_each_subject(bus: Bus) -> None:
    """Of each sender in each contract; an older word of the same is not in it."""
    await bus.publish(reported(), area=AREA)
    await bus.publish(update("u0"), area=AREA)
    await bus.publish(ordered(), area=AREA)
    await bus.publish(update("u1"), area=AREA)
    await bus.publish(update("other", "lz-2"), area=AREA)
    state = [(e.envelope.type, e.raw.sequence) for e in await bus.latest(ONE) if e.envelope]
    assert state == [
        ("incident.reported.v1", 1),
        ("order.issued.v1", 1),
        ("incident.updated.v1", 3),
    ]


async def test_a_state_of_more_subjects_than_one_answer_holds_is_whole(bus: Bus) -> None:
    """1,000 incidents reported, each on a subject of its own: two answers, of one moment."""
    reports = [bus.envelope(reported(f"lz-{n}"), area=AREA) for n in range(1_000)]
    await bus.send_many([*reports, *(bus.envelope(r.data, area=AREA) for r in reports)])
    state = await bus.latest(Filter(contracts=(IncidentReported,)))
    assert [e.raw.sequence for e in state] == list(range(1_001, 2_001))


async def test_a_state_of_too_many_subjects_is_refused(bus: Bus) -> None:
    """The broker answers for 1,024 at the most."""
    reports = [bus.envelope(reported(f"lz-{n}"), area=AREA) for n in range(1_025)]
    await bus.send_many(reports)
    with pytest.raises(ValueError, match="more than 1,024 subjects of LD_LIVE_EVENTS"):
        await bus.latest(Filter(contracts=(IncidentReported,)))


async def test_what_cannot_be_read_is_in_the_timeline_too(bus: Bus) -> None:
    """A contract that a later program has put on the bus."""
    body = b"{}"
    session = await bus.connection.session()
    config = (await jetstream.call(session, f"STREAM.INFO.{EVENTS}"))["config"]
    subjects = [*config["subjects"], "ld.live.*.*.*.incident.foretold.>"]
    await jetstream.call(session, f"STREAM.UPDATE.{EVENTS}", config | {"subjects": subjects})
    await session.request("ld.live.lz.fire.119.incident.foretold.v1.lz-1.cn.99", body)
    (entry,) = [e async for e in bus.history(ONE)]
    assert (entry.envelope, entry.raw.body) == (None, body)


async def test_a_stream_that_is_missing_is_told(nats_server: Server) -> None:
    """At once, and not as an empty timeline."""
    async with await connect(servers=(nats_server.url,)) as bus:
        with pytest.raises(TransportError) as error:
            await timeline(bus)
    assert error.value.reason is Reason.NO_STREAM


async def test_who_may_not_read_is_told(tmp_path: Path) -> None:
    """At once, with the subject that was refused."""
    users = """accounts { SITE { jetstream: enabled, users: [
      { user: admin, password: a }
      { user: desk, password: d, permissions: { publish: { allow: ["_INBOX.>"] } } } ] } }"""
    async with Server(tmp_path / "nats", extra=users) as server:
        as_admin = {"servers": (server.url,), "user": "admin", "password": "a"}
        async with await connect(**as_admin) as admin:
            await admin.apply()
        async with await connect(servers=(server.url,), user="desk", password="d") as desk:
            with pytest.raises(NotPermitted, match=r"DIRECT\.GET\.LD_LIVE"):
                await timeline(desk)


async def test_a_connection_lost_in_the_middle_is_told(nats_server: Server) -> None:
    """A timeline that breaks off is never taken for a whole one."""
    async with Proxy(nats_server.port) as proxy, await connect(servers=(proxy.url,)) as bus:
        await bus.apply()
        await bus.send_many(updates(bus, 600))
        async with aclosing(bus.history(ONE)) as entries:
            await anext(entries)
            proxy.reset()
            with pytest.raises(TransportError) as error:
                _ = [entry async for entry in entries]
    assert error.value.reason is Reason.NO_CONNECTION
