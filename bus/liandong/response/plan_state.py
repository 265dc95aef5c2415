"""What the log tells of plans at work: activations, levels, orders and their answers. Pure.

What a plan has said carries a name that follows from its activation: ``<activation>--<item>``. So
it is known again in the log, and said once, whoever says it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from liandong.contracts import (
    AidAnswered,
    AidCommitted,
    AidRequested,
    AlertIssued,
    CommandLevelActivated,
    CommandLevelChanged,
    CommandLevelEnded,
    CommandPostClosed,
    CommandPostEstablished,
    Envelope,
    Event,
    IncidentCleared,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    PlanActivated,
    PlanStepStarted,
    ReportDue,
    ReportFiled,
    ResponseGrade,
    RiskWarningProposed,
)
from liandong.response.concern import Said
from liandong.response.plan_tasks import Task, heard

CONTRACTS = (
    PlanActivated,
    PlanStepStarted,
    CommandLevelActivated,
    CommandLevelChanged,
    CommandLevelEnded,
    CommandPostEstablished,
    CommandPostClosed,
    OrderIssued,
    OrderReported,
    OrderEscalated,
    OrderCancelled,
    OrderExpired,
    AidRequested,
    AidAnswered,
    AidCommitted,
    ReportDue,
    ReportFiled,
    RiskWarningProposed,
    AlertIssued,
    IncidentCleared,
)
"""What plans at work read, what they say themselves among them."""
SEPARATOR = "--"
"""Stands between an activation and what it says; no other name has it by accident."""
LONGEST_ACTIVATION = 39
"""Characters of an activation's name that leave room for what it says."""


def name_of(activation_id: str, item_id: str, number: int = 1) -> str:
    """Return the name that a thing of a plan has on the bus; of its second issue, with a number."""
    again = f"{SEPARATOR}{number}" if number > 1 else ""
    return f"{activation_id}{SEPARATOR}{item_id}{again}"


@dataclass(frozen=True, slots=True)
class Level:
    """A response level of an activation, and what put it into force.

    Attributes:
        level: The level.
        since: From when it holds.
        cause: The activation, or the change.
    """

    level: ResponseGrade
    since: datetime
    cause: Envelope


@dataclass(frozen=True, slots=True)
class Activation:
    """A plan that was put into force.

    Attributes:
        activated: What put it into force, a `PlanActivated`.
        turns: The changes of its response level, in the order of the log.
        ended: What ended its response, a `CommandLevelEnded`.
        cleared: What cleared its incident, an `IncidentCleared`.
    """

    activated: Said
    turns: tuple[Said, ...] = ()
    ended: Said | None = None
    cleared: Said | None = None

    @property
    def fact(self) -> PlanActivated:
        """What was said at its beginning."""
        return cast("PlanActivated", self.activated.data)

    @property
    def response_id(self) -> str:
        """The response that it belongs to: its own, where nobody has named another."""
        return self.fact.response_id or self.fact.activation_id

    @property
    def has_own_response(self) -> bool:
        """Whether its response begins and ends with it."""
        return self.response_id == self.fact.activation_id

    def levels(self) -> Iterator[Level]:
        """Yield its levels, in the order of the log; they may begin later."""
        yield Level(self.fact.trigger.grade, self.activated.time, self.activated)
        for turn in self.turns:
            fact = cast("CommandLevelChanged", turn.data)
            yield Level(fact.to_level, max(turn.time, fact.since), turn)


@dataclass(frozen=True, slots=True)
class PlansAtWork:
    """The plans that work on one incident, or on one forecast.

    Attributes:
        begun: When the first thing was said of them.
        activations: The activations, in the order of the log.
        tasks: The orders issued, by ``order_id``.
        told: All else that was said, by name: ``<name>``, ``<name> answered``, ``<name> closed``.
    """

    begun: datetime
    activations: tuple[Activation, ...] = ()
    tasks: Mapping[str, Task] = field(default_factory=dict[str, Task])
    told: frozenset[str] = frozenset()


def thread_of(fact: Event) -> str | None:
    """Return which plans at work an event is about: the incident's, or of one activation.

    None where it is about no plan: what a plan has said is known by its name.
    """
    named = name_told(fact)
    match fact:
        case RiskWarningProposed():
            return fact.risk_id if named else None
        case PlanActivated() | PlanStepStarted():
            name = fact.activation_id
        case CommandLevelActivated() | CommandLevelChanged() | CommandLevelEnded():
            name = fact.response_id
        case IncidentCleared():
            return fact.incident_id
        case _ if named:
            name = named
        case _:
            return None
    return getattr(fact, "incident_id", None) or name.partition(SEPARATOR)[0]


def name_told(fact: Event) -> str | None:
    """Return the name of the plan's thing that an event is about; None where it is about none."""
    match fact:
        case OrderIssued() | OrderReported():
            name = fact.order_id
        case OrderEscalated() | OrderCancelled() | OrderExpired():
            name = fact.order_id
        case CommandPostEstablished() | CommandPostClosed():
            name = fact.post_id
        case AidRequested() | AidAnswered() | AidCommitted():
            name = fact.request_id
        case ReportDue() | ReportFiled():
            name = fact.report_id
        case RiskWarningProposed() | AlertIssued():
            name = fact.alert_key
        case _:
            return None
    return name if SEPARATOR in name else None


def told(fact: Event) -> str | None:
    """Return under what name it is remembered that an event was said; None for an order."""
    named = name_told(fact)
    match fact:
        case CommandLevelActivated():
            return f"{fact.response_id} level"
        case CommandPostEstablished() | AidRequested() | ReportDue() | RiskWarningProposed():
            return named
        case CommandPostClosed():
            return f"{named} closed"
        case AidAnswered() | AidCommitted() | ReportFiled() | AlertIssued():
            return f"{named} answered"
        case _:
            return None


def fold(  # noqa: PLR0911  one a kind of event
    state: PlansAtWork | None, event: Envelope
) -> PlansAtWork | None:
    """Return what the log tells, after one more event; a repeat changes nothing."""
    fact = event.data
    if state is None:
        begins = isinstance(fact, PlanActivated | OrderIssued) or told(fact)
        return fold(PlansAtWork(event.time), event) if begins else None
    match fact:
        case PlanActivated():
            return _activate(state, event)
        case CommandLevelChanged() | CommandLevelEnded() | IncidentCleared():
            after = tuple(_turn(one, event) for one in state.activations)
            return replace(state, activations=after)
        case OrderIssued() if fact.order_id not in state.tasks:
            task = Task(str(event.source), (fact.addressee,))
            return replace(state, tasks={**state.tasks, fact.order_id: task})
        case OrderReported() | OrderEscalated() | OrderCancelled() | OrderExpired():
            return _hear(state, (fact.order_id,), event)
        case PlanStepStarted():
            return _hear(state, fact.order_ids, event)
        case _:
            return replace(state, told=state.told | frozenset(filter(None, [told(fact)])))


def _activate(state: PlansAtWork, event: Envelope) -> PlansAtWork:
    """Add an activation, unless the same plan is at work there: nobody is ordered twice."""
    fact = cast("PlanActivated", event.data)
    for one in state.activations:
        still = one.ended is None and one.fact.plan_id == fact.plan_id
        if still or one.fact.activation_id == fact.activation_id:
            return state
    return replace(state, activations=(*state.activations, Activation(event)))


def _turn(one: Activation, event: Envelope) -> Activation:
    """Take what is said of an activation's level, or of its incident."""
    match event.data:
        case CommandLevelChanged() as fact if fact.response_id == one.response_id:
            known = any(turn.id == event.id for turn in one.turns)
            return one if known or one.ended else replace(one, turns=(*one.turns, event))
        case CommandLevelEnded() as fact if fact.response_id == one.response_id:
            return replace(one, ended=one.ended or event)
        case IncidentCleared() if event.time >= one.activated.time:  # not an earlier one of it
            return replace(one, cleared=one.cleared or event)
        case _:
            return one


def _hear(state: PlansAtWork, order_ids: Iterable[str], event: Envelope) -> PlansAtWork:
    tasks = dict(state.tasks)
    for order_id in order_ids:
        if task := tasks.get(order_id):
            tasks[order_id] = heard(task, event)
    return replace(state, tasks=tasks)
