"""The bus as a program sees it: `connect`, publish, subscribe, read the log, dead letters."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from datetime import datetime
from typing import Any, Self

import structlog

from liandong.bus import history as log_reader
from liandong.bus import topology
from liandong.bus.alarms import Alarms, Said
from liandong.bus.connection import Connection
from liandong.bus.dead_letters import DeadLetters, redrives
from liandong.bus.embedded import Embedded
from liandong.bus.history import Entry, Following
from liandong.bus.letters import Found, Letter
from liandong.bus.lines import Lines
from liandong.bus.publisher import Publisher, Stored
from liandong.bus.pull import Raw
from liandong.bus.rejections import rejection
from liandong.bus.sender import Sender
from liandong.bus.session import Session
from liandong.bus.settings import BusSettings, home, read_settings
from liandong.bus.subscriber import Handler, Subscription, Wish
from liandong.contracts import (
    Agency,
    Envelope,
    Event,
    Filter,
    Lane,
    LiandongError,
    Mode,
    Precedence,
    Reason,
    TransportError,
)

log = structlog.get_logger()

_WITHIN_S = 30.0
_ALARM_S, _LEAVE_S = 5.0, 1.0


async def connect(**settings: Any) -> "Bus":
    """Connect to the bus.

    Without servers in the arguments, the environment (``LIANDONG_SERVERS``) or the file
    (``LIANDONG_CONFIG``), the embedded server of ``LIANDONG_HOME`` is used: the one that runs, or
    one started here, which ends with this connection.

    Args:
        settings: `BusSettings` by name: ``agency="js/fire/119-suzhou"``, ``mode="exercise"``, ….

    Raises:
        ConfigurationError: A setting is wrong, the broker refused us, or is too old.
        TransportError: No server answered.
    """
    bus = Bus(read_settings(settings))
    await bus.open()
    return bus


class Bus:
    """A connection to the bus, speaking for one agency in one mode.

    Attributes:
        settings: What it was opened with.
        lines: The roads to the broker, one for each lane, for what is built beside the bus.
        dead_letters: What could not be read or handled.
        alarms: What is wrong with it now; the bus is told by itself.
    """

    def __init__(self, settings: BusSettings) -> None:
        self.settings = settings
        self.alarms = Alarms(f"{settings.agency}/{settings.name}")
        self._embedded = None if settings.servers else Embedded(home() / "nats", self.alarms)
        self.lines = Lines(settings, self._locate, self.alarms)
        self._publisher = Publisher(self.lines)
        self._sender = Sender(self._publisher, self.lines)
        self.dead_letters = DeadLetters(self.lines, self._publisher)
        self._subscriptions: list[Subscription] = []
        self._alarmist: asyncio.Task[None] | None = None

    async def _locate(self, lane: Lane) -> list[str]:
        if own := self.settings.servers_of(lane):
            return list(own)
        return await self._embedded.locate() if self._embedded else []

    @property
    def connection(self) -> Connection:
        """The main connection, for what is built beside the bus."""
        return self.lines.main

    async def open(self) -> None:
        """Connect; see `connect`."""
        try:
            await self.lines.open()
            if self._embedded:
                await self.apply()
        except BaseException:
            await self.close()
            raise
        self._alarmist = asyncio.create_task(self.alarms.tell(self._tell), name="alarms")

    async def close(self) -> None:
        """End the subscriptions, send what is buffered, disconnect."""
        for subscription in self._subscriptions:
            await subscription.close()
        self._subscriptions.clear()
        await self._sender.close()
        await self._end_alarms()
        await self.lines.close()
        if self._embedded:
            await self._embedded.stop()

    async def __aenter__(self) -> Self:
        """Return itself; leaving closes it."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close it."""
        await self.close()

    @property
    def agency(self) -> Agency:
        """Whom it speaks for."""
        return self.settings.agency

    @property
    def mode(self) -> Mode:
        """The mode it works in."""
        return self.settings.mode

    @property
    def connected(self) -> bool:
        """Whether messages pass now."""
        return self.lines.connected

    @property
    def problem(self) -> str:
        """Why they do not; empty while they do."""
        return self.lines.problem

    async def url(self) -> str:
        """Return the server it is connected to."""
        return (await self.connection.session(_WITHIN_S)).url

    def envelope(self, event: Event, *, area: str, **attributes: Any) -> Envelope:
        """Return an event in an envelope of this agency and mode.

        Args:
            event: The fact.
            area: Where, as a path of administrative codes.
            attributes: ``time``, ``precedence``, ``correlation``, ``causation``, ``expires``.
        """
        if not attributes:
            return Envelope.of(event, source=self.agency, mode=self.mode, area=area)
        return Envelope(source=self.agency, mode=self.mode, area=area, data=event, **attributes)

    async def publish(self, event: Event, *, area: str, **attributes: Any) -> Stored:
        """Say something on the bus; returns when the broker has stored it.

        Args:
            event: The fact.
            area: Where, as a path of administrative codes.
            attributes: See `envelope`.

        Raises:
            NotPermitted: This agency may not say that.
            Expired: It expired before the broker could be reached.
            TransportError: Not confirmed within 30 s; whether it is stored is unknown. Sending the
                same envelope again (`send`) is safe.
        """
        return await self.send(self.envelope(event, area=area, **attributes))

    async def send(self, envelope: Envelope, *, within: float = _WITHIN_S) -> Stored:
        """Publish an envelope; `publish` for those that have one already."""
        return await self._publisher.publish(envelope, within=within)

    async def send_many(
        self, envelopes: Sequence[Envelope], *, within: float = _WITHIN_S
    ) -> list[Stored]:
        """Publish envelopes in order, many at a time. What was stored before an error stays."""
        return await self._publisher.publish_many(envelopes, within=within)

    async def offer(self, envelope: Envelope) -> None:
        """Offer an event that may be left out where more comes than the broker takes.

        What its contract is decides (`overload.shedding_of`). Telemetry returns at once; when
        10,000 events or 16 MiB wait, the oldest gives way. A status (a contract with a
        ``state_of``) takes the place of the one that still waits of the same thing, and waits only
        where there is no room. All else is never left out: it returns once stored, and goes on
        trying for as long as the broker is away. What was left out is counted, and told as
        `TelemetryGap` once the broker takes events again.

        Offered events of one key keep their order; they may come behind what is published
        otherwise meanwhile. What still waits two seconds after `close` is lost, and logged.

        Raises:
            NotPermitted, Expired, ContractError, TransportError: As `publish`, for what is never
                left out; of the rest the log says so.
        """
        await self._sender.offer(envelope)

    async def subscribe(
        self,
        name: str,
        handler: Handler,
        which: Filter | None = None,
        *,
        from_start: bool = False,
        even_expired: bool = False,
    ) -> Subscription:
        """Have a handler called with each event, at least once, in order within a key.

        Each comes in the newest version of its contract that is known here. How the handler ends
        decides: it returns, and the event is acknowledged; it raises an error whose ``recovery`` is
        RETRY, and it is called again after a delay from `settlement.RETRY_DELAYS_S`; it raises
        anything hopeless, or fails for the last time, and the event becomes a dead letter and its
        sender is told.

        Args:
            name: A token, unique for this agency; the broker remembers by it what was handled.
            handler: Called side by side for different keys.
            which: Which events; None means all.
            from_start: On the very first time, begin with what the log holds.
            even_expired: Also hand over what must not be acted on any more, to be kept on record;
                else it becomes a dead letter.
        """
        subscription = Subscription(
            self.lines,
            self.dead_letters,
            name,
            Wish(which or Filter(), from_start, even_expired),
            handler,
            refused=self._tell_sender,
        )
        await subscription.start()
        self._subscriptions.append(subscription)
        return subscription

    async def events(
        self, name: str, which: Filter | None = None, *, from_start: bool = False
    ) -> AsyncGenerator[Envelope, None]:
        """Yield events one by one; each is acknowledged when the next is asked for.

        The durable form of ``async for``. Leaving the loop gives the last one back.
        """
        handed: asyncio.Queue[tuple[Envelope, asyncio.Future[None]]] = asyncio.Queue(1)

        async def hand_over(envelope: Envelope) -> None:
            done = asyncio.get_running_loop().create_future()
            await handed.put((envelope, done))
            await done

        subscription = await self.subscribe(name, hand_over, which, from_start=from_start)
        try:
            while True:
                envelope, done = await handed.get()
                yield envelope
                done.set_result(None)
        finally:
            await subscription.close()

    async def history(
        self,
        which: Filter | None = None,
        *,
        since: datetime | None = None,
        last: int | None = None,
    ) -> AsyncGenerator[Entry, None]:
        """Yield what the log holds, in the order the broker stored it, and end.

        Args:
            which: Which events; None means all. A key alone is everything about it, contracts that
                this program does not know as well, and is found fast in a log of any length.
            since: Leave out what was stored before.
            last: Instead, only what is among the last so many messages of each lane.
        """
        async with aclosing(
            log_reader.history(self.lines, which or Filter(), self.mode, since=since, last=last)
        ) as entries:
            async for entry in entries:
                yield entry

    async def latest(self, which: Filter) -> list[Entry]:
        """Return the last message on each subject, in the order the broker stored them.

        For ``Filter(key="js-2026-000123")`` that is how an incident stands: the last word of each
        sender in each contract and area. A millisecond or two where the broker has it in memory;
        each block of the log that it must read first takes 5 to 20 ms.

        Raises:
            ValueError: More than 1,024 subjects of one lane match.
        """
        return await log_reader.latest(self.lines, which, self.mode)

    async def follow(
        self,
        which: Filter | None = None,
        *,
        since: datetime | None = None,
        after: Mapping[str, int] | None = None,
    ) -> Following:
        """Begin to follow the log: ``async for entry in await bus.follow()``.

        Once this has returned, nothing stored from now on (or since a moment) is missed. It goes on
        for ever and remembers nothing.

        Args:
            which: Which events; None means all.
            since: Begin with what was stored then.
            after: Instead, begin behind these sequences by stream; at the beginning of others.
        """
        return await log_reader.follow(
            self.lines, which or Filter(), self.mode, since=since, after=after
        )

    def redrives(self, consumer: str) -> AsyncGenerator[tuple[Raw, Found], None]:
        """Yield a consumer's dead letters that operators order to be tried again."""
        return redrives(self.lines, self.dead_letters, consumer)

    async def streams(self) -> list[dict[str, Any]]:
        """Return the declared streams as the broker holds them: messages, bytes, consumers."""
        return [
            await topology.state(await self._session_of(name), name) for name in topology.streams()
        ]

    async def probe(self) -> None:
        """Send a message to ourselves and wait for it.

        Raises:
            TransportError: It did not come back.
        """
        await (await self.connection.session(_WITHIN_S)).echo()

    async def clock_skew_s(self) -> float:
        """Return how many seconds the broker's clock is ahead of ours."""
        session = await self.connection.session(_WITHIN_S)
        return await topology.clock_skew_s(session)

    async def plan(self) -> list[topology.Change]:
        """Return what differs between the declared streams and the broker's."""
        return await topology.plan(self._session_of, self._retention())

    async def apply(self) -> list[topology.Change]:
        """Make the broker's streams as declared; return what was changed."""
        return await topology.apply(self._session_of, self._retention())

    async def _session_of(self, stream: str) -> Session:
        return await self.lines.session(stream, _WITHIN_S)

    def _retention(self) -> topology.Retention:
        return topology.Retention(
            events_days=self.settings.events_days, replicas=self.settings.replicas
        )

    async def _tell(self, said: Said, time: datetime, event_id: str) -> None:
        """Put on the bus what an alarm says.

        Raises:
            LiandongError: It could not be; `Alarms.tell` tries again.
        """
        if not self.connected:
            raise TransportError(f"not connected: {self.problem}", reason=Reason.NO_CONNECTION)
        attributes = {"time": time, "id": event_id, "precedence": Precedence.PRIORITY}
        envelope = self.envelope(said, area=self.settings.area, **attributes)
        await self.send(envelope, within=_ALARM_S)

    async def _end_alarms(self) -> None:
        if not self._alarmist:
            return
        self._alarmist.cancel()
        await asyncio.gather(self._alarmist, return_exceptions=True)
        try:
            async with asyncio.timeout(_LEAVE_S):
                await self.alarms.take_leave(self._tell)
        except (LiandongError, TimeoutError) as error:  # they end by themselves, minutes later
            log.debug("alarms_not_cleared", problem=str(error))

    async def _tell_sender(self, letter: Letter) -> None:
        """Publish message.rejected, so that the sender learns it."""
        if not (said := rejection(letter)):
            return
        told, area = said
        try:
            await self.send(self.envelope(told, area=area, id=f"rejected-{letter.id}"))
        except LiandongError as failure:  # the letter is kept; the notice is a courtesy
            log.warning("sender_not_told", letter=letter.id, problem=str(failure))
