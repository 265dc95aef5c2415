"""Orders on the command line: who has each, what is late, what needs a person."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from liandong.bus import connect
from liandong.bus.testing import Recorder
from liandong.contracts import Addressee, OrderExpired, OrderIssued, OrderReported, OrderState
from liandong.response import ORDERS, Desk

CITY, COUNTY, STATION = "lz/city/command", "lz/county/east", "lz/fire/station-4"
AREA = "cn.99.01"


def order(name: str, to: str, **facts: Any) -> OrderIssued:
    """Return an order."""
    return OrderIssued(
        order_id=name,
        incident_id="lz-1",
        addressee=Addressee(agency=to),
        action="evacuate",
        issued_by="duty officer",
        **facts,
    )


async def test_a_superior_sees_what_became_of_what_others_passed_down(
    cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One answer: the city's order, the county's below it, expired; a late answer is shown."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    async with await connect(agency=CITY) as bus:
        recorder = Recorder(bus)
        await recorder.start()
        task = asyncio.create_task(Desk(bus, ORDERS, b"a secret of this test").run())
        top = (await bus.publish(order("c-1", COUNTY), area=AREA)).envelope
        soon = datetime.now(UTC) + timedelta(seconds=0.1)
        below = order("e-1", STATION, accept_by=soon)
        async with await connect(agency=COUNTY) as county, await connect(agency=STATION) as station:
            await county.publish(below, area=AREA, causation=top.id, correlation=top.id)
            await recorder.wait_for(1, OrderExpired)
            answer = OrderReported(
                order_id="e-1",
                incident_id="lz-1",
                state=OrderState.ACCEPTED,
                reported_by="station",
            )
            await station.publish(answer, area=AREA)
            seen = "too late"
            done = await asyncio.to_thread(cli, "orders", "--below", CITY)
            while seen not in done.stdout:
                done = await asyncio.to_thread(cli, "orders", "--below", CITY)
        chinese = await asyncio.to_thread(cli, "orders", "--incident", "lz-1", "--lang", "zh")
        as_json = await asyncio.to_thread(cli, "orders", "--below", COUNTY, "--open", "--json")
        await recorder.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    totals, first, second, late = done.stdout.splitlines()
    assert totals == "open 1, late 0, need a person 1"
    assert first == f"c-1  Issued  {COUNTY}  evacuate"
    assert second == f"  e-1  Expired  {STATION}  evacuate  A PERSON MUST DECIDE"
    assert late.startswith(f"      too late: {STATION} Accepted ")
    assert "已失效" in chinese.stdout
    assert "须由人决定" in chinese.stdout
    about = json.loads(as_json.stdout)
    assert (about["phases"], about["needs_a_person"]) == ({"expired": 1}, 1)
    assert [one["id"] for one in about["orders"]] == ["e-1"]
    assert [answer["late"] for answer in about["orders"][0]["answers"]] == [True]


def test_no_order_is_said_to_be_none(cli: Any) -> None:
    """And is no failure."""
    done = cli("orders", "--incident", "lz-404")
    assert (done.returncode, done.stdout) == (0, "No order fits.\n")
