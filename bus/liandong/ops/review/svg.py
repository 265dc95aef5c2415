"""The sequence diagram as SVG: in pieces that fit a page, each with its agencies at the top."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from unicodedata import east_asian_width

from liandong.ops.review.markup import Markup, join, tag
from liandong.ops.review.sequence import Message, brief
from liandong.ops.review.tongue import Tongue

_EACH = 18  # messages in one piece: what a printed page holds
_TIMES = 62  # pixels at the left, for the times
_TIMES_DATED = 104
_HEAD, _ROW, _FOOT = 48, 34, 8
_COLUMN = (118, 190)  # the narrowest and the widest
_WIDTH = 1_080
_ARROW = 7
_WIDE, _NARROW, _SMALL = 11.0, 5.9, 0.82  # pixels of a character; how much smaller names are


@dataclass(frozen=True, slots=True)
class _Paper:
    """Where things stand in one piece."""

    left: int
    column: int
    places: Mapping[str, int]

    def x(self, agency: str) -> int:
        """Return the middle of an agency's column."""
        return self.left + self.column * self.places[agency] + self.column // 2

    @property
    def width(self) -> int:
        """Return how wide the piece is."""
        return self.left + self.column * len(self.places)


def drawn(messages: Sequence[Message], parties: Sequence[str], tongue: Tongue) -> list[Markup]:
    """Return the pieces, in order; each shows only the agencies that speak or are spoken to in it.

    Args:
        messages: What is drawn, in order.
        parties: Everybody, in the order of their columns.
        tongue: The language.
    """
    pieces = [messages[at : at + _EACH] for at in range(0, len(messages), _EACH)]
    return [_piece(piece, parties, tongue) for piece in pieces]


def _piece(messages: Sequence[Message], parties: Sequence[str], tongue: Tongue) -> Markup:
    there = {agency for one in messages for agency in (one.source, *one.to)}
    shown = [agency for agency in parties if agency in there]
    left = _TIMES_DATED if tongue.dated else _TIMES
    narrowest, widest = _COLUMN
    column = max(narrowest, min(widest, (_WIDTH - left) // len(shown)))
    paper = _Paper(left, column, {agency: at for at, agency in enumerate(shown)})
    height = _HEAD + _ROW * len(messages) + _FOOT
    return tag(
        "svg",
        [_lifeline(agency, paper, height, tongue) for agency in shown],
        [_message(one, _HEAD + _ROW * at, paper, tongue) for at, one in enumerate(messages)],
        xmlns="http://www.w3.org/2000/svg",
        class_="sequence",
        role="img",
        aria_label=f"{tongue.say('sequence')}, {tongue.moment(messages[0].time)}",
        viewBox=f"0 0 {paper.width} {height}",
        width=paper.width,
        height=height,
    )


def _lifeline(agency: str, paper: _Paper, height: int, tongue: Tongue) -> Markup:
    middle, half = paper.x(agency), paper.column // 2 - 5
    before, _, last = tongue.party(agency).rpartition("/")
    return join(
        [
            tag("line", x1=middle, y1=40, x2=middle, y2=height, class_="life"),
            tag("rect", x=middle - half, y=4, width=2 * half, height=36, rx=4, class_="head"),
            tag("text", _cut(before, 2 * half), x=middle, y=18, class_="region mid"),
            tag("text", _cut(last, 1.7 * half), x=middle, y=33, class_="agency mid"),
        ]
    )


def _message(one: Message, top: int, paper: _Paper, tongue: Tongue) -> Markup:
    base = top + 20
    told = _arrow(one, base, paper, tongue) if one.to else _note(one, base, paper, tongue)
    return tag(
        "g",
        tag("title", f"{tongue.moment(one.time)} {one.source} {brief(one, tongue)} {one.name}"),
        tag("text", tongue.time(one.time), x=4, y=base + 4, class_="time"),
        told,
        class_="urgent" if one.urgent else None,
    )


def _arrow(one: Message, base: int, paper: _Paper, tongue: Tongue) -> Markup:
    """Return a line from who speaks to each who is spoken to, the words over its longest part."""
    start = paper.x(one.source)
    ends = [paper.x(agency) for agency in one.to]
    far = max(ends, key=lambda x: abs(x - start))
    span = (min(start, *ends), max(start, *ends))
    middle, room = (start + far) // 2, abs(far - start) - 2 * _ARROW
    return join(
        [
            tag("line", x1=span[0], y1=base, x2=span[1], y2=base, class_="arrow"),
            [_point(x, base, 1 if x > start else -1) for x in ends],
            tag("circle", cx=start, cy=base, r=2, class_="from"),
            _words(one, middle, base, room, tongue, "mid"),
        ]
    )


def _point(x: int, y: int, towards: Literal[1, -1]) -> Markup:
    back = x - towards * _ARROW
    return tag("polygon", points=f"{x},{y} {back},{y - 4} {back},{y + 4}", class_="point")


def _note(one: Message, base: int, paper: _Paper, tongue: Tongue) -> Markup:
    """Return a dot with the words beside it, on the side where there is room."""
    x = paper.x(one.source)
    rightwards = x < paper.left + (paper.width - paper.left) / 2
    room = paper.width - x - 10 if rightwards else x - paper.left
    at, side = (x + 8, "right") if rightwards else (x - 8, "left")
    return join(
        [
            tag("circle", cx=x, cy=base, r=4, class_="note"),
            _words(one, at, base + 5, room, tongue, side),
        ]
    )


def _words(one: Message, x: int, base: int, room: int, tongue: Tongue, side: str) -> list[Markup]:
    times = f" ×{one.count}" if one.count > 1 else ""
    told = _cut(brief(one, tongue), room - 18 * bool(times)) + times
    return [
        tag("text", told, x=x, y=base - 5, class_=f"brief {side}"),
        tag("text", _cut(one.name, room / _SMALL), x=x, y=base + 10, class_=f"name {side}"),
    ]


def _cut(words: str, room: float) -> str:
    """Return words as far as they fit into so many pixels."""
    taken = 0.0
    for at, char in enumerate(words):
        taken += _WIDE if east_asian_width(char) in {"W", "F"} else _NARROW
        if taken > room:
            return f"{words[: max(1, at - 1)]}…"
    return words
