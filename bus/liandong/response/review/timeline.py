"""The timeline: every event by when it happened, runs of positions and measurements as one line."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
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


def as_stored(log: Iterable[Heard]) -> list[Heard]:
    """Return messages as they were stored: an answer is never before what it answers.

    By the times that they give it may be: clocks differ, and some systems tell whole seconds.
    """
    return sorted(log, key=lambda heard: (heard.stored, heard.place))


def timeline(log: Iterable[Heard], words: Words) -> tuple[Line, ...]:
    """Return the lines by when they happened; together they count every message.

    Args:
        log: Messages as they were stored.
        words: What events say.
    """
    towards = Towards()
    lines: list[Line] = []
    sources: dict[tuple[str, str, str], list[tuple[Envelope, Heard]]] = defaultdict(list)
    for heard in log:
        if (event := heard.event) is None:
            lines.append(_unreadable(heard))
        elif event.data.lane is Lane.TELEMETRY:
            sources[event.type, str(event.source), event.key].append((event, heard))
        else:
            lines.append(_line(heard, event, towards.of(event), words))
    lines += (_run(run, words) for told in sources.values() for run in _runs(told))
    return tuple(sorted(lines, key=lambda line: (line.time, line.stored)))


def _runs(told: list[tuple[Envelope, Heard]]) -> list[_Run]:
    """Return what one source told, cut where it was silent for long."""
    runs: list[_Run] = []
    for event, heard in sorted(told, key=lambda one: one[0].time):
        if not runs or event.time - runs[-1].last > _SILENCE:
            runs.append(_Run(heard, event.time))
        runs[-1].events.append(event)
        runs[-1].last = event.time
    return runs


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
