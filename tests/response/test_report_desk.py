"""Reports on a real server: asked for, reminded of, chased, and passed on up the tiers."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    IncidentClassified,
    IncidentReported,
    Location,
    ReportDue,
    ReportFiled,
    ReportOverdue,
    ReportStage,
)
from liandong.ops.reports import Asked, card, listed
from liandong.response import Desk, Shelf
from liandong.response.report_rules import DutyAgency, ReportRules, default_rules
from liandong.response.reports import reports

AREA = "cn.99.01.03"
STATION, COUNTY, CITY = "lz/fire/station", "lz/emergency/county", "lz/emergency/city"
SECRET = b"a secret of this test"
DUTY = (
    DutyAgency(tier="county", area=AREA, agency=COUNTY),
    DutyAgency(tier="city", area="cn.99.01", agency=CITY),
)


def hurried() -> ReportRules:
    """Return rules under which a report is due within a second."""
    times = {
        "first_within_s": 0.8,
        "pass_on_within_s": 60,
        "remind_before_s": 0.4,
        "chase_every_s": 0.4,
    }
    grade = {g: rule.model_copy(update=times) for g, rule in default_rules().grade.items()}
    return ReportRules(grade=grade, duty=DUTY)


CONCERN = reports(hurried())


@asynccontextmanager
async def watching(bus: Bus) -> AsyncGenerator[None]:
    """Run a desk."""
    desk = asyncio.create_task(Desk(bus, CONCERN, SECRET).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


INCIDENT = IncidentReported(
    incident_id="lz-1", location=Location(place="quay"), summary="A tank on fire"
)
JUDGED = IncidentClassified(
    incident_id="lz-1",
    category="accident",
    grade="III",
    agency=COUNTY,
    decided_by="duty director",
    basis="two tanks",
)
FILED = ReportFiled(
    report_id="lz-1-county-1",
    incident_id="lz-1",
    stage=ReportStage.FIRST,
    series_number=1,
    reporter=STATION,
    to_tier="county",
    summary="A tank on fire, two crews there",
)


async def test_a_report_is_asked_for_reminded_of_chased_and_passed_on(
    nats_server: Server, bus: Bus, recorder: Recorder
) -> None:
    """Two desks say each thing once; filed at one tier, it is due at the next."""
    servers = (nats_server.url,)
    async with (
        await connect(servers=servers, agency=STATION) as station,
        await connect(servers=servers, agency=COUNTY) as county,
        await connect(servers=servers, agency=str(bus.agency)) as twin,
        watching(bus),
        watching(twin),
    ):
        await station.publish(INCIDENT, area=AREA)
        await county.publish(JUDGED, area=AREA)
        asked, reminder = await recorder.wait_for(2, ReportDue)
        chased = await recorder.wait_for(2, ReportOverdue)
        await station.publish(FILED, area=AREA)
        *_, passed_on = await recorder.wait_for(4, ReportDue)
    assert asked.data == reminder.data
    numbers = [envelope.data.reminder_number for envelope in chased]  # type: ignore[attr-defined]
    assert numbers == [1, 2]
    dues = [envelope.data for envelope in recorder.of(ReportDue)]
    names = [(d.reporter, d.to_tier, d.series_number) for d in dues if isinstance(d, ReportDue)]
    assert sorted(set(names)) == [
        (COUNTY, "city", 1),
        (STATION, "county", 1),
        (STATION, "county", 2),
    ]
    assert isinstance(passed_on.data, ReportDue)


async def test_a_desk_that_starts_again_asks_for_nothing_twice(
    nats_server: Server, bus: Bus, recorder: Recorder
) -> None:
    """What was filed while it was away is filed; the command line shows what is due."""
    async with await connect(servers=(nats_server.url,), agency=STATION) as station:
        async with watching(bus):
            graded = INCIDENT.model_copy(update={"grade": JUDGED.grade})
            await station.publish(graded, area=AREA)
            await recorder.wait_for(1, ReportDue)
        await station.publish(FILED, area=AREA)
        async with watching(bus):
            await recorder.wait_for(3, ReportDue)
    names = [envelope.data.report_id for envelope in recorder.of(ReportDue)]  # type: ignore[attr-defined]
    assert sorted(names) == ["lz-1-city-1", "lz-1-county-1", "lz-1-county-2"]
    assert recorder.of(ReportOverdue) == []
    shelf = Shelf(bus, CONCERN)
    await shelf.open()
    known, now = await shelf.states(), datetime.now(UTC)
    assert listed(known, Asked(only_overdue=True), now) == []
    (one,) = listed(known, Asked(only_open=True), now)
    about = card(one, now)
    assert [due["reporter"] for due in about["due"]] == [STATION, COUNTY]
    assert about["filed"][0]["by"] == STATION
