"""Watches every order's deadlines on a bus, and says which answers are overdue.

Its state is the log: it reads that from the beginning when it starts, so a restart forgets nothing.
Any number may run side by side: all of them decide the same, and the ids of their reports are the
same, so the broker keeps one.
"""

import asyncio
import hashlib
import hmac
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta

import structlog

from liandong.bus import Bus
from liandong.contracts import (
    Envelope,
    Filter,
    LiandongError,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
    Precedence,
)
from liandong.response.orders import Order, Overdue, decide

log = structlog.get_logger()

_WHICH = Filter(
    contracts=(OrderIssued, OrderReported, OrderEscalated, OrderCancelled, OrderExpired)
)
_BEGINNING = datetime.fromtimestamp(0, UTC)
_GRACE = timedelta(milliseconds=250)  # an answer stored just in time is still on its way to us
_PAUSE_S = 2.0  # before what could not be reported is tried again
_LOOK_AGAIN_S = 30.0  # the wall clock may be set while we wait
_REPORTED_BY = "order desk"


class OrderDesk:
    """Reports each deadline that passes unanswered, once.

    Live orders are watched by a desk on a live bus, drills by one on an exercise bus.
    """

    def __init__(self, bus: Bus, secret: bytes) -> None:
        """Prepare; `run` begins.

        Args:
            bus: Where orders are; overdue reports are said by its agency.
            secret: Keys the reports' ids; the same for all desks of that agency.
        """
        self._bus = bus
        self._secret = secret
        self._open: dict[str, Order] = {}
        self._caught_up = False
        self._changed = asyncio.Event()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._read())
            tasks.create_task(self._chase())

    async def _read(self) -> None:
        async with aclosing(await self._bus.follow(_WHICH, since=_BEGINNING)) as entries:
            async for entry in entries:
                if entry.envelope:
                    self._take(entry.envelope)
                self._caught_up = entry.raw.pending == 0
                self._changed.set()

    def _take(self, event: Envelope) -> None:
        for order_id in self._concerned(event):
            order = decide(self._open.get(order_id), event, event.time).order
            if order and not order.ended:
                self._open[order_id] = order
            else:
                self._open.pop(order_id, None)

    def _concerned(self, event: Envelope) -> list[str]:
        """Return the orders that an event says something about; one replaced only if it is open."""
        match event.data:
            case OrderIssued(order_id=order_id, supersedes=replaced):
                return [order_id, *(name for name in (replaced,) if name in self._open)]
            case OrderReported() | OrderEscalated() | OrderCancelled() | OrderExpired() as said:
                return [said.order_id]
            case _:
                return []

    async def _chase(self) -> None:
        while True:
            self._changed.clear()
            # What is not read yet may hold an answer.
            if self._caught_up and not await self._report_missed(datetime.now(UTC) - _GRACE):
                await asyncio.sleep(_PAUSE_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._seconds_to_next()):
                    await self._changed.wait()

    async def _report_missed(self, now: datetime) -> bool:
        """Report what was missed; say whether all of it is stored."""
        missed = [
            (order, overdue)
            for order in self._open.values()
            for overdue in decide(order, None, now).overdue
        ]
        return all([await self._report(order, overdue) for order, overdue in missed])

    async def _report(self, order: Order, overdue: Overdue) -> bool:
        """Publish one; what is not stored is said again."""
        try:
            stored = await self._bus.send(self._envelope(order, overdue))
        except LiandongError as error:
            log.error("overdue_not_reported", order=order.order.order_id, problem=str(error))  # noqa: TRY400  the message says it all
            return False
        self._take(stored.envelope)
        return True

    def _seconds_to_next(self) -> float:
        moments = [due for order in self._open.values() if (due := order.next_due)]
        if not moments or not self._caught_up:
            return _LOOK_AGAIN_S
        left = (min(moments) + _GRACE - datetime.now(UTC)).total_seconds()
        return min(max(0.0, left), _LOOK_AGAIN_S)

    def _envelope(self, order: Order, overdue: Overdue) -> Envelope:
        issued = order.issued
        event = OrderReported(
            order_id=order.order.order_id,
            incident_id=order.order.incident_id,
            state=OrderState.OVERDUE,
            missed=overdue.missed,
            reported_by=_REPORTED_BY,
        )
        return self._bus.envelope(
            event,
            id=self._id(issued, overdue),
            time=overdue.due,
            area=issued.area,
            precedence=Precedence.IMMEDIATE,
            correlation=issued.correlation or issued.id,
            causation=issued.id,
        )

    def _id(self, issued: Envelope, overdue: Overdue) -> str:
        due = overdue.due.astimezone(UTC).isoformat()
        message = f"{self._bus.agency} {issued.id} {overdue.missed} {due}".encode()
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:32]
