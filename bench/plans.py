"""How long a plan takes to be in force: from a person's one event to all that it says, stored.

    python bench/plans.py [--rounds 15] [--orders 20] [--json]

A real server whose orders lane confirms what is on disk, one desk. Two lines, in milliseconds,
medians of interleaved rounds:

- ``activated``: from the publish of ``plan.activated`` until the last of its orders, posts,
  requests, reports and alerts is stored, by the broker's clock.
- ``published``: as many events of the same kinds and sizes, published by a program that has them
  ready. It decides nothing and keeps nothing.

The ratio is what deciding, reading back and keeping cost.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from liandong.bus import Bus, Server, connect
from liandong.contracts import Agency, Envelope, Filter, Mode, PlanActivated, ResponseGrade
from liandong.response import Desk
from liandong.response.plan_activation import Wish, activated, activation_id
from liandong.response.plan_file import Plan
from liandong.response.plan_library import Library, samples
from liandong.response.plan_simulation import envelope, simulate
from liandong.response.plans import plans

AREA = "cn.99.01.03"
_PATIENCE_S = 30.0


def plan_of(orders: int) -> Plan:
    """Return the sample plan for chemical accidents with so many orders at its gravest level."""
    plan = samples().newest("lz-hazmat")
    assert plan
    more = [
        plan.orders[n % len(plan.orders)].model_copy(update={"id": f"order-{n}", "grades": ()})
        for n in range(orders)
    ]
    return plan.model_copy(update={"orders": tuple(more)})


def beginning(plan: Plan, incident_id: str) -> PlanActivated:
    """Return what a person says."""
    wish = Wish(ResponseGrade.I, incident_id)
    return activated(plan, wish, activation_id(plan, incident_id), datetime.now(UTC))


async def once_activated(bus: Bus, plan: Plan, incident_id: str, count: int) -> float:
    """Activate; return the milliseconds until so many events are stored."""
    following = await bus.follow(Filter(), since=datetime.now(UTC))
    begun = datetime.now(UTC)
    await bus.publish(beginning(plan, incident_id), area=AREA)
    stored = [begun]
    async with asyncio.timeout(_PATIENCE_S), aclosing(following) as entries:
        async for entry in entries:
            if entry.envelope and incident_id in entry.envelope.data.model_dump_json():
                stored.append(entry.raw.stored)
            if len(stored) > count:
                break
    return (max(stored) - begun).total_seconds() * 1e3


async def once_published(bus: Bus, plan: Plan, incident_id: str) -> float:
    """Publish the same without a desk; return the milliseconds until all is confirmed."""
    desk = Agency("lz", "centre", "elsewhere")
    first = Envelope(source=desk, mode=Mode.TEST, area=AREA, data=beginning(plan, incident_id))
    said = [envelope(say, desk) for say in simulate(plan, [first]).said]
    ready = [bus.envelope(one.data, area=AREA, precedence=one.precedence) for one in said]
    begun = datetime.now(UTC)
    await bus.send_many(ready)
    return (datetime.now(UTC) - begun).total_seconds() * 1e3


async def measure(rounds: int, orders: int) -> dict[str, list[float]]:
    """Return milliseconds by line; the first round warms up and is left out."""
    plan = plan_of(orders)
    first = Envelope(
        source=Agency("lz", "centre", "bench"), area=AREA, data=beginning(plan, "count")
    )
    count = 1 + len(simulate(plan, [first]).said)
    times: dict[str, list[float]] = {"activated": [], "published": []}
    with tempfile.TemporaryDirectory() as folder:
        async with (
            Server(Path(folder)) as server,
            await connect(servers=(server.url,), agency="lz/centre/desk") as bus,
            await connect(
                servers=(server.url,), agency="lz/centre/desk", mode=Mode.TEST
            ) as elsewhere,
        ):
            await bus.apply()
            desk = asyncio.create_task(Desk(bus, plans(Library.of([plan])), b"bench").run())
            try:
                for number in range(rounds + 1):
                    taken = await once_activated(bus, plan, f"bench-{number}", count)
                    times["activated"].append(taken)
                    taken = await once_published(elsewhere, plan, f"bench-{number}")
                    times["published"].append(taken)
            finally:
                desk.cancel()
                await asyncio.gather(desk, return_exceptions=True)
    return {line: taken[1:] for line, taken in times.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--orders", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    times = asyncio.run(measure(given.rounds, given.orders))
    medians = {line: statistics.median(taken) for line, taken in times.items()}
    worst = max(times["activated"])
    ratio = medians["activated"] / medians["published"]
    if given.json:
        print(json.dumps({"milliseconds": medians, "worst": worst, "ratio": ratio}))
        return
    print(f"a plan of {given.orders} orders, {given.rounds} rounds, ms")
    for line, median in medians.items():
        print(f"{line:<12}{median:8.1f}")
    print(f"worst activation {worst:.1f}; activated over published: {ratio:.2f}")


if __name__ == "__main__":
    main()
