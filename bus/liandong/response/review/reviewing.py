"""A review: what the log says about one incident. Pure: no clock, no bus."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from statistics import median
from typing import Any

from liandong.contracts import (
    Envelope,
    IncidentLinked,
    IncidentMerged,
    IncidentSplit,
    Mode,
    Vocabulary,
)
from liandong.response.review.clocks import Refusal, clocks, rejections
from liandong.response.review.errands import Orders, fold
from liandong.response.review.heard import Heard
from liandong.response.review.model import (
    STAGES,
    ClockRun,
    Delay,
    Errand,
    Figures,
    Kind,
    Line,
    Party,
    Rejection,
    Review,
    Stage,
)
from liandong.response.review.requests import Requests
from liandong.response.review.timeline import Words, as_stored, timeline


def review(
    incident: str,
    log: Iterable[Heard],
    words: Words,
    *,
    mode: Mode = Mode.LIVE,
    letters: Iterable[Refusal] = (),
) -> Review:
    """Return what the log says about an incident.

    Every message is counted by the timeline. Deadlines are looked at up to the last event. What the
    log does not say is not in it: an order that was told by telephone alone was never given.

    Args:
        incident: Its id.
        log: The messages about it, in any order.
        words: What an event says in each language, without restricted text.
        mode: Live, exercise or test.
        letters: Dead letters of messages about it.
    """
    ordered = as_stored(log)
    events = [heard.event for heard in ordered if heard.event]
    lines = timeline(ordered, words)
    ends = max((line.until or line.time for line in lines), default=None)
    errands = _errands(events, ends, words)
    runs = clocks(events)
    refused = rejections(ordered, letters)
    about = [e for e in events if getattr(e.data, "incident_id", None) == incident]
    return Review(
        incident=incident,
        mode=mode,
        title=_title(about, words),
        area=about[0].area if about else "",
        status=_last(about, "status"),
        grade=_last(about, "grade"),
        begins=min((line.time for line in lines), default=None),
        ends=ends,
        related=_related(incident, events),
        figures=_figures(len(ordered), lines, errands, runs, refused),
        parties=_parties(lines),
        errands=errands,
        delays=tuple(_delays(errands)),
        clocks=runs,
        rejected=refused,
        timeline=lines,
    )


def _errands(events: list[Envelope], ends: datetime | None, words: Words) -> tuple[Errand, ...]:
    orders, requests = Orders(), Requests(words)
    drafts = fold(events, ((orders.drafts, orders.take), (requests.drafts, requests.take)))
    return tuple(draft.errand(ends) for draft in drafts) if ends else ()


def _title(about: list[Envelope], words: Words) -> dict[str, str]:
    """Return what the incident was first called in one line that names nobody."""
    reports = [e for e in about if e.data.event in {"incident.reported", "incident.updated"}]
    named = [s for e in reports if (s := getattr(e.data, "summary", None))]
    if named:
        return dict.fromkeys(("en", "zh"), str(named[0]))
    return dict(words.gist((reports[0].data,))) if reports else {}


def _last(about: list[Envelope], name: str) -> str:
    """Return the last value that the incident's own events gave a field."""
    own = [e for e in about if e.data.event.startswith("incident.")]
    values: list[Any] = [v for e in own if (v := getattr(e.data, name, None)) is not None]
    last = values[-1] if values else ""
    return last.value if isinstance(last, Vocabulary) else str(last)


def _related(incident: str, events: list[Envelope]) -> tuple[str, ...]:
    pairs = (IncidentLinked, IncidentMerged, IncidentSplit)
    named = [
        name
        for event in events
        if isinstance(event.data, pairs)
        for name in (event.data.incident_id, event.data.other_incident_id)
    ]
    return tuple(dict.fromkeys(name for name in named if name != incident))


def _parties(lines: tuple[Line, ...]) -> tuple[Party, ...]:
    """Return who spoke or was spoken to, by first appearance."""
    said: dict[str, int] = defaultdict(int)
    times: dict[str, list[datetime]] = defaultdict(list)
    for line in lines:
        for agency in filter(None, (line.source, *line.to)):
            said[agency] += 0
        if line.source:
            said[line.source] += line.count
            times[line.source] += [line.time, line.until or line.time]
    return tuple(
        Party(
            agency=agency,
            said=count,
            first=min(times[agency], default=None),
            last=max(times[agency], default=None),
        )
        for agency, count in said.items()
    )


def _delays(errands: tuple[Errand, ...]) -> Iterable[Delay]:
    """Yield how long each agency took, for each kind of errand and stage that it reached."""
    took: dict[tuple[str, Kind, Stage], list[float]] = defaultdict(list)
    for errand in errands:
        for stage in STAGES:
            if (seconds := errand.seconds(stage)) is not None:
                took[errand.agency, errand.kind, stage].append(seconds)
    for (agency, kind, stage), seconds in sorted(took.items(), key=_by_agency):
        ranked = sorted(seconds)
        yield Delay(
            agency=agency,
            kind=kind,
            stage=stage,
            count=len(ranked),
            median_s=median(ranked),
            p90_s=ranked[-(-9 * len(ranked) // 10) - 1],  # nearest rank
            longest_s=ranked[-1],
        )


def _by_agency(one: tuple[tuple[str, Kind, Stage], list[float]]) -> tuple[str, str, int]:
    agency, kind, stage = one[0]
    return agency, kind, STAGES.index(stage)


def _figures(
    events: int,
    lines: tuple[Line, ...],
    errands: tuple[Errand, ...],
    runs: tuple[ClockRun, ...],
    refused: tuple[Rejection, ...],
) -> Figures:
    asked: dict[Kind, int] = defaultdict(int)
    for errand in errands:
        asked[errand.kind] += 1
    return Figures(
        events=events,
        agencies=len({line.source for line in lines if line.source}),
        asked=dict(asked),
        unanswered=sum(errand.answered is None for errand in errands),
        orders_overdue=_overdue(errands, "order"),
        reports_overdue=_overdue(errands, "report"),
        breaches=sum(run.breaches for run in runs),
        rejected=len(refused),
    )


def _overdue(errands: tuple[Errand, ...], kind: Kind) -> int:
    return sum(len(errand.missed) for errand in errands if errand.kind == kind)
