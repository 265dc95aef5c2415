"""Who takes part in an incident gets all about it, on a real server: first what was, then more."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest

from liandong.bus import Bus, Server, connect
from liandong.contracts import (
    Addressee,
    Envelope,
    Event,
    Filter,
    IncidentUpdated,
    MergeDirection,
    OrderIssued,
    OrderReported,
    OrderState,
    PrimaryUnitStatus,
    UnitStatus,
)
from liandong.response import Desk
from liandong.response.incidents import INCIDENTS
from liandong.response.participation import taking_part
from response.incident_life import FIRE, MEDICAL, POLICE, joined, left, merged, reported

AREA = "cn.99.01"


@asynccontextmanager
async def agency(server: Server, name: str) -> AsyncGenerator[Bus]:
    """Connect an agency."""
    async with await connect(servers=(server.url,), agency=name) as opened:
        yield opened


async def say(bus: Bus, *events: Event) -> list[str]:
    """Publish events one after another; return their ids."""
    return [(await bus.publish(event, area=AREA)).envelope.id for event in events]


async def read(told: AsyncGenerator[Envelope, None], count: int) -> list[Envelope]:
    """Return so many of what an agency is told."""
    async with asyncio.timeout(20):
        return [await anext(told) for _ in range(count)]


def ids(told: list[Envelope]) -> list[str]:
    """Return the ids of events."""
    return [event.id for event in told]


def update(text: str, incident_id: str = "i-1") -> IncidentUpdated:
    """Return an update."""
    return IncidentUpdated(incident_id=incident_id, summary=text)


def order(incident_id: str = "i-1") -> OrderIssued:
    """Return an order."""
    return OrderIssued(
        order_id=f"o-{incident_id}",
        incident_id=incident_id,
        addressee=Addressee(agency=FIRE),
        action="dispatch",
        issued_by="commander",
    )


def accepted(number: int, incident_id: str = "i-1") -> OrderReported:
    """Return an answer to it."""
    return OrderReported(
        order_id=f"o-{incident_id}",
        incident_id=incident_id,
        state=OrderState.SEEN,
        reported_by=f"crew {number}",
    )


def busy(number: int) -> UnitStatus:
    """Return what a unit does there."""
    status: dict[str, Any] = {"primary_status": PrimaryUnitStatus.NOT_AVAILABLE}
    return UnitStatus(unit_id=f"u-{number}", incident_id="i-1", **status)


@pytest.mark.usefixtures("bus")
async def test_a_late_joiner_gets_what_was_and_then_what_follows(
    nats_server: Server,
) -> None:
    """Orders and unit states as well; nothing of incidents in which it has no part."""
    async with agency(nats_server, POLICE) as police, agency(nats_server, MEDICAL) as medical:
        past = await say(police, reported(), order(), update("Smoke"), busy(1))
        await say(police, reported("i-2"), order("i-2"))
        async with aclosing(taking_part(medical)) as told:
            first = asyncio.create_task(read(told, 5))
            await asyncio.sleep(0)
            past += await say(police, joined(MEDICAL, 0))
            assert ids(await first) == past
            more = await say(police, update("Fire"), accepted(1), update("Wind", "i-2"), busy(2))
            assert sorted(ids(await read(told, 3))) == sorted(more[:2] + more[3:])


async def test_all_of_the_n_are_told_the_same_however_much_is_said_meanwhile(
    bus: Bus, nats_server: Server
) -> None:
    """Joining in the midst of it leaves no gap and repeats nothing, in the order of each lane."""
    rounds = 60
    async with agency(nats_server, POLICE) as police, agency(nats_server, MEDICAL) as medical:
        await say(police, reported())
        async with aclosing(taking_part(medical)) as told:
            reading = asyncio.create_task(read(told, 3 * rounds + 3))
            for number in range(rounds):
                if number in {20, 40}:
                    await say(police, joined(MEDICAL, number))
                await say(police, update(f"Smoke {number}"), accepted(number), busy(number))
            seen = await reading
        stored = [entry async for entry in bus.history(Filter(key="i-1"))]
    for stream in {entry.raw.stream for entry in stored}:
        lane = [e.envelope.id for e in stored if e.raw.stream == stream and e.envelope]
        assert [event.id for event in seen if event.id in set(lane)] == lane
    assert len(seen) == len(stored)


@pytest.mark.usefixtures("bus")
async def test_who_has_left_is_told_no_more_until_it_joins_again(
    nats_server: Server,
) -> None:
    """Then it gets what it missed, and nothing that it had."""
    async with agency(nats_server, POLICE) as police, agency(nats_server, FIRE) as fire:
        started = await say(police, reported(), joined(FIRE, 0))
        await say(fire, reported("mine"))
        async with aclosing(taking_part(fire)) as told:
            assert set(ids(await read(told, 3))) > set(started)
            gone = await say(police, left(FIRE, 1), update("Secret"))
            mark = await say(fire, update("Still here", "mine"))
            assert ids(await read(told, 2)) == [gone[0], *mark]
            again = await say(police, joined(FIRE, 2))
            assert ids(await read(told, 2)) == [gone[1], *again]


async def test_who_takes_part_in_one_that_is_merged_is_told_of_the_other(
    bus: Bus, nats_server: Server
) -> None:
    """It goes on in there; a desk that keeps the incidents changes nothing of this."""
    desk = asyncio.create_task(Desk(bus, INCIDENTS, b"secret").run())
    async with agency(nats_server, POLICE) as police, agency(nats_server, FIRE) as fire:
        other = await say(fire, reported("i-2"), update("Flames", "i-2"))
        mine = await say(police, reported())
        async with aclosing(taking_part(police)) as told:
            assert ids(await read(told, 1)) == mine
            ended = await say(police, merged("i-2", MergeDirection.REPLACED))
            assert ids(await read(told, 3)) == ended + other
            more = await say(fire, update("Out", "i-2"))
            assert ids(await read(told, 1)) == more
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)
