"""One folder, one server, however many processes use it."""

import asyncio
import sys
from pathlib import Path

import pytest
from facts import AREA, reported
from waiting import until

from liandong.bus import connect
from liandong.bus.alarms import Alarms
from liandong.bus.embedded import Embedded
from liandong.contracts import ConfigurationError, Filter, IncidentReported

REPORTS = Filter(contracts=(IncidentReported,))
OTHER = """
import asyncio
from liandong.bus import connect
from facts import AREA, reported

async def main():
    async with await connect(agency="lz/police/110") as bus:
        await bus.publish(reported("other-1"), area=AREA)
        print(await bus.url(), flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep state in a folder of this test."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    monkeypatch.delenv("LIANDONG_SERVERS", raising=False)
    return tmp_path


async def _other() -> tuple[asyncio.subprocess.Process, str]:
    """Start another process on the same home; return it and the address it uses."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", OTHER, stdout=asyncio.subprocess.PIPE, cwd=Path(__file__).parent
    )
    assert process.stdout
    async with asyncio.timeout(20):
        return process, (await process.stdout.readline()).decode().strip()


async def test_a_second_process_uses_the_server_that_runs(home: Path) -> None:
    """Both talk over one server, whose folder lies in the home."""
    async with await connect() as bus:
        process, url = await _other()
        seen = [e.envelope.key async for e in bus.history(REPORTS) if e.envelope]
        process.kill()
        await process.wait()
        assert url == await bus.url()
    assert seen == ["other-1"]
    assert (home / "nats" / "data").is_dir()


async def test_when_the_owner_is_killed_another_starts_it_again_and_goes_on(home: Path) -> None:
    """The user that was attached becomes the owner; nothing confirmed is lost."""
    del home
    process, first = await _other()
    async with await connect() as bus:
        assert await bus.url() == first
        process.kill()
        await process.wait()
        await bus.publish(reported("mine-1"), area=AREA)
        assert await bus.url() != first
        assert [e.envelope.key async for e in bus.history(REPORTS) if e.envelope] == [
            "other-1",
            "mine-1",
        ]


async def test_two_that_start_at_once_share_one(tmp_path: Path) -> None:
    """One wins, the other waits for it and attaches."""
    several = [Embedded(tmp_path, Alarms("lz/centre/desk")) for _ in range(4)]
    found = await asyncio.gather(*(one.locate() for one in several))
    for one in several:
        await one.stop()
    assert len({tuple(urls) for urls in found}) == 1


async def test_a_bus_survives_its_own_server(home: Path) -> None:
    """A server that crashes is started again by the bus that owns it."""
    del home
    async with await connect() as bus:
        await bus.publish(reported("lz-1"), area=AREA)
        server = bus._embedded._server  # noqa: SLF001  crash it
        server._process.kill()  # noqa: SLF001
        await until(lambda: not bus.connected)
        await bus.publish(reported("lz-2"), area=AREA)
        assert [e.envelope.key async for e in bus.history(REPORTS) if e.envelope] == [
            "lz-1",
            "lz-2",
        ]


async def test_a_server_that_cannot_start_is_an_error_at_once(tmp_path: Path) -> None:
    """The message says why."""
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(ConfigurationError, match="did not start"):
        await Embedded(tmp_path, Alarms("lz/centre/desk")).locate()
