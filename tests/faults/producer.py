"""A publisher that can be verified, in a process of its own: ``python -m faults.producer LOAD``.

It publishes incidents in batches and orders one by one, numbered within their incident, and notes
``invoke``, ``ok`` and ``unknown``. What is unknown it sends again, the same, until it knows. On
SIGTERM it finishes what it has begun.
"""

import asyncio
import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

from faults.facts import AREA, item_of, ordered, reported
from faults.journal import Journal
from faults.programs import Program, program_main, ready
from liandong.bus import Bus
from liandong.contracts import Envelope, Event, TransportError


@dataclass(frozen=True, slots=True)
class Load(Program):
    """What a producer publishes.

    Attributes:
        seed: Its random choices.
        prefix: Begins its incidents' names, so that several producers share none.
        keys: How many incidents it speaks of.
        batch: Events of one `Bus.send_many`.
        orders: Orders for each batch, one call each, beside the batches.
        rate: Events a second, at the most.
        events: How many to publish; 0 goes on until SIGTERM.
        within_s: Seconds after which an unconfirmed call counts as unknown.
    """

    seed: int = 0
    prefix: str = "lz"
    keys: int = 50
    batch: int = 50
    orders: int = 2
    rate: float = 1000.0
    events: int = 0
    within_s: float = 30.0


def _calls(
    bus: Bus, load: Load, say: Callable[[str, int], Event], size: int
) -> Iterator[list[Envelope]]:
    """Yield what each call publishes, for ever."""
    chance = random.Random(f"{load.seed}/{load.prefix}/{say.__name__}")  # noqa: S311  repeatable
    numbers = itertools.count(1)
    while True:
        incidents = [f"{load.prefix}-{chance.randrange(load.keys)}" for _ in range(size)]
        events = [say(incident, next(numbers)) for incident in incidents]
        yield [bus.envelope(event, area=AREA) for event in events]


async def confirm(bus: Bus, journal: Journal, envelopes: Sequence[Envelope], within: float) -> None:
    """Send until it is known that all are stored."""
    journal.write_many("invoke", (asdict(item_of(envelope)) for envelope in envelopes))
    while True:
        try:
            stored = await bus.send_many(envelopes, within=within)
        except TransportError as error:
            journal.write_many("unknown", ({"id": e.id, "why": str(error)} for e in envelopes))
        else:
            journal.write_many("ok", ({"id": s.envelope.id} for s in stored))
            return


async def produce(bus: Bus, journal: Journal, load: Load, stop: asyncio.Event) -> None:
    """Publish until told to stop, or until all is said; orders do not wait for the batches."""

    async def speak(calls: Iterator[list[Envelope]], share: float) -> None:
        loop = asyncio.get_running_loop()
        said, begun, rate = 0, loop.time(), load.rate * share
        while not stop.is_set() and (not load.events or said < load.events * share):
            envelopes = next(calls)
            await confirm(bus, journal, envelopes, load.within_s)
            said += len(envelopes)
            begun = max(begun, loop.time() - said / rate)  # an outage is not caught up with
            await asyncio.sleep(max(0.0, begun + said / rate - loop.time()))

    ready()
    of_events = load.batch / (load.batch + load.orders)
    async with asyncio.TaskGroup() as lanes:
        if load.batch:
            lanes.create_task(speak(_calls(bus, load, reported, load.batch), of_events))
        if load.orders:
            lanes.create_task(speak(_calls(bus, load, ordered, 1), 1 - of_events))


if __name__ == "__main__":
    program_main(Load, produce)
