"""The desk of registers: keeps what is listed, and answers who asks, units where they are now."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog

from liandong.bus import Bus, Following
from liandong.contracts import Envelope, Filter, LiandongError, UnitPosition, UnitStatus
from liandong.response.desk import Desk
from liandong.response.register_offers import POSITION_HOLDS, Entry
from liandong.response.registers import Keeper, Listed, Record, registers

log = structlog.get_logger()

_PAUSE_S = 2.0
_POSITIONS = Filter(contracts=(UnitPosition,))


@dataclass(slots=True)
class Positions:
    """Where units are: the latest position of each, from the log; nothing of it is kept."""

    latest: dict[tuple[str, str], Envelope] = field(default_factory=dict[tuple[str, str], Envelope])

    def take(self, event: Envelope | None) -> None:
        """Note a position, unless a later one of that unit is known."""
        if event and isinstance(event.data, UnitPosition):
            unit = (str(event.source), event.data.unit_id)
            if unit not in self.latest or self.latest[unit].time <= event.time:
                self.latest[unit] = event

    def entry(self, listed: Listed) -> Entry:
        """Return an entry, with the unit's position where it is one that has one."""
        status = listed.status.data
        if not isinstance(status, UnitStatus):
            return Entry(listed.status)
        owner = status.home_agency or str(listed.status.source)
        said_by_owner = self.latest.get((owner, status.unit_id))
        return Entry(
            listed.status,
            said_by_owner or self.latest.get((str(listed.status.source), status.unit_id)),
        )


class RegisterDesk:
    """Registers at work, in the mode of a bus and the name of its agency.

    Attributes:
        desk: What keeps and answers.
        positions: Where units are.
    """

    def __init__(self, bus: Bus, secret: bytes) -> None:
        """Prepare; `run` begins. The secret is that of every desk of the agency."""
        self.positions = Positions()
        self.desk: Desk[Record] = Desk(bus, registers(Keeper(bus.agency, self.entries)), secret)
        self._bus = bus
        self._read = asyncio.Event()  # what was stored of positions when we began

    def entries(self) -> Iterator[Entry]:
        """Yield every entry that is known."""
        for record in self.desk.book.states.values():
            if isinstance(record, Listed):
                yield self.positions.entry(record)

    async def run(self) -> None:
        """Work until cancelled."""
        following = asyncio.create_task(self._follow())
        try:
            await self._read.wait()
            await self.desk.run()
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)

    async def _follow(self) -> None:
        """Read positions for ever, first those of the last hour."""
        while True:
            try:
                since = datetime.now(UTC) - POSITION_HOLDS
                following = await self._bus.follow(_POSITIONS, since=since)
                await self._take(following)
            except LiandongError as error:  # units are found where their status says, meanwhile
                log.warning("positions_wait", problem=str(error))
            self._read.set()
            await asyncio.sleep(_PAUSE_S)

    async def _take(self, following: Following) -> None:
        if following.caught_up:
            self._read.set()
        async with aclosing(following.batches()) as batches:
            async for batch in batches:
                for one in batch:
                    self.positions.take(one.envelope)
                if following.caught_up:
                    self._read.set()
