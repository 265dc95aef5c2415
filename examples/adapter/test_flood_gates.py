"""The flood gates on a real bus, with a real controller at the other end."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from flood_gates import FloodGates, GateSettings

from liandong.adapters.sdk import Document, Journal, run
from liandong.adapters.sdk.conformance import conformance
from liandong.bus import Bus
from liandong.bus.testing import Recorder
from liandong.contracts import Addressee, ObservationRecorded, OrderIssued, OrderReported

LINE = b"G7;2026-11-21T16:00:00+08:00;1.92\n"

TestFloodGates = conformance(
    FloodGates,
    {"agency": "lz/municipal/water", "controller_port": 7008},
    fixtures=[Document(LINE, LINE.decode().strip(), peer="tcp:gates")],
)


class Controller:
    """Confirms every command."""

    def __init__(self) -> None:
        """Prepare."""
        self.commands: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take one command."""
        self.commands.append((await reader.readline()).decode())
        writer.write(b"OK\n")
        writer.close()


@pytest.fixture
def controller() -> Controller:
    """Prepare a controller."""
    return Controller()


@pytest_asyncio.fixture
async def gates(
    bus: Bus, controller: Controller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FloodGates]:
    """Run the adapter as a site would."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    server = await asyncio.start_server(controller.serve, "127.0.0.1", 0)
    settings = GateSettings(
        name="gates",
        agency=bus.agency,
        area="cn.99.01",
        controller_port=server.sockets[0].getsockname()[1],
    )
    async with server:
        with Journal(tmp_path / "gates.db") as journal:
            adapter = FloodGates(settings, journal)
            running = asyncio.create_task(run(adapter, bus))
            await adapter.ready.wait()
            yield adapter
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


async def _say(gates: FloodGates, line: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", gates.port)
    writer.write(line)
    answer = await reader.readline()
    writer.close()
    return answer


async def test_a_level_is_on_the_bus_before_the_gate_is_told_ok(
    gates: FloodGates, recorder: Recorder
) -> None:
    """OK means stored."""
    assert await _say(gates, LINE) == b"OK\n"
    (observed,) = await recorder.wait_for(1, ObservationRecorded)
    assert (observed.key, observed.data.result) == ("G7-level", 1.92)


async def test_the_same_line_twice_is_one_event(gates: FloodGates, recorder: Recorder) -> None:
    """A gate that lost our answer may repeat itself."""
    assert [await _say(gates, LINE) for _ in range(2)] == [b"OK\n", b"OK\n"]
    assert await _say(gates, LINE.replace(b"1.92", b"1.95")) == b"OK\n"
    levels = [e.data.result for e in await recorder.wait_for(2, ObservationRecorded)]
    assert levels == [1.92, 1.95]


async def test_what_cannot_be_read_is_a_dead_letter(gates: FloodGates, bus: Bus) -> None:
    """The gate is told a number, the operator keeps the line."""
    assert await _say(gates, b"G7;yesterday;high\n") == b"NO 402\n"
    (found,) = await bus.dead_letters.list()
    assert found.original == b"G7;yesterday;high\n"


async def test_an_order_reaches_the_controller(
    gates: FloodGates, controller: Controller, bus: Bus, recorder: Recorder
) -> None:
    """A machine of the addressee has it: that is what the receipt says, and no more."""
    order = OrderIssued(
        order_id="o-1",
        addressee=Addressee(agency=str(gates.settings.agency), unit_id="G7"),
        action="close_gate",
        issued_by="duty officer",
    )
    stored = await bus.publish(order, area="cn.99.01")
    (report,) = await recorder.wait_for(1, OrderReported)
    assert report.data.state == "received"
    assert controller.commands == [f"close_gate G7 {stored.envelope.id}\n"]
