"""From publish to handler: one event at a time, paced, in a program that publishes and reads.

The clock starts with the event in hand and stops where the handler is called with it, checked.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from functools import partial
from statistics import quantiles
from typing import Any

from bench.event import STREAM, incident
from bench.figures import Outcome, Rounds, Row, Side, against
from bench.lines import faststream_consume, faststream_publish, ours, raw_consume, raw_publish
from bench.scope import Scope
from bench.site import ALWAYS, DEFAULT_FSYNC, api, plain, started

EVENTS = 500
_WARM_UP = 20
_PACE_S = 0.002
_PATIENCE_S = 30.0
_BARS = {Side.RAW: 1.25, Side.FASTSTREAM: 0.7}

_SIDES = (Side.OURS, Side.RAW, Side.FASTSTREAM)

Handler = Callable[[Any], Awaitable[None]]
Publish = Callable[[int], Awaitable[object]]
Reader = Callable[[str, Handler], AbstractAsyncContextManager[object]]


async def latency(scope: Scope) -> Outcome:
    """Compare with the broker's default fsync, and with fsync before each confirmation."""
    rounds: dict[str, Rounds] = {}
    rows: list[Row] = []
    for sync, name in ((DEFAULT_FSYNC, "latency"), (ALWAYS, "latency_synced")):
        p50, p99 = await _measure(sync, scope.rounds, scope.events(EVENTS))
        rounds |= {f"{name} p50, ms": p50, f"{name} p99, ms": p99}
        rows += [
            against(f"{name}_{share}_vs_{side}", found, side, bar, unit="ms")
            for side, bar in _BARS.items()
            for share, found in (("p50", p50), ("p99", p99))
        ]
    return Outcome(rows, rounds)


async def _measure(sync: str, rounds: int, count: int) -> tuple[Rounds, Rounds]:
    """Return the median and the 99th percentile of each round, in ms."""
    p50: Rounds = {_label(side): [] for side in _SIDES}
    p99: Rounds = {_label(side): [] for side in _SIDES}
    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(started(sync))).url
        client = await stack.enter_async_context(plain(url))
        bus = await stack.enter_async_context(ours.opened(url))
        broker = await stack.enter_async_context(faststream_publish.opened(url))
        events = [incident(number) for number in range(count + _WARM_UP)]
        facts = [event.model_dump(mode="json", exclude_none=True) for event in events]
        ways: dict[Side, tuple[Publish, Reader]] = {
            Side.OURS: (
                lambda n: ours.publish(bus, events[n]),
                lambda name, handler: ours.reading(bus, name, handler),
            ),
            Side.RAW: (
                lambda n: raw_publish.one(client, facts[n]),
                lambda name, handler: raw_consume.reading(client, name, handler),
            ),
            Side.FASTSTREAM: (
                lambda n: faststream_publish.one(broker, events[n]),
                lambda name, handler: faststream_consume.pushed(url, name, handler),
            ),
        }
        for number in range(rounds):
            turn = number % len(_SIDES)
            for side in (*_SIDES[turn:], *_SIDES[:turn]):
                publish, reader = ways[side]
                await api(client, f"STREAM.PURGE.{STREAM}")
                took = await _paced(publish, partial(reader, f"{side}{number}"), count)
                cuts = quantiles(took, n=100)
                p50[_label(side)].append(cuts[49])
                p99[_label(side)].append(cuts[98])
    return p50, p99


def _label(side: Side) -> str:
    return f"{side}: one at a time"


async def _paced(
    publish: Publish, reader: Callable[[Handler], AbstractAsyncContextManager[object]], count: int
) -> list[float]:
    """Return how long each event took to its handler, in ms."""
    took: list[float] = []
    handled: asyncio.Queue[float] = asyncio.Queue()

    async def handle(_: object) -> None:
        handled.put_nowait(time.perf_counter())

    gc.collect()
    async with reader(handle):
        for number in range(count + _WARM_UP):
            begun = time.perf_counter()
            await publish(number)
            took.append((await asyncio.wait_for(handled.get(), _PATIENCE_S) - begun) * 1000)
            await asyncio.sleep(_PACE_S)
    return took[_WARM_UP:]
