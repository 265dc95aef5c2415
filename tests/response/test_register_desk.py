"""The desk of registers on a real server: who asks is answered from what was said before."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AvailabilityAnswered,
    AvailabilityAsked,
    BedCapacity,
    FacilityStatus,
    Location,
    Point,
    RegisterResource,
    UnitPosition,
    UnitStatus,
)
from liandong.response import Shelf
from liandong.response.register_desk import RegisterDesk
from liandong.response.registers import REGISTERS

AREA = "cn.99.01"
HERE = Point.at(118.4, 31.9)
SECRET = b"a secret of this test"


@asynccontextmanager
async def answering(bus: Bus) -> AsyncGenerator[None]:
    """Run a desk."""
    desk = asyncio.create_task(RegisterDesk(bus, SECRET).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


def hospital(name: str, count: int, longitude: float) -> FacilityStatus:
    """Return what a hospital says of its burn beds."""
    return FacilityStatus(
        facility_id=name,
        last_update=datetime.now(UTC),
        location=Location(point=Point.at(longitude, 31.9)),
        beds=(BedCapacity(bed_type="Burn", available_count=count),),
    )


def question(name: str, kind: str = "beds", **more: object) -> AvailabilityAsked:
    """Return a question about what is within forty kilometres."""
    return AvailabilityAsked.model_validate(
        {
            "question_id": name,
            "wanted": RegisterResource.model_validate({"kind": kind}),
            "near": HERE,
            "within_m": 40_000,
            "asked_by": "lz/police/110",
        }
        | more
    )


def holdings(recorder: Recorder) -> list[tuple[str, str, float]]:
    """Return what was answered so far: to which question, what, how much of it."""
    answers = [e.data for e in recorder.of(AvailabilityAnswered)]
    return [
        (answer.question_id, held.entry_id, held.available_quantity)
        for answer in answers
        if isinstance(answer, AvailabilityAnswered)
        for held in answer.holdings
    ]


async def test_an_answer_counts_all_that_was_said_before_the_question(
    bus: Bus, recorder: Recorder
) -> None:
    """Even what was said in the same moment; the answer belongs to the question."""
    async with answering(bus):
        for count in range(1, 6):
            await bus.publish(hospital("near", count, 118.41), area=AREA)
        asked = await bus.publish(question("q-1"), area=AREA)
        (answer,) = await recorder.wait_for(1, AvailabilityAnswered)
        await bus.publish(hospital("far", 9, 119.5), area=AREA)
        await bus.publish(question("q-2"), area=AREA)
        await recorder.wait_for(2, AvailabilityAnswered)
    assert holdings(recorder) == [("q-1", "near", 5), ("q-2", "near", 5)]
    assert answer.causation == asked.envelope.id


async def test_two_desks_answer_once(bus: Bus, nats_server: Server, recorder: Recorder) -> None:
    """And one that starts later does not answer again, nor a question that waits for none."""
    late = datetime.now(UTC) - timedelta(seconds=1)
    async with await connect(servers=(nats_server.url,), agency=str(bus.agency)) as twin:
        async with answering(bus), answering(twin):
            await bus.publish(hospital("near", 3, 118.41), area=AREA)
            for number in range(5):
                await bus.publish(question(f"q-{number}"), area=AREA)
            await recorder.wait_for(5, AvailabilityAnswered)
        await bus.publish(question("too-late", answer_by=late), area=AREA)
        async with answering(twin):
            await bus.publish(question("last"), area=AREA)
            await recorder.wait_for(6, AvailabilityAnswered)
    answered = [name for name, _, _ in holdings(recorder)]
    assert sorted(answered) == ["last", *(f"q-{number}" for number in range(5))]


async def test_a_unit_is_found_where_it_is_now(bus: Bus, recorder: Recorder) -> None:
    """It was far away when it became free, and drove here."""
    far, moment = Location(point=Point.at(121, 31.9)), datetime.now(UTC)
    free = UnitStatus(unit_id="LZ-H1", primary_status="Available", location=far)
    await bus.publish(free, area=AREA, time=moment - timedelta(minutes=5))
    await bus.publish(UnitPosition(unit_id="LZ-H1", point=HERE), area=AREA)
    async with answering(bus):
        await bus.publish(question("q-1", "units"), area=AREA)
        await recorder.wait_for(1, AvailabilityAnswered)
    assert holdings(recorder) == [("q-1", "LZ-H1", 1)]
    shelf = Shelf(bus, REGISTERS)
    await shelf.open()
    assert sorted(kept.phase for kept in (await shelf.states()).values()) == ["answered", "listed"]
