"""Incidents kept on a real server: by several desks, over restarts, with codes not known here."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from liandong.bus import Bus, Server, connect
from liandong.contracts import IncidentType, IncidentUpdated, reading
from liandong.response import Desk, Shelf
from liandong.response.incident_state import Incident
from liandong.response.incidents import INCIDENTS
from response.incident_life import FIRE, POLICE, answered, at, cleared, offered, reported

AREA = "cn.99.01"


@asynccontextmanager
async def keeping(bus: Bus) -> AsyncGenerator[Desk[Incident]]:
    """Run a desk."""
    desk = Desk(bus, INCIDENTS, b"a secret of this test")
    task = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def kept(bus: Bus, phase: str) -> Incident:
    """Return the incident as it is kept, once it is in a phase."""
    shelf = Shelf(bus, INCIDENTS)
    await shelf.open()
    async with asyncio.timeout(20):
        while not ((state := await shelf.state("i-1")) and state.phase == phase):  # noqa: ASYNC110  a store rings no bell
            await asyncio.sleep(0.02)
    return state


async def test_an_incident_is_handed_over_between_two_desks_and_a_restart(
    bus: Bus, nats_server: Server
) -> None:
    """Two desks keep one state; one that starts later goes on from it."""
    offer = offered("o-1", POLICE, FIRE)
    servers = (nats_server.url,)
    async with (
        await connect(servers=servers, agency=POLICE) as police,
        await connect(servers=servers, agency=FIRE) as fire,
    ):
        async with keeping(bus), keeping(police):
            await police.publish(reported(), area=AREA)
            await police.publish(offer, area=AREA)
            assert (await kept(bus, "offered")).owner == POLICE
        await fire.publish(answered(offer, 5, yes=True), area=AREA)
        async with keeping(bus):
            assert (await kept(bus, "open")).owner == FIRE
            await police.publish(cleared(9), area=AREA)
            await fire.publish(cleared(10), area=AREA)
            ended = await kept(bus, "cleared")
    assert ended.called_over == {POLICE: at(9)}
    assert ended.ended
    assert ended.ended.at == at(10)


async def test_a_code_of_a_later_version_is_kept_as_it_was_said(bus: Bus) -> None:
    """A desk that starts again reads it, too: it does not stumble over what it does not know."""
    with reading():
        later = IncidentType("DRONE")
    report = reported().model_copy(update={"incident_type": later})
    async with keeping(bus):
        await bus.publish(report, area=AREA)
        assert (await kept(bus, "open")).facts.incident_type == "DRONE"
    await bus.publish(IncidentUpdated(incident_id="i-1", summary="Fire"), area=AREA)
    async with keeping(bus):
        await bus.publish(cleared(10), area=AREA)
        facts = (await kept(bus, "cleared")).facts
    assert (facts.incident_type, facts.summary) == ("DRONE", "Fire")
