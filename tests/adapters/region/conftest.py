"""What the tests of the region's adapters share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from liandong.adapters.sdk import Adapter, Journal, run
from liandong.bus import Bus, Entry, Server, connect
from liandong.contracts import AidCommitted, AidRequested, Filter, IncidentReported

AREA = "cn.99.01"
Running = Callable[..., AbstractAsyncContextManager[Any]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def samples() -> Path:
    """Return the folder of made-up alerts."""
    return Path(__file__).parents[2] / "samples" / "cap"


@pytest.fixture
def running(
    nats_server: Server, bus: Bus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Running:
    """Return what makes an adapter of some settings and runs it on this test's bus."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "home"))
    assert bus.connected  # and its streams are in place

    @asynccontextmanager
    async def start(kind: type[Adapter[Any]], **settings: Any) -> AsyncIterator[Any]:
        told = {"name": "alerts", "agency": "lz/region/neighbours", "area": AREA} | settings
        parsed = kind.settings_type(**told)
        async with await connect(
            servers=(nats_server.url,), agency=str(parsed.agency), mode=parsed.mode
        ) as own:
            with Journal(tmp_path / "home" / f"{parsed.name}.journal") as journal:
                adapter = kind(parsed, journal)
                task = asyncio.create_task(run(adapter, own))
                waiting = asyncio.create_task(adapter.ready.wait())
                await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
                yield adapter
                waiting.cancel()
                task.cancel()
                await asyncio.gather(task, waiting, return_exceptions=True)

    return start


@pytest.fixture
def until() -> Until:
    """Return what waits until something holds, as long as a test may last."""

    async def wait(true: Callable[[], object]) -> None:
        while not true():  # noqa: ASYNC110  what is waited for here has no event of its own
            await asyncio.sleep(0.01)

    return wait


class Region:
    """One region: its broker, which can be killed and comes back where it was, and its bus."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name, self._folder = name, folder
        self.server = Server(folder)
        self.bus: Bus

    async def start(self, stack: AsyncExitStack) -> None:
        """Start its broker and connect."""
        await self.server.start()
        stack.push_async_callback(self.kill)
        self.bus = await stack.enter_async_context(await self.connect("centre"))
        await self.bus.apply()

    async def connect(self, agency: str, **settings: Any) -> Bus:
        """Connect for an agency of this region."""
        agency = f"{self.name}/{agency}/desk"
        return await connect(servers=(self.server.url,), agency=agency, **settings)

    async def kill(self) -> None:
        """Kill the broker as a crash would."""
        await self.server.kill()

    async def revive(self) -> None:
        """Start it again on its data, at its old address."""
        self.server = Server(self._folder, port=self.server.port)
        await self.server.start()

    async def log(self) -> list[Entry]:
        """Return the incidents and aid messages that its broker holds, in its order."""
        which = Filter(contracts=(IncidentReported, AidRequested, AidCommitted))
        return [entry async for entry in self.bus.history(which)]

    async def bodies(self) -> list[bytes]:
        """Return what they are, byte for byte."""
        return [entry.raw.body for entry in await self.log()]


@pytest_asyncio.fixture
async def regions(tmp_path: Path) -> AsyncIterator[tuple[Region, Region]]:
    """Run two regions."""
    js, zj = Region(tmp_path / "js", "js"), Region(tmp_path / "zj", "zj")
    async with AsyncExitStack() as stack:
        await js.start(stack)
        await zj.start(stack)
        yield js, zj
