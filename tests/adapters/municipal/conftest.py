"""A municipal line on a free port, its journal, and a citizen's client."""

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from liandong.adapters.municipal.georeport import GeoReport
from liandong.adapters.municipal.settings import GeoReportSettings
from liandong.adapters.sdk import Journal

sys.path.insert(0, str(Path(__file__).parent))  # what the tests here share

from municipal_line import EXAMPLE, Line, started


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Open a journal of its own."""
    with Journal(tmp_path / "georeport.db") as opened:
        yield opened


@pytest.fixture
def options() -> dict[str, object]:
    """Return what differs from the example's settings; a test may override it."""
    return {}


@pytest.fixture
def settings(options: dict[str, object]) -> GeoReportSettings:
    """Return the example's settings, on a free port."""
    return GeoReportSettings.model_validate(EXAMPLE | {"port": 0} | options)


@pytest.fixture
def georeport(settings: GeoReportSettings, journal: Journal) -> GeoReport:
    """Return a municipal line that does not run."""
    return GeoReport(settings, journal)


@pytest.fixture
async def line(georeport: GeoReport) -> AsyncIterator[Line]:
    """Run a municipal line until the test ends."""
    async with started(georeport) as running:
        yield running


@pytest.fixture
async def client(line: Line) -> AsyncIterator[httpx.AsyncClient]:
    """Return a citizen's client of the line."""
    async with httpx.AsyncClient(base_url=f"http://{line.adapter.address}") as opened:
        yield opened


@pytest.fixture
async def accepting(line: Line) -> AsyncIterator[None]:
    """Accept whatever the line takes."""
    working = asyncio.create_task(line.accept_all())
    yield
    working.cancel()
