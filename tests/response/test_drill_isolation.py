"""Nothing of a drill reaches ``live``: shown on a real server, subscriber by subscriber.

Each way of hearing something is there twice, in mode live and in mode exercise. First one event is
published live, to show that whatever hears nothing afterwards would have heard it.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

from liandong.bus import Bus, Server, connect
from liandong.bus.keyvalue import KeyValue
from liandong.contracts import Addressee, Agency, Envelope, Event, Filter, Lane, OrderIssued
from liandong.response import Desk
from liandong.response.concerns import PLACES, concern
from liandong.response.drill_desk import Director
from liandong.response.register_desk import RegisterDesk
from response.drill_plays import AREA, COMMAND, FIRE, scenario

SECRET = b"a secret of this test"


class Ears:
    """Everything that could hear something in one mode, and what it has heard."""

    def __init__(self, bus: Bus) -> None:
        """Prepare; `open` begins."""
        self.bus = bus
        self.heard: dict[str, list[str]] = {}
        self.grown = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._desks: dict[str, Desk] = {}

    def note(self, who: str, what: str) -> None:
        """Write down what somebody heard."""
        self.heard.setdefault(who, []).append(what)
        self.grown.set()

    async def open(self) -> None:
        """Subscribe in every way there is, and run a desk of each concern."""
        session = await self.bus.connection.session(5)
        subject = f"ld.{self.bus.mode}.>"
        await session.subscribe(subject, lambda message: self.note("plain NATS", message.subject))
        for lane in Lane:
            await self._subscribe(lane.value, [c for c in CONTRACTS if c.lane is lane])
        for contract in CONTRACTS:
            following = await self.bus.follow(Filter(contracts=(contract,)))
            self._tasks.append(asyncio.create_task(self._follow(contract.event, following)))
        for name in PLACES:
            self._desks[name] = desk = Desk(self.bus, concern(name), SECRET)
            self._tasks.append(asyncio.create_task(desk.run()))
        self._tasks.append(asyncio.create_task(RegisterDesk(self.bus, SECRET).run()))

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def until(self, who: str, times: int = 1) -> None:
        """Wait until somebody has heard something."""
        async with asyncio.timeout(20):
            while len(self.heard.get(who, ())) < times:
                self.grown.clear()
                await self.grown.wait()

    async def kept(self) -> dict[str, int]:
        """Return how many states each concern keeps."""
        bucket = KeyValue(self.bus.lines, f"ld_response_{self.bus.mode}")
        await bucket.open()
        found = {name: [k async for k in bucket.below(name)] for name in PLACES}
        return {name: len(states) for name, states in found.items() if states}

    async def stored(self) -> dict[str, int]:
        """Return how many messages each stream of its mode holds."""
        prefix = f"LD_{self.bus.mode.upper()}_"
        streams = await self.bus.streams()
        return {s["name"]: s["messages"] for s in streams if s["name"].startswith(prefix)}

    async def _subscribe(self, lane: str, contracts: list[type[Event]]) -> None:
        async def take(event: Envelope) -> None:
            self.note(f"the {lane} lane", event.type)

        await self.bus.subscribe(f"ears-{lane}", take, Filter(contracts=tuple(contracts)))

    async def _follow(self, name: str, following: AsyncGenerator) -> None:
        async for entry in following:
            self.note(name, entry.raw.subject)


CONTRACTS = [kind for kind in Event.known.values() if kind.version == 1]


@asynccontextmanager
async def ears(server: Server, mode: str) -> AsyncGenerator[Ears]:
    """Listen in a mode."""
    async with await connect(servers=(server.url,), agency="lz/centre/desk", mode=mode) as bus:
        await bus.apply()
        listening = Ears(bus)
        await listening.open()
        try:
            yield listening
        finally:
            await listening.close()


def order(order_id: str) -> OrderIssued:
    """Return an order to the fire service."""
    return OrderIssued(
        order_id=order_id,
        incident_id="lz-1",
        addressee=Addressee(agency=FIRE),
        action="dispatch",
        issued_by="commander",
    )


async def heard_of(
    live: Ears, orders: int
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Publish one more live order; return what everybody has heard, kept and stored by then."""
    await live.bus.publish(order(f"real-{orders}"), area=AREA)
    for who in ("plain NATS", "the orders lane", "order.issued"):
        await live.until(who, orders)
    while (kept := await live.kept()).get("orders", 0) < orders:  # noqa: ASYNC110  a bucket rings no bell
        await asyncio.sleep(0)
    return {who: len(what) for who, what in live.heard.items()}, kept, await live.stored()


async def test_nothing_of_a_drill_reaches_live(nats_server: Server) -> None:
    """Whoever listens in mode exercise hears all of it; who listens live, only what is live."""
    async with AsyncExitStack() as stack:
        live = await stack.enter_async_context(ears(nats_server, "live"))
        drill = await stack.enter_async_context(ears(nats_server, "exercise"))
        before = await heard_of(live, 1)
        assert before[0] == {"plain NATS": 1, "the orders lane": 1, "order.issued": 1}
        assert not drill.heard, "what is live reaches no drill either"

        director = Director(drill.bus, scenario(), "d-1", SECRET)
        await director.begin(speed=600)
        said = asyncio.create_task(listed(director))
        await drill.until("incident.reported")
        ordered = drill.bus.envelope(order("d-1-o-1"), area=AREA)
        await drill.bus.send(ordered.model_copy(update={"source": Agency.parse(COMMAND)}))
        events = await said
        for who in ("the orders lane", "order.reported", "the events lane", "exercise.ended"):
            await drill.until(who)

        assert (events[0], events[-1]) == ("exercise.started.v1", "exercise.ended.v1")
        assert {"plain NATS", "exercise.injected"} <= drill.heard.keys()
        assert (await drill.kept()).get("orders")
        assert all(".exercise." in subject for subject in drill.heard["plain NATS"])
        heard, kept, stored = before
        heard, stored = ({name: 2 * n for name, n in one.items()} for one in (heard, stored))
        after = heard, kept | {"orders": 2}, stored
        assert await heard_of(live, 2) == after, "one order more, and nothing else"


async def listed(director: Director) -> list[str]:
    """Return what a drill says of itself, once it is over."""
    return [event.type async for event in director.events()]
