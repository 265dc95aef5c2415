"""One incident out of a long log: its timeline, and how it stands.

The baseline is the server's own batch direct get (ADR-31) with the same filter, as a plain client
asks for it: bytes, not read.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from itertools import islice
from statistics import median

from nats.aio.client import Client
from nats.aio.msg import Msg

from bench.event import STREAM, incident
from bench.figures import Outcome, Rounds, Row, Side, against
from bench.lines import ours, raw_publish
from bench.scope import Scope
from bench.site import DEFAULT_FSYNC, plain, started
from liandong.bus import Bus
from liandong.contracts import Filter

EVENTS = 1_000_000
PER_INCIDENT = 10  # spread over the whole log
_SAMPLES = 10
_LIMIT_MS = 10.0
_CHUNK = 50_000
_PATIENCE_S = 30.0
_SEED = 1

Ask = Callable[[str], Awaitable[int]]
"""Asks for one incident; returns how many messages there were."""


async def timeline(scope: Scope) -> Outcome:
    """Compare a timeline with the server's own get; hold the state against its limit."""
    count = EVENTS // (50 if scope.quick else 1)
    async with AsyncExitStack() as stack:
        url = (await stack.enter_async_context(started(DEFAULT_FSYNC))).url
        client = await stack.enter_async_context(plain(url))
        bus = await stack.enter_async_context(ours.opened(url))
        await _fill(client, count)
        asks: dict[str, Ask] = {
            f"{Side.OURS}: history": lambda key: _history(bus, key),
            f"{Side.RAW}: batch direct get": lambda key: _direct_get(client, key),
        }
        found = await _measure(asks, scope.rounds, count, expected=PER_INCIDENT)
        latest: dict[str, Ask] = {"latest": lambda key: _latest(bus, key)}
        state = await _measure(latest, scope.rounds, count, expected=1)
    figure = median(state["latest"])
    rows = [
        against("timeline_vs_direct_get", found, Side.RAW, 1.2, unit="ms"),
        Row("state_vs_limit", figure / _LIMIT_MS, 1, False, figure, _LIMIT_MS, "ms", "the limit"),
    ]
    return Outcome(rows, {f"timeline of {count:,} events, ms": found, "state, ms": state})


async def _fill(client: Client, count: int) -> None:
    """Store so many events, an incident's own ones far apart."""
    fact = incident(0).model_dump(mode="json", exclude_none=True)
    numbers = iter(range(count))
    while chunk := list(islice(numbers, _CHUNK)):
        facts = [fact | {"incident_id": _key(n % (count // PER_INCIDENT))} for n in chunk]
        await raw_publish.atomic_batches(client, facts)


def _key(number: int) -> str:
    return f"lz-2026-{number:06}"


async def _measure(asks: dict[str, Ask], rounds: int, count: int, *, expected: int) -> Rounds:
    """Return the median time of each round in ms, each question about another incident."""
    found: Rounds = {name: [] for name in asks}
    chosen = random.Random(_SEED)  # noqa: S311  no secret
    for _ in range(rounds):
        took: Rounds = {name: [] for name in asks}
        for _ in range(_SAMPLES):
            for name, ask in asks.items():
                key = _key(chosen.randrange(count // PER_INCIDENT))
                begun = time.perf_counter()
                got = await ask(key)
                took[name].append((time.perf_counter() - begun) * 1000)
                if got != expected:
                    raise RuntimeError(f"{name}: {got} messages of {key}, not {expected}")
        for name in asks:
            found[name].append(median(took[name]))
    return found


async def _history(bus: Bus, key: str) -> int:
    return len([entry async for entry in bus.history(Filter(key=key)) if entry.envelope])


async def _latest(bus: Bus, key: str) -> int:
    return len(await bus.latest(Filter(key=key)))


async def _direct_get(client: Client, key: str) -> int:
    """Ask the server for everything on an incident's subjects, as history does."""
    inbox, messages = client.new_inbox(), 0
    done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def take(message: Msg) -> None:
        nonlocal messages
        if "Status" in (message.headers or {}):
            done.set_result(None)
        else:
            messages += 1

    subscription = await client.subscribe(inbox, cb=take)
    request = {"seq": 1, "batch": 512, "next_by_subj": f"ld.live.*.*.*.*.*.*.{key}.>"}
    await client.publish(f"$JS.API.DIRECT.GET.{STREAM}", json.dumps(request).encode(), reply=inbox)
    await asyncio.wait_for(done, _PATIENCE_S)
    await subscription.unsubscribe()
    return messages
