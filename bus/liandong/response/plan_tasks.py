"""An order that a plan has issued, as far as the log tells. Pure."""

from dataclasses import dataclass, replace

from liandong.contracts import (
    Addressee,
    Deadline,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderReported,
    OrderState,
    PlanStepStarted,
)

_PROGRESS = {
    OrderState.RECEIVED: 1,
    OrderState.SEEN: 2,
    OrderState.ACCEPTED: 3,
    OrderState.IN_PROGRESS: 4,
}
_END = 5
_BEGUN = {OrderState.ACCEPTED, OrderState.IN_PROGRESS, OrderState.DONE, OrderState.FAILED}


@dataclass(frozen=True, slots=True)
class Task:
    """An order that a plan has issued, as far as the log tells.

    Attributes:
        issued_by: The agency that issued it.
        reached: Everyone whom it reached; the last has it now.
        step: How often it was passed on.
        state: The furthest that who has it now has reported; None while nothing was.
        missed: The deadline that was last reported missed, until an answer comes.
        begun: Whether anyone ever accepted it, or more.
        over: Whether it was cancelled, or expired.
        cancelled_for: The id of what it was cancelled because of.
    """

    issued_by: str
    reached: tuple[Addressee, ...]
    step: int = 0
    state: OrderState | None = None
    missed: Deadline | None = None
    begun: bool = False
    over: bool = False
    cancelled_for: str | None = None

    @property
    def addressee(self) -> Addressee:
        """Who has it now."""
        return self.reached[-1]

    @property
    def unanswered(self) -> bool:
        """Whether a person has still to say yes or no."""
        return not self.over and _progress(self.state) < _PROGRESS[OrderState.ACCEPTED]


def heard(task: Task, event: Envelope) -> Task:  # noqa: PLR0911  one a kind of event
    """Return an order after what was said of it; only who has it now reports on it."""
    by_addressee = str(event.source) == task.addressee.agency
    match event.data:
        case OrderReported(state=OrderState.OVERDUE, missed=missed):
            return replace(task, missed=missed)
        case OrderReported(state=state) if by_addressee:
            return _advance(task, state)
        case PlanStepStarted() if by_addressee:
            return replace(task, begun=True)
        case OrderEscalated() as fact if fact.step_number > task.step:
            reached = (*task.reached, fact.addressee)
            return replace(task, reached=reached, step=fact.step_number, state=None, missed=None)
        case OrderCancelled() if str(event.source) == task.issued_by:
            return replace(task, over=True, cancelled_for=task.cancelled_for or event.causation)
        case OrderExpired():
            return replace(task, over=True)
        case _:
            return task


def _advance(task: Task, state: OrderState) -> Task:
    """Take a report; whoever says that it has begun is believed, also after a refusal."""
    begun = task.begun or state in _BEGUN
    if _progress(state) <= _progress(task.state):
        return replace(task, begun=begun)
    return replace(task, state=state, missed=None, begun=begun)


def _progress(state: OrderState | None) -> int:
    if state is None or not state.recognised:
        return 0  # a state of a later version says nothing here
    return _PROGRESS.get(state, _END)
