"""A publisher and a consumer at work while a row breaks what is between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.consumer import Take
from faults.journal import Line, Tail, ids, read_journal
from faults.judge import wait_for_effects
from faults.producer import Load
from faults.programs import running
from faults.row import Row, Spec

_EFFECTS_S = 120.0
_POLL_S = 0.05
_ORDERS = "orders/"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What passes from one publisher to one consumer.

    Attributes:
        said: The publisher's journal.
        heard: The consumer's.
        memory: The file of its effects.
    """

    said: Path
    heard: Path
    memory: Path

    async def flows(self, since: float, within_s: float) -> None:
        """Return once an order was confirmed and handled, both after a moment.

        What does not come is for the checker to name.

        Args:
            since: The moment, in seconds of the monotonic clock.
            within_s: Seconds after which it is not waited for any longer.
        """
        said, heard = Tail(self.said), Tail(self.heard)
        confirmed: set[str] = set()
        handled: set[str] = set()
        until = time.monotonic() + within_s
        while time.monotonic() < until and not confirmed & handled:
            confirmed.update(ids(_after(said.lines(), since), "ok"))
            handled.update(ids(_orders(_after(heard.lines(), since)), "effect"))
            await asyncio.sleep(_POLL_S)


@asynccontextmanager
async def traffic(spec: Spec, to: str, at: str = "", agency: str = "") -> AsyncGenerator[Traffic]:
    """Keep events and orders flowing until the block is left; then let them arrive.

    Args:
        spec: Whose parameters hold the ``load``.
        to: The broker that is published to.
        at: The broker that is consumed from, where it is another.
        agency: Whom the consumer speaks for, where not for the same.
    """
    folder = spec.folder
    made = Traffic(folder / "producer.jsonl", folder / "consumer.jsonl", folder / "effects.db")
    load = Load((to,), str(made.said), seed=spec.seed, **spec.params["load"])
    take = Take((at or to,), str(made.heard), agency or load.agency, memory=str(made.memory))
    async with running("consumer", take) as consumer, running("producer", load) as producer:
        yield made
        await producer.stop()
        await wait_for_effects([made.said], made.heard, _EFFECTS_S)
        await consumer.stop()


def recoveries(moments: Sequence[float], made: Traffic) -> list[float | None]:
    """Return the seconds from each moment until an order was confirmed and handled after it.

    None stands where no order was.
    """
    said, heard = read_journal(made.said), read_journal(made.heard)
    handled = {line.facts["id"]: line.at for line in _orders(heard) if line.what == "effect"}
    found: list[float | None] = []
    for moment in moments:
        confirmed = ids(_after(said, moment), "ok")
        done = [handled[i] - moment for i in confirmed if i in handled and handled[i] > moment]
        found.append(min(done, default=None))
    return found


def note_recoveries(row: Row, moments: Sequence[float], made: Traffic) -> None:
    """Note how long each healing took to bring orders again."""
    for number, seconds in enumerate(recoveries(moments, made), 1):
        if seconds is None:
            row.failed.append(f"after fault {number} no order came through")
        else:
            row.recovered(seconds)


def _after(lines: Sequence[Line], moment: float) -> list[Line]:
    return [line for line in lines if line.at > moment]


def _orders(lines: Sequence[Line]) -> list[Line]:
    return [line for line in lines if line.facts.get("key", "").startswith(_ORDERS)]
