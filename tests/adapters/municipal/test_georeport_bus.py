"""A citizen's request and its answer, end to end: HTTP, the SDK, a real bus."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from municipal_line import GAS, at_work

from liandong.adapters.municipal.georeport import GeoReport
from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Event,
    Precedence,
    ReferralAccepted,
    ReferralClosed,
    ReferralOffered,
    ReferralOutcome,
    ReferralProgressed,
    RequestStatus,
)


@pytest.fixture
async def citizen(
    georeport: GeoReport, nats_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx.AsyncClient]:
    """Run the municipal line on this test's bus; return a citizen's client of it."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    async with (
        at_work(georeport, nats_server),
        httpx.AsyncClient(base_url=f"http://{georeport.address}") as client,
    ):
        yield client


async def shown(citizen: httpx.AsyncClient, request_id: str, notes: str) -> dict[str, object]:
    """Return the request once its status notes say so."""
    while True:
        request = (await citizen.get(f"/requests/{request_id}.json")).json()[0]
        if request["status_notes"] == notes:
            return request
        await asyncio.sleep(0.02)


def answers(referral_id: str) -> tuple[Event, Event, Event]:
    """Return how the fire service accepts a referral, goes on with it and closes it."""
    accepted = ReferralAccepted(
        referral_id=referral_id,
        accepted_by="lz/fire/119",
        status_notes="An engine is on its way",
    )
    progressed = ReferralProgressed(
        referral_id=referral_id,
        progressed_by="lz/fire/119",
        agency_responsible="Example fire station",
        status=RequestStatus.OPEN,
        status_notes="Valve closed",
        expected_datetime=datetime(2026, 11, 21, 9, tzinfo=UTC),
    )
    closed = ReferralClosed(
        referral_id=referral_id,
        closed_by="lz/fire/119",
        outcome=ReferralOutcome.RESOLVED,
        status_notes="Air is clean",
    )
    return accepted, progressed, closed


async def test_an_urgent_request_is_referred_and_its_answer_shown(
    bus: Bus, recorder: Recorder, citizen: httpx.AsyncClient
) -> None:
    """Posted, offered, then accepted, progressed and closed by fire: the citizen reads each."""
    answer = await citizen.post("/requests.json", data=GAS)
    request_id = answer.json()[0]["service_request_id"]
    (offered,) = await recorder.wait_for(1, ReferralOffered)
    assert isinstance(offered.data, ReferralOffered)
    assert offered.data.service_request_id == request_id
    assert (str(offered.source), offered.precedence) == ("lz/municipal/12345", Precedence.IMMEDIATE)
    accepted, progressed, closed = answers(offered.data.referral_id)
    await bus.publish(accepted, area=offered.area)
    taken = await shown(citizen, request_id, "An engine is on its way")
    assert (taken["status"], taken["agency_responsible"]) == ("open", "lz/fire/119")
    await bus.publish(progressed, area=offered.area)
    further = await shown(citizen, request_id, "Valve closed")
    assert (further["status"], further["agency_responsible"]) == ("open", "Example fire station")
    assert further["expected_datetime"] == "2026-11-21T09:00:00Z"
    await bus.publish(closed, area=offered.area)
    assert (await shown(citizen, request_id, "Air is clean"))["status"] == "closed"


async def test_a_repeated_post_is_one_referral(
    recorder: Recorder, citizen: httpx.AsyncClient, georeport: GeoReport
) -> None:
    """Three times the same form at once and once later: one id, one event."""
    together = await asyncio.gather(*(citizen.post("/requests.json", data=GAS) for _ in range(3)))
    later = await citizen.post("/requests.json", data=GAS)
    assert len({answer.text for answer in (*together, later)}) == 1
    await citizen.post("/requests.json", data=GAS | {"device_id": "phone-2"})
    assert len(await recorder.wait_for(2, ReferralOffered)) == 2
    assert georeport.health.counters.published == 2


class TestABusThatIsAway:
    """Where the broker does not answer while a citizen waits."""

    @pytest.fixture
    def options(self) -> dict[str, object]:
        """Let the citizen wait for a second."""
        return {"answer_within": timedelta(seconds=1)}

    async def test_the_citizen_is_told_to_send_again(
        self, nats_server: Server, citizen: httpx.AsyncClient
    ) -> None:
        """503 with Retry-After and no id, within the site's time."""
        await nats_server.kill()
        answer = await citizen.post("/requests.json", data=GAS)
        assert (answer.status_code, answer.json()[0]["code"]) == (503, 503)
        assert answer.headers["retry-after"]
