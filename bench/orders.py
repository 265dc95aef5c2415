"""An order's round trip, idle and while another process floods the bus with positions.

Issued here, stored on disk, answered by another process, its answer stored on disk and seen here.
The flood is as fast as the broker confirms it.
"""

import asyncio
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from itertools import count as counting
from statistics import median, quantiles

from bench.child import Child, child
from bench.event import AREA
from bench.figures import Outcome, Rounds, Row
from bench.scope import Scope
from bench.site import ALWAYS, Client, api, plain, started
from liandong.bus import Bus, connect
from liandong.contracts import Envelope, Filter
from liandong.contracts.orders import Addressee, OrderIssued, OrderReported

ORDERS = 200
_BAR = 2.0
_LEAST = 50  # or a 99th percentile says nothing
_WARM_UP = 20
_PACE_S = 0.005
_RAMP_S = 0.5
_PATIENCE_S = 30.0
_TELEMETRY = "LD_LIVE_TELEMETRY"
_STATES = ("idle", "flooded")
_numbers = counting()


async def orders(scope: Scope) -> Outcome:
    """Compare on one broker for all lanes, and with a broker of its own for the orders lane."""
    async with AsyncExitStack() as stack:
        one = (await stack.enter_async_context(started(ALWAYS))).url
        shared = await _measure(scope, {"LIANDONG_SERVERS": one}, one)
        own = (await stack.enter_async_context(started(ALWAYS))).url
        apart = await _measure(
            scope, {"LIANDONG_SERVERS": one, "LIANDONG_ORDERS_SERVERS": own}, one
        )
    return Outcome(
        [
            _row("order_p99_flood_vs_idle", shared),
            _row("order_p99_flood_vs_idle_own_broker", apart),
        ],
        {"order, one broker": shared, "order, own broker": apart},
        [_note("one broker", shared), _note("own broker for orders", apart)],
    )


def _row(name: str, found: Rounds) -> Row:
    flooded, idle = median(found["flooded p99, ms"]), median(found["idle p99, ms"])
    return Row(name, flooded / idle, _BAR, figure=flooded, baseline=idle, unit="ms", against="idle")


def _note(where: str, found: Rounds) -> str:
    figures = {name: median(values) for name, values in found.items()}
    return (
        f"orders, {where}: median {figures['idle p50, ms']:.1f} ms idle, "
        f"{figures['flooded p50, ms']:.1f} ms beside {figures['positions/s']:,.0f} positions/s"
    )


async def _measure(scope: Scope, env: Mapping[str, str], telemetry: str) -> Rounds:
    """Return the figures of each round, idle and flooded in turn."""
    found: Rounds = {
        f"{state} {p}, ms": [] for state in ("idle", "flooded") for p in ("p50", "p99")
    }
    found["positions/s"] = []
    settings = {name.removeprefix("LIANDONG_").lower(): (url,) for name, url in env.items()}
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(plain(telemetry))
        bus = await stack.enter_async_context(await connect(**settings, agency="lz/centre/desk"))
        await bus.apply()
        desk = await Desk.open(bus)
        await stack.enter_async_context(child("-m", "bench.lines.responder", env=env))
        flood = await stack.enter_async_context(child("-m", "bench.lines.flood", env=env))
        await desk.round_trips(_WARM_UP)
        count = scope.events(ORDERS, least=_LEAST)
        for _ in range(scope.rounds):
            _add(found, "idle", await desk.round_trips(count))
            took, rate = await _flooded(desk, flood, client, count)
            _add(found, "flooded", took)
            found["positions/s"].append(rate)
    return found


def _add(found: Rounds, state: str, took: list[float]) -> None:
    cuts = quantiles(took, n=100)
    found[f"{state} p50, ms"].append(cuts[49])
    found[f"{state} p99, ms"].append(cuts[98])


async def _flooded(
    desk: "Desk", flood: Child, client: Client, count: int
) -> tuple[list[float], float]:
    """Return the round trips beside a flood, and its positions a second."""
    await flood.tell("go", answer="go")
    await asyncio.sleep(_RAMP_S)
    before, begun = await _last(client), time.perf_counter()
    took = await desk.round_trips(count)
    rate = (await _last(client) - before) / (time.perf_counter() - begun)
    await flood.tell("stop", answer="stop")
    return took, rate


async def _last(client: Client) -> int:
    return int((await api(client, f"STREAM.INFO.{_TELEMETRY}"))["state"]["last_seq"])


class Desk:
    """Issues orders and waits for each answer."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._awaited: dict[str, asyncio.Future[float]] = {}

    @classmethod
    async def open(cls, bus: Bus) -> "Desk":
        """Begin to listen for answers."""
        desk = cls(bus)
        await bus.subscribe("desk", desk._answered, Filter(contracts=(OrderReported,)))
        return desk

    async def _answered(self, envelope: Envelope) -> None:
        if isinstance(envelope.data, OrderReported):
            self._awaited.pop(envelope.data.order_id).set_result(time.perf_counter())

    async def round_trips(self, count: int) -> list[float]:
        """Issue orders, one at a time; return how long each took to its answer, in ms."""
        took: list[float] = []
        for _ in range(count):
            number = next(_numbers)
            order = OrderIssued(
                order_id=f"lz-o-{number}",
                incident_id=f"lz-2026-{number:06}",
                addressee=Addressee(agency="lz/fire/119-linzhou"),
                action="dispatch",
                action_text="Two engines and a ladder to Quay 3",
                issued_by="duty officer",
            )
            answer = asyncio.get_running_loop().create_future()
            self._awaited[order.order_id] = answer
            begun = time.perf_counter()
            await self._bus.publish(order, area=AREA)
            took.append((await asyncio.wait_for(answer, _PATIENCE_S) - begun) * 1000)
            await asyncio.sleep(_PACE_S)
        return took
