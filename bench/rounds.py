"""Rounds: every way once in each, the order turned on each time.

A slow moment of the machine then hits all of them, and a ratio of medians survives it.
"""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.figures import Rounds, Side

_WARM_UP_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Watch:
    """A stopwatch for both kinds of time, running from its making."""

    begun: float = field(default_factory=time.perf_counter)
    used: float = field(default_factory=time.process_time)

    def stop(self) -> "Spent":
        """Return what has passed."""
        return Spent(time.perf_counter() - self.begun, time.process_time() - self.used)


class Spent(NamedTuple):
    """Seconds that passed, and those of the processor that this process used."""

    elapsed: float
    processor: float


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do what is measured.

    Attributes:
        side: Whose.
        name: Which of theirs.
        run: Does it with so many events; returns what it spent, or None to have it taken.
        share: The part of the events that a slow way gets: its rate shows with fewer.
    """

    side: Side
    name: str
    run: Callable[[int], Awaitable[Spent | None]]
    share: float = 1.0

    @property
    def label(self) -> str:
        """What its figures stand under."""
        return f"{self.side}: {self.name}"


async def rates(
    ways: Sequence[Way],
    rounds: int,
    count: int,
    *,
    between: Callable[[int], Awaitable[None]] | None = None,
) -> tuple[Rounds, Rounds]:
    """Return of each way and round the events a second, and the processor time of this process.

    Processor time (µs an event) says on a busy machine what the rate cannot.

    Args:
        ways: What to measure.
        rounds: How often; one more, not counted, warms up.
        count: Events a round and way.
        between: Called after each way with the number of its events, off the clock: checks that
            they are all there, and tidies up.
    """
    found: Rounds = {way.label: [] for way in ways}
    processor: Rounds = {way.label: [] for way in ways}
    for number in range(rounds + 1):
        turn = number % len(ways)
        for way in (*ways[turn:], *ways[:turn]):
            events = max(1, round(count * way.share * (1 if number else _WARM_UP_SHARE)))
            gc.collect()
            watch = Watch()
            spent = await way.run(events) or watch.stop()
            if number:
                found[way.label].append(events / spent.elapsed)
                processor[way.label].append(spent.processor / events * 1e6)
            if between:
                await between(events)
    return found, processor
