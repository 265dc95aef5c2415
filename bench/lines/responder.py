"""A process of the addressee: answers every order as a machine does, with ``received``."""

import asyncio

from bench.loops import run
from liandong.bus import connect
from liandong.contracts import Envelope, Filter
from liandong.contracts.orders import OrderIssued, OrderReported, OrderState

AGENCY = "lz/fire/119-linzhou"


async def main() -> None:
    """Answer until killed."""
    async with await connect(agency=AGENCY) as bus:

        async def answer(order: Envelope) -> None:
            issued = order.data
            if isinstance(issued, OrderIssued):
                reported = OrderReported(
                    order_id=issued.order_id,
                    incident_id=issued.incident_id,
                    state=OrderState.RECEIVED,
                    reported_by="dispatch system",
                )
                await bus.send(order.answer(reported, source=bus.agency))

        await bus.subscribe("orders", answer, Filter(contracts=(OrderIssued,)))
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    run(main())
