"""Fixtures for tests that run on the real thing; pytest finds them once liandong is installed.

async def test_it(bus: Bus, recorder: Recorder) -> None:
    await bus.publish(event, area="cn.99")
    assert [e.type for e in await recorder.wait_for(1)] == ["incident.reported.v1"]
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from pathlib import Path

import pytest_asyncio

from liandong.bus.bus import Bus, connect
from liandong.bus.history import Following
from liandong.bus.server import Server
from liandong.contracts import Envelope, Event

_PATIENCE_S = 20.0


class Recorder:
    """Keeps what passed on a bus since the test began."""

    def __init__(self, bus: Bus) -> None:
        """Prepare; `start` begins."""
        self.seen: list[Envelope] = []
        self._bus = bus
        self._grown = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with the next message; returns when nothing can be missed any more."""
        following = await self._bus.follow()
        self._task = asyncio.create_task(self._record(following))

    async def close(self) -> None:
        """Stop."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def of(self, contract: type[Event]) -> list[Envelope]:
        """Return what passed of one contract."""
        return [envelope for envelope in self.seen if isinstance(envelope.data, contract)]

    async def wait_for(
        self,
        count: int = 1,
        contract: type[Event] = Event,
        *,
        where: Callable[[Envelope], bool] = lambda _: True,
    ) -> list[Envelope]:
        """Return the events that fit, once there are so many.

        Raises:
            TimeoutError: There were fewer within 20 s; says what passed instead.
        """

        def fitting() -> list[Envelope]:
            return [e for e in self.of(contract) if where(e)]

        try:
            async with self._grown:
                async with asyncio.timeout(_PATIENCE_S):
                    await self._grown.wait_for(lambda: len(fitting()) >= count)
        except TimeoutError:
            passed = ", ".join(e.type for e in self.seen) or "nothing"
            raise TimeoutError(
                f"{len(fitting())} of {count} {contract.__name__} came; passed: {passed}"
            ) from None
        return fitting()

    async def _record(self, following: Following) -> None:
        async with aclosing(following) as entries:
            async for entry in entries:
                if entry.envelope:
                    async with self._grown:
                        self.seen.append(entry.envelope)
                        self._grown.notify_all()


@pytest_asyncio.fixture
async def nats_server(tmp_path: Path) -> AsyncIterator[Server]:
    """Run a real nats-server with JetStream on a free port, of this test alone."""
    async with Server(tmp_path / "nats") as server:
        yield server


@pytest_asyncio.fixture
async def bus(nats_server: Server) -> AsyncIterator[Bus]:
    """Connect a bus to this test's server, streams in place."""
    async with await connect(servers=(nats_server.url,), agency="lz/centre/desk") as opened:
        await opened.apply()
        yield opened


@pytest_asyncio.fixture
async def recorder(bus: Bus) -> AsyncIterator[Recorder]:
    """Record what passes on this test's bus."""
    recording = Recorder(bus)
    await recording.start()
    yield recording
    await recording.close()
