"""The messages of a sequence diagram: who told whom, short enough to be read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from liandong.contracts import Event, Lane, Precedence
from liandong.ops.review.tongue import Tongue
from liandong.response.review import Line, Review

MOST = 160  # messages in one diagram: more is not read


@dataclass(frozen=True, slots=True)
class Message:
    """One message, or several alike in a row.

    Attributes:
        time: When it was said.
        source: Who said it.
        to: Whom it was for; empty where it was for all.
        brief: What kind of message it is, by language.
        name: The order, request or unit that it is about.
        urgent: Whether people were to look at it at once.
        count: How many it stands for.
    """

    time: datetime
    source: str
    to: tuple[str, ...]
    brief: dict[str, str]
    name: str
    urgent: bool
    count: int = 1


@dataclass(frozen=True, slots=True)
class Sequence:
    """What is drawn, and what is not.

    Attributes:
        parties: Everybody in it, by first appearance.
        messages: What is drawn, in order.
        measured: Positions and measurements, which are not.
        left_out: Messages that were left out for length.
    """

    parties: tuple[str, ...]
    messages: tuple[Message, ...]
    measured: int
    left_out: int


def sequence(review: Review, most: int = MOST) -> Sequence:
    """Return the messages of a review.

    Where there are too many, those for all go first, then those in the middle: how it began, how it
    ended and what was ordered say the most.
    """
    told = [line for line in review.timeline if line.source and not _is_measured(line)]
    messages = list(_merged(told))
    kept = messages if len(messages) <= most else [one for one in messages if one.to]
    if len(kept) > most:
        kept = [*kept[: most // 2], *kept[len(kept) - most // 2 :]]
    drawn = sum(one.count for one in kept)
    parties = dict.fromkeys(agency for one in kept for agency in (one.source, *one.to))
    return Sequence(
        tuple(parties),
        tuple(kept),
        measured=sum(line.count for line in review.timeline if _is_measured(line)),
        left_out=len(told) - drawn,
    )


def brief(one: Message, tongue: Tongue) -> str:
    """Return what kind of message it is."""
    return tongue.of(one.brief) or tongue.say("unreadable")


def _is_measured(line: Line) -> bool:
    known = Event.known.get(line.type)
    return known is not None and known.lane is Lane.TELEMETRY


def _merged(lines: Iterable[Line]) -> Iterator[Message]:
    """Yield messages; one that is said again at once, to the same and of the same, is one."""
    last: Message | None = None
    for line in lines:
        one = _message(line)
        if last and (last.source, last.to, last.brief, last.name) == (
            one.source,
            one.to,
            one.brief,
            one.name,
        ):
            last = replace(last, count=last.count + 1)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _message(line: Line) -> Message:
    urgent = line.precedence in {Precedence.FLASH, Precedence.IMMEDIATE}
    return Message(line.time, line.source, line.to, line.brief, line.name, urgent)
