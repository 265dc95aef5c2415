"""Two ends that talk to each other, one of them over a line that a row breaks."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from faults.broker import Broker
from faults.checker import Item, check
from faults.facts import AREA, SPOKEN, item_of, ordered, reported
from faults.proxy import Proxy
from faults.row import Row
from liandong.bus import Bus, Subscription, connect
from liandong.contracts import Envelope, TransportError

_INCIDENTS = 3
_WITHIN_S, _POLL_S = 5.0, 0.05


@dataclass
class End:
    """One end: it says something now and then, and hears what the other says.

    Attributes:
        bus: Its bus.
        prefix: Begins the names of its incidents.
        sent: What it said, in order.
        confirmed: What of it is known to be stored.
        heard: What it handled, in order.
        known: The ids of what it heard.
        failing: How many handlings still fail.
    """

    bus: Bus
    prefix: str
    sent: list[Item] = field(default_factory=list)
    confirmed: dict[str, None] = field(default_factory=dict)
    heard: list[Item] = field(default_factory=list)
    known: set[str] = field(default_factory=set)
    failing: int = 0

    async def talk(self, pause_s: float) -> None:
        """Say one thing after the other, for ever; go on only when it is known to be stored."""
        while True:
            await self.say()
            await asyncio.sleep(pause_s)

    async def say(self) -> str:
        """Say the next thing and return its id once it is known to be stored."""
        number = len(self.sent)
        incident = f"{self.prefix}-{number % _INCIDENTS}"
        event = (reported, ordered)[number % 2](incident, number)
        envelope = self.bus.envelope(event, area=AREA)
        self.sent.append(item_of(envelope))
        while True:
            try:
                await self.bus.send(envelope, within=_WITHIN_S)
            except TransportError:
                continue  # unknown is not lost: the same again
            self.confirmed[envelope.id] = None
            return envelope.id

    async def hear(self, envelope: Envelope) -> None:
        """Handle one event.

        Raises:
            RuntimeError: As often as `failing` says.
        """
        if self.failing:
            self.failing -= 1
            raise RuntimeError("a handler that fails")
        self.heard.append(item_of(envelope))
        self.known.add(envelope.id)


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk under way.

    Attributes:
        broker: The broker.
        line: What lies between it and the far end.
        near: The end that is connected directly.
        far: The end that is connected over the line.
        talking: What they say, under way.
    """

    broker: Broker
    line: Proxy
    near: End
    far: End
    talking: tuple[asyncio.Task[None], ...]

    def said(self) -> tuple[int, int]:
        """Return how much each end has said so far."""
        return len(self.near.sent), len(self.far.sent)

    def passed(self, since: tuple[int, int]) -> bool:
        """Say whether each end has heard something that the other said later."""
        near, far = since
        return not (
            self.far.known.isdisjoint(item.id for item in self.near.sent[near:])
            or self.near.known.isdisjoint(item.id for item in self.far.sent[far:])
        )

    def all_heard(self) -> bool:
        """Say whether each end has heard all that is known to be stored of the other."""
        return self.near.confirmed.keys() <= self.far.known and (
            self.far.confirmed.keys() <= self.near.known
        )

    async def end(self, within_s: float) -> None:
        """Have the ends fall silent; what is not heard after that long is for the checker."""
        for task in self.talking:
            task.cancel()
        await asyncio.gather(*self.talking, return_exceptions=True)
        with suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not self.all_heard():  # noqa: ASYNC110  what two handlers write
                    await asyncio.sleep(_POLL_S)

    def judge(self, row: Row) -> None:
        """Count what was lost, doubled or out of order, either way."""
        for speaker, hearer in ((self.near, self.far), (self.far, self.near)):
            row.acked += len(speaker.confirmed)
            row.add(check(speaker.sent, speaker.confirmed, hearer.heard))


@asynccontextmanager
async def talk(
    folder: Path, pause_s: float, *, extra: str = "", near: Any = None, far: Any = None
) -> AsyncGenerator[Talk]:
    """Have two ends talk until the block is left.

    Args:
        folder: The broker's data.
        pause_s: Seconds between two things that an end says.
        extra: More lines of the broker's configuration.
        near: More settings of the near end's bus.
        far: More settings of the far end's.
    """
    async with (
        Broker(folder / "nats", extra=extra) as broker,
        Proxy(broker.server.port) as line,
        await connect(servers=(broker.url,), agency="lz/centre/near", **near or {}) as here,
        await connect(servers=(line.url,), agency="lz/centre/far", **far or {}) as there,
    ):
        await here.apply()
        ends = End(here, "near"), End(there, "far")
        for end, other in (ends, ends[::-1]):
            await _listen(end, other)
        talking = tuple(asyncio.create_task(end.talk(pause_s)) for end in ends)
        made = Talk(broker, line, *ends, talking)
        yield made
        await made.end(0)


async def _listen(end: End, other: End) -> Subscription:
    return await end.bus.subscribe("ears", end.hear, replace(SPOKEN, agency=other.bus.agency))
