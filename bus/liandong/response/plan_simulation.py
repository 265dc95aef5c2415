"""What a plan would say, when and to whom: the same decisions, with no bus. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from liandong.contracts import Agency, Envelope, Mode
from liandong.response.concern import Say
from liandong.response.plan_file import Plan
from liandong.response.plan_library import Library
from liandong.response.plan_state import PlansAtWork
from liandong.response.plans import decider_of


@dataclass(frozen=True, slots=True)
class Simulated:
    """How a plan would run.

    Attributes:
        said: What it would say, in order.
        state: How things would stand afterwards.
    """

    said: tuple[Say, ...]
    state: PlansAtWork


def simulate(plan: Plan, events: Sequence[Envelope]) -> Simulated:
    """Return what a plan would say after each of some events.

    Args:
        plan: The plan.
        events: First its activation, then what else happens, each at its time.
    """
    decide = decider_of(Library.of([plan]))
    desk = Agency(plan.region, "centre", "simulation")
    said: list[Say] = []
    state: PlansAtWork | None = None
    for event in events:
        state = decide(state, event, event.time).state
        while owed := decide(state, None, event.time).say:
            said += owed
            for say in owed:
                state = decide(state, envelope(say, desk), event.time).state
    return Simulated(tuple(said), state or PlansAtWork(events[0].time))


def envelope(say: Say, desk: Agency) -> Envelope:
    """Return what is owed as the event that it would be, in the mode of a trial."""
    return Envelope(
        source=desk,
        mode=Mode.TEST,
        time=say.time,
        area=say.area or say.cause.area,
        causation=say.cause.id,
        precedence=say.precedence,
        data=say.event,
    )
