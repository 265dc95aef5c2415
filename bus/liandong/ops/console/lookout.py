"""Keeping watch: what the page shows of one bus, read from its log and nowhere else.

Nothing here publishes, acknowledges, or leaves anything durable at the broker.
"""

import asyncio
import json
from collections import Counter, deque
from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from liandong.bus import Bus, Entry
from liandong.bus.topology import DEAD
from liandong.contracts import AlarmRaised, Envelope, Filter, LiandongError
from liandong.ops import alarms
from liandong.ops.console import board
from liandong.ops.console.rows import Ring, row

log = structlog.get_logger()

_RECENT = 1_000  # messages of each lane that the table begins with
_RATE_OVER_S = 5
_LOOK_AGAIN_S = 1.0
_COUNT_EVERY_S = 5.0
_DRAW_EVERY_S = 1.0
_SHOWN = 200  # incidents, and orders
_ALARMS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Picture:
    """The state as every tab gets it, drawn once for all of them.

    Attributes:
        number: Tells one picture from another.
        status: The status strip, JSON.
        changes: Tells one board from another.
        board: Incidents and orders, JSON: at most 200 of each, those to look at first.
    """

    number: int = 0
    status: str = "null"
    changes: int = -1
    board: str = "null"


class Lookout:
    """Follows a bus.

    Attributes:
        bus: The bus.
        board: What its log adds up to.
        ring: Its last messages.
        risen: Alarms by name and agency since the watch began.
        seen: Messages by contract since the watch began; ``unreadable`` counts those of none.
        dead: Dead letters that wait; None while that is not known.
        reading: Whether the log's past is still being read.
        picture: The state, never older than a second.
        closing: Set when the watch ends: whoever waits for rows stops waiting.
    """

    def __init__(self, bus: Bus) -> None:
        """Prepare; `watching` begins."""
        self.bus = bus
        self.board = board.Board()
        self.ring = Ring()
        self.seen: Counter[str] = Counter()
        self.risen: Counter[tuple[str, str]] = Counter()
        self.dead: int | None = None
        self.reading = True
        self.picture = Picture()
        self.closing = asyncio.Event()
        self._seconds: deque[tuple[int, int]] = deque(maxlen=_RATE_OVER_S + 1)
        self._held: list[Envelope] = []
        self._positions: dict[str, int] = {}
        self._last: datetime | None = None
        self._letters = -1

    async def draw(self) -> None:
        """Keep the picture up to date."""
        while True:
            before, changes = self.picture, self.board.changes
            same = before.changes == changes
            cards = before.board if same else json.dumps(self._cards())
            self.picture = Picture(before.number + 1, json.dumps(self._status()), changes, cards)
            await asyncio.sleep(_DRAW_EVERY_S)

    def _status(self) -> dict[str, Any]:
        now = datetime.now(UTC)
        adapters = [
            board.adapter_card(beat, now) for _, beat in sorted(self.board.adapters.items())
        ]
        holding = self.alarms(now)
        return {
            "now": now.isoformat(),
            "mode": self.bus.mode.value,
            "connected": self.bus.connected,
            "problem": self.bus.problem,
            "reading": self.reading,
            "rate": self._rate(now),
            "last": self._last and self._last.isoformat(),
            "adapters": adapters,
            "alarms": [alarms.card(told) for told in holding[:_ALARMS_SHOWN]],
            "all_alarms": len(holding),
            "dead": self.dead,
            "overdue": self.board.overdue(now),
        }

    def alarms(self, now: datetime) -> list[alarms.Told]:
        """Return the alarms that hold, the console's own among them though it cannot tell them."""
        told = {one.alarm.alarm_id: one for one in self.board.alarmed.holding(now)}
        for own in self.bus.alarms.active:
            told.setdefault(own.id, alarms.Told(str(self.bus.agency), self.bus.alarms.raised(own)))
        return sorted(told.values(), key=lambda one: one.alarm.since)

    def _cards(self) -> dict[str, Any]:
        incidents, orders = self.board.in_order(), self.board.orders_in_order()
        return {
            "incidents": [board.incident_card(incident) for incident in incidents[:_SHOWN]],
            "open": sum(incident.cleared is None for incident in incidents),
            "cleared": sum(incident.cleared is not None for incident in incidents),
            "orders": [board.order_card(order) for order in orders[:_SHOWN]],
            "all_orders": len(orders),
        }

    async def follow(self) -> None:
        """Read the log: the recent past, what the board needs of all the past, then what comes.

        Returns only by being cancelled; a fault is logged, and the reading begins again.
        """
        while True:
            try:
                await self._follow()
            except* LiandongError as errors:
                log.warning("console_cannot_read", problem=str(errors.exceptions[0]))
            except* Exception:  # a page that stops silently is worse than a line in the log
                log.exception("console_reader_failed")
            await asyncio.sleep(_LOOK_AGAIN_S)

    async def _follow(self) -> None:
        self.reading, self._held = True, []
        async with aclosing(await self.bus.follow()) as coming, asyncio.TaskGroup() as tasks:
            async for entry in self.bus.history(last=_RECENT):
                self._show(entry)
            tasks.create_task(self._fold_past())
            async for entry in coming:
                if self._show(entry):
                    self._count(entry)
                if entry.envelope:
                    self._fold(entry.envelope)

    async def _fold_past(self) -> None:
        """Read what the board needs of all the past; what comes meanwhile waits for its turn."""
        async for entry in self.bus.history(Filter(contracts=board.CONTRACTS)):
            if entry.envelope:
                self.board.take(entry.envelope)
        self.reading = False
        for envelope in self._held:  # what stood in the past as well changes nothing
            self.board.take(envelope)
        self._held.clear()

    def _fold(self, envelope: Envelope) -> None:
        if not self.reading:
            self.board.take(envelope)
        elif isinstance(envelope.data, board.CONTRACTS):
            self._held.append(envelope)

    def _show(self, entry: Entry) -> bool:
        """Add a message to the table, unless it is there; say whether it is new."""
        new = entry.raw.sequence > self._positions.get(entry.raw.stream, 0)
        if new:
            self._last = max(self._last or entry.raw.stored, entry.raw.stored)
            self._positions[entry.raw.stream] = entry.raw.sequence
            self.ring.append(row(entry))
        return new

    def _count(self, entry: Entry) -> None:
        self.seen[entry.envelope.type if entry.envelope else "unreadable"] += 1
        if entry.envelope and isinstance(said := entry.envelope.data, AlarmRaised):
            new = said.alarm_id not in self.board.alarmed.told
            self.risen[said.name.value, str(entry.envelope.source)] += new
        second = int(datetime.now(UTC).timestamp())
        if self._seconds and self._seconds[-1][0] == second:
            self._seconds[-1] = second, self._seconds[-1][1] + 1
        else:
            self._seconds.append((second, 1))

    def _rate(self, now: datetime) -> float:
        """Return messages a second over the last five full seconds."""
        this = int(now.timestamp())
        counted = sum(n for second, n in self._seconds if this - _RATE_OVER_S <= second < this)
        return counted / _RATE_OVER_S

    async def count_dead_letters(self) -> None:
        """Keep their number; reads them only when there are other ones than before."""
        while True:
            try:
                (dead,) = (s for s in await self.bus.streams() if s["name"] == DEAD)
                if dead["last_sequence"] != self._letters:
                    self.dead = len(await self.bus.dead_letters.list())
                    self._letters = dead["last_sequence"]
            except LiandongError as error:
                self.dead, self._letters = None, -1
                log.warning("console_cannot_count_dead_letters", problem=str(error))
            await asyncio.sleep(_COUNT_EVERY_S)


@asynccontextmanager
async def watching(bus: Bus) -> AsyncGenerator[Lookout]:
    """Watch a bus while the block runs."""
    lookout = Lookout(bus)
    tasks = [
        asyncio.create_task(lookout.follow(), name="console reads the log"),
        asyncio.create_task(lookout.draw(), name="console draws the state"),
        asyncio.create_task(lookout.count_dead_letters(), name="console counts dead letters"),
    ]
    try:
        yield lookout
    finally:
        lookout.closing.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
