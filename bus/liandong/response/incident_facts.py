"""What is known of an incident: what was said of each fact last. Pure.

A fact that is said again replaces what was said before, whoever says it. Of what one agency says of
it, the later counts, by that agency's own clock: a message that comes twice, or late, changes
nothing. Free text that may name people is not kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from liandong.contracts import (
    Code,
    Discipline,
    Envelope,
    Event,
    IncidentCategory,
    IncidentReported,
    IncidentStatus,
    IncidentType,
    Location,
    ResponseGrade,
    TriageCounts,
)

ENDED = frozenset({IncidentStatus.CLOSED, IncidentStatus.CANCELLED})
"""The statuses of an incident that is over."""
_NAMES = (
    "status",
    "summary",
    "incident_type",
    "local_type",
    "category",
    "grade",
    "location",
    "disciplines",
    "alarm_level",
    "casualties",
    "trapped_count",
)
_NOTHING = (None, (), Location())


@dataclass(frozen=True, slots=True)
class Told:
    """When an agency said a fact last.

    Attributes:
        at: When it was so.
        id: The event that said it.
    """

    at: datetime
    id: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an incident; None, or empty, where nobody has said.

    Attributes:
        status: How far it is, in EIDO's words, unless it is over.
        summary: What happens, in one line.
        incident_type: What it is, by the common code.
        local_type: What it is, in the agency's own codes.
        category: Which of the four top classes it falls in.
        grade: How grave it is.
        location: Where it is.
        disciplines: The services it calls for.
        alarm_level: How many alarms have been struck for it.
        casualties: People hurt, dead or missing, as counted so far.
        trapped_count: People known to be trapped.
        told: By agency and the name of a fact: when that agency said it last.
    """

    status: IncidentStatus | None = None
    summary: str = ""
    incident_type: IncidentType | None = None
    local_type: Code | None = None
    category: IncidentCategory | None = None
    grade: ResponseGrade | None = None
    location: Location | None = None
    disciplines: tuple[Discipline, ...] = ()
    alarm_level: int | None = None
    casualties: TriageCounts | None = None
    trapped_count: int | None = None
    told: dict[str, dict[str, Told]] = field(default_factory=dict[str, dict[str, Told]])


def learned(facts: Facts, event: Envelope) -> Facts:
    """Return what is known after an event that says facts of an incident."""
    by, told = str(event.source), Told(event.time, event.id)
    before = facts.told.get(by, {})
    news = {name: value for name, value in _said(event.data) if _is_new(told, before.get(name))}
    if not news:
        return facts
    return replace(facts, **news, told=facts.told | {by: before | dict.fromkeys(news, told)})


def _said(said: Event) -> Iterator[tuple[str, Any]]:
    for name in _NAMES:
        value = getattr(said, name, None)
        if value in _NOTHING or (name == "status" and value in ENDED):
            continue
        yield name, value


def _is_new(told: Told, before: Told | None) -> bool:
    return before is None or (before.at <= told.at and before != told)


def opened(event: Envelope) -> datetime:
    """Return since when an incident is known by its report: the call's moment, where it tells."""
    said = event.data
    return (isinstance(said, IncidentReported) and said.received) or event.time
