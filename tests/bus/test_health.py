"""Servers of ours get well without a person: full disks, failing disks, deaths."""

import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from ears import stored_ids
from facts import AREA, reported
from waiting import until

from faults.disks import Disk, disk, sync_fault
from faults.row import NotRun
from liandong.bus import Bus, Server, connect
from liandong.bus.health import Health, health, kept_well
from liandong.bus.testing import Recorder
from liandong.contracts import AlarmName, AlarmRaised, TransportError
from needs import miss

ALARM_S = 10.0  # a fault is an alarm no later than this
ILL = {AlarmName.DISK_FULL, AlarmName.BROKER_UNHEALTHY}
LEFT = 40 * 1024  # bytes: room for some events


@contextmanager
def _or_missed() -> Iterator[None]:
    """Skip where the machine cannot give what the fault takes."""
    try:
        yield
    except NotRun as lack:
        miss(str(lack))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Disk]:
    """Mount a disk of this test's own."""
    with _or_missed(), disk(tmp_path / "disk") as mounted:
        yield mounted


@pytest_asyncio.fixture
async def server(store: Disk, tmp_path: Path) -> AsyncIterator[Server]:
    """Run a server on that disk, streams in place."""
    del store
    async with Server(tmp_path / "disk" / "nats") as running:
        async with await connect(servers=(running.url,)) as bus:
            await bus.apply()
        yield running


async def _publish_until_refused(bus: Bus) -> list[str]:
    """Publish until nothing is confirmed any more; return what was."""
    confirmed: list[str] = []
    try:
        while True:
            stored = await bus.send(bus.envelope(reported(), area=AREA), within=1)
            confirmed.append(stored.envelope.id)
    except TransportError:
        return confirmed


def _names(bus: Bus) -> set[AlarmName]:
    return {alarm.name for alarm in bus.alarms.active}


async def _told(bus: Bus) -> set[AlarmName]:
    said = [entry.envelope.data async for entry in bus.history() if entry.envelope]
    return {one.name for one in said if isinstance(one, AlarmRaised)}


async def test_a_server_that_is_well_says_so(nats_server: Server) -> None:
    """And one that is gone says nothing, which is told apart."""
    assert await health(nats_server.monitor) == Health()
    await nats_server.kill()
    assert await health(nats_server.monitor) == Health("it does not answer", answered=False)


async def test_left_alone_a_server_stays_broken_after_its_disk_was_full(
    server: Server, store: Disk
) -> None:
    """Proof of the fault: there is room again, it says that it is ill, and confirms nothing."""
    async with await connect(servers=(server.url,)) as bus:
        store.shrink(LEFT)
        await _publish_until_refused(bus)
        store.extend()
        assert "no space left" in (await health(server.monitor)).problem
        with pytest.raises(TransportError):
            await bus.send(bus.envelope(reported(), area=AREA), within=3)


async def test_after_a_full_disk_it_goes_on_once_there_is_room(server: Server, store: Disk) -> None:
    """Alarms within 10 s; then the same address, nothing confirmed lost, and everybody was told."""
    async with (
        await connect(servers=(server.url,)) as bus,
        await connect(servers=(server.url,), name="watch") as watch,
        kept_well(server, watch.alarms),
    ):
        url = server.url
        store.shrink(LEFT)
        confirmed = await _publish_until_refused(bus)
        await until(lambda: _names(watch) >= ILL, ALARM_S)
        store.extend()
        stored = await bus.publish(reported(), area=AREA)
        await until(lambda: not _names(watch) & ILL)
        assert (await stored_ids(bus))[: len(confirmed)] == confirmed
        assert stored.envelope.id in await stored_ids(bus)
        assert await bus.url() == server.url == url
        while not await _told(bus) >= ILL:
            pass


async def test_after_a_failing_sync_it_is_started_again(bus: Bus, nats_server: Server) -> None:
    """What the disk did not sync is not confirmed; what comes after is."""
    async with kept_well(nats_server, bus.alarms):
        assert nats_server.pid
        with _or_missed():
            async with sync_fault(lambda: nats_server.pid, "error=EIO"):
                assert await _publish_until_refused(bus) == []
                await until(lambda: AlarmName.BROKER_UNHEALTHY in _names(bus), ALARM_S)
        stored = await bus.publish(reported(), area=AREA)
        assert (await stored_ids(bus))[-1] == stored.envelope.id


async def test_a_server_that_dies_is_started_again_where_it_was(
    bus: Bus, nats_server: Server, recorder: Recorder
) -> None:
    """Its clients find it at the same address, and learn that it died."""
    async with kept_well(nats_server, bus.alarms):
        assert nats_server.pid
        url = nats_server.url
        os.kill(nats_server.pid, signal.SIGKILL)
        await bus.publish(reported(), area=AREA)
        assert nats_server.url == url
        (died,) = await recorder.wait_for(
            1, AlarmRaised, where=lambda said: said.data.name is AlarmName.BROKER_DIED
        )
        assert died.data.about == url


async def test_a_server_that_cannot_live_is_not_started_in_a_loop(
    bus: Bus, nats_server: Server
) -> None:
    """Killed as soon as it lives, again and again: each start waits longer."""
    async with kept_well(nats_server, bus.alarms):
        begun: list[int] = []

        def kill() -> bool:
            if nats_server.running and nats_server.pid and nats_server.pid not in begun:
                begun.append(nats_server.pid)
                os.kill(nats_server.pid, signal.SIGKILL)
            return len(begun) == 5

        took = await until(kill)
        assert took > 0 + 1 + 2
        assert AlarmName.BROKER_DIED in _names(bus)


async def test_a_server_that_was_stopped_stays_down(bus: Bus, nats_server: Server) -> None:
    """Whoever stops it means it."""
    async with kept_well(nats_server, bus.alarms):
        await nats_server.stop()
        await until(lambda: AlarmName.CONNECTION_LOST in _names(bus), ALARM_S)
    assert not nats_server.running
    assert AlarmName.BROKER_DIED not in _names(bus)
