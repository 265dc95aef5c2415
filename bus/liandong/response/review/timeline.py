"""The timeline: every event by when it happened, runs of positions and measurements as one line."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from liandong.contracts import Envelope, Event, Lane, Precedence
from liandong.response.review.heard import Heard
from liandong.response.review.model import Line
from liandong.response.review.towards import Towards, sender_of


class Words(Protocol):
    """Puts events into words, by language; restricted text is left out."""

    def brief(self, event: Event) -> Mapping[str, str]:
        """Return what kind of event it is, and the state that it tells."""
        ...

    def gist(self, events: tuple[Event, ...]) -> Mapping[str, str]:
        """Return what an event says, or a run of events of one contract."""
        ...


_SILENCE = timedelta(minutes=10)  # after it, what comes from the same source is another run
# What names the matter of an event within its key, by what the event is about.
_NAMES = {
    "order": ("order_id",),
    "aid": ("request_id",),
    "referral": ("referral_id",),
    "report": ("report_id",),
    "availability": ("question_id",),
    "plan": ("activation_id",),
    "clock": ("clock_id",),
    "command": ("post_id", "response_id"),
    "unit": ("unit_id",),
}


@dataclass(slots=True)
class _Run:
    """Positions of one unit, or measurements of one sensor, without a long silence between."""

    first: Heard
    last: datetime
    events: list[Envelope] = field(default_factory=list[Envelope])


def happened(heard: Heard) -> datetime:
    """Return when it happened; of what cannot be read, when it was stored."""
    return heard.event.time if heard.event else heard.stored


def in_order(log: Iterable[Heard]) -> list[Heard]:
    """Return messages by when they happened; what happened at once, as it was stored."""
    return sorted(log, key=lambda heard: (happened(heard), heard.stored, heard.place))


def timeline(log: Iterable[Heard], words: Words) -> tuple[Line, ...]:
    """Return the lines; together they count every message.

    Args:
        log: Messages in order.
        words: What events say.
    """
    towards = Towards()
    lines: list[Line] = []
    runs: dict[tuple[str, str, str], _Run] = {}
    for heard in log:
        if heard.event is None:
            lines.append(_unreadable(heard))
        elif heard.event.data.lane is Lane.TELEMETRY:
            lines += _into_runs(runs, heard, heard.event, words)
        else:
            lines.append(_line(heard, heard.event, towards.of(heard.event), words))
    lines += (_run(run, words) for run in runs.values())
    return tuple(sorted(lines, key=lambda line: (line.time, line.stored)))


def _into_runs(
    runs: dict[tuple[str, str, str], _Run], heard: Heard, event: Envelope, words: Words
) -> Iterator[Line]:
    """Add to the run that it goes on with, or begin one; yield the run that has ended."""
    source = (event.type, str(event.source), event.key)
    run = runs.get(source)
    if run and event.time - run.last > _SILENCE:
        yield _run(run, words)
        run = None
    if run is None:
        runs[source] = run = _Run(heard, event.time)
    run.events.append(event)
    run.last = event.time


def _line(heard: Heard, event: Envelope, to: tuple[str, ...], words: Words) -> Line:
    return Line(
        time=event.time,
        stored=heard.stored,
        type=event.type,
        source=str(event.source),
        to=to,
        key=event.key,
        area=event.area,
        precedence=event.precedence,
        name=_name(event.data),
        id=event.id,
        correlation=event.correlation,
        brief=dict(words.brief(event.data)),
        words=dict(words.gist((event.data,))),
    )


def _name(event: Event) -> str:
    fields = _NAMES.get(event.event.partition(".")[0], ())
    return next((name for field in fields if (name := getattr(event, field, None))), "")


def _run(run: _Run, words: Words) -> Line:
    line = _line(run.first, run.events[0], (), words)
    if len(run.events) == 1:
        return line
    said = dict(words.gist(tuple(event.data for event in run.events)))
    return line.model_copy(update={"until": run.last, "count": len(run.events), "words": said})


def _unreadable(heard: Heard) -> Line:
    return Line(
        time=heard.stored,
        stored=heard.stored,
        type="",
        source=sender_of(heard.subject),
        key="",
        area="",
        precedence=Precedence.ROUTINE,
        id="",
        fault=heard.fault,
        brief={},
        words=dict.fromkeys(("en", "zh"), heard.subject),
    )
