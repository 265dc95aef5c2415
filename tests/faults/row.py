"""A row of the plan: what it is given, and what came of it."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from faults.checker import Verdict


class NotRun(Exception):  # noqa: N818  the machine lacks something: nothing went wrong
    """This machine cannot give what the row needs; the words say what."""


@dataclass(slots=True)
class Row:
    """What came of one row.

    Attributes:
        fault: Its name in the plan.
        seed: What its random moments came from.
        injected: How many faults were injected.
        acked: How many events were confirmed to their publishers.
        lost: Confirmed, and not in the log or without an effect.
        duplicated: Stored twice, or with two effects.
        reordered: Neighbours of one incident whose first effects came in the other order.
        corrupt: Read with other contents than were sent.
        phantom: Read and never sent.
        slowest_recovery_s: Seconds from a fault to the next success, at the worst.
        silent: Faults that no alarm named within 10 s; None where alarms were not watched.
        not_run: Why it could not run here; empty where it did.
        failed: A sentence for each bar that was missed.
        facts: What else was measured, by name.
    """

    fault: str
    seed: int
    injected: int = 0
    acked: int = 0
    lost: int = 0
    duplicated: int = 0
    reordered: int = 0
    corrupt: int = 0
    phantom: int = 0
    slowest_recovery_s: float | None = None
    silent: int | None = None
    not_run: str = ""
    failed: list[str] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)

    def add(self, verdict: Verdict) -> None:
        """Count what a reading of the log, or one consumer's effects, showed."""
        self.lost += len(verdict.lost)
        self.duplicated += len(verdict.duplicated)
        self.reordered += len(verdict.reordered)
        self.corrupt += len(verdict.corrupt)
        self.phantom += len(verdict.phantom)

    def recovered(self, seconds: float) -> None:
        """Note one recovery; the slowest counts."""
        self.slowest_recovery_s = max(self.slowest_recovery_s or 0.0, round(seconds, 3))

    def figure(self, name: str) -> float | None:
        """Return a figure by name, wherever it is kept; None where it was not measured."""
        return self.facts[name] if name in self.facts else getattr(self, name, None)


@dataclass(frozen=True, slots=True)
class Spec:
    """What a row is given.

    Attributes:
        name: The row's name in the plan.
        seed: The run's seed.
        count: How many faults to inject.
        folder: A folder of its own, removed afterwards.
        params: The row's parameters in the plan.
    """

    name: str
    seed: int
    count: int
    folder: Path
    params: dict[str, Any]

    def random(self) -> random.Random:
        """Return the only source of chance that a row may use; the same for the same seed."""
        return random.Random(f"{self.seed}/{self.name}")  # noqa: S311  repeatable on purpose

    def row(self) -> Row:
        """Return an empty row to fill."""
        return Row(self.name, self.seed)
