"""Rounds: every way once in each, the order turned on each time.

A slow moment of the machine then hits all of them, and a ratio of medians survives it.
"""

import gc
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from bench.figures import Rounds, Side

_WARM_UP_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Way:
    """One way to do what is measured.

    Attributes:
        side: Whose.
        name: Which of theirs.
        run: Does it with so many events; returns the seconds it took, or None to have them taken.
        share: The part of the events that a slow way gets: its rate shows with fewer.
    """

    side: Side
    name: str
    run: Callable[[int], Awaitable[float | None]]
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
) -> Rounds:
    """Return events a second of each way and round.

    Args:
        ways: What to measure.
        rounds: How often; one more, not counted, warms up.
        count: Events a round and way.
        between: Called after each way with the number of its events, off the clock: checks that
            they are all there, and tidies up.
    """
    found: Rounds = {way.label: [] for way in ways}
    for number in range(rounds + 1):
        turn = number % len(ways)
        for way in (*ways[turn:], *ways[:turn]):
            events = max(1, round(count * way.share * (1 if number else _WARM_UP_SHARE)))
            gc.collect()
            begun = time.perf_counter()
            own_watch = await way.run(events)
            seconds = own_watch or time.perf_counter() - begun
            if number:
                found[way.label].append(events / seconds)
            if between:
                await between(events)
    return found
