"""Referrals and reports on the command line."""

import asyncio
import json
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest

from liandong.bus import Bus, Server
from liandong.contracts import IncidentReported, Location, ReferralOffered, ReportStage, labels
from liandong.ops.errors import CommandError, Exit
from liandong.ops.referrals import Wanted, show_referrals
from liandong.ops.reports import Asked, show_reports
from liandong.response import Concern, Desk, Shelf
from liandong.response.referrals import referrals
from liandong.response.reports import reports

SINCE = datetime(2020, 1, 1, tzinfo=UTC)


async def kept(bus: Bus, concern: Concern[Any], name: str) -> None:
    """Run a desk until it has kept a state."""
    desk = asyncio.create_task(Desk(bus, concern, b"a secret of this test").run())
    shelf = Shelf(bus, concern)
    await shelf.open()
    while await shelf.state(name) is None:  # noqa: ASYNC110  a state rings no bell
        await asyncio.sleep(0.02)
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)


@pytest.fixture
async def home(bus: Bus, nats_server: Server) -> dict[str, Any]:
    """Keep a referral and an incident that nobody has answered for; return the settings."""
    offer = ReferralOffered(
        referral_id="r-1",
        from_service="police",
        to_service="municipal",
        to_agency="lz/municipal/12345",
        urgency="routine",
        summary="A smell of gas",
        requested_datetime=SINCE,
    )
    incident = IncidentReported(
        incident_id="lz-1",
        location=Location(place="quay"),
        summary="A tank on fire",
        grade="I",
        received=SINCE,
    )
    await bus.send(bus.envelope(offer, area="cn.99", time=SINCE))
    await bus.publish(incident, area="cn.99")
    await kept(bus, referrals(), "r-1")
    await kept(bus, reports(), "lz-1")
    return {"servers": (nats_server.url,)}


async def test_a_referral_is_listed_with_who_must_speak(
    home: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages, and a script sees by the exit code that something is overdue."""
    show = partial(show_referrals, settings=home)
    assert await show(Wanted(only_overdue=True), language="en", as_json=False) == Exit.FAILED
    assert await show(Wanted(only_open=True), language="zh", as_json=False) == Exit.OK
    english, chinese = capsys.readouterr().out.split("r-1 ", 2)[1:]
    assert "to be taken by lz/municipal/12345" in english
    assert "MAY TURN DANGEROUS: gas, smoke or fire" in english
    assert "待承接" in chinese
    await show(Wanted(), language="en", as_json=True)
    (one,) = [r for r in json.loads(capsys.readouterr().out)["referrals"] if r["danger"]]
    assert one["waits_for"]["whom"] == "lz/municipal/12345"


async def test_the_figures_of_referrals_are_those_of_the_log(
    home: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """What the desk itself offered to the emergency side is none of the agency's."""
    show = partial(show_referrals, Wanted(figures=True), home, language="en")
    await show(as_json=True)
    (figures,) = json.loads(capsys.readouterr().out)["figures"]
    assert (figures["offered"], figures["requests"], figures["share_diverted"]) == (1, 2, 0)
    await show(as_json=False)
    assert "diverted 0.0%" in capsys.readouterr().out


async def test_reports_are_listed_with_who_owes_them(
    home: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """In both languages, and a script sees by the exit code that something is overdue."""
    show = partial(show_reports, settings=home)
    assert await show(Asked(only_overdue=True), language="en", as_json=False) == Exit.FAILED
    assert await show(Asked(incident_id="lz-1"), language="zh", as_json=False) == Exit.OK
    english, chinese = capsys.readouterr().out.split("lz-1 ", 2)[1:]
    assert f"due {labels.of_code(ReportStage.FIRST).en} 1 to" in english
    assert "OVERDUE" in english
    assert "首报" in chinese
    await show(Asked(only_open=True), language="en", as_json=True)
    (one,) = json.loads(capsys.readouterr().out)["incidents"]
    assert one["due"][0]["reporter"] == "lz/centre/desk"
    with pytest.raises(CommandError, match="no reports on 'nothing'"):
        await show(Asked(incident_id="nothing"), language="en", as_json=True)
