"""How long each errand waited, as bars on one scale."""

from datetime import datetime

from liandong.ops.review.markup import Markup, tag
from liandong.response.review import Errand, Review

_WIDTH, _HEIGHT = 180, 14
_LEAST = 1.0  # pixels: what took no time is still seen


class Scale:
    """The time from the first asking to the last end, as pixels."""

    def __init__(self, review: Review) -> None:
        """Take the errands' times."""
        ends = [_end(errand, review) for errand in review.errands]
        self._begins = min(errand.asked for errand in review.errands)
        self._seconds = max((max(ends) - self._begins).total_seconds(), 1e-3)
        self._review = review

    def bar(self, errand: Errand) -> Markup:
        """Return an errand's course: until received, until answered, at work; what it missed."""
        end = _end(errand, self._review)
        received = errand.received or errand.asked
        answered = errand.answered or end
        parts = [
            self._part("wait", errand.asked, received),
            self._part("open", received, max(received, answered)),
            self._part("work", answered, end) if errand.answered else None,
        ]
        missed = [self._mark(one.due) for one in errand.missed]
        return tag(
            "svg",
            tag("line", x1=0, y1=7, x2=_WIDTH, y2=7, class_="axis"),
            parts,
            missed,
            xmlns="http://www.w3.org/2000/svg",
            class_="bar",
            aria_hidden="true",
            viewBox=f"0 0 {_WIDTH} {_HEIGHT}",
            width=_WIDTH,
            height=_HEIGHT,
        )

    def _part(self, kind: str, start: datetime, end: datetime) -> Markup:
        x, until = self._x(start), self._x(end)
        wide = max(_LEAST, until - x)
        return tag("rect", x=f"{x:.1f}", y=3, width=f"{wide:.1f}", height=8, class_=kind)

    def _mark(self, moment: datetime) -> Markup:
        x = f"{self._x(moment):.1f}"
        return tag("line", x1=x, y1=0, x2=x, y2=_HEIGHT, class_="missed")

    def _x(self, moment: datetime) -> float:
        share = (moment - self._begins).total_seconds() / self._seconds
        return min(max(share, 0.0), 1.0) * (_WIDTH - _LEAST)


def _end(errand: Errand, review: Review) -> datetime:
    """Return when an errand ended; one that is open lasts as long as the review."""
    return errand.over or review.ends or errand.asked
