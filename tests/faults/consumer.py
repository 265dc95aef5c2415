"""A consumer that can be verified, in a process of its own: ``python -m faults.consumer TAKE``.

Its effect is a row in a real adapter's journal (SQLite, WAL, ``synchronous=FULL``), committed with
the note that the event was handled; only then is the event acknowledged.
"""

import asyncio
from dataclasses import asdict, dataclass
from pathlib import Path

from faults.checker import Item
from faults.facts import SPOKEN, item_of
from faults.journal import Journal
from faults.programs import Program, program_main, ready
from liandong.adapters.sdk import Journal as Memory
from liandong.bus import Bus
from liandong.contracts import Envelope, LiandongError, Reason

_EFFECT = "effect/"


@dataclass(frozen=True, slots=True)
class Take(Program):
    """What a consumer does.

    Attributes:
        name: Its durable subscription.
        memory: Its file.
        dedupe: Look whether an event was handled before; off only to show what that prevents.
        handle_s: Seconds that handling takes.
        refuses: Begins the incidents that it refuses for good; empty refuses none.
    """

    name: str = "desk"
    memory: str = ""
    dedupe: bool = True
    handle_s: float = 0.0
    refuses: str = ""


class Effects:
    """Makes each event one effect. Several at once share one commit."""

    def __init__(self, memory: Memory, *, dedupe: bool) -> None:
        self._memory, self._dedupe = memory, dedupe
        self._number = len(memory.notes(_EFFECT))
        self._committing: asyncio.Task[None] | None = None

    async def make(self, item: Item) -> bool:
        """Make an event's effect and return once it is durable; say whether it is a new one."""
        note = f"handled/{item.id}"
        new = not self._dedupe or self._memory.read(note) is None
        if new:
            self._number += 1
            place = f"{_EFFECT}{self._number:09}"
            self._memory.write(place, f"{item.id} {item.key} {item.digest}")
            self._memory.write(note, item.digest)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit())
        await asyncio.shield(self._committing)
        return new

    async def _commit(self) -> None:
        await asyncio.sleep(0)  # let those that wait now join
        self._committing = None
        self._memory.commit()


def effects_in(path: Path) -> list[Item]:
    """Return the effects of a consumer that has ended, in order."""
    with Memory(path) as memory:
        return [Item(*value.split()) for _, value in memory.notes(_EFFECT)]


async def consume(bus: Bus, journal: Journal, take: Take, stop: asyncio.Event) -> None:
    """Consume until told to stop."""
    with Memory(Path(take.memory)) as memory:
        effects = Effects(memory, dedupe=take.dedupe)

        async def handle(envelope: Envelope) -> None:
            if take.refuses and envelope.key.startswith(take.refuses):
                raise LiandongError("refused until mended", reason=Reason.HANDLER_REFUSED)
            item = item_of(envelope)
            journal.write("read", **asdict(item))
            await asyncio.sleep(take.handle_s)
            new = await effects.make(item)
            journal.write("effect" if new else "again", **asdict(item))

        subscription = await bus.subscribe(take.name, handle, SPOKEN, from_start=True)
        ready()
        await stop.wait()
        await subscription.close()


if __name__ == "__main__":
    program_main(Take, consume)
