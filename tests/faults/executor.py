"""Who carries orders out: a real handler of the SDK, and one that heeds nothing, to be caught."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from liandong.adapters.sdk import Journal, Settings, run
from liandong.adapters.sdk.orders import Order, OrderHandler
from liandong.bus import Bus
from liandong.contracts import Envelope, Filter, OrderIssued

AGENCY = "lz/fire/119"


class Crew(OrderHandler[Settings]):
    """Carries out whatever it is told to.

    Attributes:
        done: The orders that it carried out, in order.
    """

    settings_type = Settings

    def __init__(self, settings: Settings, journal: Journal) -> None:
        super().__init__(settings, journal)
        self.done: list[str] = []

    async def do_dispatch(self, order: Order) -> None:
        """Go there."""
        self.done.append(order.issued.order_id)


@asynccontextmanager
async def crew(bus: Bus, folder: Path) -> AsyncGenerator[list[str]]:
    """Carry orders out until the block is left; yield those that were."""
    settings = {"name": "crew", "agency": AGENCY, "area": "cn.99"}
    with Journal(folder / "crew.db") as journal:
        handler = Crew(Settings.model_validate(settings), journal)
        work = asyncio.create_task(run(handler, bus))
        await handler.ready.wait()
        yield handler.done
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


@asynccontextmanager
async def heedless(bus: Bus, folder: Path) -> AsyncGenerator[list[str]]:
    """Carry out every order that comes, whatever was said of it; yield those that were."""
    del folder
    done: list[str] = []

    async def handle(envelope: Envelope) -> None:
        if isinstance(envelope.data, OrderIssued):
            done.append(envelope.data.order_id)

    orders = Filter(contracts=(OrderIssued,))
    await bus.subscribe("heedless", handle, orders, even_expired=True)
    yield done
