"""A thousand orders on a real server, one recipient in ten dead, the runner killed twenty times."""

import pytest

from liandong.bus import Bus, Server
from liandong.contracts import OrderEscalated, OrderExpired
from response.order_drill import Drill, play, verdict

QUICK = (0.5, 1.0, 3.0)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "found"), [("forgets", "never ended"), ("repeats", "step 1 2 times")]
)
async def test_a_desk_with_a_fault_is_found_out(
    bus: Bus, nats_server: Server, fault: str, found: str
) -> None:
    """What follows could fail: one kept no orders, one does not know what it said."""
    drill = Drill(60, 2, spans=QUICK, patience_s=6, fault=fault)
    wrong = verdict(await play(bus, nats_server.url, drill), drill)
    assert any(found in one for one in wrong), wrong


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_order_ends_or_reaches_a_person_however_often_the_desk_dies(
    bus: Bus, nats_server: Server
) -> None:
    """Each goes on within a second of its deadline, and nothing is said twice."""
    drill = Drill(1_000, 20)
    seen = await play(bus, nats_server.url, drill)
    assert verdict(seen, drill) == []
    assert len(seen.down) == drill.kills
    said = [type(envelope.data) for envelope, _ in seen.log]
    assert said.count(OrderEscalated) > 100
    assert said.count(OrderExpired) + said.count(OrderEscalated) < 1_000
