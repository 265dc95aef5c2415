"""Many durable consumers and open incidents on one broker: does an event cost more?

Each consumer is an agency's subscription to its own area; each event goes to the one whose area it
is in. The same load on both: events in the same ten areas. The cost is from the first publish to
the last handled event, and the processor time that broker, publisher and readers spend beyond what
they take while nothing is published. Beside it, events spread over all areas: the broker then walks
past the others' messages to find each consumer's next one.
"""

import asyncio
import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import count as counting
from pathlib import Path
from statistics import median

from bench.child import Child, child
from bench.event import incident
from bench.figures import Outcome, Rounds, Row
from bench.lines import ours
from bench.lines.agencies import area
from bench.scope import Scope
from bench.site import ALWAYS, started
from liandong.bus import Bus

EVENTS = 10_000
_BAR = 1.2
_REPEATS, _ROUNDS = 3, 5
_AREAS = 10  # in which something happens
_IDLE_S = 3.0
_TICKS = os.sysconf("SC_CLK_TCK")
_numbers = counting()


@dataclass(frozen=True, slots=True)
class Size:
    """How much there is on a broker."""

    name: str
    consumers: int
    incidents: int


FEW = Size("few", 10, 10)
MANY = Size("many", 1_000, 10_000)
MANY_QUICK = Size("many", 100, 1_000)

_ELAPSED, _PROCESSOR = "elapsed, µs/event", "processor, µs/event"
_SPREAD, _IDLE = "spread over all areas: processor, µs/event", "idle, share of a core"
_MEASURED = (_ELAPSED, _PROCESSOR, _SPREAD, _IDLE)
_ROWS = {
    "scale_elapsed_many_vs_few": _ELAPSED,
    "scale_processor_many_vs_few": _PROCESSOR,
    "scale_spread_many_vs_few": _SPREAD,
}


async def scale(scope: Scope) -> Outcome:
    """Compare a broker with many consumers and incidents with one that has few."""
    many = MANY_QUICK if scope.quick else MANY
    found = {name: {size.name: list[float]() for size in (FEW, many)} for name in _MEASURED}
    for _ in range(min(scope.rounds, _ROUNDS)):
        for size in (FEW, many):
            await _measure(size, scope.events(EVENTS), found)
    rows = [_row(name, found[measured]) for name, measured in _ROWS.items()]
    idle = median(found[_IDLE]["many"])
    note = (
        f"scale: {many.consumers:,} durable consumers, {many.incidents:,} incidents; "
        f"idle, they take {idle:.0%} of a core"
    )
    return Outcome(rows, {f"scale, {name}": rounds for name, rounds in found.items()}, [note])


def _row(name: str, found: Rounds) -> Row:
    many, few = median(found["many"]), median(found["few"])
    against = f"{FEW.consumers} consumers, {FEW.incidents} incidents"
    return Row(name, many / few, _BAR, figure=many, baseline=few, unit="µs", against=against)


async def _measure(size: Size, count: int, found: dict[str, Rounds]) -> None:
    """Run a broker of that size; add what an event costs, and what its being there costs."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(started(ALWAYS))
        bus = await stack.enter_async_context(ours.opened(server.url))
        env = {"LIANDONG_SERVERS": server.url}
        readers = await stack.enter_async_context(
            child("-m", "bench.lines.agencies", str(size.consumers), env=env)
        )
        pids = (os.getpid(), readers.pid, server.pid or 0)
        await _publish(bus, readers, size, size.incidents, _AREAS)  # opens every incident
        idle = await _idle_share(pids)
        found[_IDLE][size.name].append(idle)
        for areas in (_AREAS, size.consumers):
            spent, begun = _processor_s(pids), time.perf_counter()
            for _ in range(_REPEATS):
                await _publish(bus, readers, size, count, areas)
            elapsed = time.perf_counter() - begun
            net = _processor_s(pids) - spent - idle * elapsed
            events = count * _REPEATS / 1e6
            if areas == size.consumers:
                found[_SPREAD][size.name].append(net / events)
            if areas == _AREAS:
                found[_ELAPSED][size.name].append(elapsed / events)
                found[_PROCESSOR][size.name].append(net / events)


async def _idle_share(pids: tuple[int, ...]) -> float:
    """Return the share of a core that processes take while nothing is published."""
    spent = _processor_s(pids)
    await asyncio.sleep(_IDLE_S)
    return (_processor_s(pids) - spent) / _IDLE_S


async def _publish(bus: Bus, readers: Child, size: Size, count: int, areas: int) -> None:
    """Publish so many events over incidents and areas; return when all are handled."""
    envelopes = [
        bus.envelope(
            incident(0).model_copy(update={"incident_id": f"lz-{n % size.incidents:06}"}),
            area=area(n % areas),
        )
        for n in (next(_numbers) for _ in range(count))
    ]
    await asyncio.gather(bus.send_many(envelopes), readers.tell(str(count), answer="handled"))


def _processor_s(pids: tuple[int, ...]) -> float:
    """Return the processor time that processes have spent, in seconds."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS
