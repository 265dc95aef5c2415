"""Two regions, two real brokers, one gateway: nothing lost, twice, out of order or going round."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import nats
import pytest

from liandong.adapters.region.agreement import Agreement
from liandong.adapters.region.gateway import Gateway
from liandong.bus import Bus
from liandong.contracts import (
    AidAnswer,
    AidCommitted,
    AidLine,
    AidLineAnswer,
    AidRequested,
    AidResource,
    AidResponse,
    ConfigurationError,
    Envelope,
    Filter,
    IncidentReported,
    LineResponse,
    Location,
    Mode,
    Reason,
)
from liandong.contracts.system import AdapterHeartbeat

AREA = "cn.99"
Regions = tuple[Any, Any]
"""Two of conftest's regions: their brokers, which can be killed and revived, and their buses."""
Until = Callable[[Callable[[], object]], Awaitable[None]]
WAYS = (("js", "zj"), ("zj", "js"))
BOTH = Agreement.model_validate(
    {
        "share": [
            {"from_region": a, "to_region": b, "contracts": ["incident.*", "aid.*"]}
            for a, b in WAYS
        ]
    }
)


@asynccontextmanager
async def gateway(
    js: Any, zj: Any, agreement: Agreement = BOTH, name: str = "gateway"
) -> AsyncIterator[Gateway]:
    """Run a gateway between them; it is ready when both ways are."""
    async with (
        await js.connect("gateway") as here,
        await zj.connect("gateway") as there,
    ):
        joined = Gateway(here, there, agreement, area=AREA, name=name)
        task = asyncio.create_task(joined.run())
        await joined.ready.wait()
        yield joined
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def reported(incident: str, number: int = 0) -> IncidentReported:
    """Return an incident, one of several reports."""
    return IncidentReported(incident_id=incident, summary=f"Report {number}", location=Location())


async def report_many(bus: Bus, count: int, done: list[Envelope]) -> None:
    """Say many things about ten incidents, one after another."""
    for number in range(count):
        incident = reported(f"{bus.agency.region}-{number % 10}", number)
        done.append((await bus.publish(incident, area=AREA)).envelope)


async def wait_for_bodies(region: Any, count: int) -> list[bytes]:
    """Return what a region holds, once it holds so much."""
    async with asyncio.timeout(30):
        while len(bodies := await region.bodies()) < count:  # noqa: ASYNC110  it asks a broker
            await asyncio.sleep(0.05)
    return bodies


async def test_a_request_for_aid_crosses_and_its_answer_returns(
    regions: Regions,
) -> None:
    """Ids, senders and threads are kept on both sides."""
    js, zj = regions
    unit = AidResource(name="hazmat unit")
    request = AidRequested(
        request_id="r-1",
        incident_id="js-1",
        borrower="js/centre/desk",
        lines=(AidLine(line_id="1", resource=unit),),
    )
    accepted = LineResponse(
        to_line_id="1", answer=AidAnswer.ACCEPT, response_type=AidResponse.ACCEPT
    )
    answer = AidCommitted(
        request_id="r-1",
        incident_id="js-1",
        preceding_message_id="r-1",
        lender="zj/centre/desk",
        lines=(AidLineAnswer(line_id="1", response=accepted, resource=unit),),
    )
    async with gateway(js, zj):
        asked = (await js.bus.publish(request, area=AREA)).envelope
        await wait_for_bodies(zj, 1)
        (received,) = [entry.envelope async for entry in zj.bus.history(Filter(key="js-1"))]
        await zj.bus.send(received.answer(answer, source=zj.bus.agency))
        there, back = await wait_for_bodies(js, 2)
    assert received == asked
    answered = Envelope.decode(back)
    assert (answered.correlation, answered.causation) == (asked.id, asked.id)
    assert str(answered.source) == "zj/centre/desk"
    assert [there, back] == await zj.bodies()


async def test_bytes_and_signature_cross_unchanged(regions: Regions) -> None:
    """Another program's JSON, with a field that we do not know, is passed on as it is."""
    js, zj = regions
    envelope = js.bus.envelope(reported("js-1"), area=AREA)
    body = envelope.encode().replace(b'"summary"', b' "later": 1,\n "summary"')
    headers = {"Nats-Msg-Id": envelope.id, "Liandong-Signature": "c2ln"}
    client = await nats.connect(js.server.url)
    async with gateway(js, zj):
        await client.jetstream().publish(str(envelope.subject), body, headers=headers)
        await wait_for_bodies(zj, 1)
    await client.close()
    (crossed,) = await zj.log()
    assert crossed.raw.body == body
    assert crossed.raw.subject == str(envelope.subject)
    assert headers.items() <= crossed.raw.headers.items()


async def test_nothing_goes_round(regions: Regions, until: Until) -> None:
    """Two gateways with the same agreement, one run by each side, and still each event once."""
    js, zj = regions
    async with gateway(js, zj, name="ours") as ours, gateway(js, zj, name="theirs") as theirs:
        await report_many(js.bus, 30, [])
        await report_many(zj.bus, 30, [])
        await until(lambda: _crossed(ours) == _crossed(theirs) == 60)
        assert ours.counters["js-zj-stored"] + theirs.counters["js-zj-stored"] == 30
    assert len(await js.bodies()) == len(await zj.bodies()) == 60


def _crossed(joined: Gateway) -> int:
    return sum(n for name, n in joined.counters.items() if not name.endswith("buried"))


@pytest.mark.parametrize("victim", [0, 1], ids=["the side that tells", "the side that is told"])
async def test_a_cut_link_heals_with_nothing_lost_twice_or_out_of_order(
    regions: Regions, until: Until, victim: int
) -> None:
    """A broker is killed three times while 400 events are on their way."""
    js, zj = regions
    done: list[Envelope] = []
    async with gateway(js, zj):
        telling = asyncio.create_task(report_many(js.bus, 400, done))
        for mark in (50, 150, 250):
            await until(lambda mark=mark: len(done) >= mark)
            await regions[victim].kill()
            await regions[victim].revive()
        await telling
        arrived = await wait_for_bodies(zj, 400)
    assert arrived == [envelope.encode() for envelope in done]


async def test_a_gateway_that_was_away_goes_on_where_it_stopped(
    regions: Regions,
) -> None:
    """What was said meanwhile crosses when it is back, once."""
    js, zj = regions
    done: list[Envelope] = []
    async with gateway(js, zj):
        await report_many(js.bus, 10, done)
        await wait_for_bodies(zj, 10)
    await report_many(js.bus, 10, done)
    async with gateway(js, zj):
        arrived = await wait_for_bodies(zj, 20)
    assert arrived == [envelope.encode() for envelope in done]


async def test_a_link_that_is_down_is_told_to_the_side_that_is_up(
    regions: Regions, until: Until
) -> None:
    """A heartbeat says so at once, and again when it is well."""
    js, zj = regions
    told: list[AdapterHeartbeat] = []

    async def note(envelope: Envelope) -> None:
        assert isinstance(envelope.data, AdapterHeartbeat)
        told.append(envelope.data)

    await js.bus.subscribe("desk", note, Filter(contracts=(AdapterHeartbeat,)))
    async with gateway(js, zj):
        await until(lambda: told and told[-1].state == "ok")
        await zj.kill()
        await until(lambda: told[-1].state == "down")
        assert "zj" in told[-1].problem
        await zj.revive()
        await until(lambda: told[-1].state == "ok")


async def test_what_is_not_shared_stays(regions: Regions) -> None:
    """An area that the agreement does not name never leaves; a later one behind it does."""
    js, zj = regions
    only = {"from_region": "js", "to_region": "zj", "contracts": ["incident.*"], "areas": ["cn.99"]}
    async with gateway(js, zj, Agreement.model_validate({"share": [only]})):
        await js.bus.publish(reported("js-1"), area="cn.98")
        named = reported("js-2").model_copy(update={"description": "may name people"})
        await js.bus.publish(named, area="cn.99")
        await js.bus.publish(reported("js-3"), area="cn.99.01")
        await zj.bus.publish(reported("zj-1"), area="cn.99")
        await wait_for_bodies(zj, 2)
    keys = [entry.envelope.key for entry in await zj.log() if entry.envelope]
    assert sorted(keys) == ["js-3", "zj-1"]
    assert len(await js.bodies()) == 3


async def test_a_message_that_cannot_be_passed_on_is_a_dead_letter_and_holds_nothing_up(
    regions: Regions,
) -> None:
    """A body that claims another sender than its subject is kept here, and the next one crosses."""
    js, zj = regions
    forged = js.bus.envelope(reported("js-1"), area=AREA)
    subject = str(forged.subject).replace(".centre.", ".police.")
    client = await nats.connect(js.server.url)
    async with gateway(js, zj):
        await client.jetstream().publish(subject, forged.encode())
        await js.bus.publish(reported("js-2"), area=AREA)
        await wait_for_bodies(zj, 1)
    await client.close()
    (found,) = await js.bus.dead_letters.list()
    assert found.letter.reason == Reason.SUBJECT_MISMATCH
    assert found.original == forged.encode()


async def test_a_dead_letter_of_the_gateway_can_be_tried_again(
    regions: Regions, until: Until
) -> None:
    """An id that somebody else holds over there stops an order; what an operator re-drives fails
    again under a new letter which names the first.
    """  # noqa: D205  one sentence
    js, zj = regions
    line = AidLine(line_id="1", resource=AidResource(name="boat"))
    request = AidRequested(request_id="r-1", borrower="js/centre/desk", lines=(line,))
    envelope = js.bus.envelope(request, area=AREA)
    squatter = zj.bus.envelope(request, area=AREA, id=envelope.id)
    await zj.bus.send(squatter)
    async with gateway(js, zj) as joined:
        await js.bus.send(envelope)
        await until(lambda: joined.counters["js-zj-buried"] == 1)
        (first,) = await js.bus.dead_letters.list()
        assert await js.bus.dead_letters.redrive(first.letter, why="the squatter is gone")
        await until(lambda: joined.counters["js-zj-buried"] == 2)
    (second,) = await js.bus.dead_letters.list()
    assert first.letter.reason == second.letter.reason == Reason.ID_TAKEN
    assert second.letter.previous == first.letter.id


async def test_modes_are_not_mixed(regions: Regions) -> None:
    """An exercise can never cross into another region's live bus."""
    js, zj = regions
    async with await zj.connect("gateway", mode=Mode.EXERCISE) as drill:
        with pytest.raises(ConfigurationError, match="one mode"):
            Gateway(js.bus, drill, BOTH, area=AREA)


async def test_an_agreement_of_others_is_a_mistake(regions: Regions) -> None:
    """A gateway that would carry nothing says so at once."""
    js, zj = regions
    other = {"from_region": "js", "to_region": "sh", "contracts": ["aid.*"]}
    with pytest.raises(ConfigurationError, match="shares nothing between js and zj"):
        Gateway(js.bus, zj.bus, Agreement.model_validate({"share": [other]}), area=AREA)
