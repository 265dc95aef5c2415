"""Plans at work: what was activated is carried out, follows its level, and ends. Pure.

A person puts a plan into force with `PlanActivated`; all else that it calls for is owed from then
on, under names that follow from the activation. What a level calls for is added when that level
comes to hold, and nothing is said twice. A milder level withdraws nothing that has begun. A plan
that this library does not know, or of another region, is shown and not carried out.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from liandong.contracts import CommandLevelEnded, Envelope, ResponseGrade
from liandong.response.concern import Changes, Concern, Move, Say
from liandong.response.plan_file import Item, Plan
from liandong.response.plan_items import FirstOrder
from liandong.response.plan_library import Library, rank, samples
from liandong.response.plan_says import Speaker
from liandong.response.plan_state import (
    CONTRACTS,
    LONGEST_ACTIVATION,
    SEPARATOR,
    Activation,
    Level,
    PlansAtWork,
    fold,
    name_of,
    thread_of,
)
from liandong.response.plan_tasks import Task

_KEPT = timedelta(days=7)

MOVES = (
    Move("", "plan.activated", "issuing"),
    Move("issuing", "everything is said", "running"),
    Move("running", "command.level_changed", "issuing"),
    Move("running", "its level begins to hold", "issuing"),
    Move("issuing", "command.level_ended", "ended"),
    Move("issuing", "incident.cleared", "ended"),
    Move("running", "command.level_ended", "ended"),
    Move("running", "incident.cleared", "ended"),
    Move("issuing", "its end begins to hold", "ended"),
    Move("running", "its end begins to hold", "ended"),
    Move("ended", "7 days", ""),
)


@dataclass(frozen=True, slots=True)
class End:
    """What ended an activation.

    Attributes:
        cause: The event.
        since: From when.
    """

    cause: Envelope
    since: datetime


def end_of(one: Activation, plan: Plan | None, now: datetime) -> End | None:
    """Return what has ended an activation by now; None while it goes on."""
    ends: list[End] = []
    if one.ended:
        fact = cast("CommandLevelEnded", one.ended.data)
        ends.append(End(one.ended, max(one.ended.time, fact.ended)))
    if one.cleared and plan and plan.ends.with_incident:
        ends.append(End(one.cleared, one.cleared.time))
    held = [end for end in ends if end.since <= now]
    return min(held, key=lambda end: end.since, default=None)


def levels_of(one: Activation, plan: Plan, now: datetime) -> list[Level]:
    """Return the levels that have come to hold by now, the last of them holding; never none.

    A level that the plan does not have counts as the closest that it has.
    """
    known = sorted(plan.trigger.grades, key=rank)

    def closest(level: ResponseGrade) -> ResponseGrade:
        return min(known, key=lambda grade: abs(rank(grade) - rank(level)))

    first, *later = one.levels()
    held = [first, *(level for level in later if level.since <= now)]
    return [Level(closest(level.level), level.since, level.cause) for level in held]


def is_ours(one: Activation, plan: Plan | None) -> bool:
    """Say whether an activation is carried out here: of a known plan, of its own region."""
    fits = len(one.fact.activation_id) <= LONGEST_ACTIVATION
    return plan is not None and one.activated.source.region == plan.region and fits


def decider_of(library: Library) -> Callable[..., Changes[PlansAtWork]]:
    """Return what decides on plans at work, given the plans."""

    def plan_of(one: Activation) -> Plan | None:
        return library.plan(one.fact.plan_id, one.fact.plan_version)

    def decide(
        state: PlansAtWork | None, event: Envelope | None, now: datetime
    ) -> Changes[PlansAtWork]:
        """Return what becomes of the plans at work on one incident.

        What they owe is worked out only where no event is given: a plan says many things at once,
        and each of them comes back as an event.

        Args:
            state: As it was; None before the first activation.
            event: What was said: an activation, a level, an order and its answers, a post, a
                report, a request for aid, the end of the incident. None where only time passed.
            now: The moment against which levels, ends and the last week are held.
        """
        after = fold(state, event) if event else state
        if after is None:
            return Changes(None)
        if event:
            return Changes(after)
        planned = [(one, plan_of(one)) for one in after.activations]
        if (forgotten := _forgotten(after, planned, now)) and forgotten <= now:
            return Changes(None)
        say = tuple(
            say
            for one, plan in planned
            if plan and is_ours(one, plan)
            for say in _owed(after, one, plan, now)
        )
        return Changes(after, say, _due(after, forgotten, now))

    return decide


def _owed(state: PlansAtWork, one: Activation, plan: Plan, now: datetime) -> Iterator[Say]:
    """Yield what an activation has still to say."""
    speaker = Speaker(one)
    levels = levels_of(one, plan, now)
    end = end_of(one, plan, now)
    if end is None:
        if one.has_own_response and f"{one.response_id} level" not in state.told:
            yield speaker.level()
        yield from _called_for(state, one, plan, levels)
        if plan.step_down.cancel_unaccepted:
            yield from _stepped_down(state, one, plan, levels)
        return
    if one.has_own_response and one.ended is None:
        yield speaker.end(end.cause, levels[-1].level)
    if plan.ends.cancel_unaccepted:
        for order_id, task in _open_tasks(state, one, plan.orders):
            yield speaker.cancel(order_id, task, end.cause, end.since)
    if plan.ends.close_posts:
        for post in plan.posts:
            name = name_of(one.fact.activation_id, post.id)
            if name in state.told and f"{name} closed" not in state.told:
                yield speaker.close(post, name, end.cause, end.since)


def _called_for(
    state: PlansAtWork, one: Activation, plan: Plan, levels: list[Level]
) -> Iterator[Say]:
    """Yield what the level calls for and nobody has said."""
    for item in plan.items:
        level = _begun(levels, item.holds_at)
        if level is None:
            continue
        name = _next_name(state, one, item)
        if name not in state.told and name not in state.tasks:
            yield Speaker(one).item(item, level, name)


def _stepped_down(
    state: PlansAtWork, one: Activation, plan: Plan, levels: list[Level]
) -> Iterator[Say]:
    """Yield the end of orders that only graver levels call for, and nobody has accepted."""
    for order in plan.orders:
        mildest = max(map(rank, order.grades or plan.trigger.grades))

        def is_milder(level: ResponseGrade, than: int = mildest) -> bool:
            return rank(level) > than

        if level := _begun(levels, is_milder):
            for order_id, task in _open_tasks(state, one, (order,)):
                yield Speaker(one).cancel(order_id, task, level.cause, level.since)


def _begun(levels: list[Level], holds: Callable[[ResponseGrade], bool]) -> Level | None:
    """Return with which level something began to hold that holds now; None where it does not."""
    begun = None
    for level in reversed(levels):
        if not holds(level.level):
            break
        begun = level
    return begun


def _next_name(state: PlansAtWork, one: Activation, item: Item) -> str:
    """Return the name under which an item is issued: another one where a step down undid it."""
    turns = {turn.id for turn in one.turns}
    number = 1
    while True:
        name = name_of(one.fact.activation_id, item.id, number)
        task = state.tasks.get(name)
        if task is None or task.cancelled_for not in turns:
            return name
        number += 1


def _open_tasks(
    state: PlansAtWork, one: Activation, orders: Iterable[FirstOrder]
) -> Iterator[tuple[str, Task]]:
    """Yield the orders issued that nobody ever accepted and nothing has ended."""
    for order in orders:
        name = _next_name(state, one, order)
        task = state.tasks.get(name)
        if task and not task.begun and not task.over:
            yield name, task


def _forgotten(
    state: PlansAtWork, planned: list[tuple[Activation, Plan | None]], now: datetime
) -> datetime | None:
    """Return when nothing is to be known any more; None while something goes on."""
    ends = [end_of(one, plan, now) for one, plan in planned]
    if None in ends:
        return None
    return max((end.since for end in ends if end), default=state.begun) + _KEPT


def _due(state: PlansAtWork, forgotten: datetime | None, now: datetime) -> datetime | None:
    """Return when more will be owed, or all forgotten, if nothing is heard."""
    moments = [forgotten] if forgotten else []
    for one in state.activations:
        moments += [level.since for level in one.levels()]
        moments += [one.cleared.time] if one.cleared else []
        if one.ended:
            moments.append(max(one.ended.time, cast("CommandLevelEnded", one.ended.data).ended))
    return min((moment for moment in moments if moment > now), default=None)


def phase(one: Activation, plan: Plan, owed: Iterable[Say], now: datetime) -> str:
    """Return how an activation stands: ``issuing``, ``running`` or ``ended``.

    Args:
        one: The activation.
        plan: Its plan.
        owed: What the plans at work there owe now.
        now: The moment against which its end is held.
    """
    if end_of(one, plan, now):
        return "ended"
    named = one.fact.activation_id
    own = (f"{named}{SEPARATOR}", f"{named} ")
    return "issuing" if any(say.about.startswith(own) for say in owed) else "running"


def _threads(event: Envelope) -> Iterator[str]:
    if thread := thread_of(event.data):
        yield thread


def plans(library: Library | None = None) -> Concern[PlansAtWork]:
    """Return the concern of plans at work.

    Args:
        library: The plans; without it the made-up ones that come along.
    """
    return Concern(
        "plans",
        1,
        PlansAtWork,
        CONTRACTS,
        _threads,
        decider_of(samples() if library is None else library),
        MOVES,
    )
