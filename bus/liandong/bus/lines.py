"""A connection for each lane, so that an order never waits behind telemetry.

Each lane's is opened when it is first used, and may lead to a broker of its own: the settings
``orders_servers`` and ``telemetry_servers`` say so, and nothing else changes. The events lane's is
the main one: dead letters and the audit stream live on its broker.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from liandong.bus.alarms import Alarms
from liandong.bus.connection import Connection
from liandong.bus.session import Session
from liandong.bus.settings import BusSettings
from liandong.bus.topology import lane_of
from liandong.contracts import Lane

LocateLane = Callable[[Lane], Awaitable[list[str]]]
"""Returns the servers of a lane's broker; asked again before each attempt to connect."""


class Lines:
    """The roads to the broker, or to the brokers.

    Attributes:
        settings: Whom they speak for and how.
        alarms: Told what is wrong with them.
        main: The connection of the events lane.
    """

    def __init__(self, settings: BusSettings, locate: LocateLane, alarms: Alarms) -> None:
        self.settings, self.alarms = settings, alarms
        self._connections = {
            lane: Connection(
                settings, partial(locate, lane), alarms, about="" if lane is Lane.EVENTS else lane
            )
            for lane in Lane
        }
        self.main = self._connections[Lane.EVENTS]
        self._opening = asyncio.Lock()

    async def open(self) -> None:
        """Open the main one; see `Connection.open`."""
        await self.main.open()

    async def close(self) -> None:
        """Send what is buffered and disconnect for good."""
        await asyncio.gather(*(line.close() for line in self._connections.values()))

    async def session(self, stream: str, within: float | None = None) -> Session:
        """Return the live session of a stream's lane, waiting for one.

        Args:
            stream: The stream.
            within: Seconds to wait; None waits for ever.

        Raises:
            ConfigurationError: The lane's broker refused us, or is too old.
            TransportError: There was none in time, or no server answered the first attempt.
        """
        line = self._connections[lane_of(stream)]
        if not line.opened:
            async with self._opening:
                if not line.opened:
                    await line.open()
        return await line.session(within)

    @property
    def connected(self) -> bool:
        """Whether messages pass now over each that is in use."""
        return all(line.connected for line in self._in_use())

    @property
    def problem(self) -> str:
        """Why they do not; empty while they do."""
        return next((line.problem for line in self._in_use() if line.problem), "")

    def _in_use(self) -> list[Connection]:
        return [line for line in self._connections.values() if line.opened or line is self.main]
