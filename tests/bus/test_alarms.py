"""Alarms: what is wrong is known at once, told when there is a way, and never in a storm."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta

import pytest
import pytest_asyncio
from waiting import until

from faults.proxy import Proxy
from liandong.bus import Bus, Server, connect
from liandong.bus.alarms import MOMENTS, Alarms, Said
from liandong.bus.testing import Recorder
from liandong.contracts import (
    AlarmCleared,
    AlarmName,
    AlarmRaised,
    NotPermitted,
    Reason,
    TransportError,
)

TOLD_S = 10.0  # an alarm is told no later than this


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.now = datetime(2026, 11, 21, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Tell the time."""
        return self.now

    def pass_by(self, **duration: float) -> None:
        """Let time go by."""
        self.now += timedelta(**duration)


class Heard:
    """A bus that hears alarms, or for as long as it has a fault raises it instead."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self.said: list[Said] = []
        self.times: list[datetime] = []
        self.ids: list[str] = []
        self.fault: Exception | None = None
        self.tried = 0
        self.meanwhile: Callable[[], None] = lambda: None

    async def __call__(self, said: Said, time: datetime, event_id: str) -> None:
        """Hear one."""
        self.tried += 1
        if self.fault:
            raise self.fault
        self.meanwhile()
        self.said.append(said)
        self.times.append(time)
        self.ids.append(event_id)

    def kinds(self) -> list[type[Said]]:
        """Return what was said, by its contract."""
        return [type(said) for said in self.said]


class Telling:
    """Alarms, a clock set by hand, and a bus that is told."""

    def __init__(self) -> None:
        """Begin."""
        self.clock, self.heard = Clock(), Heard()
        self.alarms = Alarms("lz/centre/desk/liandong", self.clock)

    async def round(self) -> None:
        """Tell all that is to be told now, once."""
        tried = self.heard.tried
        task = asyncio.create_task(self.alarms.tell(self.heard))
        while True:  # what is told takes turns of the loop; then the teller waits for the clock
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            if self.heard.tried == tried:
                break
            tried = self.heard.tried
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def telling() -> Telling:
    """Return alarms of which none is set."""
    return Telling()


async def test_an_alarm_is_told_once_and_cleared_once(telling: Telling) -> None:
    """Setting it again and clearing it again change nothing."""
    for _ in range(3):
        telling.alarms.set(AlarmName.DISK_FULL, "no room in /data", "nats")
    await telling.round()
    await telling.round()
    for _ in range(3):
        telling.alarms.clear(AlarmName.DISK_FULL, "nats")
    telling.clock.pass_by(seconds=10)
    await telling.round()
    await telling.round()
    raised, cleared = telling.heard.said
    assert isinstance(raised, AlarmRaised)
    assert raised.problem == "no room in /data"
    assert isinstance(cleared, AlarmCleared)
    assert cleared.alarm_id == raised.alarm_id
    assert cleared.until == raised.since
    assert telling.alarms.active == ()


async def test_alarms_of_one_name_about_two_things_are_two(telling: Telling) -> None:
    """Clearing one leaves the other."""
    telling.alarms.set(AlarmName.STREAM_FULL, "full", "LD_LIVE_EVENTS")
    telling.alarms.set(AlarmName.STREAM_FULL, "full", "LD_LIVE_ORDERS")
    telling.alarms.clear(AlarmName.STREAM_FULL, "LD_LIVE_EVENTS")
    assert [alarm.about for alarm in telling.alarms.active] == ["LD_LIVE_ORDERS"]


async def test_what_flaps_is_one_alarm(telling: Telling) -> None:
    """A hundred times in 100 s: told once, ended once, and how often it came is counted."""
    for _ in range(100):
        telling.alarms.set(AlarmName.CONNECTION_LOST, "connection lost")
        await telling.round()
        telling.alarms.clear(AlarmName.CONNECTION_LOST)
        await telling.round()
        telling.clock.pass_by(seconds=1)
    telling.clock.pass_by(seconds=10)
    await telling.round()
    assert telling.heard.kinds() == [AlarmRaised, AlarmCleared]
    assert telling.heard.said[-1].risen_count == 100
    assert telling.alarms.risen[AlarmName.CONNECTION_LOST] == 100


async def test_what_cannot_be_told_is_told_later_with_its_time(telling: Telling) -> None:
    """An alarm that came and went while cut off is not lost, and says when it was."""
    telling.heard.fault = TransportError("cut off", reason=Reason.NO_CONNECTION)
    since = telling.clock.now
    telling.alarms.set(AlarmName.CONNECTION_LOST, "connection lost")
    await telling.round()
    telling.clock.pass_by(seconds=40)
    telling.alarms.clear(AlarmName.CONNECTION_LOST)
    telling.clock.pass_by(minutes=3)
    await telling.round()
    assert telling.heard.said == []
    telling.heard.fault = None
    await telling.round()
    await telling.round()
    assert telling.heard.kinds() == [AlarmRaised, AlarmCleared]
    assert telling.heard.times == [since, since + timedelta(seconds=40)]


@pytest.mark.parametrize("fault", [NotPermitted("publish", "ld.live.x"), RuntimeError("a defect")])
async def test_what_must_not_be_told_makes_no_storm(telling: Telling, fault: Exception) -> None:
    """A bus that refuses alarms, and a defect of ours, are tried once a round, not in a loop."""
    telling.heard.fault = fault
    telling.alarms.set(AlarmName.NOT_PERMITTED, "may not say that", "ld.live.x")
    await telling.round()
    assert telling.heard.tried == 1
    assert [alarm.name for alarm in telling.alarms.active] == [AlarmName.NOT_PERMITTED]


async def test_one_that_lasts_is_said_again_before_it_is_forgotten(telling: Telling) -> None:
    """Who comes later learns of it, and of a process that died nobody believes it for long."""
    telling.alarms.set(AlarmName.GATEWAY_CUT, "no way to qs", "lz-qs")
    for _ in range(4):
        await telling.round()
        telling.clock.pass_by(minutes=4)
    first, second = (said for said in telling.heard.said if isinstance(said, AlarmRaised))
    assert first.alarm_id == second.alarm_id
    assert telling.heard.times[1] < first.valid_until
    assert len(set(telling.heard.ids)) == 2


@pytest.mark.parametrize("name", sorted(MOMENTS))
async def test_what_only_happened_ends_by_itself(telling: Telling, name: AlarmName) -> None:
    """Nobody sees the end of a refusal: it is over when it has not happened for a minute."""
    begun = telling.clock.now
    telling.alarms.set(name, "it happened", "somewhere")
    await telling.round()
    telling.clock.pass_by(seconds=30)
    telling.alarms.set(name, "it happened", "somewhere")
    telling.clock.pass_by(seconds=59)
    assert telling.alarms.active
    telling.clock.pass_by(seconds=1)
    assert telling.alarms.active == ()
    await telling.round()
    assert isinstance(cleared := telling.heard.said[-1], AlarmCleared)
    assert cleared.until == begun + timedelta(seconds=30)


async def test_one_that_rises_while_it_is_told_that_it_is_over_is_a_new_one(
    telling: Telling,
) -> None:
    """Nothing is lost between two turns of the event loop."""
    telling.alarms.set(AlarmName.DISK_FULL, "no room")
    await telling.round()
    telling.alarms.clear(AlarmName.DISK_FULL)
    telling.clock.pass_by(seconds=11)
    telling.heard.meanwhile = lambda: telling.alarms.set(AlarmName.DISK_FULL, "no room again")
    await telling.round()
    assert telling.heard.kinds() == [AlarmRaised, AlarmCleared, AlarmRaised]
    assert telling.heard.said[2].alarm_id != telling.heard.said[0].alarm_id


async def test_there_are_never_more_than_a_hundred(telling: Telling) -> None:
    """A fault with a new name each time fills no memory and no stream."""
    for number in range(1_000):
        telling.alarms.set(AlarmName.NOT_PERMITTED, "may not", f"ld.live.{number}")
    await telling.round()
    assert len(telling.alarms.active) == 100
    assert len(telling.heard.said) == 100


@pytest_asyncio.fixture
async def proxy(nats_server: Server) -> AsyncIterator[Proxy]:
    """Stand between a client and this test's server."""
    async with Proxy(nats_server.port) as standing:
        yield standing


async def test_a_lost_connection_is_told_with_the_time_at_which_it_was_lost(
    bus: Bus, proxy: Proxy, recorder: Recorder
) -> None:
    """Known to the process at once, and to everybody as soon as it is back."""
    async with await connect(servers=(proxy.url,), agency="lz/fire/119", name="cad") as far:
        before = datetime.now(UTC)
        proxy.partition()
        proxy.reset()
        await until(lambda: bool(far.alarms.active), TOLD_S)
        noticed = datetime.now(UTC)
        assert far.alarms.active[0].name is AlarmName.CONNECTION_LOST
        proxy.heal()
        proxy.reset()
        (envelope,) = await recorder.wait_for(1, AlarmRaised)
        assert isinstance(raised := envelope.data, AlarmRaised)
        assert (raised.name, raised.said_by) == (AlarmName.CONNECTION_LOST, "lz/fire/119/cad")
        assert before < raised.since < noticed
        assert far.alarms.active == ()
    assert bus.alarms.active == ()


async def test_a_deaf_connection_has_its_own_alarm(bus: Bus, proxy: Proxy) -> None:
    """A line that is open and silent is told apart from one that broke."""
    del bus
    async with await connect(servers=(proxy.url,), agency="lz/fire/119") as far:
        proxy.to_client.clear()
        await until(lambda: bool(far.alarms.active), TOLD_S)
        assert far.alarms.active[0].name is AlarmName.CONNECTION_DEAF
        proxy.heal()
        await until(lambda: not far.alarms.active, TOLD_S)


async def test_a_process_that_ends_takes_its_alarms_along(bus: Bus, recorder: Recorder) -> None:
    """Nobody looks for a fault that nobody says any more."""
    async with await connect(servers=bus.settings.servers, agency="lz/fire/119") as other:
        other.alarms.set(AlarmName.GATEWAY_CUT, "no way to qs", "lz-qs")
        (raised,) = await recorder.wait_for(1, AlarmRaised)
    (cleared,) = await recorder.wait_for(1, AlarmCleared)
    assert cleared.key == raised.key
    assert cleared.area == "zz"
