"""A publisher and a consumer at work while a row breaks what is between them."""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from faults.alarmed import silent
from faults.broker import Broker
from faults.consumer import Take
from faults.journal import Journal, Line, Tail, read_journal
from faults.judge import judge, wait_for_effects
from faults.producer import Load
from faults.programs import running
from faults.row import Row, Spec
from faults.watch import watch
from liandong.bus import Bus, connect
from liandong.bus.health import kept_well
from liandong.contracts.system import AlarmName

_EFFECTS_S = 120.0
_FLOWS_S = 60.0
_POLL_S = 0.05
_ORDERS = "orders/"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault that was survived.

    Attributes:
        at: When it was there, in seconds of the monotonic clock.
        recovery_s: Seconds until orders flowed again, counted from when it was mended.
    """

    at: float
    recovery_s: float


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

    async def flows(self, within_s: float = _FLOWS_S, *, new: bool = True) -> float:
        """Wait until an order is handled from now on; return the seconds.

        Args:
            within_s: Seconds to wait.
            new: Count one only that is confirmed from now on as well, not what has waited.

        Raises:
            TimeoutError: None was within so many seconds.
        """
        since = time.monotonic()
        said, heard = Tail(self.said, from_now=True), Tail(self.heard, from_now=True)
        confirmed: set[str] = set()
        handled: dict[str, float] = {}
        async with asyncio.timeout(within_s):
            while not (found := handled.keys() & confirmed if new else handled.keys()):
                await asyncio.sleep(_POLL_S)
                confirmed.update(_ids(said, "ok", since))
                handled.update(_ids(heard, "effect", since, key=_ORDERS))
        return min(handled[order] for order in found) - since


def _ids(journal: Tail, what: str, since: float, *, key: str = "") -> dict[str, float]:
    """Return the ids of new lines of one kind after a moment, and when each was written."""

    def fits(line: Line) -> bool:
        return line.what == what and line.at > since and line.facts.get("key", "").startswith(key)

    return {line.facts["id"]: line.at for line in journal.lines() if fits(line)}


@asynccontextmanager
async def traffic(spec: Spec, to: str, at: str = "", agency: str = "") -> AsyncGenerator[Traffic]:
    """Keep events and orders flowing until the block is left; then let them arrive.

    Args:
        spec: Whose parameters hold the ``load``.
        to: The broker that is published to; commas between the addresses of several nodes.
        at: The broker that is consumed from, where it is another.
        agency: Whom the consumer speaks for, where not for the same.
    """
    folder = spec.folder
    made = Traffic(folder / "producer.jsonl", folder / "consumer.jsonl", folder / "effects.db")
    load = Load(tuple(to.split(",")), str(made.said), seed=spec.seed, **spec.params["load"])
    take = Take(
        tuple((at or to).split(",")),
        str(made.heard),
        agency or load.agency,
        memory=str(made.memory),
    )
    async with running("consumer", take) as consumer, running("producer", load) as producer:
        yield made
        await producer.stop()
        await wait_for_effects([made.said], made.heard, _EFFECTS_S)
        await consumer.stop()


Breaks = Callable[[Traffic], Awaitable[list[Fault]]]


async def under_load(
    spec: Spec, broker: Broker, breaks: Breaks, names: frozenset[AlarmName]
) -> Row:
    """Break things under load; judge what was confirmed after the broker has started once more.

    The broker is kept well as ours always are; nobody else does anything to it.

    Args:
        spec: What the row is given.
        broker: The broker, which runs.
        breaks: Breaks and mends, as often as asked.
        names: The alarms that name such a fault.
    """
    row = spec.row()
    async with (
        await connect(servers=(broker.url,)) as bus,
        kept_well(broker.server, bus.alarms),
        watched(bus, spec.folder / "keeper.jsonl"),
    ):
        await bus.apply()
        async with traffic(spec, broker.url) as made:
            faults = await breaks(made)
    note(row, faults)
    note_silent(row, faults, spec.folder, names)
    await broker.kill()
    await broker.start()
    await judge(row, broker.url, [made.said], [made.memory])
    return row


def note(row: Row, faults: Sequence[Fault]) -> None:
    """Note how many faults there were, and how long orders took to flow after each."""
    row.injected += len(faults)
    for fault in faults:
        row.recovered(fault.recovery_s)


def note_silent(
    row: Row, faults: Sequence[Fault], folder: Path, names: frozenset[AlarmName]
) -> None:
    """Note how many faults none of a row's processes named in time."""
    journals = [read_journal(path) for path in folder.glob("*.jsonl")]
    row.silent = silent([fault.at for fault in faults], journals, names)


@asynccontextmanager
async def watched(bus: Bus, path: Path) -> AsyncGenerator[None]:
    """Note what a bus of this process says of itself while the block runs."""
    watching = asyncio.create_task(watch(bus, Journal(path)))
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
