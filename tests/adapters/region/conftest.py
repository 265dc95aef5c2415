"""What the tests of the region's adapters share."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from liandong.adapters.sdk import Adapter, Journal, run
from liandong.bus import Bus, Server, connect

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
