"""How long each agency took: one row for each kind of errand that it was asked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from liandong.response.review import Delay, Kind, Review, Stage


@dataclass(frozen=True, slots=True)
class Row:
    """What one agency made of one kind of errand.

    Attributes:
        agency: The agency.
        kind: The kind of errands.
        asked: How many it was asked.
        unanswered: How many of them it never answered.
        stages: How long it took for each stage that it reached.
    """

    agency: str
    kind: Kind
    asked: int
    unanswered: int
    stages: Mapping[Stage, Delay]


def by_agency(review: Review) -> Iterator[Row]:
    """Yield the rows by agency and kind; those who never answered anything are among them."""
    rows: set[tuple[str, Kind]] = {(errand.agency, errand.kind) for errand in review.errands}
    for agency, kind in sorted(rows):
        asked = [e for e in review.errands if (e.agency, e.kind) == (agency, kind)]
        unanswered = sum(errand.answered is None for errand in asked)
        took = [d for d in review.delays if (d.agency, d.kind) == (agency, kind)]
        yield Row(agency, kind, len(asked), unanswered, {d.stage: d for d in took})
