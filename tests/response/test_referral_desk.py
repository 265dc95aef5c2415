"""Referrals on a real server: silence is told of, danger goes to the emergency side, in figures."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from liandong.bus import Bus, Server, connect
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AlarmCleared,
    AlarmName,
    AlarmRaised,
    Envelope,
    IncidentReported,
    Location,
    ReferralAccepted,
    ReferralClosed,
    ReferralOffered,
)
from liandong.ops.alarms import alarms_of
from liandong.ops.referrals import card, figures_of
from liandong.response import Desk, Shelf
from liandong.response.referral import emergency_id
from liandong.response.referral_rules import default_rules
from liandong.response.referrals import referrals

AREA = "cn.99.01"
POLICE, HOTLINE = "lz/police/110", "lz/municipal/12345"
SECRET = b"a secret of this test"
CONCERN = referrals(default_rules().model_copy(update={"chase_every_s": 0.3}))


@asynccontextmanager
async def watching(bus: Bus) -> AsyncGenerator[None]:
    """Run a desk."""
    desk = asyncio.create_task(Desk(bus, CONCERN, SECRET).run())
    try:
        yield
    finally:
        desk.cancel()
        await asyncio.gather(desk, return_exceptions=True)


def offer(referral_id: str, **fields: Any) -> ReferralOffered:
    """Return a request that the police hand to the hotline, to be answered within half a second."""
    now = datetime.now(UTC)
    return ReferralOffered.model_validate(
        {
            "referral_id": referral_id,
            "from_service": "police",
            "to_service": "municipal",
            "to_agency": HOTLINE,
            "urgency": "routine",
            "summary": "A broken lamp",
            "requested_datetime": now,
            "expected_datetime": now + timedelta(seconds=0.5),
        }
        | fields
    )


def is_overdue(envelope: Envelope) -> bool:
    """Say whether an event tells of a silence."""
    said = envelope.data
    return isinstance(said, AlarmRaised) and said.name is AlarmName.REFERRAL_OVERDUE


async def test_a_silence_is_told_of_until_somebody_answers(
    nats_server: Server, bus: Bus, recorder: Recorder
) -> None:
    """Two desks say it once each time; it stands among the alarms that a person sees."""
    servers = (nats_server.url,)
    async with (
        await connect(servers=servers, agency=POLICE) as police,
        await connect(servers=servers, agency=HOTLINE) as hotline,
        await connect(servers=servers, agency=str(bus.agency)) as twin,
        watching(bus),
        watching(twin),
    ):
        await police.publish(offer("r-1"), area=AREA)
        told = await recorder.wait_for(2, where=is_overdue)
        assert [alarm.alarm.about for alarm in await alarms_of(bus)] == ["r-1"]
        await hotline.publish(
            ReferralAccepted(
                referral_id="r-1",
                accepted_by=HOTLINE,
                expected_datetime=datetime.now(UTC) + timedelta(hours=1),
            ),
            area=AREA,
        )
        (over,) = await recorder.wait_for(1, AlarmCleared)
    raised = [envelope.data for envelope in recorder.of(AlarmRaised)]
    assert len({envelope.id for envelope in recorder.of(AlarmRaised)}) == len(raised)
    assert len({envelope.time for envelope in told}) == len(told)
    assert isinstance(over.data, AlarmCleared)
    assert {alarm.alarm_id for alarm in raised} == {over.data.alarm_id}  # type: ignore[attr-defined]


async def test_what_may_turn_dangerous_goes_to_the_emergency_side_once(
    nats_server: Server, bus: Bus, recorder: Recorder
) -> None:
    """Also where the desk is started again, and what people did with it goes on beside."""
    request = {"from_service": "municipal", "to_service": "utilities", "to_agency": None}
    servers = (nats_server.url,)
    async with await connect(servers=servers, agency=HOTLINE) as hotline:
        async with watching(bus):
            summary = "A smell of gas in the stairs"
            await hotline.publish(offer("r-1", summary=summary, **request), area=AREA)
            first, copy = await recorder.wait_for(2, ReferralOffered)
        async with watching(bus):
            await hotline.publish(offer("r-2", summary="gas leak", **request), area=AREA)
            await recorder.wait_for(4, ReferralOffered)
            await hotline.publish(offer("r-3", **request), area=AREA)
            await recorder.wait_for(1, where=is_overdue)
    names = [envelope.data.referral_id for envelope in recorder.of(ReferralOffered)]  # type: ignore[attr-defined]
    assert names.count(emergency_id("r-1")) == names.count(emergency_id("r-2")) == 1
    assert isinstance(copy.data, ReferralOffered)
    assert (copy.data.to_service, copy.causation) == ("fire", first.id)
    shelf = Shelf(bus, CONCERN)
    await shelf.open()
    known = await shelf.states()
    about = card(known["r-1"], known, datetime.now(UTC))
    assert about["danger"]["offered_as"] == emergency_id("r-1")
    assert about["danger"]["held_by"] == str(bus.agency)


async def test_the_share_diverted_and_the_time_to_close_are_figures(
    nats_server: Server, bus: Bus
) -> None:
    """Of four requests of the police, the hotline took one."""
    async with (
        await connect(servers=(nats_server.url,), agency=POLICE) as police,
        await connect(servers=(nats_server.url,), agency=HOTLINE) as hotline,
    ):
        for number in range(3):
            await police.publish(
                IncidentReported(
                    incident_id=f"lz-{number}", location=Location(place="quay"), summary="A quarrel"
                ),
                area=AREA,
            )
        for number in range(2):
            await police.publish(offer(f"r-{number}", incident_id="lz-0"), area=AREA)
        await police.publish(offer("r-2"), area=AREA)
        await hotline.publish(
            ReferralClosed(
                referral_id="r-2", closed_by=HOTLINE, outcome="resolved", status_notes="mended"
            ),
            area=AREA,
        )
    (flow,) = await figures_of(bus)
    assert (flow.requests, flow.offered, flow.taken, flow.closed) == (4, 3, 1, 1)
    assert flow.share_diverted == 0.25
    assert flow.close_s
    assert 0 <= flow.close_s[0] < 60
