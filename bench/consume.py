"""Consuming: a durable consumer, each event checked, a handler called, an acknowledgement sent."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from itertools import count as counting
from typing import Any

from nats.aio.client import Client

from bench.event import STREAM, incident
from bench.figures import Outcome, Side, against, best
from bench.lines import faststream_consume as faststream
from bench.lines import ours
from bench.lines import raw_consume as raw
from bench.rounds import Spent, Watch, Way, rates
from bench.scope import Scope
from bench.site import DEFAULT_FSYNC, api, plain, started

EVENTS = 10_000  # the same for all: who reads on behind the last one counted is slower for it
_RUN_UP = 1024  # handled before the clock starts: what was fetched ahead by then is not counted
_GLANCE_S = 0.002
_LISTS = f"faststream, one call and one outcome for a list of {faststream.BATCH}"

Reader = Callable[[str, Callable[[Any], Awaitable[None]]], AbstractAsyncContextManager[str]]
"""Reads under a name with a handler; gives what the broker calls its consumer."""


async def consume(scope: Scope) -> Outcome:
    """Read the same stored events, each reader with a durable consumer of its own."""
    count = scope.events(EVENTS)
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(started(DEFAULT_FSYNC))
        client = await stack.enter_async_context(plain(server.url))
        bus = await stack.enter_async_context(ours.opened(server.url))
        await ours.publish_many(bus, [incident(number) for number in range(count + _RUN_UP)])

        def way(side: Side, name: str, reader: Reader) -> Way:
            return Way(side, name, lambda n: _read(client, reader, n))

        ways = [
            way(Side.OURS, "subscribe", lambda name, handler: ours.reading(bus, name, handler)),
            way(Side.RAW, "own pull loop", lambda n, h: raw.reading(client, n, h)),
            way(Side.FASTSTREAM, "pull", lambda n, h: faststream.pulling(server.url, n, h)),
            way(Side.FASTSTREAM, "push", lambda n, h: faststream.pushed(server.url, n, h)),
            way(Side.BESIDE, _LISTS, lambda n, h: faststream.lists(server.url, n, h)),
        ]
        found, processor = await rates(ways, scope.rounds, count)
    rows = [
        against("consume_vs_raw", found, Side.RAW, 0.85, unit="/s", at_least=True),
        against("consume_vs_faststream", found, Side.FASTSTREAM, 5, unit="/s", at_least=True),
    ]
    rounds = {"consume, events/s": found, "consume, client µs/event": processor}
    _, lists = best(found, Side.BESIDE, most=True)
    return Outcome(rows, rounds, [f"consume: {_LISTS}: {lists:,.0f} /s"])


_numbers = counting()


async def _read(client: Client, reader: Reader, count: int) -> Spent:
    """Read so many events behind the run-up; return what passed to the last acknowledgement."""
    watch, handled = Watch(), 0
    done = asyncio.Event()

    async def handle(_: object) -> None:
        nonlocal watch, handled
        handled += 1
        if handled == _RUN_UP:
            watch = Watch()
        if handled == count + _RUN_UP:
            done.set()

    async with reader(f"reader{next(_numbers)}", handle) as consumer:
        await done.wait()
        while await _acknowledged(client, consumer) < count + _RUN_UP:  # noqa: ASYNC110  only the broker knows
            await asyncio.sleep(_GLANCE_S)
        spent = watch.stop()
    await api(client, f"CONSUMER.DELETE.{STREAM}.{consumer}")
    return spent


async def _acknowledged(client: Client, consumer: str) -> int:
    about = await api(client, f"CONSUMER.INFO.{STREAM}.{consumer}")
    return int(about["ack_floor"]["stream_seq"])
