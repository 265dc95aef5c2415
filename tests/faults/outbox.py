"""A publisher that keeps before it sends: ``python -m faults.outbox POST``.

    keep the envelopes, commit -> send -> note that they are stored, commit

What its memory (a real adapter's journal) holds and does not know to be stored is sent again at
the next start, the same and before anything new. What was kept counts as promised.
"""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from faults.checker import Item
from faults.facts import AREA, item_of, ordered, reported
from faults.journal import Journal
from faults.programs import Program, program_main, ready
from liandong.adapters.sdk import Journal as Memory
from liandong.bus import Bus
from liandong.contracts import Envelope, new_id

_KEPT = "kept/"
_INCIDENTS, _BATCH = 5, 4


@dataclass(frozen=True, slots=True)
class Post(Program):
    """What a publisher does.

    Attributes:
        memory: Its file.
        same_ids: Send again under the same id; off only to show what that prevents.
        again: Send again at all; off only to show what that prevents.
    """

    memory: str = ""
    same_ids: bool = True
    again: bool = True


def kept_in(path: Path) -> list[Item]:
    """Return what a publisher that has ended promised to publish, in order."""
    with Memory(path) as memory:
        return [item_of(Envelope.decode(text.encode())) for _, text in memory.notes(_KEPT)]


def _new_ones(bus: Bus, number: int) -> list[list[Envelope]]:
    """Return what is said next of an incident: some reports at once, then an order."""
    incident = f"lz-{number % _INCIDENTS}"
    reports = [reported(incident, number + n) for n in range(_BATCH)]
    calls = [reports, [ordered(incident, number + _BATCH)]]
    return [[bus.envelope(event, area=AREA) for event in events] for events in calls]


def _unknown(memory: Memory, post: Post) -> list[Envelope]:
    """Return what was kept and is not known to be stored."""
    kept = [Envelope.decode(text.encode()) for _, text in memory.notes(_KEPT)]
    found = [envelope for envelope in kept if not memory.is_stored(envelope.id)]
    if not post.same_ids:
        return [envelope.model_copy(update={"id": new_id()}) for envelope in found]
    return found if post.again else []


async def publish(bus: Bus, journal: Journal, post: Post, stop: asyncio.Event) -> None:
    """Send again what is unknown, then publish until told to stop."""
    with Memory(Path(post.memory)) as memory:

        async def send(envelopes: list[Envelope]) -> None:
            await bus.send_many(envelopes)
            memory.stored(envelope.id for envelope in envelopes)
            memory.commit()
            journal.write_many("ok", ({"id": envelope.id} for envelope in envelopes))

        ready()
        for envelope in _unknown(memory, post):
            await send([envelope])
        kept = len(memory.notes(_KEPT))
        while not stop.is_set():
            for envelopes in _new_ones(bus, kept):
                for number, envelope in enumerate(envelopes, kept):
                    memory.write(f"{_KEPT}{number:09}", envelope.encode().decode())
                memory.commit()
                kept += len(envelopes)
                await send(envelopes)


if __name__ == "__main__":
    program_main(Post, publish)
