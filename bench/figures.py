"""What a bench hands back: rows of the table, and every round's raw figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import median

Rounds = dict[str, list[float]]
"""Figures of each round, in order, by way."""


class Side(StrEnum):
    """Whose way it is."""

    OURS = "liandong"
    RAW = "raw"
    FASTSTREAM = "faststream"
    BESIDE = "beside"  # told, but no baseline: it does something else


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table.

    Attributes:
        name: What the JSON's ``ratios`` calls it.
        ratio: Our figure over the baseline's; None where it was not run.
        bar: What it has to reach.
        at_least: Whether more is better.
        figure: Ours.
        baseline: The other's, or the limit.
        unit: Of both.
        against: What the baseline is.
        not_run: Why there is no figure.
    """

    name: str
    ratio: float | None = None
    bar: float = 0.0
    at_least: bool = False
    figure: float | None = None
    baseline: float | None = None
    unit: str = ""
    against: str = ""
    not_run: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None where it was not run."""
        if self.ratio is None:
            return None
        return self.ratio >= self.bar if self.at_least else self.ratio <= self.bar


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one bench found.

    Attributes:
        rows: For the table.
        rounds: Every round's figures, by what was measured and how, with the unit in the name.
        notes: Figures beside the table, in words.
    """

    rows: Sequence[Row]
    rounds: Mapping[str, Rounds] = field(default_factory=dict)
    notes: Sequence[str] = ()


def not_run(name: str, reason: str) -> Outcome:
    """Return the outcome of a bench that did not come to its end."""
    return Outcome([Row(name, not_run=reason)])


def best(rounds: Rounds, side: Side, *, most: bool) -> tuple[str, float]:
    """Return a side's best way and its median. Ways are named ``side: way``."""
    medians = {
        way: median(figures) for way, figures in rounds.items() if way.startswith(f"{side}:")
    }
    way = (max if most else min)(medians, key=lambda name: medians[name])
    return way, medians[way]


def against(
    name: str, rounds: Rounds, side: Side, bar: float, *, unit: str, at_least: bool = False
) -> Row:
    """Return our best median over a side's best median."""
    _, figure = best(rounds, Side.OURS, most=at_least)
    way, baseline = best(rounds, side, most=at_least)
    return Row(name, figure / baseline, bar, at_least, figure, baseline, unit, way)
