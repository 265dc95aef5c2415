"""A municipal line that runs, and what citizens post to it. All made up."""

import asyncio
import tomllib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from importlib.resources import files
from typing import Any

from liandong.adapters.municipal.georeport import GeoReport
from liandong.adapters.sdk import Adapter, Document, run
from liandong.bus import Server, connect

EXAMPLE = tomllib.loads(files("liandong.adapters.municipal").joinpath("georeport.toml").read_text())

GAS = {
    "service_code": "GASLEAK",
    "lat": "31.30",
    "long": "120.62",
    "description": "Strong smell\nin the stairs",
    "attribute[indoors]": "yes",
    "attribute[colour]": "red",
    "device_id": "phone-1",
    "first_name": "Example",
    "phone": "+00 555 0100 0100",
}
WASTE = {"service_code": "BULKWASTE", "address_string": "1 Example Road"}


@asynccontextmanager
async def at_work(adapter: Adapter[Any], server: Server) -> AsyncGenerator[None]:
    """Run an adapter on a bus of its own agency until the block is left."""
    agency = str(adapter.settings.agency)
    async with (
        await connect(servers=(server.url,), agency=agency) as bus,
        asyncio.TaskGroup() as group,
    ):
        await bus.apply()
        running = group.create_task(run(adapter, bus))
        await adapter.ready.wait()
        yield
        running.cancel()


class Line:
    """A municipal line that runs, and the documents it has taken so far."""

    def __init__(self, adapter: GeoReport) -> None:
        self.adapter = adapter
        self.taken: asyncio.Queue[Document] = asyncio.Queue()

    async def run(self) -> None:
        """Take documents until cancelled; whoever takes one from `taken` decides about it."""
        async for document in self.adapter.documents():
            await self.taken.put(document)

    async def accept_all(self) -> None:
        """Accept each document, as if the bus had stored what it says."""
        while True:
            document = await self.taken.get()
            tuple(self.adapter.translate(document))
            await document.accept()


@asynccontextmanager
async def started(adapter: GeoReport) -> AsyncGenerator[Line]:
    """Run a municipal line until the block is left."""
    line = Line(adapter)
    running = asyncio.create_task(line.run())
    await adapter.ready.wait()
    yield line
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
