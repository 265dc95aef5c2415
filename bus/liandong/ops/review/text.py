"""A review as lines of text, for a terminal or a file."""

from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from rich.cells import cell_len

from liandong.contracts import Mode
from liandong.contracts.catalogue.finding import printable
from liandong.ops.review.attention import attention
from liandong.ops.review.delays import by_agency
from liandong.ops.review.page import facts, figures, tongue_for
from liandong.ops.review.sections import kind, said
from liandong.ops.review.sequence import Message, brief, sequence
from liandong.ops.review.tongue import Language, Tongue
from liandong.response.review import STAGES, Review

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
    yield from _head("errands", tongue)
    yield from _table(list(_errands(review, tongue)))
    if review.clocks:
        yield from _head("clocks", tongue)
        yield from _table(list(_clocks(review, tongue)))
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
    heads = ("agency", "asked_for", "number", "to_received", "to_answered", "to_done")
    yield tuple(map(tongue.say, (*heads, "not_answered")))
    for row in by_agency(review):
        took = (row.stages.get(stage) for stage in STAGES)
        told = (tongue.duration(one.median_s if one else None) for one in took)
        about = tongue.party(row.agency), tongue.say(f"kind.{row.kind}"), str(row.asked)
        yield *about, *told, str(row.unanswered)


def _errands(review: Review, tongue: Tongue) -> Iterator[tuple[str, ...]]:
    heads = ("errand", "between", "asked", "received", "answered", "done", "ending")
    yield tuple(map(tongue.say, heads))
    for one in review.errands:
        to = f"{tongue.party(one.agency)} {one.unit}".rstrip()
        took = (tongue.duration(one.seconds(stage)) for stage in STAGES)
        yield (
            f"{tongue.say(f'kind.{one.kind}')} {one.name}",
            f"{one.asked_by} → {to}",
            tongue.time(one.asked),
            *took,
            tongue.say(f"ending.{one.ending}"),
        )


def _clocks(review: Review, tongue: Tongue) -> Iterator[tuple[str, ...]]:
    yield tuple(map(tongue.say, ("clock", "agency", "started", "took", "allowed", "result")))
    for run in review.clocks:
        yield (
            run.clock,
            f"{run.agency} {run.unit}".strip() or tongue.say("whole_response"),
            tongue.time(run.started),
            tongue.duration(run.elapsed_s),
            tongue.duration(run.limit_s),
            tongue.outcome(run.outcome) if run.outcome else tongue.say("runs_still"),
        )


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
        words = f"{brief(one, tongue)}{repeated} {one.name}".rstrip()
        yield f"{time:{left}}  {lifelines(one, columns)}  {words}"
    if shown.measured:
        yield tongue.say("not_drawn", n=shown.measured)
    if shown.left_out:
        yield tongue.say("left_out", n=shown.left_out)


def lifelines(one: Message, columns: dict[str, int]) -> str:
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
