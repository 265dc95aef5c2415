"""A review as lines of text, for a terminal or a file."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from rich.cells import cell_len

from liandong.contracts import Mode
from liandong.contracts.catalogue.finding import printable
from liandong.ops.review.attention import attention
from liandong.ops.review.page import facts, figures, tongue_for
from liandong.ops.review.sections import kind, said
from liandong.ops.review.sequence import Message, sequence
from liandong.ops.review.tongue import Language, Tongue
from liandong.response.review import Delay, Review, Stage

_APART = 6  # characters from one lifeline to the next
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def render_text(review: Review, language: Language = "en", zone: tzinfo = UTC) -> str:
    """Return the review as text; what anybody wrote cannot steer a terminal.

    Args:
        review: What it tells.
        language: ``en``, ``zh``, or ``both`` side by side.
        zone: The zone that times are told in.
    """
    tongue = tongue_for(review, language, zone)
    return "".join(f"{printable(line)}\n" for line in _lines(review, tongue))


def _lines(review: Review, tongue: Tongue) -> Iterator[str]:
    if review.mode is not Mode.LIVE:
        yield f"*** {tongue.say(review.mode.value)} ***"
    yield f"{tongue.say('review')} {review.incident}  {tongue.of(review.title)}"
    yield "  ".join(facts(review, tongue))
    yield " · ".join(f"{number} {of}" for number, of, _ in figures(review, tongue))
    for one in tongue.each():
        yield one.say("from_log")
    yield from _head("attention", tongue)
    yield from _attention(review, tongue)
    yield from _head("delays", tongue)
    yield from _table(list(_delays(review, tongue)))
    yield from _head("sequence", tongue)
    yield from _sequence(review, tongue)
    yield from _head("timeline", tongue)
    yield from _timeline(review, tongue)


def _head(key: str, tongue: Tongue) -> Iterator[str]:
    yield ""
    yield f"## {tongue.say(key)}"
    yield ""


def _attention(review: Review, tongue: Tongue) -> Iterator[str]:
    for one in tongue.each():
        wrong = attention(review, one)
        yield from (f"- {found}: {about}" for found, about in wrong)
        if not wrong:
            yield one.say("nothing_wrong")


def _delays(review: Review, tongue: Tongue) -> Iterator[tuple[str, ...]]:
    heads = ("agency", "asked_for", "to_received", "to_answered", "to_done")
    yield tuple(map(tongue.say, heads))
    by_row: dict[tuple[str, str], dict[Stage, Delay]] = {}
    for one in review.delays:
        by_row.setdefault((one.agency, one.kind), {})[one.stage] = one
    for (agency, errand), stages in by_row.items():
        took = (stages.get(stage) for stage in ("received", "answered", "done"))
        told = (tongue.duration(one.median_s if one else None) for one in took)
        yield tongue.party(agency), tongue.say(f"kind.{errand}"), *told


def _table(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    """Yield rows as columns, as wide as their widest cell is on a terminal."""
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(_padded, row, widths)).rstrip()


def _sequence(review: Review, tongue: Tongue) -> Iterator[str]:
    shown = sequence(review)
    letters = {agency: _letter(at) for at, agency in enumerate(shown.parties)}
    for agency, letter in letters.items():
        yield f"{letter}  {tongue.party(agency)}"
    yield ""
    times = [tongue.time(one.time) for one in shown.messages]
    left = max(map(len, times), default=0)
    yield f"{'':{left}}  {''.join(f'{letter:<{_APART}}' for letter in letters.values())}".rstrip()
    columns = {agency: at * _APART for at, agency in enumerate(shown.parties)}
    for time, one in zip(times, shown.messages, strict=True):
        repeated = f" ×{one.count}" if one.count > 1 else ""
        words = f"{tongue.of(one.brief)}{repeated} {one.name}".rstrip()
        yield f"{time:{left}}  {row(one, columns)}  {words}"
    if shown.measured:
        yield tongue.say("not_drawn", n=shown.measured)
    if shown.left_out:
        yield tongue.say("left_out", n=shown.left_out)


def row(one: Message, columns: dict[str, int]) -> str:
    """Return the lifelines with an arrow from who speaks to each who is spoken to.

    Args:
        one: The message.
        columns: Where each agency's lifeline stands, in characters.
    """
    cells = [" "] * (max(columns.values()) + 1)
    start, ends = columns[one.source], [columns[agency] for agency in one.to]
    reach = range(min((start, *ends)), max((start, *ends)) + 1)
    for at in reach if ends else ():
        cells[at] = "─"
    for at in columns.values():
        cells[at] = "┼" if ends and at in reach else "│"
    rightwards, leftwards = max((start, *ends)) > start, min((start, *ends)) < start
    cells[start] = "●" if not ends else "┼" if rightwards and leftwards else "├┤"[leftwards]
    for at in ends:
        cells[at - 1 if at > start else at + 1] = "▶" if at > start else "◀"
        cells[at] = "┼" if at not in {reach[0], reach[-1]} else "│"
    return "".join(cells)


def _timeline(review: Review, tongue: Tongue) -> Iterator[str]:
    for line in review.timeline:
        to = ", ".join(map(tongue.party, line.to))
        who = f"{line.source} → {to}" if to else line.source
        times = (
            tongue.say("times_said", n=line.count, time=tongue.time(line.until))
            if line.until
            else ""
        )
        told = filter(None, (kind(line, tongue), times, said(line, review, tongue)))
        yield f"{tongue.time(line.time)}  {who}  {' · '.join(told)}"


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - cell_len(cell))


def _letter(at: int) -> str:
    """Return the name of a lifeline: A to Z, then A2 to Z2, and so on."""
    again, place = divmod(at, len(_LETTERS))
    return _LETTERS[place] + (str(again + 1) if again else "")
