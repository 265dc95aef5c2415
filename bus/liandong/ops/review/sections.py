"""The sections of a review's page, each from its part of the review."""

from collections.abc import Iterable

from liandong.contracts import Precedence, to_token
from liandong.ops.review.bars import Scale
from liandong.ops.review.delays import by_agency
from liandong.ops.review.gist import kind_of
from liandong.ops.review.markup import Markup, tag
from liandong.ops.review.sequence import sequence
from liandong.ops.review.svg import drawn
from liandong.ops.review.tongue import Tongue
from liandong.response.review import STAGES, Delay, Errand, Line, Missed, Review

_CHUNK = 200  # lines of the timeline that a browser lays out together
_LATE_S = 60.0  # an event that is stored so long after it happened was told late


def timeline(review: Review, tongue: Tongue) -> list[Markup]:
    """Return the timeline, and how many events stand in fewer lines."""
    lines = review.timeline
    chunks = [lines[at : at + _CHUNK] for at in range(0, len(lines), _CHUNK)]
    body = [tag("tbody", [_line(line, review, tongue) for line in chunk]) for chunk in chunks]
    runs = sum(line.count for line in lines if line.count > 1)
    shorter = sum(line.count > 1 for line in lines)
    return [
        *(_note(tongue, "collapsed", n=runs, lines=shorter) if runs else ()),
        tag(
            "table",
            tag("thead", _heads(tongue, ("time", ""), ("who", ""), ("what", ""))),
            body,
            class_="timeline",
        ),
    ]


def kind(line: Line, tongue: Tongue) -> str:
    """Return what kind of event a line tells of."""
    if not line.type:
        return f"{tongue.say('unreadable')} ({line.fault})"
    return tongue.of(kind_of(line.type))


def said(line: Line, review: Review, tongue: Tongue) -> str:
    """Return what a line says, and of what where it does not say that itself."""
    words = tongue.of(line.words, " / ")
    about = (line.key if line.key != to_token(review.incident) else "", line.name)
    unsaid = dict.fromkeys(one for one in about if one and one not in words)
    return " · ".join((*unsaid, words))


def _line(line: Line, review: Review, tongue: Tongue) -> Markup:
    who = tongue.party(line.source) if line.source else ""
    to = ", ".join(map(tongue.party, line.to))
    urgency = line.precedence.value if line.precedence is not Precedence.ROUTINE else ""
    return tag(
        "tr",
        tag("td", tongue.time(line.time), _late(line, tongue), class_="t"),
        tag("td", tag("span", who, class_="a"), f" → {to}" if to else None),
        tag(
            "td",
            tag("b", kind(line, tongue)),
            _times(line, tongue),
            " ",
            said(line, review, tongue),
            class_="words",
        ),
        class_=f"{urgency} run".strip() if line.count > 1 else urgency or None,
    )


def _times(line: Line, tongue: Tongue) -> str | None:
    if line.until is None:
        return None
    times = tongue.say("times_said", n=line.count, time=tongue.time(line.until))
    return f" ({times})"


def _late(line: Line, tongue: Tongue) -> Markup | None:
    seconds = (line.stored - line.time).total_seconds()
    if seconds < _LATE_S:
        return None
    told = tongue.say("told_late", took=tongue.duration(seconds))
    return tag("div", told, class_="small soft")


def diagram(review: Review, tongue: Tongue) -> list[Markup]:
    """Return who told whom, in pieces, and how much is not drawn."""
    shown = sequence(review)
    return [
        *_note(tongue, "sequence_says"),
        *(_note(tongue, "not_drawn", n=shown.measured) if shown.measured else ()),
        *(_note(tongue, "left_out", n=shown.left_out) if shown.left_out else ()),
        tag("div", drawn(shown.messages, shown.parties, tongue), class_="wide"),
    ]


def errands(review: Review, tongue: Tongue) -> list[Markup]:
    """Return everything that was asked, with how long it took."""
    if not review.errands:
        return [_none(tongue)]
    scale = Scale(review)
    heads = ("errand", ""), ("between", ""), ("asked", ""), ("received", "n"), ("answered", "n")
    more = ("done", "n"), ("ending", ""), ("course", "")
    rows = [_errand(errand, scale, tongue) for errand in review.errands]
    return [*_note(tongue, "bar_says"), _table(_heads(tongue, *heads, *more), rows)]


def _errand(errand: Errand, scale: Scale, tongue: Tongue) -> Markup:
    step = tongue.say("passed_here", n=errand.step_number) if errand.step_number else ""
    took = [tongue.duration(errand.seconds(s)) for s in STAGES]
    return tag(
        "tr",
        tag(
            "td",
            tag("b", tongue.say(f"kind.{errand.kind}")),
            " ",
            tag("span", errand.name, class_="soft"),
            tag("div", tongue.of(errand.what, " / ")),
            tag("div", step, class_="small soft") if step else None,
            class_="words",
        ),
        tag(
            "td",
            tag("div", f"{errand.asked_by} →", class_="a"),
            tag("div", _to(errand, tongue), class_="a"),
        ),
        tag("td", tongue.time(errand.asked), class_="t"),
        [tag("td", one, class_="n") for one in took],
        tag("td", _ending(errand, tongue), class_="end"),
        tag("td", scale.bar(errand)),
    )


def _to(errand: Errand, tongue: Tongue) -> str:
    return f"{tongue.party(errand.agency)} {errand.unit}".rstrip()


def _ending(errand: Errand, tongue: Tongue) -> list[Markup]:
    told = [tag("div", tongue.say(f"ending.{errand.ending}"))]
    if errand.answered is None:
        told.append(tag("div", tongue.say("never_answered"), class_="bad-text"))
    for one in errand.missed:
        told += [tag("div", _missed(one, each), class_="bad-text") for each in tongue.each()]
    return told


def _missed(one: Missed, tongue: Tongue) -> str:
    deadline = tongue.deadline(one.deadline.value)
    return f"{deadline}{tongue.say('colon')}{tongue.say('due_passed')}"


def delays(review: Review, tongue: Tongue) -> list[Markup]:
    """Return how long each agency took for each kind of errand, and how often it never answered."""
    if not review.errands:
        return [_none(tongue)]
    rows = [
        tag(
            "tr",
            tag("td", tongue.party(row.agency), class_="a"),
            tag("td", tongue.say(f"kind.{row.kind}")),
            tag("td", row.asked, class_="n"),
            [tag("td", _took(row.stages.get(stage), tongue), class_="n") for stage in STAGES],
            tag("td", row.unanswered, class_="n bad-text" if row.unanswered else "n"),
        )
        for row in by_agency(review)
    ]
    heads = ("agency", ""), ("asked_for", ""), ("number", "n"), ("to_received", "n")
    more = ("to_answered", "n"), ("to_done", "n"), ("not_answered", "n")
    return [*_note(tongue, "delays_say"), _table(_heads(tongue, *heads, *more), rows)]


def _took(delay: Delay | None, tongue: Tongue) -> str:
    if delay is None:
        return tongue.say("none_here")
    middle = tongue.duration(delay.median_s)
    return middle if delay.count == 1 else f"{middle} ({tongue.duration(delay.longest_s)})"


def clocks(review: Review, tongue: Tongue) -> list[Markup]:
    """Return the clocks that ran."""
    if not review.clocks:
        return [_none(tongue)]
    rows = [
        tag(
            "tr",
            tag("td", run.clock),
            tag("td", f"{tongue.milestone(run.starts_at)} → {tongue.milestone(run.stops_at)}"),
            tag("td", f"{run.agency} {run.unit}".strip() or tongue.say("whole_response")),
            tag("td", tongue.time(run.started), class_="t"),
            tag("td", tongue.duration(run.elapsed_s), class_="n"),
            tag("td", tongue.duration(run.limit_s), class_="n"),
            tag(
                "td",
                tongue.outcome(run.outcome) if run.outcome else tongue.say("runs_still"),
                class_="bad-text" if run.breaches or run.outcome == "after" else None,
            ),
        )
        for run in review.clocks
    ]
    heads = ("clock", ""), ("measured", ""), ("agency", ""), ("started", ""), ("took", "n")
    return [_table(_heads(tongue, *heads, ("allowed", "n"), ("result", "")), rows)]


def rejections(review: Review, tongue: Tongue) -> list[Markup]:
    """Return the messages that were not taken."""
    if not review.rejected:
        return [_none(tongue)]
    rows = [
        tag(
            "tr",
            tag("td", tongue.time(one.time), class_="t"),
            tag("td", one.sender or tongue.say("none_here")),
            tag("td", one.type or one.subject, class_="words"),
            tag("td", f"{one.number} {one.reason}"),
            tag("td", [tag("div", f"{path}: {want}") for path, want in one.faults], class_="words"),
            tag("td", one.by),
            tag("td", one.dead_letter[:12], class_="small soft"),
        )
        for one in review.rejected
    ]
    heads = ("time", ""), ("sender", ""), ("message", ""), ("reason", ""), ("faults", "")
    return [_table(_heads(tongue, *heads, ("by", ""), ("dead_letter", "")), rows)]


def _table(head: Markup, rows: Iterable[Markup]) -> Markup:
    return tag("div", tag("table", tag("thead", head), tag("tbody", list(rows))), class_="wide")


def _heads(tongue: Tongue, *heads: tuple[str, str]) -> Markup:
    return tag("tr", [tag("th", tongue.say(key), class_=kind or None) for key, kind in heads])


def _note(tongue: Tongue, key: str, **values: object) -> list[Markup]:
    return [tag("p", one.say(key, **values), class_="say") for one in tongue.each()]


def _none(tongue: Tongue) -> Markup:
    return tag("p", tongue.say("none"), class_="soft")
