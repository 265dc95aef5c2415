"""Flood gates, a made-up system: levels come in over TCP, orders to close go out."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from liandong.adapters.sdk import Document, Draft, Settings, Source
from liandong.adapters.sdk.orders import OrderSink, receipt
from liandong.contracts import (
    AgencyUnavailable,
    DocumentError,
    Envelope,
    LiandongError,
    ObservationRecorded,
    OrderIssued,
    UnitOfMeasurement,
)

METRE = UnitOfMeasurement(name="metre", symbol="m")


class GateSettings(Settings):
    """Where gates report to, and where they take orders."""

    port: int = 0
    """The port that gates report to; 0 takes a free one."""
    controller_port: int
    """The port where the gates' controller takes orders."""


@dataclass(frozen=True)
class Line(Document):
    """One line of a gate, which waits for its answer."""

    writer: asyncio.StreamWriter | None = None

    async def accept(self) -> None:
        """Say OK: the bus has stored it."""
        if self.writer:
            self.writer.write(b"OK\n")

    async def refuse(self, error: LiandongError) -> None:
        """Say why not; the number is what a gate may rely on."""
        if self.writer:
            self.writer.write(f"NO {error.reason}\n".encode())


class FloodGates(Source[GateSettings], OrderSink[GateSettings]):
    """Says how high the water stands, and has gates closed."""

    settings_type = GateSettings
    emits = (ObservationRecorded,)

    async def documents(self) -> AsyncIterator[Document]:
        """Yield lines as they come, for ever."""
        lines: asyncio.Queue[Line] = asyncio.Queue(100)

        async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            async for line in reader:
                identity = line.decode(errors="replace").strip()
                await lines.put(Line(line, identity, peer="tcp:gates", writer=writer))

        server = await asyncio.start_server(listen, "127.0.0.1", self.settings.port)
        async with server:
            self.port = server.sockets[0].getsockname()[1]
            self.ready.set()
            while True:
                yield await lines.get()

    def translate(self, document: Document) -> Iterator[Draft]:
        """Read ``G7;2026-11-21T16:00:00+08:00;1.92``: gate, time, level in metres."""
        try:
            gate, written, level = document.body.decode("ascii").strip().split(";")
            moment, height_m = datetime.fromisoformat(written), float(level)
        except ValueError as error:
            raise DocumentError("gate line", "gate;time;level", found=str(error)) from None
        yield Draft(
            ObservationRecorded(
                datastream_id=f"{gate}-level",
                thing=f"Flood gate {gate}",
                observed_property="water level",
                unit_of_measurement=METRE,
                result=height_m,
                phenomenon_time=moment,
            ),
            identity=(gate, written),
            time=moment,
        )

    async def deliver(self, envelope: Envelope) -> tuple[Draft]:
        """Tell the controller, which knows a repeat by the event's id."""
        order = cast("OrderIssued", envelope.data)
        command = f"{order.action} {order.addressee.unit_id} {envelope.id}\n"
        try:
            port = self.settings.controller_port
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError as error:
            raise AgencyUnavailable(f"gate controller: {error}") from None
        writer.write(command.encode())
        answer = await reader.readline()
        writer.close()
        if answer != b"OK\n":
            raise AgencyUnavailable("gate controller does not confirm")
        return (receipt(order, "gate controller"),)
