"""A publisher that can be verified, in a process of its own: ``python -m faults.producer LOAD``.

It publishes incidents in batches and orders one by one, numbered within their incident, and notes
``invoke``, ``ok`` and ``unknown``. What is unknown it sends again, the same, until it knows. On
SIGTERM it finishes what it has begun.
"""

import asyncio
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from faults.facts import AREA, item_of, ordered, reported
from faults.journal import Journal
from faults.programs import Program, program_main, ready
from liandong.bus import Bus
from liandong.contracts import Envelope, TransportError


@dataclass(frozen=True, slots=True)
class Load(Program):
    """What a producer publishes.

    Attributes:
        seed: Its random choices.
        prefix: Begins its incidents' names, so that several producers share none.
        keys: How many incidents it speaks of.
        batch: Events of one `Bus.send_many`.
        orders: Orders after each batch, one `Bus.send` each.
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


def _rounds(bus: Bus, load: Load) -> Iterator[list[list[Envelope]]]:
    """Yield what each round publishes: a batch, then single orders."""
    chance = random.Random(f"{load.seed}/{load.prefix}")  # noqa: S311  repeatable on purpose
    numbers = itertools.count(1)
    keys = [f"{load.prefix}-{n}" for n in range(load.keys)]
    while True:
        batch = [reported(chance.choice(keys), next(numbers)) for _ in range(load.batch)]
        orders = [ordered(chance.choice(keys), next(numbers)) for _ in range(load.orders)]
        calls = [batch, *([order] for order in orders)]
        yield [[bus.envelope(event, area=AREA) for event in call] for call in calls if call]


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
    """Publish until told to stop, or until all is said."""
    loop = asyncio.get_running_loop()
    said, begun = 0, loop.time()
    ready()
    for calls in _rounds(bus, load):
        for envelopes in calls:
            await confirm(bus, journal, envelopes, load.within_s)
            said += len(envelopes)
        if stop.is_set() or 0 < load.events <= said:
            return
        early = begun + said / load.rate - loop.time()
        await asyncio.sleep(max(0.0, early))
        begun = max(begun, loop.time() - said / load.rate)  # an outage is not caught up with


if __name__ == "__main__":
    program_main(Load, produce)
