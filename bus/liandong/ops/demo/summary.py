"""What came of it, counted from the bus's own log."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from liandong.bus import Bus
from liandong.contracts import (
    AidAnswer,
    AidAnswered,
    AidCommitted,
    AidLine,
    AidLineAnswer,
    AidReleased,
    AidRequested,
    Envelope,
)
from liandong.response.orders import Order, decide, threads


@dataclass(frozen=True)
class AidOutcome:
    """What became of a request for aid.

    Attributes:
        request: Its name.
        asked: How much was asked, by line.
        granted: How much was granted, by line.
        outcome: ``granted``, ``granted in part``, ``declined`` or ``unanswered``.
        released: Whether all that was lent has been let go.
    """

    request: str
    asked: dict[str, float]
    granted: dict[str, float]
    outcome: str
    released: bool


@dataclass(frozen=True)
class Summary:
    """The counts of a run.

    Attributes:
        events: Events by contract.
        orders: Orders by how they stand.
        aid: The last request for aid; None where there was none.
        dead_letters: What could not be read or handled.
        seconds: How long it took.
    """

    events: dict[str, int]
    orders: dict[str, int]
    aid: AidOutcome | None
    dead_letters: int
    seconds: float


async def summarize(bus: Bus, started: datetime, took: timedelta) -> Summary:
    """Return the counts of a run from the log of a region's bus."""
    log = [e.envelope async for e in bus.history(since=started) if e.envelope]
    letters = await bus.dead_letters.list(everything=True)
    return Summary(
        events=dict(sorted(Counter(envelope.data.event for envelope in log).items())),
        orders=dict(sorted(_standings(log).items())),
        aid=_aid(log),
        dead_letters=sum(found.letter.at >= started for found in letters),
        seconds=round(took.total_seconds(), 1),
    )


def _standings(log: list[Envelope]) -> Counter[str]:
    orders: dict[str, Order] = {}
    for envelope in log:
        for order_id in threads(envelope):
            order = decide(orders.get(order_id), envelope, envelope.time).state
            orders |= {order_id: order} if order else {}
    return Counter(order.phase for order in orders.values())


def _aid(log: list[Envelope]) -> AidOutcome | None:
    requests = [e.data for e in log if isinstance(e.data, AidRequested)]
    if not requests:
        return None
    request = requests[0]  # what was asked again of others is the rest of it
    answers: dict[str, AidLineAnswer] = {}
    released = False
    for fact in (envelope.data for envelope in log):
        if isinstance(fact, AidAnswered | AidCommitted) and fact.request_id == request.request_id:
            answers |= {line.response.to_line_id: line for line in fact.lines}
        if isinstance(fact, AidReleased) and fact.request_id == request.request_id:
            released = fact.complete
    asked = {line.line_id: _amount(line) for line in request.lines}
    granted = {line_id: _granted(answer) for line_id, answer in answers.items()}
    return AidOutcome(request.request_id, asked, granted, _outcome(asked, granted), released)


def _amount(line: AidLine | AidLineAnswer) -> float:
    quantity = line.assignment.quantity if line.assignment else None
    return quantity.amount or 0 if quantity else 0


def _granted(line: AidLineAnswer) -> float:
    binding = {AidAnswer.ACCEPT, AidAnswer.IN_PART}
    return _amount(line) if line.response.answer in binding else 0


def _outcome(asked: dict[str, float], granted: dict[str, float]) -> str:
    if not granted:
        return "unanswered"
    if all(granted.get(line_id, 0) >= quantity for line_id, quantity in asked.items()):
        return "granted"
    return "granted in part" if any(granted.values()) else "declined"
