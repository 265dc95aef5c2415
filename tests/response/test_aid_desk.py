"""The aid desk on a real server: one place asks, the region answers, all comes home."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AidAnswered,
    AidCommitted,
    AidDeploymentAsked,
    AidDeploymentReported,
    AidExtensionAnswered,
    AidExtensionAsked,
    AidInformationAsked,
    AidRecalled,
    AidReleased,
    AidRequested,
    Envelope,
    Event,
)
from liandong.ops.aid import Wanted, aid_of
from liandong.response import Concern, Desk, Shelf
from liandong.response.agreements import Agreements
from liandong.response.aid import mutual_aid
from liandong.response.aid_ledger import aid_ledger
from liandong.response.aid_state import Aid
from response.aid_talk import BH, LZ, QS, YP, terms

AREA = "cn.99.01"
SECRET = b"a secret of this test"
AGREEMENTS = Agreements.model_validate(
    {
        "answer_within_s": 1,
        "agreement": [
            terms(QS, 1),
            terms(YP, 1),
            terms("ts/emergency/tieshan-bureau", 1),
            terms(BH, 2),
        ],
    }
)
AID = mutual_aid("lz", AGREEMENTS)
Data = dict[str, Any]


@asynccontextmanager
async def watching(*buses: Bus, concern: Concern[Any] = AID) -> AsyncGenerator[None]:
    """Run a desk on each."""
    desks = [asyncio.create_task(Desk(bus, concern, SECRET).run()) for bus in buses]
    try:
        yield
    finally:
        for desk in desks:
            desk.cancel()
        await asyncio.gather(*desks, return_exceptions=True)


@asynccontextmanager
async def agencies(server: Server, *names: str) -> AsyncGenerator[list[Bus]]:
    """Connect some agencies."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(await connect(servers=(server.url,), agency=name))
            for name in names
        ]


async def say(bus: Bus, contract: type[Event], **fields: Any) -> Envelope:
    """Say something in the thread."""
    event = contract.model_validate({"request_id": "lz-aid-9", "incident_id": "lz-9"} | fields)
    return (await bus.publish(event, area=AREA)).envelope


def of_unit(unit: str, **times: datetime) -> Data:
    """Return a line about a unit."""
    return {
        "line_id": unit,
        "resource": {"unit_id": unit},
        "schedule": [{"type": name, "time": time} for name, time in times.items()],
    }


def grants(unit: str, **times: datetime) -> Data:
    """Return a line that grants one."""
    response = {"to_line_id": "1", "answer": "in_part", "response_type": "Accept"}
    return of_unit(unit, **times) | {
        "response": response,
        "assignment": {"quantity": {"amount": 1}},
    }


def moment(seconds: float) -> datetime:
    """Return a moment so many seconds from now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def until(bus: Bus, holds: Any, concern: Concern[Any] = AID, thread: str = "lz-aid-9") -> Any:
    """Return what is kept once something holds of it."""
    shelf = Shelf(bus, concern)
    await shelf.open()
    async with asyncio.timeout(10):
        while not ((kept := await shelf.state(thread)) and holds(kept)):  # noqa: ASYNC110  no bell
            await asyncio.sleep(0.02)
    return kept


def phases(aid: Aid) -> list[tuple[str, str]]:
    """Return how far everything lent is."""
    return sorted((loan.unit_id, loan.phase.value) for loan in aid.loans)


def left_with(aid: Aid, lender: str) -> list[tuple[str, str]]:
    """Return what a lender sees of its units that are away."""
    about = aid_of({aid.request_id: aid}, Wanted(lender=lender), AGREEMENTS, moment(0))
    return [(one["unit"], one["phase"]) for one in about["lent"]]


def desk_says(recorder: Recorder) -> list[tuple[str, str]]:
    """Return what the desks have said, and to whom."""
    return [
        (e.data.event, ",".join(getattr(e.data, "asked_agencies", ())) or str(_to(e.data)))
        for e in recorder.seen
        if str(e.source) == "lz/centre/desk"
    ]


def _to(event: Event) -> str | None:
    return getattr(event, "said_to", None) or getattr(event, "lender", None)


async def test_one_place_asks_and_the_region_acts(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Two neighbours lend a part, a silent one widens the request, all that came goes home."""
    async with (
        agencies(nats_server, "lz/centre/desk", LZ, QS, YP, BH) as (twin, lz, qs, yp, bh),
        watching(bus, twin),
    ):
        needed = {"line_id": "1", "resource": {"name": "Hazmat team"}}
        needed["assignment"] = {"quantity": {"amount": 3}}
        await say(
            lz, AidRequested, borrower=LZ, lines=[needed], message_id="M1", answer_by=moment(0.7)
        )
        await recorder.wait_for(2, AidRequested)
        reply: Data = {"borrower": LZ, "preceding_message_id": "M1"}
        await say(qs, AidAnswered, lender=QS, lines=[grants("Q1")], **reply)
        await say(yp, AidAnswered, lender=YP, lines=[grants("Y1")], **reply)
        (_, _, wider) = await recorder.wait_for(3, AidRequested)
        assert isinstance(wider.data, AidRequested)
        assert wider.data.asked_agencies == (BH,)

        home = moment(0.9)
        for lender, name, unit in ((qs, QS, "Q1"), (yp, YP, "Y1"), (bh, BH, "B1"), (bh, BH, "B2")):
            line = grants(unit, EstimatedReturnDeparture=home if unit == "Q1" else moment(600))
            await say(lender, AidCommitted, lender=name, lines=[line], **reply)
        (refused,) = await recorder.wait_for(1, AidReleased)
        assert isinstance(refused.data, AidReleased)
        assert refused.data.lender == BH

        for unit, who, name in (("Q1", qs, QS), ("Y1", yp, YP)):
            there = of_unit(unit, ActualDeparture=moment(0), ActualArrival=moment(0))
            await say(who, AidDeploymentReported, said_by=name, lines=[there])
        late = await recorder.wait_for(1, AidDeploymentAsked)
        assert (late[0].time, _to(late[0].data)) == (home, LZ)

        longer = [of_unit("Q1", RequestedReturnDeparture=moment(600))]
        await say(lz, AidExtensionAsked, borrower=LZ, lender=QS, message_id="M2", lines=longer)
        yes = grants("Q1") | {
            "response": {"to_line_id": "Q1", "answer": "accept", "response_type": "Accept"}
        }
        await say(qs, AidExtensionAnswered, lender=QS, preceding_message_id="M2", lines=[yes])
        await say(yp, AidRecalled, lender=YP, lines=[of_unit("Y1")])
        await recorder.wait_for(1, AidInformationAsked)
        await say(lz, AidReleased, borrower=LZ, lines=[of_unit("Q1")])
        for unit, who, name in (("Q1", qs, QS), ("Y1", yp, YP)):
            back = of_unit(unit, ActualReturnArrival=moment(0))
            await say(who, AidDeploymentReported, said_by=name, lines=[back])
        ended = [("B1", "committed"), ("B2", "refused"), ("Q1", "home"), ("Y1", "home")]
        aid = await until(bus, lambda aid: phases(aid) == ended)
        extended = next(loan.until for loan in aid.loans if loan.unit_id == "Q1")
        assert extended
        assert extended > home
    assert desk_says(recorder) == [
        ("aid.requested", f"{QS},ts/emergency/tieshan-bureau,{YP}"),
        ("aid.requested", BH),
        ("aid.released", BH),
        ("aid.deployment_asked", LZ),
        ("aid.information_asked", LZ),
    ]
    assert left_with(aid, "bh") == [("B1", "committed")]


async def test_two_ledgers_refuse_a_unit_that_is_lent_already_once(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """The first borrower keeps it; the other's line is open again."""
    ledger = aid_ledger("lz")
    async with (
        agencies(nats_server, "lz/centre/desk", LZ, QS) as (twin, lz, qs),
        watching(bus),
        watching(bus, twin, concern=ledger),
    ):
        for name in ("lz-aid-8", "lz-aid-9"):
            line = {"line_id": "1", "resource": {"name": "Pump"}}
            ask = {"request_id": name, "borrower": LZ, "lines": [line]}
            await say(lz, AidRequested, asked_agencies=[QS], answer_by=moment(600), **ask)
            lend = {"request_id": name, "lender": QS, "borrower": LZ, "lines": [grants("Q1")]}
            await say(qs, AidCommitted, preceding_message_id="x", **lend)
        (refused,) = await recorder.wait_for(1, AidReleased)
        assert isinstance(refused.data, AidReleased)
        assert (refused.data.request_id, refused.data.lender) == ("lz-aid-9", QS)
        await until(bus, lambda aid: phases(aid) == [("Q1", "refused")])
        await until(bus, lambda kept: kept.lent and not kept.clashes, ledger, "lent")
    assert len(recorder.of(AidReleased)) == 1


async def test_a_deadline_that_passes_while_no_desk_runs_widens_after_the_start(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """A restart forgets neither who was asked nor who answered."""
    async with agencies(nats_server, LZ) as (lz,):
        line = {"line_id": "1", "resource": {"name": "Pump"}}
        who = [QS, YP, "ts/emergency/tieshan-bureau"]
        async with watching(bus):
            await say(
                lz,
                AidRequested,
                borrower=LZ,
                lines=[line],
                asked_agencies=who,
                answer_by=moment(0.5),
            )
            aid = await until(bus, lambda aid: bool(aid.lines))
        by = aid.lines[0].answer_by
        assert by
        await asyncio.sleep((by - datetime.now(UTC)).total_seconds())  # the deadline is in time
        async with watching(bus):
            (_, wider) = await recorder.wait_for(2, AidRequested)
    assert wider.time == by
    assert desk_says(recorder) == [("aid.requested", BH)]
