"""Which plans people should think of: incidents that fit a plan that is not at work. Pure.

A plan is proposed only where its file says so; a person decides. So is another level, where an
incident was graded otherwise since.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from liandong.contracts import (
    CommandLevelChanged,
    CommandLevelEnded,
    Envelope,
    IncidentCategory,
    IncidentClassified,
    IncidentCleared,
    IncidentReopened,
    IncidentReported,
    IncidentType,
    IncidentUpdated,
    PlanActivated,
    ResponseGrade,
)
from liandong.response.plan_file import Plan
from liandong.response.plan_library import Case, Library

READ = (
    IncidentReported,
    IncidentUpdated,
    IncidentClassified,
    IncidentCleared,
    IncidentReopened,
    PlanActivated,
    CommandLevelChanged,
    CommandLevelEnded,
)
"""The events from which proposals follow."""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an incident, as far as plans ask.

    Attributes:
        incident_id: The incident.
        area: Where it is.
        category: Its category; None while nobody has said.
        grade: How grave it is; None while nobody has said.
        graded: When that was said.
        incident_type: What kind it is; None while nobody has said.
        open: Whether it goes on.
        levels: The plans at work on it, each with its response and level.
        activated: Every plan that was ever put into force for it.
    """

    incident_id: str
    area: str
    category: IncidentCategory | None = None
    grade: ResponseGrade | None = None
    graded: datetime | None = None
    incident_type: IncidentType | None = None
    open: bool = True
    levels: tuple[tuple[str, str, ResponseGrade], ...] = ()
    activated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A plan that people should think of.

    Attributes:
        incident_id: For which incident.
        area: Where it is.
        plan: The plan.
        level: At which level.
        since: When the incident was graded so.
        level_now: The level that it is at work at already; None where it is not.
    """

    incident_id: str
    area: str
    plan: Plan
    level: ResponseGrade
    since: datetime
    level_now: ResponseGrade | None = None


def learn(known: dict[str, Known], event: Envelope) -> None:
    """Add what an event says of its incident."""
    fact = event.data
    incident_id = cast("str | None", getattr(fact, "incident_id", None))
    if incident_id is None:
        return
    before = known.get(incident_id) or Known(incident_id, event.area)
    known[incident_id] = _learnt(before, event)


def _learnt(one: Known, event: Envelope) -> Known:
    match event.data:
        case IncidentReported() | IncidentUpdated() | IncidentClassified() as fact:
            kind = None if isinstance(fact, IncidentClassified) else fact.incident_type
            return replace(
                one,
                area=event.area,
                category=fact.category or one.category,
                grade=fact.grade or one.grade,
                graded=event.time if fact.grade else one.graded,
                incident_type=kind or one.incident_type,
            )
        case IncidentCleared() | IncidentReopened() as fact:
            return replace(one, open=isinstance(fact, IncidentReopened))
        case PlanActivated() as fact:
            response = fact.response_id or fact.activation_id
            entry = (fact.plan_id, response, fact.trigger.grade)
            return replace(
                one, levels=(*one.levels, entry), activated=(*one.activated, fact.plan_id)
            )
        case CommandLevelChanged() as fact:
            return replace(
                one,
                levels=tuple(
                    (plan, response, fact.to_level if response == fact.response_id else level)
                    for plan, response, level in one.levels
                ),
            )
        case CommandLevelEnded() as fact:
            left = tuple(entry for entry in one.levels if entry[1] != fact.response_id)
            return replace(one, levels=left)
        case _:
            return one


def case_of(one: Known) -> Case | None:
    """Return what plans are for of an incident; None while it is not classified."""
    if one.category is None or one.grade is None:
        return None
    return Case(one.category, one.grade, one.area, one.incident_type)


def proposals(known: Iterable[Known], library: Library) -> list[Proposal]:
    """Return what people should think of, the gravest first, of those the longest known."""
    found: list[Proposal] = []
    for one in known:
        case = case_of(one)
        if not (one.open and case and one.graded):
            continue
        fitting = [plan for plan in library.fitting(case) if plan.trigger.propose]
        levels = {plan_id: level for plan_id, _, level in one.levels}
        for plan in fitting[:1]:
            now = levels.get(plan.plan_id)
            if now is not case.grade:
                found.append(Proposal(one.incident_id, one.area, plan, case.grade, one.graded, now))
    return sorted(found, key=lambda each: (list(ResponseGrade).index(each.level), each.since))
