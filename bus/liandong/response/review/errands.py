"""What agencies asked of each other, and what came of it: folded from the log, kind by kind."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from liandong.contracts import (
    Deadline,
    Envelope,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.response.review.model import Ending, Errand, Kind, Missed, Step

Due = tuple[Deadline, datetime]


@dataclass(slots=True)
class Draft:
    """An errand while the log is read.

    Attributes:
        kind: What kind of errand.
        name: Its own name.
        asked_by: Who asked.
        agency: Who was asked.
        asked: When.
        what: What, by language, in words that name nobody.
        unit: The unit or role that was asked.
        step_number: Which escalation brought it here.
        due: What was due when.
    """

    kind: Kind
    name: str
    asked_by: str
    agency: str
    asked: datetime
    what: Mapping[str, str] = field(default_factory=dict[str, str])
    unit: str = ""
    step_number: int = 0
    due: list[Due] = field(default_factory=list[Due])
    received: datetime | None = None
    answered: datetime | None = None
    done: datetime | None = None
    over: datetime | None = None
    ending: Ending = ""
    _steps: list[Step] = field(default_factory=list[Step])

    def step(self, state: str, time: datetime, *, answers: bool = True) -> None:
        """Note how far it is: answered, or only received."""
        self._steps.append(Step(state=state, time=time))
        if answers:
            self.answered = self.answered or time
        else:
            self.received = self.received or time

    def end(self, ending: Ending, time: datetime) -> None:
        """Note how it ended; the first end counts."""
        if self.over is None:
            self.over, self.ending = time, ending
            self.done = time if ending == "done" else None

    def promise(self, deadline: Deadline, due: datetime) -> None:
        """Note when something is due; what is due already may only become due later."""
        moments = [moment for kind, moment in self.due if kind is deadline]
        others = [(kind, moment) for kind, moment in self.due if kind is not deadline]
        self.due = [*others, (deadline, max((*moments, due)))]

    def errand(self, ends: datetime) -> Errand:
        """Return it, its deadlines held against the answers or, where none came, the end."""
        return Errand(
            kind=self.kind,
            name=self.name,
            step_number=self.step_number,
            what=dict(self.what),
            asked_by=self.asked_by,
            agency=self.agency,
            unit=self.unit,
            asked=self.asked,
            received=self.received,
            answered=self.answered,
            done=self.done,
            over=self.over,
            ending=self.ending,
            steps=tuple(self._steps),
            missed=tuple(self._missed(ends)),
        )

    def _missed(self, ends: datetime) -> Iterator[Missed]:
        answers = {
            Deadline.RECEIPT: self.received or self.answered,
            Deadline.ACCEPTANCE: self.answered,
            Deadline.COMPLETION: self.done or (self.over if self.answered else None),
        }
        for deadline, due in self.due:
            answered = answers.get(deadline)
            # After its end nothing was expected any more; who chases says so at the very moment.
            if answered > due if answered else min(ends, self.over or ends) >= due:
                yield Missed(deadline=deadline, due=due.astimezone(UTC), answered=answered)


class Orders:
    """Folds orders; one that is passed on is another errand, of whom it was passed on to."""

    def __init__(self) -> None:
        """Know no order yet."""
        self.drafts: list[Draft] = []
        self._current: dict[str, Draft] = {}

    def take(self, event: Envelope) -> None:
        """Take in the next event."""
        match event.data:
            case OrderIssued() as issued:
                self._issue(event, issued)
            case OrderReported() as report if draft := self._current.get(report.order_id):
                if str(event.source) == draft.agency:
                    _report(draft, report, event.time)
            case OrderEscalated() as step if draft := self._current.get(step.order_id):
                self._pass_on(draft, step, event.time)
            case OrderCancelled(order_id=name) if draft := self._current.get(name):
                draft.end("cancelled", event.time)
            case OrderExpired(order_id=name) if draft := self._current.get(name):
                draft.end("expired", event.time)
            case _:
                pass

    def _issue(self, event: Envelope, issued: OrderIssued) -> None:
        if issued.order_id in self._current:
            return  # said again
        if issued.supersedes and (old := self._current.get(issued.supersedes)):
            old.end("replaced", event.time)
        to = issued.addressee
        self._add(
            Draft(
                kind="order",
                name=issued.order_id,
                asked_by=str(event.source),
                agency=to.agency,
                asked=event.time,
                what=dict.fromkeys(("en", "zh"), issued.action_text or issued.action),
                unit=to.unit_id or to.role or "",
                due=_due(issued),
            )
        )

    def _pass_on(self, draft: Draft, step: OrderEscalated, time: datetime) -> None:
        if step.step_number <= draft.step_number:
            return  # told twice
        draft.end("passed_on", time)
        to = step.addressee
        self._add(
            Draft(
                kind="order",
                name=step.order_id,
                asked_by=draft.asked_by,
                agency=to.agency,
                asked=time,
                what=draft.what,
                unit=to.unit_id or to.role or "",
                step_number=step.step_number,
                due=_due(step),
            )
        )

    def _add(self, draft: Draft) -> None:
        self.drafts.append(draft)
        self._current[draft.name] = draft


def _due(asked: OrderIssued | OrderEscalated) -> list[Due]:
    given = (
        (Deadline.RECEIPT, asked.receipt_by),
        (Deadline.ACCEPTANCE, asked.accept_by),
        (Deadline.COMPLETION, asked.complete_by),
    )
    return [(deadline, moment) for deadline, moment in given if moment]


_ENDINGS: dict[OrderState, Ending] = {
    OrderState.DONE: "done",
    OrderState.FAILED: "failed",
    OrderState.REFUSED: "refused",
}
_NO_ANSWER = {OrderState.RECEIVED, OrderState.SEEN}


def _report(draft: Draft, report: OrderReported, time: datetime) -> None:
    if report.state is OrderState.OVERDUE or not report.state.recognised:
        return
    draft.step(report.state.value, time, answers=report.state not in _NO_ANSWER)
    if report.until:
        draft.promise(Deadline.COMPLETION, report.until)
    if ending := _ENDINGS.get(report.state):
        draft.end(ending, time)


def fold(
    events: Iterable[Envelope], folds: Iterable[tuple[list[Draft], Callable[[Envelope], None]]]
) -> list[Draft]:
    """Return what every fold makes of the events, by when it was asked."""
    folds = list(folds)
    for event in events:
        for _, take in folds:
            take(event)
    return sorted((d for drafts, _ in folds for d in drafts), key=lambda draft: draft.asked)
