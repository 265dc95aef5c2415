"""The bus itself, as its documentation says to use it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager

from bench.event import AGENCY, AREA
from liandong.bus import Bus, connect
from liandong.contracts import Envelope, Event, Filter
from liandong.contracts.incidents import IncidentReported

Handler = Callable[[Envelope], Awaitable[None]]


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Bus]:
    """Connect."""
    async with await connect(servers=(url,), agency=str(AGENCY)) as bus:
        yield bus


async def publish(bus: Bus, event: Event) -> None:
    """Publish one event; returns when the broker has confirmed it."""
    await bus.publish(event, area=AREA)


async def publish_many(bus: Bus, events: Sequence[Event]) -> None:
    """Publish events, many at a time; returns when the broker has confirmed them all."""
    await bus.send_many([bus.envelope(event, area=AREA) for event in events])


@asynccontextmanager
async def reading(bus: Bus, name: str, handler: Handler) -> AsyncIterator[str]:
    """Read incidents from the first on; gives the broker's name for the consumer."""
    which = Filter(contracts=(IncidentReported,))
    subscription = await bus.subscribe(name, handler, which, from_start=True)
    yield f"{AGENCY.region}_{AGENCY.kind}_{AGENCY.name}_{name}"
    await subscription.close()
