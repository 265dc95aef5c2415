"""Orders and referrals handed to another municipal system, and its statuses, over a real bus."""

import tomllib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from municipal_line import at_work
from town_hall import TownHall

from liandong.adapters.codecs.open311 import Format
from liandong.adapters.municipal.backoffice import BackOffice
from liandong.adapters.municipal.settings import BackOfficeSettings
from liandong.adapters.sdk import Journal
from liandong.adapters.sdk.http import serve
from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Addressee,
    Agency,
    Discipline,
    Envelope,
    Location,
    MessageRejected,
    OrderIssued,
    OrderReported,
    OrderState,
    Point,
    ReferralAccepted,
    ReferralClosed,
    ReferralOffered,
    ReferralOutcome,
    ReferralProgressed,
    ReferralReturned,
    ReferralUrgency,
)

EXAMPLE = tomllib.loads(
    files("liandong.adapters.municipal").joinpath("backoffice.toml").read_text()
)
AREA = "cn.99.01"
CLOSE = OrderIssued(
    order_id="order-1",
    incident_id="fire-1",
    addressee=Addressee(agency="lz/municipal/roads"),
    action="close_road",
    action_text="Close Example Road",
    location=Location(point=Point.at(120.62, 31.3), address="Example Road 1 to 20"),
    issued_by="incident commander",
)
NOISE = ReferralOffered(
    referral_id="call-7",
    from_service=Discipline.POLICE,
    to_service=Discipline.MUNICIPAL,
    service_code="NOISE",
    urgency=ReferralUrgency.ROUTINE,
    summary="Noise at night",
    description="A pump runs all night",
    requested_datetime=datetime(2026, 11, 21, 8, tzinfo=UTC),
)


@pytest.fixture
async def hall() -> AsyncIterator[TownHall]:
    """Run a town hall on a free port."""
    hall = TownHall()
    async with serve(hall.application(), "127.0.0.1", 0) as address:
        hall.address = f"http://{address}/v2"
        yield hall


@pytest.fixture(params=Format)
def settings(
    request: pytest.FixtureRequest,
    hall: TownHall,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> BackOfficeSettings:
    """Return the example's settings for the town hall, in each format, asking often."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    return BackOfficeSettings.model_validate(
        EXAMPLE | {"endpoint": hall.address, "every": "PT0.05S", "format": request.param}
    )


@pytest.fixture
async def office(
    settings: BackOfficeSettings, nats_server: Server, journal: Journal
) -> AsyncIterator[BackOffice]:
    """Run the back office's adapter on this test's bus."""
    adapter = BackOffice(settings, journal)
    async with at_work(adapter, nats_server):
        yield adapter


async def reported(recorder: Recorder, state: OrderState) -> OrderReported:
    """Return the report of a state, once it is on the bus."""

    def fits(envelope: Envelope) -> bool:
        return isinstance(envelope.data, OrderReported) and envelope.data.state is state

    (found,) = await recorder.wait_for(1, OrderReported, where=fits)
    assert isinstance(found.data, OrderReported)
    assert (found.area, str(found.source)) == (AREA, "lz/municipal/roads")
    return found.data


@pytest.mark.usefixtures("office")
async def test_an_order_is_posted_and_its_progress_reported(
    bus: Bus, recorder: Recorder, hall: TownHall
) -> None:
    """Received at once; accepted, in progress and done as the clerk says; nothing more after."""
    await bus.publish(CLOSE, area=AREA)
    received = await reported(recorder, OrderState.RECEIVED)
    assert received.reported_by == "backoffice 001"
    new = hall.posted["001"]
    assert (new.service_code, new.lat, new.long) == ("ROADCLOSE", 31.3, 120.62)
    assert new.address_string == "Example Road 1 to 20"
    assert str(new.description).startswith("Close Example Road\nincident commander\n[liandong ")
    assert new.attributes["LIANDONG"] == (new.device_id,)
    hall.says("001", "open", "Assigned to crew 4", agency_responsible="Roads")
    assert (await reported(recorder, OrderState.ACCEPTED)).reported_by == "Roads"
    hall.says("001", "open", "Crew on site")
    assert (await reported(recorder, OrderState.IN_PROGRESS)).until
    hall.says("001", "closed", "Barriers stand")
    done = await reported(recorder, OrderState.DONE)
    assert (done.order_id, done.incident_id) == ("order-1", "fire-1")
    states = [report.data.state for report in await recorder.wait_for(4, OrderReported)]
    assert states == [
        OrderState.RECEIVED,
        OrderState.ACCEPTED,
        OrderState.IN_PROGRESS,
        OrderState.DONE,
    ]


@pytest.mark.usefixtures("office")
async def test_statuses_are_asked_for_only_if_they_have_changed(bus: Bus, hall: TownHall) -> None:
    """The second question carries the first answer's tag."""
    await bus.publish(CLOSE, area=AREA)
    await hall.unchanged.wait()


async def test_work_that_failed_says_why(
    bus: Bus, recorder: Recorder, hall: TownHall, office: BackOffice
) -> None:
    """The clerk's note is the reason, the status is kept as a code of theirs."""
    await bus.publish(CLOSE, area=AREA)
    hall.says(await hall.arrived.get(), "closed", "Cannot close: bridge works")
    failed = await reported(recorder, OrderState.FAILED)
    assert failed.reason == "Cannot close: bridge works"
    assert failed.reason_code
    assert failed.reason_code.local == "closed"
    assert office.health.counters.rejected == 0


@pytest.mark.usefixtures("office")
async def test_a_referral_is_posted_accepted_progressed_and_closed(
    bus: Bus, recorder: Recorder, hall: TownHall
) -> None:
    """A call to the police that is no emergency ends with the municipal side's answer."""
    await bus.publish(NOISE, area=AREA)
    request_id = await hall.arrived.get()
    assert hall.posted[request_id].service_code == "NOISE-01"
    assert "A pump runs all night" in str(hall.posted[request_id].description)
    hall.says(request_id, "open", "Assigned to Mr Example", agency_responsible="Roads")
    (accepted,) = await recorder.wait_for(1, ReferralAccepted)
    hall.says(request_id, "open", "Crew on site")
    (progressed,) = await recorder.wait_for(1, ReferralProgressed)
    hall.says(request_id, "closed", "Pump is off")
    (closed,) = await recorder.wait_for(1, ReferralClosed)
    assert isinstance(accepted.data, ReferralAccepted)
    assert isinstance(progressed.data, ReferralProgressed)
    assert isinstance(closed.data, ReferralClosed)
    assert (accepted.data.referral_id, accepted.data.service_request_id) == ("call-7", request_id)
    assert (accepted.data.accepted_by, accepted.data.agency_responsible) == (
        "lz/municipal/roads",
        "Roads",
    )
    assert (progressed.data.status, progressed.data.status_notes) == ("open", "Crew on site")
    assert (closed.data.outcome, closed.data.status_notes) == (
        ReferralOutcome.RESOLVED,
        "Pump is off",
    )
    assert accepted.correlation == progressed.correlation == closed.correlation


class TestATownHallThatSendsBack:
    """Where a status of the other system means that it does not take a request."""

    @pytest.fixture
    def settings(self, settings: BackOfficeSettings) -> BackOfficeSettings:
        """Let closed as not theirs mean refused."""
        rows = ({"status": "closed", "notes": "not ours", "state": "refused"},)
        return settings.model_validate(settings.model_dump() | {"progress": rows})

    @pytest.mark.usefixtures("office")
    async def test_the_offerer_has_it_again(
        self, bus: Bus, recorder: Recorder, hall: TownHall
    ) -> None:
        """Returned to who offered it, with the clerk's words."""
        await bus.publish(NOISE, area=AREA)
        hall.says(await hall.arrived.get(), "closed", "Not ours: ask the harbour")
        (returned,) = await recorder.wait_for(1, ReferralReturned)
        assert isinstance(returned.data, ReferralReturned)
        assert returned.data.returned_to == str(bus.agency)
        assert returned.data.reason == "Not ours: ask the harbour"


@pytest.mark.usefixtures("office")
async def test_a_town_hall_that_is_busy_is_asked_again(
    bus: Bus, recorder: Recorder, hall: TownHall
) -> None:
    """503 twice: the order arrives once, and is received once."""
    hall.trouble = [503, 503]
    await bus.publish(CLOSE, area=AREA)
    await reported(recorder, OrderState.RECEIVED)
    assert list(hall.posted) == ["001"]


@pytest.mark.usefixtures("office")
async def test_a_post_whose_answer_was_lost_is_recognised(
    bus: Bus, recorder: Recorder, hall: TownHall
) -> None:
    """It was taken although the answer was 503: our mark is found, nothing posted twice."""
    hall.trouble = [200]
    await bus.publish(CLOSE, area=AREA)
    received = await reported(recorder, OrderState.RECEIVED)
    assert received.reported_by == "backoffice 001"
    assert list(hall.posted) == ["001"]


@pytest.mark.usefixtures("office")
async def test_a_token_leads_to_the_request(bus: Bus, recorder: Recorder, hall: TownHall) -> None:
    """Received with the token; followed once the token has its id."""
    hall.by_token = True
    await bus.publish(CLOSE, area=AREA)
    assert (await reported(recorder, OrderState.RECEIVED)).reported_by == "backoffice T001"
    hall.looked = True
    hall.says("001", "closed", "Barriers stand")
    await reported(recorder, OrderState.DONE)


async def test_what_it_refuses_for_good_is_a_dead_letter(
    bus: Bus, recorder: Recorder, hall: TownHall, office: BackOffice
) -> None:
    """With the other system's words; an action without a service is one as well."""
    hall.trouble = [400]
    await bus.publish(CLOSE, area=AREA)
    await bus.publish(CLOSE.model_copy(update={"action": "dance", "order_id": "o-2"}), area=AREA)
    rejections = await recorder.wait_for(2, MessageRejected)
    said = " ".join(envelope.data.model_dump_json() for envelope in rejections)
    assert "made-up trouble" in said
    assert "dance" in said
    assert not hall.posted
    assert office.health.counters.delivered == 0


async def test_a_restart_goes_on_where_it_stopped(
    settings: BackOfficeSettings,
    nats_server: Server,
    bus: Bus,
    recorder: Recorder,
    hall: TownHall,
    tmp_path: Path,
) -> None:
    """Stopped after the post and after the end: each report is on the bus once."""
    first, second = (CLOSE.model_copy(update={"order_id": name}) for name in ("o-1", "o-2"))
    with Journal(tmp_path / "x.db") as kept:
        async with at_work(BackOffice(settings, kept), nats_server):
            await bus.publish(first, area=AREA)
            await reported(recorder, OrderState.RECEIVED)
    hall.says("001", "closed", "Barriers stand")
    with Journal(tmp_path / "x.db") as kept:
        async with at_work(BackOffice(settings, kept), nats_server):
            await reported(recorder, OrderState.DONE)
    with Journal(tmp_path / "x.db") as kept:
        async with at_work(BackOffice(settings, kept), nats_server):
            await bus.publish(second, area=AREA)
            reports = await recorder.wait_for(3, OrderReported)
    assert [(r.data.order_id, r.data.state) for r in reports] == [
        ("o-1", OrderState.RECEIVED),
        ("o-1", OrderState.DONE),
        ("o-2", OrderState.RECEIVED),
    ]


def wanted(journal: Journal, **change: object) -> bool:
    """Say whether the example's back office wants a referral."""
    adapter = BackOffice(BackOfficeSettings.model_validate(EXAMPLE), journal)
    data = NOISE.model_copy(update=change)
    return adapter.wants(Envelope(source=Agency.parse("lz/police/110"), area=AREA, data=data))


def test_referrals_to_us_and_to_the_municipal_side_are_ours(journal: Journal) -> None:
    """By name, by a service that is mapped, or by the service for all others."""
    assert wanted(journal)
    assert wanted(journal, service_code="UNHEARD-OF")
    assert wanted(journal, to_agency="lz/municipal/roads")


def test_other_referrals_are_not(journal: Journal) -> None:
    """Those to another municipal agency, and those to another service."""
    assert not wanted(journal, to_agency="lz/municipal/parks")
    assert not wanted(journal, from_service=Discipline.MUNICIPAL, to_service=Discipline.FIRE)
