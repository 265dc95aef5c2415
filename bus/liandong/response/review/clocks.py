"""What the clocks say, and which messages were not taken."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol

from liandong.contracts import (
    ClockBreached,
    ClockStarted,
    ClockStopped,
    Envelope,
    MessageRejected,
    Reason,
)
from liandong.response.review.heard import Heard
from liandong.response.review.model import ClockRun, Rejection
from liandong.response.review.towards import sender_of


class Refusal(Protocol):
    """What a dead letter says of itself (`liandong.bus.Letter`)."""

    @property
    def id(self) -> str:
        """Its id."""
        ...

    @property
    def at(self) -> datetime:
        """When it was given up."""
        ...

    @property
    def consumer(self) -> str:
        """Who gave it up."""
        ...

    @property
    def reason(self) -> int:
        """The numbered reason."""
        ...

    @property
    def subject(self) -> str:
        """Where the event was published."""
        ...

    @property
    def faults(self) -> tuple[dict[str, str], ...]:
        """Each fault: path, expected, found."""
        ...


def clocks(events: Iterable[Envelope]) -> tuple[ClockRun, ...]:
    """Return the runs of clocks that events tell of, by when they started."""
    runs: dict[str, ClockRun] = {}
    for event in events:
        if isinstance(said := event.data, ClockStarted | ClockBreached | ClockStopped):
            run = runs.get(said.clock_id) or _begun(said)
            runs[said.clock_id] = run.model_copy(update=_told(run, said))
    return tuple(sorted(runs.values(), key=lambda run: run.started))


def _begun(said: ClockStarted | ClockBreached | ClockStopped) -> ClockRun:
    return ClockRun(
        clock_id=said.clock_id,
        clock=said.clock,
        agency=said.agency or "",
        unit=said.unit_id or "",
        starts_at=said.starts_at.value,
        stops_at=said.stops_at.value,
        started=said.started,
    )


def _told(run: ClockRun, said: ClockStarted | ClockBreached | ClockStopped) -> dict[str, object]:
    match said:
        case ClockStarted(thresholds_s=(limit, *_)):
            return {"limit_s": limit}
        case ClockBreached(breach_number=1 as number, threshold_s=limit):
            return {"limit_s": limit, "breaches": max(run.breaches, number)}
        case ClockBreached(breach_number=number):
            return {"breaches": max(run.breaches, number)}
        case ClockStopped(outcome=outcome, limit_s=limit, elapsed_s=elapsed):
            return {"limit_s": limit, "elapsed_s": elapsed, "outcome": outcome.value}
        case _:
            return {}


def rejections(log: Iterable[Heard], letters: Iterable[Refusal]) -> tuple[Rejection, ...]:
    """Return the messages that were not taken, by when; each once.

    Where a rejection names the dead letter that keeps the message, the two are one.
    """
    told = [
        _rejected(heard.event, heard.event.data)
        for heard in log
        if heard.event and isinstance(heard.event.data, MessageRejected)
    ]
    known = {one.dead_letter for one in told}
    found = told + [_buried(letter) for letter in letters if letter.id not in known]
    return tuple(sorted(found, key=lambda one: one.time))


def _rejected(event: Envelope, said: MessageRejected) -> Rejection:
    return Rejection(
        time=event.time,
        sender=sender_of(said.subject),
        type=said.type,
        subject=said.subject,
        number=said.reason_number,
        reason=said.reason_name,
        by=said.rejected_by,
        faults=tuple((fault.path, fault.expected) for fault in said.faults),
        dead_letter=said.dead_letter or "",
    )


def _buried(letter: Refusal) -> Rejection:
    return Rejection(
        time=letter.at,
        sender=sender_of(letter.subject),
        subject=letter.subject,
        number=letter.reason,
        reason=reason_name(letter.reason),
        by=letter.consumer,
        faults=tuple((fault["path"], fault["expected"]) for fault in letter.faults),
        dead_letter=letter.id,
    )


def reason_name(number: int) -> str:
    """Return what a numbered reason is called; empty for one that is not known here."""
    known = number in list(Reason)
    return Reason(number).name.lower().replace("_", " ") if known else ""
