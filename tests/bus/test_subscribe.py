"""Subscribing: at least once, in order within a key, settled by how the handler ends."""

import asyncio
from collections.abc import Callable

import pytest
from facts import AREA, ordered, reported

from liandong.bus import Bus, Server, connect, consumers, jetstream, topology
from liandong.bus.settlement import RETRY_DELAYS_S
from liandong.bus.testing import Recorder
from liandong.contracts import AgencyUnavailable, DocumentError, Envelope, Filter, Reason
from liandong.contracts.incidents import IncidentReported
from liandong.contracts.orders import OrderIssued
from liandong.contracts.system import MessageRejected


class Inbox:
    """A handler that keeps what it was given, and fails where it is told to."""

    def __init__(self, fail: Callable[[Envelope, int], Exception | None] | None = None) -> None:
        """Prepare; ``fail`` gets the event and how often it came."""
        self.got: list[str] = []
        self._fail = fail or (lambda _event, _times: None)
        self._times: dict[str, int] = {}
        self._grown = asyncio.Condition()

    async def __call__(self, envelope: Envelope) -> None:
        """Take one event."""
        times = self._times[envelope.id] = self._times.get(envelope.id, 0) + 1
        if error := self._fail(envelope, times):
            raise error
        async with self._grown:
            self.got.append(envelope.key)
            self._grown.notify_all()

    async def wait_for(self, count: int) -> list[str]:
        """Return the keys, once there are so many."""
        async with self._grown:
            await asyncio.wait_for(self._grown.wait_for(lambda: len(self.got) >= count), 20)
        return self.got


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pauses between attempts short."""
    monkeypatch.setattr("liandong.bus.settlement.RETRY_DELAYS_S", (0.05,) * len(RETRY_DELAYS_S))


async def test_filters_by_contract_area_incident_and_agency(bus: Bus, nats_server: Server) -> None:
    """Each filter lets through what it names and nothing else."""
    by_contract, by_area, by_key, by_agency = Inbox(), Inbox(), Inbox(), Inbox()
    await bus.subscribe("contract", by_contract, Filter(contracts=(OrderIssued,)))
    await bus.subscribe("area", by_area, Filter(areas=("cn.99", "cn.99.01")))
    await bus.subscribe("key", by_key, Filter(key="lz-3"))
    await bus.subscribe("agency", by_agency, Filter(agency=bus.agency))
    async with await connect(servers=(nats_server.url,), agency="lz/police/110") as police:
        await police.publish(reported("lz-9"), area="cn.99.01")
    await bus.publish(reported("lz-1"), area="cn.99")
    await bus.publish(ordered("o-1", "lz-2"), area="cn.98")
    await bus.publish(reported("lz-3"), area="cn.98.01")
    assert await by_contract.wait_for(1) == ["lz-2"]
    assert sorted(await by_area.wait_for(2)) == ["lz-1", "lz-9"]
    assert await by_key.wait_for(1) == ["lz-3"]
    assert sorted(await by_agency.wait_for(3)) == ["lz-1", "lz-2", "lz-3"]


async def test_a_durable_subscription_goes_on_where_it_stopped(bus: Bus) -> None:
    """What came while nobody listened is delivered, what was handled is not."""
    first, second = Inbox(), Inbox()
    subscription = await bus.subscribe("desk", first)
    await bus.publish(reported("lz-1"), area=AREA)
    await first.wait_for(1)
    await subscription.close()
    await bus.publish(reported("lz-2"), area=AREA)
    await bus.subscribe("desk", second)
    assert await second.wait_for(1) == ["lz-2"]


async def test_a_retry_holds_its_key_and_lets_others_pass(bus: Bus, quick: None) -> None:
    """Events of one incident stay in order behind the one that is tried again."""
    del quick
    inbox = Inbox(
        lambda e, times: AgencyUnavailable("down") if e.key == "a" and times < 3 else None
    )
    await bus.subscribe("desk", inbox)
    first = await bus.publish(reported("a", "one"), area=AREA)
    facts = [reported("a", "two"), reported("b"), reported("a", "three"), reported("c")]
    await bus.send_many([bus.envelope(fact, area=AREA) for fact in facts])
    got = await inbox.wait_for(5)
    assert first.envelope.key == "a"
    assert set(got[:2]) == {"b", "c"}
    assert got[2:] == ["a", "a", "a"]


async def test_a_hopeless_event_becomes_a_dead_letter_and_its_sender_is_told(
    bus: Bus, recorder: Recorder
) -> None:
    """The letter holds reason, path, original bytes and attempts; message.rejected names it."""
    error = DocumentError("CAD 1", "a known type", where="row 7", found="??")
    refusing = Inbox(lambda _event, _times: error)
    await bus.subscribe("desk", refusing, Filter(contracts=(IncidentReported,)))
    sent = (await bus.publish(reported(), area=AREA)).envelope
    (told,) = await recorder.wait_for(1, MessageRejected)
    (found,) = await bus.dead_letters.list()
    assert found.original == sent.encode()
    assert (found.letter.reason, found.letter.attempts) == (Reason.BREAKS_STANDARD, 1)
    assert found.letter.faults[0]["path"] == "row 7"
    assert told.data.dead_letter == found.letter.id
    assert (told.data.rejected_id, told.data.raw_id) == (sent.id, sent.id)
    assert told.data.subject == str(sent.subject)


async def test_the_last_failed_attempt_becomes_a_dead_letter(bus: Bus, quick: None) -> None:
    """An event that always fails is given up after the table of delays, and others go on."""
    del quick
    inbox = Inbox(lambda e, _times: RuntimeError("boom") if e.key == "bad" else None)
    await bus.subscribe("desk", inbox, Filter(contracts=(IncidentReported,)))
    await bus.publish(reported("bad", "one"), area=AREA)
    await bus.publish(reported("good"), area=AREA)
    await bus.publish(reported("bad", "two"), area=AREA)
    await inbox.wait_for(1)
    letters = await _letters(bus, 2)
    assert [letter.attempts for letter in letters] == [6, 6]
    assert {letter.reason for letter in letters} == {Reason.ATTEMPTS_EXHAUSTED}


async def test_redriving_twice_has_one_effect(bus: Bus) -> None:
    """The consumer that gave it up gets it again, once, and nobody else does."""
    broken = [True]
    inbox = Inbox(lambda _e, _t: DocumentError("X", "y") if broken else None)
    other = Inbox()
    await bus.subscribe("desk", inbox, Filter(contracts=(IncidentReported,)))
    await bus.subscribe("other", other, Filter(contracts=(IncidentReported,)))
    await bus.publish(reported(), area=AREA)
    (letter,) = await _letters(bus, 1)
    broken.clear()
    first = await bus.dead_letters.redrive(letter, why="mapping mended")
    second = await bus.dead_letters.redrive(letter, why="mapping mended")
    await inbox.wait_for(1)
    await bus.publish(reported("lz-2"), area=AREA)
    assert (first, second) == (True, False)
    assert await inbox.wait_for(2) == ["lz-1", "lz-2"]
    assert await other.wait_for(2) == ["lz-1", "lz-2"]
    assert await bus.dead_letters.list() == []


async def test_a_redriven_letter_that_fails_again_is_a_new_letter(bus: Bus) -> None:
    """The new letter names the one before; both stay on record."""
    refusing = Inbox(lambda _e, _t: DocumentError("X", "y"))
    await bus.subscribe("desk", refusing, Filter(contracts=(OrderIssued,)))
    await bus.publish(ordered(), area=AREA)
    (first,) = await _letters(bus, 1)
    await bus.dead_letters.redrive(first, why="hoping")
    (second,) = await _letters(bus, 1, without=first.id)
    assert (first.previous, second.previous) == (None, first.id)
    assert len(await bus.dead_letters.list(everything=True)) == 2


async def test_unreadable_and_contradicting_messages_are_kept(bus: Bus) -> None:
    """A body that is no event, or says another sender or mode than its subject, is a letter."""
    inbox = Inbox()
    await bus.subscribe("desk", inbox, Filter(contracts=(IncidentReported,)))
    good = bus.envelope(reported(), area=AREA)
    subject = str(good.subject)
    session = await bus.connection.session()
    spoofed = good.encode().replace(b"lz/centre/desk", b"lz/police/110")
    drill = good.encode().replace(b'"mode":"live"', b'"mode":"exercise"')
    for body in (b"\xff not json", spoofed, drill, good.encode()):
        await session.request(subject, body)
    await inbox.wait_for(1)
    letters = await _letters(bus, 3)
    assert {Reason(letter.reason) for letter in letters} == {
        Reason.BAD_ENCODING,
        Reason.SUBJECT_MISMATCH,
        Reason.MODE_MISMATCH,
    }
    assert inbox.got == ["lz-1"]


async def test_an_exercise_can_never_reach_a_live_subscriber(bus: Bus, nats_server: Server) -> None:
    """Modes are separate streams: the drill's own subscriber gets it, the live one does not."""
    live, drill = Inbox(), Inbox()
    await bus.subscribe("desk", live)
    async with await connect(servers=(nats_server.url,), mode="exercise") as exercise:
        await exercise.subscribe("desk", drill)
        stored = await exercise.publish(ordered("drill", "drill-1"), area=AREA)
        await exercise.publish(reported("drill-2"), area=AREA)
        await drill.wait_for(2)
        await bus.publish(reported("real-1"), area=AREA)
        await live.wait_for(1)
    assert stored.stream == "LD_EXERCISE_ORDERS"
    assert live.got == ["real-1"]
    assert sorted(drill.got) == ["drill-1", "drill-2"]


async def test_events_as_a_loop_acknowledges_when_the_next_is_asked_for(bus: Bus) -> None:
    """Leaving the loop gives the last event back."""
    loop = bus.events("desk")
    begun = asyncio.create_task(anext(loop))
    await _consumer_exists(bus, "desk")
    await bus.publish(reported("lz-1"), area=AREA)
    await bus.publish(reported("lz-2"), area=AREA)
    assert (await begun).key == "lz-1"
    assert (await anext(loop)).key == "lz-2"
    await loop.aclose()
    again = Inbox()
    await bus.subscribe("desk", again)
    assert await again.wait_for(1) == ["lz-2"]


async def _letters(bus: Bus, count: int, *, without: str = "") -> list:
    """Return the waiting letters, once there are so many."""
    for _ in range(400):
        found = [f.letter for f in await bus.dead_letters.list() if f.letter.id != without]
        if len(found) >= count:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"fewer than {count} dead letters")


async def _consumer_exists(bus: Bus, name: str) -> None:
    consumer = consumers.durable_name(bus.agency, name)
    for lane in ("ORDERS", "EVENTS", "TELEMETRY"):
        for _ in range(200):
            try:
                session = await bus.connection.session()
                await jetstream.call(session, f"CONSUMER.INFO.LD_LIVE_{lane}.{consumer}")
                break
            except jetstream.ApiError:
                await asyncio.sleep(0.02)


async def test_a_dead_letter_that_cannot_be_stored_yet_is_not_lost(
    bus: Bus, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message stays in hand until its letter is kept; its key goes on after that."""
    del quick
    monkeypatch.setattr("liandong.bus.subscriber.RETRY_DELAYS_S", (0.05,))
    inbox = Inbox(lambda e, _t: DocumentError("X", "y") if e.data.summary != "good" else None)
    await bus.subscribe("desk", inbox, Filter(contracts=(IncidentReported,)))
    await _limit_dead_letters(bus, 1)
    await bus.publish(reported("a", "one"), area=AREA)
    await _letters(bus, 1)
    await bus.publish(reported("a", "two"), area=AREA)
    await bus.publish(reported("a", "good"), area=AREA)
    await bus.publish(reported("b", "good"), area=AREA)
    assert await inbox.wait_for(1) == ["b"]
    await _limit_dead_letters(bus, -1)
    assert await inbox.wait_for(2) == ["b", "a"]
    assert len(await _letters(bus, 2)) == 2


async def _limit_dead_letters(bus: Bus, count: int) -> None:
    """Have the broker keep so many dead letters and refuse more."""
    session = await bus.connection.session()
    wanted = topology.streams()[topology.DEAD] | {"max_msgs": count, "discard": "new"}
    await jetstream.call(session, f"STREAM.UPDATE.{topology.DEAD}", wanted)
