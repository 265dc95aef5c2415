"""What the tests of the console share: a real console of a real bus, and those who ask it."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect

from liandong.bus import Bus
from liandong.ops.console import serve

sys.path.insert(0, str(Path(__file__).parent))  # the made-up events beside the tests


@pytest.fixture
async def console(bus: Bus) -> AsyncIterator[str]:
    """Serve the console of this test's bus; give its address."""
    async with serve(bus) as address:
        yield address


@pytest.fixture
async def browser(console: str) -> AsyncIterator[httpx.AsyncClient]:
    """Open a client of the console."""
    async with httpx.AsyncClient(base_url=f"http://{console}") as client:
        yield client


@pytest.fixture
async def tab(console: str) -> AsyncIterator[ClientConnection]:
    """Open the WebSocket that a tab opens."""
    async with connect(f"ws://{console}/api/watch") as socket:
        yield socket
