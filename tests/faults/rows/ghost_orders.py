"""Orders whose sender is cut off, and which expire or are cancelled before it is not."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from faults.broker import Broker
from faults.executor import AGENCY, crew, heedless
from faults.facts import AREA, ordered
from faults.proxy import Proxy
from faults.row import Row, Spec
from liandong.bus import Bus, connect
from liandong.contracts import Addressee, Envelope, LiandongError, OrderCancelled

_ON_ITS_WAY_S, _POLL_S = 0.3, 0.02
_EXECUTORS = {"crew": crew, "heedless": heedless}


@dataclass(frozen=True, slots=True)
class Scene:
    """Who is there.

    Attributes:
        broker: The broker.
        issuer: Who orders, over its own line.
        other: Another of its agency, who cancels over a line that is never cut.
        lines: The issuer's line and the executor's.
        done: The orders that were carried out.
    """

    broker: Broker
    issuer: Bus
    other: Bus
    lines: tuple[Proxy, Proxy]
    done: list[str]


@asynccontextmanager
async def _scene(spec: Spec) -> AsyncGenerator[Scene]:
    executor = _EXECUTORS[spec.params.get("executor", "crew")]
    async with (
        Broker(spec.folder / "nats") as broker,
        Proxy(broker.server.port) as near,
        Proxy(broker.server.port) as far,
        await connect(servers=(broker.url,)) as other,
        await connect(servers=(near.url,)) as issuer,
        await connect(servers=(far.url,), agency=AGENCY) as fire,
    ):
        await other.apply()
        async with executor(fire, spec.folder) as done:
            yield Scene(broker, issuer, other, (near, far), done)


async def run(spec: Spec) -> Row:
    """Cut the issuer off again and again; no order that came to nothing may be carried out."""
    row, chance, numbers = spec.row(), spec.random(), count(1)
    forbidden: dict[str, str] = {}
    async with _scene(spec) as scene:
        await _still_obeyed(scene, row, next(numbers))
        while row.injected < spec.count:
            cut = spec.params["cuts"][len(forbidden) // 2 % len(spec.params["cuts"])]
            pair = [ordered(f"lz-{next(numbers)}", n) for n in range(2)]
            outage_s = chance.uniform(*spec.params["outage_s"])
            expires = datetime.now(UTC) + timedelta(seconds=outage_s * chance.uniform(0.2, 1))
            orders = [
                scene.issuer.envelope(pair[0], area=AREA, expires=expires),
                scene.issuer.envelope(pair[1], area=AREA),
            ]
            forbidden |= {pair[0].order_id: "expired", pair[1].order_id: "cancelled"}
            within_s = chance.uniform(*spec.params["within_s"])
            row.acked += await _outage(scene, cut, orders, outage_s, within_s)
            row.injected += len(orders)
            await _still_obeyed(scene, row, next(numbers))
    ghosts = [forbidden[order] for order in scene.done if order in forbidden]
    row.facts |= {end: ghosts.count(end) for end in ("expired", "cancelled")}
    row.duplicated = len(scene.done) - len(set(scene.done))
    return row


async def _outage(
    scene: Scene, cut: str, orders: list[Envelope], outage_s: float, within_s: float
) -> int:
    """Have orders sent into an outage; mend it when they hold no more. Return how many came."""
    begun = time.monotonic()
    await _cut(scene, cut)
    sending = [asyncio.create_task(scene.issuer.send(o, within=within_s)) for o in orders]
    await asyncio.sleep(_ON_ITS_WAY_S)
    for line in scene.lines:
        line.partition()
    await asyncio.sleep(max(0.0, outage_s - (time.monotonic() - begun)))
    await _mend(scene, cut)
    await scene.other.publish(_cancel(orders[1]), area=AREA)
    for line in scene.lines:
        line.heal()
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException) and not isinstance(outcome, LiandongError):
            raise outcome
    return sum(not isinstance(outcome, BaseException) for outcome in outcomes)


async def _cut(scene: Scene, cut: str) -> None:
    match cut:
        case "killed":
            await scene.broker.kill()
        case "frozen":
            _signal(scene, signal.SIGSTOP)
        case "half-open":
            scene.lines[0].partition()
        case _:
            raise ValueError(f"no such cut: {cut}")


async def _mend(scene: Scene, cut: str) -> None:
    match cut:
        case "killed":
            await scene.broker.start()
        case "frozen":
            _signal(scene, signal.SIGCONT)


def _signal(scene: Scene, number: signal.Signals) -> None:
    if pid := scene.broker.server.pid:
        os.kill(pid, number)


def _cancel(issued: Envelope) -> OrderCancelled:
    order = issued.data
    return OrderCancelled(
        order_id=order.order_id,
        incident_id=order.incident_id,
        addressees=(Addressee(agency=AGENCY),),
        cancelled_by="duty officer",
        reason="false alarm",
    )


async def _still_obeyed(scene: Scene, row: Row, number: int) -> None:
    """See that an order that holds is carried out, and note how long that took."""
    healed = time.monotonic()
    order = ordered(f"lz-{number}", number)
    await scene.issuer.publish(order, area=AREA)
    with suppress(TimeoutError):
        async with asyncio.timeout(30):
            while order.order_id not in scene.done:  # noqa: ASYNC110  a list of another task
                await asyncio.sleep(_POLL_S)
            row.recovered(time.monotonic() - healed)
            return
    row.lost += 1
