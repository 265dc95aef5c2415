"""The plan: every row and its fault as data."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PLAN = Path(__file__).with_name("plan.toml")


@dataclass(frozen=True, slots=True)
class Planned:
    """One row of the plan.

    Attributes:
        name: Its name; ``rows/<name>.py`` runs it, with ``_`` for ``-``.
        title: What is done, in one line.
        count: How many faults a full run injects.
        slice_count: How many the slice injects; 0 leaves the row out of it.
        within_s: Seconds after which the row has failed.
        params: Its parameters.
        slice_params: Those that differ in the slice.
        at_most: The bars: a figure's name and its highest value.
        at_least: Those with a lowest value, for a full run.
        slice_at_least: The same for the slice.
    """

    name: str
    title: str
    count: int
    slice_count: int
    within_s: float
    params: dict[str, Any] = field(default_factory=dict)
    slice_params: dict[str, Any] = field(default_factory=dict)
    at_most: dict[str, float] = field(default_factory=dict)
    at_least: dict[str, float] = field(default_factory=dict)
    slice_at_least: dict[str, float] = field(default_factory=dict)


def read_plan(path: Path = PLAN) -> list[Planned]:
    """Return the rows, in the order in which they run."""
    return [Planned(**row) for row in tomllib.loads(path.read_text("utf-8"))["row"]]
