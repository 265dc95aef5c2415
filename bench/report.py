"""The table for people, and the JSON for whatever reads it."""

from collections.abc import Sequence
from typing import Any

from bench.figures import Outcome, Row

_HEAD = f"{'what':<34}{'liandong':>16}{'baseline':>16}{'ratio':>8}  {'bar':<9}{'':<12}against"


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each row, then the notes."""
    lines = [_HEAD, *(_line(row) for outcome in outcomes for row in outcome.rows)]
    notes = [f"  {note}" for outcome in outcomes for note in outcome.notes]
    return "\n".join([*lines, *([""] if notes else []), *notes])


def _line(row: Row) -> str:
    if row.ratio is None:
        return f"{row.name:<34}{'not run: ' + row.not_run}"
    verdict = "reached" if row.reached else "NOT REACHED"
    bar = f"{'≥' if row.at_least else '≤'} {row.bar:g}"
    return (
        f"{row.name:<34}{_figure(row.figure, row.unit):>16}{_figure(row.baseline, row.unit):>16}"
        f"{row.ratio:>8.2f}  {bar:<9}{verdict:<12}{row.against}"
    )


def _figure(figure: float | None, unit: str) -> str:
    if figure is None:
        return ""
    digits = 0 if figure >= 100 else 1 if figure >= 10 else 2  # noqa: PLR2004  three that tell
    return f"{figure:,.{digits}f} {unit}"


def document(outcomes: Sequence[Outcome], about: dict[str, Any]) -> dict[str, Any]:
    """Return everything: ratios, rows, each round's figures, and what it ran on."""
    rows = [row for outcome in outcomes for row in outcome.rows]
    return {
        "about": about,
        "ratios": {row.name: row.ratio for row in rows},
        "rows": [
            {
                "name": row.name,
                "liandong": row.figure,
                "baseline": row.baseline,
                "unit": row.unit,
                "against": row.against,
                "ratio": row.ratio,
                "bar": f"{'>=' if row.at_least else '<='} {row.bar:g}",
                "reached": row.reached,
                "not_run": row.not_run,
            }
            for row in rows
        ],
        "rounds": {name: ways for outcome in outcomes for name, ways in outcome.rounds.items()},
        "notes": [note for outcome in outcomes for note in outcome.notes],
    }
