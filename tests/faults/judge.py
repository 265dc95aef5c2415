"""From the journals of a run to its row."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import aclosing, suppress
from pathlib import Path

from faults.checker import Item, check
from faults.consumer import effects_in
from faults.facts import SPOKEN, item_of
from faults.journal import Tail, ids, items, read_journal
from faults.row import Row
from liandong.bus import connect

_POLL_S = 0.1


async def wait_for_effects(said: Sequence[Path], heard: Path, within_s: float) -> None:
    """Return once a consumer has made the effect of all that was confirmed.

    What is missing after that long is for the checker to name.

    Args:
        said: Journals of producers, which have ended.
        heard: The journal of the consumer, which still runs.
        within_s: Seconds after which it is not waited for any longer.
    """
    missing, tail = set(ids(read_journal(*said), "ok")), Tail(heard)
    with suppress(TimeoutError):
        async with asyncio.timeout(within_s):
            while missing:
                lines = tail.lines()
                # A consumer that was killed before it could note an effect notes that it is there.
                missing = missing.difference(ids(lines, "effect"), ids(lines, "again"))
                await asyncio.sleep(_POLL_S)


async def judge(row: Row, url: str, said: Iterable[Path], memories: Iterable[Path]) -> None:
    """Fill a row from what producers noted, what the log holds and what effects there are.

    Args:
        row: The row to fill.
        url: The broker, which runs; commas between the addresses of several nodes.
        said: Journals of producers.
        memories: Files of consumers that have ended.
    """
    lines = read_journal(*said)
    sent, confirmed = items(lines, "invoke"), ids(lines, "ok")
    row.acked += len(confirmed)
    row.add(check(sent, confirmed, await log_of(url)))
    for memory in memories:
        row.add(check(sent, confirmed, effects_in(memory)))


async def log_of(url: str) -> list[Item]:
    """Return what the log holds, in the order of each lane."""
    async with await connect(servers=url) as bus, aclosing(bus.history(SPOKEN)) as entries:
        return [item_of(entry.envelope) async for entry in entries if entry.envelope]
