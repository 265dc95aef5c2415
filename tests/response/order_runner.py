"""Runs the order desk in a process of its own, to be killed; or one with a fault, to be found out.

python order_runner.py nats://127.0.0.1:4222 [forgets | repeats]
"""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime

from liandong.bus import connect
from liandong.contracts import (
    Envelope,
    Event,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    new_id,
)
from liandong.response import ORDERS, Changes, Concern, Desk
from liandong.response.orders import Order

_BORN = datetime.now(UTC)


class Repeating(Desk[Order]):
    """Says everything under an id that it makes up."""

    def _id(self, thread: str, about: str) -> str:  # noqa: ARG002  that is the fault
        return new_id()


def unaware(of: tuple[type[Event], ...]) -> Concern[Order]:
    """Return orders as a desk has them that kept nothing, and reads over what is old."""

    def decide(order: Order | None, event: Envelope | None, now: datetime) -> Changes[Order]:
        if event and event.time < _BORN and isinstance(event.data, of):
            return Changes(order)
        return ORDERS.decide(order, event, now)

    return replace(ORDERS, name=f"orders-{new_id()}", decide=decide)


FAULTS = {
    "": (Desk, ORDERS),
    "forgets": (Desk, unaware((OrderIssued,))),
    "repeats": (Repeating, unaware((OrderEscalated, OrderExpired))),
}


async def run(server: str, fault: str) -> None:
    """Run until killed; says when it has read what there was."""
    async with await connect(servers=(server,), agency="lz/centre/desk", name="order-desk") as bus:
        kind, concern = FAULTS[fault]
        desk = kind(bus, concern, b"a secret of this test")
        work = asyncio.create_task(desk.run())
        while not desk.book.caught_up:  # noqa: ASYNC110  a book rings no bell
            await asyncio.sleep(0.01)
        print("ready", flush=True)  # noqa: T201  whoever started it waits for this
        await work


if __name__ == "__main__":
    asyncio.run(run(sys.argv[1], (*sys.argv, "")[2]))
