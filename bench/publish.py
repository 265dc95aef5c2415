"""Publishing many events: with the broker's default fsync, and with each confirmed on disk."""

from contextlib import AsyncExitStack

from bench.event import STREAM, incident
from bench.figures import Outcome, Rounds, Side, against
from bench.lines import faststream_publish as faststream
from bench.lines import ours
from bench.lines import raw_publish as raw
from bench.rounds import Way, rates
from bench.scope import Scope
from bench.site import ALWAYS, DEFAULT_FSYNC, api, messages, plain, started

EVENTS = 20_000
_ONE_BY_ONE = 0.02  # of the events: one that waits for each answer shows its rate with few
_FEW_AT_ONCE = 0.1


async def publish_many(scope: Scope) -> Outcome:
    """Publish with the broker's default fsync."""
    found = await _measure(scope, DEFAULT_FSYNC, pipelined=1.0)
    return _outcome("publish_many", found, raw_bar=0.85, faststream_bar=4.5)


async def publish_synced(scope: Scope) -> Outcome:
    """Publish where nothing is confirmed before it is on disk."""
    found = await _measure(scope, ALWAYS, pipelined=_FEW_AT_ONCE)
    return _outcome("publish_synced", found, raw_bar=0.85, faststream_bar=8)


def _outcome(
    name: str, measured: tuple[Rounds, Rounds], *, raw_bar: float, faststream_bar: float
) -> Outcome:
    found, processor = measured
    rows = [
        against(f"{name}_vs_{side}", found, side, bar, unit="/s", at_least=True)
        for side, bar in ((Side.RAW, raw_bar), (Side.FASTSTREAM, faststream_bar))
    ]
    return Outcome(rows, {f"{name}, events/s": found, f"{name}, client µs/event": processor})


async def _measure(scope: Scope, sync: str, *, pipelined: float) -> tuple[Rounds, Rounds]:
    """Return every way's rates and processor times.

    Args:
        scope: How much.
        sync: The broker's fsync.
        pipelined: The part of the events for ways in which the broker stores each by itself.
    """
    count = scope.events(EVENTS)
    events = [incident(number) for number in range(count)]
    facts = [event.model_dump(mode="json", exclude_none=True) for event in events]
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(started(sync))
        client = await stack.enter_async_context(plain(server.url))
        bus = await stack.enter_async_context(ours.opened(server.url))
        broker = await stack.enter_async_context(faststream.opened(server.url))

        async def check(expected: int) -> None:
            held = await messages(client, STREAM)
            if held != expected:
                raise RuntimeError(f"{held} events are stored, not {expected}")
            await api(client, f"STREAM.PURGE.{STREAM}")

        ways = [
            Way(Side.OURS, "publish_many", lambda n: ours.publish_many(bus, events[:n])),
            Way(Side.RAW, "atomic batches", lambda n: raw.atomic_batches(client, facts[:n])),
            Way(Side.RAW, "fast ingest", lambda n: raw.fast_ingest(client, facts[:n]), pipelined),
            Way(Side.RAW, "own window", lambda n: raw.own_window(client, facts[:n]), pipelined),
            Way(
                Side.RAW, "publish_async", lambda n: raw.publish_async(client, facts[:n]), pipelined
            ),
            Way(
                Side.FASTSTREAM,
                "one by one",
                lambda n: faststream.one_by_one(broker, events[:n]),
                _ONE_BY_ONE,
            ),
            Way(
                Side.FASTSTREAM,
                f"{faststream.IN_FLIGHT} in flight",
                lambda n: faststream.in_flight(broker, events[:n]),
                _FEW_AT_ONCE,
            ),
        ]
        return await rates(ways, scope.rounds, count, between=check)
