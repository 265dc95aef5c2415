"""What is wrong now, by name, and told to everybody on the bus.

Whoever meets a fault sets its alarm, whoever sees it mended clears it. Both only note it; a task
tells the bus as soon as there is a way, so an alarm about the bus itself never waits for the bus.
What comes and goes within ten seconds is one alarm: one of a name and about one thing is told at
most twice in ten seconds, and there are never more than a hundred.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog

from liandong.contracts import LiandongError, NotPermitted, new_id
from liandong.contracts.system import AlarmCleared, AlarmName, AlarmRaised

log = structlog.get_logger()

_QUIET = timedelta(seconds=10)  # so long it must stay away to be over
_MOMENT = timedelta(seconds=60)
_AGAIN, _VALID = timedelta(minutes=5), timedelta(minutes=11)
_MOST = 100
_LONGEST_PROBLEM, _LONGEST_ABOUT = 500, 200  # as the contract has it
_TICK_S, _REFUSED_S = 1.0, 60.0

MOMENTS = frozenset(
    {
        AlarmName.CONFIRMATIONS_SLOW,
        AlarmName.CONSUMER_DELETED,
        AlarmName.DEAD_LETTERS,
        AlarmName.HANDLER_FAILING,
        AlarmName.MESSAGE_SHED,
        AlarmName.NOT_PERMITTED,
        AlarmName.PROCESS_DIED,
        AlarmName.PROCESS_STALLED,
        AlarmName.STREAM_FULL,
        AlarmName.STREAM_MISSING,
    }
)
"""Alarms that tell of something that happened: each ends a minute after it was last set."""

Said = AlarmRaised | AlarmCleared
Tell = Callable[[Said, datetime, str], Awaitable[None]]
"""Puts on the bus what is said, given when it happened and the event's id."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that is wrong.

    Attributes:
        id: The same for as long as it lasts.
        name: What is wrong.
        about: The stream, consumer, server or adapter concerned; empty for the process itself.
        problem: What is wrong, in one line that quotes nobody.
        since: When it began (UTC).
        latest: When it was last set (UTC).
        ended: When it was cleared (UTC); None until then.
        risen: How often it has come.
        told: When the bus was last told that it holds (UTC); None until then.
        tellings: How often the bus was told of it.
    """

    id: str
    name: AlarmName
    about: str
    problem: str
    since: datetime
    latest: datetime
    ended: datetime | None = None
    risen: int = 1
    told: datetime | None = None
    tellings: int = 0

    def end(self, now: datetime) -> datetime | None:
        """Return since when it is over; None while it holds."""
        if self.name in MOMENTS and now - self.latest >= _MOMENT:
            return self.ended or self.latest
        return self.ended


class Alarms:
    """The alarms of one process on one bus. For the event loop only.

    Attributes:
        risen: How often each has risen since the process began.
    """

    def __init__(self, said_by: str, clock: Callable[[], datetime] = _now) -> None:
        """Begin with none.

        Args:
            said_by: The process, as the broker shows it.
            clock: Tells the time (UTC).
        """
        self.risen: Counter[AlarmName] = Counter()
        self._said_by = said_by[:_LONGEST_ABOUT]
        self._clock = clock
        self._known: dict[tuple[AlarmName, str], Alarm] = {}
        self._news = asyncio.Event()

    @property
    def active(self) -> tuple[Alarm, ...]:
        """Those that hold now, the oldest first."""
        now = self._clock()
        return tuple(alarm for alarm in self._known.values() if not alarm.end(now))

    def set(self, name: AlarmName, problem: str, about: str = "") -> None:
        """Note that something is wrong; nothing changes where that is known.

        Args:
            name: What is wrong.
            problem: The same in one line that quotes nobody: it is told to everybody.
            about: The stream, consumer, server or adapter; empty for the process itself.
        """
        now, key = self._clock(), (name, about[:_LONGEST_ABOUT])
        problem = problem[:_LONGEST_PROBLEM]
        known = self._known.get(key)
        if known and not known.end(now):
            self._known[key] = replace(known, problem=problem, latest=now)
            return
        if known:
            alarm = replace(known, problem=problem, latest=now, ended=None, risen=known.risen + 1)
        elif len(self._known) < _MOST:
            alarm = Alarm(new_id(), *key, problem, now, now)
        else:
            log.error("too_many_alarms", alarm=name.value, about=about, problem=problem)
            return
        log.warning("alarm_raised", alarm=name.value, about=about, problem=problem)
        self.risen[name] += 1
        self._known[key] = alarm
        self._news.set()

    def clear(self, name: AlarmName, about: str = "") -> None:
        """Note that something is well again; nothing changes where it was."""
        key = (name, about[:_LONGEST_ABOUT])
        known = self._known.get(key)
        if known and not known.ended:
            log.info("alarm_cleared", alarm=name.value, about=about)
            self._known[key] = replace(known, ended=self._clock())

    async def tell(self, tell: Tell) -> None:
        """Tell the bus what is to be told, for as long as this runs, across any outage."""
        while True:
            if not self._known:
                await self._news.wait()
            self._news.clear()
            pause = _TICK_S
            try:
                for key in list(self._known):
                    await self._tell_one(key, tell)
            except NotPermitted as error:
                log.warning("may_not_tell_alarms", problem=str(error))
                pause = _REFUSED_S
            except Exception as error:  # whatever it is, alarms must not fall silent for good
                if not isinstance(error, LiandongError):
                    log.exception("telling_alarms_failed")
                pause *= random.uniform(0.5, 1.5)  # noqa: S311  many tell when the broker is back
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._news.wait()

    async def take_leave(self, tell: Tell) -> None:
        """Tell of each alarm that was told that nobody says so any more: the process ends."""
        for alarm in list(self._known.values()):
            if alarm.told:
                await self._tell_cleared(alarm, alarm.end(self._clock()) or self._clock(), tell)

    def raised(self, alarm: Alarm) -> AlarmRaised:
        """Return what is to be said of an alarm now."""
        return AlarmRaised(
            alarm_id=alarm.id,
            name=alarm.name,
            about=alarm.about,
            said_by=self._said_by,
            since=alarm.since,
            risen_count=alarm.risen,
            problem=alarm.problem,
            valid_until=max(self._clock(), alarm.since) + _VALID,
        )

    async def _tell_one(self, key: tuple[AlarmName, str], tell: Tell) -> None:
        alarm, now = self._known[key], self._clock()
        ended = alarm.end(now)
        if alarm.told is None or (not ended and now - alarm.told >= _AGAIN):
            when = now if alarm.told else alarm.since
            await tell(self.raised(alarm), when, f"{alarm.id}-{alarm.tellings}")
            latest = self._known[key]  # what was set or cleared meanwhile counts
            self._known[key] = replace(latest, told=now, tellings=latest.tellings + 1)
        elif ended and now - ended >= _QUIET:
            await self._tell_cleared(alarm, ended, tell)
            latest = self._known.pop(key)
            if not latest.end(self._clock()):  # it rose while the bus was told that it was over
                self._known[key] = Alarm(
                    new_id(), *key, latest.problem, latest.latest, latest.latest
                )

    async def _tell_cleared(self, alarm: Alarm, ended: datetime, tell: Tell) -> None:
        cleared = AlarmCleared(
            alarm_id=alarm.id,
            name=alarm.name,
            about=alarm.about,
            said_by=self._said_by,
            since=alarm.since,
            risen_count=alarm.risen,
            until=max(ended, alarm.since),  # a clock may be set back
        )
        await tell(cleared, cleared.until, f"{alarm.id}-end")
