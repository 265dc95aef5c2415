"""A thousand orders to recipients of whom some are dead: who answers, who is killed, who checks."""

import asyncio
import heapq
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from liandong.bus import Bus, Following
from liandong.contracts import (
    Addressee,
    Agency,
    Envelope,
    Filter,
    OrderEscalated,
    OrderExpired,
    OrderIssued,
    OrderReported,
    OrderState,
)
from liandong.response.orders import Order, decide, threads

AREA = "cn.99.01"
ISSUER = Agency("lz", "centre", "command")
CONTRACTS = (OrderIssued, OrderReported, OrderEscalated, OrderExpired)
ASKED_IN_TURN = 3
WITHIN = timedelta(seconds=1)
_RUNNER = Path(__file__).with_name("order_runner.py")


@dataclass(frozen=True)
class Drill:
    """What is tried.

    Attributes:
        orders: How many orders are issued.
        kills: How often the runner is killed.
        spans: Seconds until receipt, acceptance and completion are due.
        patience_s: How long the last order may take.
        fault: What is wrong with the runner.
        seed: Decides who is dead, who is asked, when the runner is killed.
    """

    orders: int
    kills: int
    spans: tuple[float, float, float] = (1.5, 3.0, 8.0)
    patience_s: float = 30.0
    fault: str = ""
    seed: int = 1


@dataclass
class Seen:
    """What came of it.

    Attributes:
        log: What the broker stored, and when.
        down: When no runner was at work.
    """

    log: list[tuple[Envelope, datetime]] = field(default_factory=list)
    down: list[tuple[datetime, datetime]] = field(default_factory=list)


class Recipients:
    """A hundred agencies: ten never answer, five too late, of the others some refuse."""

    def __init__(self, bus: Bus, drill: Drill) -> None:
        self._bus, self._spans = bus, drill.spans
        self._chance = random.Random(drill.seed)  # noqa: S311  a drill that can be repeated
        self.names = [f"lz/fire/s-{n:02}" for n in range(100)]
        chosen = self._chance.sample(self.names, 15)
        self._dead, self._late = set(chosen[:10]), set(chosen[10:])
        self._answers: list[tuple[float, int, Envelope]] = []
        self._number = count()

    def order(self, name: str) -> Envelope:
        """Return an order to somebody, and to two more in turn."""
        now = datetime.now(UTC)
        first, *rest = (Addressee(agency=a) for a in self._chance.sample(self.names, ASKED_IN_TURN))
        receipt, accept, complete = (now + timedelta(seconds=s) for s in self._spans)
        order = OrderIssued(
            order_id=name,
            addressee=first,
            action="dispatch",
            issued_by="commander",
            next_in_line=tuple(rest),
            receipt_by=receipt,
            accept_by=accept,
            complete_by=complete,
        )
        return Envelope(source=ISSUER, time=now, area=AREA, data=order)

    def hear(self, asking: OrderIssued | OrderEscalated) -> None:
        """Have whoever is asked answer, or not."""
        who = asking.addressee.agency
        receipt, accept, complete = self._spans
        if who in self._dead:
            return
        self._later(0.3 * receipt, asking, OrderState.RECEIVED)
        if who in self._late:
            self._later(1.6 * accept, asking, OrderState.ACCEPTED)
        elif self._chance.random() < 0.05:
            self._later(0.3 * accept, asking, OrderState.REFUSED)
        else:
            self._later(self._chance.uniform(0.3, 0.6) * accept, asking, OrderState.ACCEPTED)
            self._later(self._chance.uniform(0.4, 0.6) * complete, asking, OrderState.DONE)

    async def answer(self) -> None:
        """Send what is to be answered by now, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            due: list[Envelope] = []
            while self._answers and self._answers[0][0] <= loop.time():
                due.append(heapq.heappop(self._answers)[2])
            if due:
                now = datetime.now(UTC)
                await self._bus.send_many([e.model_copy(update={"time": now}) for e in due])
            await asyncio.sleep(0.02)

    def _later(
        self, seconds: float, asking: OrderIssued | OrderEscalated, state: OrderState
    ) -> None:
        report = OrderReported(
            order_id=asking.order_id,
            state=state,
            reason="no crew" if state is OrderState.REFUSED else None,
            reported_by="station",
        )
        who = Agency.parse(asking.addressee.agency)
        envelope = Envelope(source=who, area=AREA, data=report)
        when = asyncio.get_running_loop().time() + seconds
        heapq.heappush(self._answers, (when, next(self._number), envelope))


class Runner:
    """The desk, in a process of its own."""

    def __init__(self, server: str, drill: Drill, seen: Seen) -> None:
        self._command = (sys.executable, str(_RUNNER), server, drill.fault)
        self._down = seen.down

    async def start(self) -> None:
        """Start it; returns when it has read what there was."""
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdout=asyncio.subprocess.PIPE
        )
        assert self._process.stdout
        assert await self._process.stdout.readline() == b"ready\n"

    async def kill(self) -> None:
        """Kill it, at whatever it is doing."""
        self._process.kill()
        await self._process.wait()

    async def restart(self) -> None:
        """Kill it and start another one; note how long there was none."""
        since = datetime.now(UTC)
        await self.kill()
        await self.start()
        self._down.append((since, datetime.now(UTC)))


async def play(bus: Bus, server: str, drill: Drill) -> Seen:
    """Issue the orders while the runner is killed again and again; return what was seen."""
    seen, recipients, settled = Seen(), Recipients(bus, drill), asyncio.Event()
    runner = Runner(server, drill, seen)
    following = await bus.follow(Filter(contracts=CONTRACTS))
    tasks = [
        asyncio.create_task(_watch(following, drill, seen, recipients, settled)),
        asyncio.create_task(recipients.answer()),
    ]
    await runner.start()
    try:
        await _issue_and_kill(bus, drill, recipients, runner)
        with suppress(TimeoutError):  # the verdict says what did not end
            async with asyncio.timeout(drill.patience_s):
                await settled.wait()
    finally:
        await runner.kill()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return seen


async def _issue_and_kill(bus: Bus, drill: Drill, recipients: Recipients, runner: Runner) -> None:
    chance = random.Random(drill.seed)  # noqa: S311  a drill that can be repeated
    rounds, number = drill.kills + 1, 0
    for one in range(rounds):
        until = drill.orders * (one + 1) // rounds
        await bus.send_many([recipients.order(f"o-{n}") for n in range(number, until)])
        number = until
        if one < drill.kills:
            await asyncio.sleep(chance.uniform(0.05, 0.9))
            await runner.restart()


async def _watch(
    following: Following, drill: Drill, seen: Seen, recipients: Recipients, settled: asyncio.Event
) -> None:
    orders: dict[str, Order] = {}
    ended: set[str] = set()
    async with aclosing(following) as entries:
        async for entry in entries:
            if (envelope := entry.envelope) is None:
                continue
            seen.log.append((envelope, entry.raw.stored))
            if isinstance(envelope.data, OrderIssued | OrderEscalated):
                recipients.hear(envelope.data)
            (name,) = threads(envelope)
            after = decide(orders.get(name), envelope, envelope.time).state
            orders |= {name: after} if after else {}
            ended |= {name} if after and after.ended else set()
            if len(ended) == drill.orders:
                settled.set()


def verdict(seen: Seen, drill: Drill) -> list[str]:
    """Return what is wrong: nothing where every order ended, in time, and nothing came twice."""
    logs: dict[str, list[tuple[Envelope, datetime]]] = defaultdict(list)
    for envelope, stored in seen.log:
        logs[next(threads(envelope))].append((envelope, stored))
    wrong = [f"o-{n} was never issued" for n in range(drill.orders) if f"o-{n}" not in logs]
    for name, log in logs.items():
        wrong += [f"{name} {fault}" for fault in (*_open(log), *_twice(log), *_slow(log, seen))]
    return wrong


def _open(log: list[tuple[Envelope, datetime]]) -> Iterator[str]:
    """Yield a fault where nobody did it, nobody is left, and no person was told."""
    who, line = "", ASKED_IN_TURN
    states = set[OrderState]()
    for envelope, _ in log:
        match envelope.data:
            case OrderIssued(addressee=asked) | OrderEscalated(addressee=asked):
                who, line, states = asked.agency, line - 1, set()
            case OrderReported(state=state) if str(envelope.source) == who:
                states.add(state)
            case OrderExpired():
                return
            case _:
                pass
    if OrderState.DONE not in states and not (OrderState.REFUSED in states and line == 0):
        yield f"never ended: {who} has it, with {line} left"


def _twice(log: list[tuple[Envelope, datetime]]) -> Iterator[str]:
    """Yield what was said twice, and who was asked twice."""
    said = Counter[str]()
    for envelope, _ in log:
        match envelope.data:
            case OrderReported(state=OrderState.OVERDUE, missed=missed):
                said[f"{missed} of {envelope.time} overdue"] += 1
            case OrderEscalated(step_number=step, addressee=asked):
                said.update([f"step {step}", f"{asked.agency} asked"])
            case OrderIssued(addressee=asked):
                said[f"{asked.agency} asked"] += 1
            case OrderExpired():
                said["expired"] += 1
            case _:
                pass
    yield from (f"{what} {times} times" for what, times in said.items() if times > 1)


def _slow(log: list[tuple[Envelope, datetime]], seen: Seen) -> Iterator[str]:
    """Yield what was not passed on within a second, the time without a runner added."""
    refused = log[0][1]
    for envelope, stored in log:
        match envelope.data:
            case OrderReported(state=OrderState.REFUSED):
                refused = stored
            case OrderEscalated(due=due) | OrderExpired(due=due):
                since = due or refused
                took = stored - since - _without_runner(since, stored, seen)
                if took > WITHIN:
                    yield f"waited {took.total_seconds():.2f} s to be passed on"
            case _:
                pass


def _without_runner(since: datetime, until: datetime, seen: Seen) -> timedelta:
    overlaps = (min(until, up) - max(since, down) for down, up in seen.down)
    return sum((lap for lap in overlaps if lap > timedelta(0)), timedelta(0))
