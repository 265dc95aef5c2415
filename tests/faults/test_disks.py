"""A full or failing disk bites: without our settings there are false confirmations."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from faults.broker import Broker
from faults.disks import Disk, disk, sync_fault
from faults.facts import AREA, ordered
from faults.row import NotRun
from liandong.bus import Bus, connect
from liandong.contracts import TransportError
from needs import miss

_REFUSED, _SLOW = "error=EIO", "delay_exit=500000"
_SLOW_S = 0.5
_WITHIN_S = 2.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Disk]:
    """Mount a disk on this test's folder."""
    try:
        with disk(tmp_path / "disk") as mounted:
            yield mounted
    except NotRun as lack:
        miss(str(lack))


@asynccontextmanager
async def syncing(folder: Path, sync: str, how: str) -> AsyncIterator[Bus]:
    """Connect to a broker whose syncs go wrong."""
    async with (
        Broker(folder, sync=sync) as broker,
        await connect(servers=(broker.url,)) as bus,
    ):
        await bus.apply()
        try:
            async with sync_fault(lambda: broker.server.pid, how):
                yield bus
        except NotRun as lack:
            miss(str(lack))


async def issue(bus: Bus, number: int) -> float:
    """Issue an order; return how many seconds its confirmation took."""
    clock = asyncio.get_running_loop().time
    begun = clock()
    await bus.send(bus.envelope(ordered("lz-1", number), area=AREA), within=_WITHIN_S)
    return clock() - begun


async def test_a_full_disk_confirms_nothing_and_room_alone_does_not_help(
    store: Disk, tmp_path: Path
) -> None:
    """A broker that nobody restarts never recovers: the row must miss its bar on such a one."""
    async with (
        Broker(tmp_path / "disk" / "nats") as broker,
        await connect(servers=(broker.url,)) as bus,
    ):
        await bus.apply()
        store.shrink(0)
        with pytest.raises(TransportError):
            await issue(bus, 1)
        store.extend()
        with pytest.raises(TransportError):
            await issue(bus, 2)
        await broker.kill()
        await broker.start()
        await issue(bus, 3)


async def test_what_the_disk_refuses_is_not_confirmed(tmp_path: Path) -> None:
    """The caller is told, in time, that it is unknown."""
    async with syncing(tmp_path, "always", _REFUSED) as bus:
        with pytest.raises(TransportError):
            await issue(bus, 1)


async def test_without_sync_always_it_would_be_confirmed(tmp_path: Path) -> None:
    """Proof that the fault bites: the server's default confirms what is on no disk."""
    async with syncing(tmp_path, "2m", _REFUSED) as bus:
        await issue(bus, 1)


async def test_a_confirmation_waits_for_a_slow_sync(tmp_path: Path) -> None:
    """Late, and not refused."""
    async with syncing(tmp_path, "always", _SLOW) as bus:
        assert await issue(bus, 1) >= _SLOW_S


async def test_without_sync_always_it_would_not_wait(tmp_path: Path) -> None:
    """Proof that the wait is for the disk."""
    async with syncing(tmp_path, "2m", _SLOW) as bus:
        assert await issue(bus, 1) < _SLOW_S


def test_nothing_is_left_of_a_disk(store: Disk, tmp_path: Path) -> None:
    """It is gone with the block, also after an exception; others beside it stay."""
    with pytest.raises(ZeroDivisionError), disk(tmp_path / "another"):
        raise ZeroDivisionError
    assert not (tmp_path / "another").is_mount()
    assert store.free
