"""A connection that is never deaf while it says that it is connected.

A supervisor keeps one `Session` alive: it dials, watches, and dials again, for ever, with jittered
back-off. A session counts as alive only while messages to ourselves come back.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from liandong.bus.alarms import Alarms
from liandong.bus.credentials import Validity, validity
from liandong.bus.dial import Refused, TooOld
from liandong.bus.session import Session
from liandong.bus.settings import BusSettings
from liandong.contracts import ConfigurationError, LiandongError, Reason, TransportError
from liandong.contracts.system import AlarmName

log = structlog.get_logger()

# A deaf connection is given up after 3.5 s; one strike may be a pause of our own event loop.
_WATCH_SECONDS = 0.5
_ECHO_SECONDS = 1.25
_STRIKES = 2
_STALL_SECONDS = 3.0
_BACKOFF_SECONDS = (0.1, 0.25, 0.5, 1.0)  # orders wait for as long after a cut
_ABOUT_CONNECTING = (
    AlarmName.CONNECTION_LOST,
    AlarmName.CONNECTION_DEAF,
    AlarmName.CREDENTIALS_REFUSED,
    AlarmName.BROKER_TOO_OLD,
)

Locate = Callable[[], Awaitable[list[str]]]
"""Returns the servers to dial; asked again before each attempt."""


class Connection:
    """A road to a broker.

    Attributes:
        problem: Why there is no session now; empty while there is one.
        alarms: Where it says what is wrong, and who works over it does.
    """

    def __init__(
        self, settings: BusSettings, locate: Locate, alarms: Alarms, *, about: str = ""
    ) -> None:
        """Prepare; nothing is dialled before `open`.

        Args:
            settings: Whom to speak for and how.
            locate: Where the servers are; an embedded server may move.
            alarms: Told what is wrong.
            about: What the alarms of this connection are about.
        """
        self.settings = settings
        self.alarms = alarms
        self.problem = "not connected yet"
        self._locate, self._about = locate, about
        self._session: Session | None = None
        self._alive = asyncio.Event()
        self._supervisor: asyncio.Task[None] | None = None
        self._sessions = 0
        self._validity: Validity | None = None
        self._closed = False

    async def open(self) -> None:
        """Connect for the first time.

        Raises:
            ConfigurationError: The broker refused us, or is too old: trying again would not help.
            TransportError: No server answered.
        """
        self._session = await self._dial()
        self._alive.set()
        self._supervisor = asyncio.create_task(self._supervise(), name="connection")

    async def close(self) -> None:
        """Send what is buffered and disconnect for good."""
        self._closed = True  # nats-py swallows a cancellation that comes while it dials
        if self._supervisor:
            self._supervisor.cancel()
            await asyncio.gather(self._supervisor, return_exceptions=True)
        session, self._session = self._session, None
        self.problem = "closed"
        self._alive.set()  # whoever waits for a session learns that there will be none
        if session:
            await session.close()

    @property
    def opened(self) -> bool:
        """Whether it has been connected once, and so keeps itself connected."""
        return self._supervisor is not None

    @property
    def connected(self) -> bool:
        """Whether messages pass now."""
        session = self._session
        return self._alive.is_set() and session is not None and not session.lost.is_set()

    async def session(self, within: float | None = None) -> Session:
        """Return the live session, waiting for one.

        Args:
            within: Seconds to wait; None waits for ever.

        Raises:
            TransportError: There was none in time.
        """
        try:
            async with asyncio.timeout(within):
                await self._alive.wait()
        except TimeoutError:
            raise TransportError(
                f"not connected: {self.problem}", reason=Reason.NO_CONNECTION
            ) from None
        if self._session is None:
            raise TransportError(f"not connected: {self.problem}", reason=Reason.NO_CONNECTION)
        return self._session

    async def _supervise(self) -> None:
        while not self._closed:
            session = await self.session()
            if not (problem := await self._watch(session)):
                await self._renew(session)
                continue
            self._alive.clear()
            self.problem = problem
            lost = AlarmName.CONNECTION_LOST if session.lost.is_set() else AlarmName.CONNECTION_DEAF
            self.alarms.set(lost, f"{problem}: {session.url}", self._about)
            await session.abandon()
            self._session = await self._dial_until_answered()
            self._alive.set()
            for name in _ABOUT_CONNECTING:
                self.alarms.clear(name, self._about)
            log.info("connected_again", server=self._session.url)

    async def _watch(self, session: Session) -> str:
        """Return when the session is lost or deaf, and which; empty where it is to be renewed."""
        strikes = 0
        clock = asyncio.get_running_loop().time
        while strikes < _STRIKES:
            begun = clock()
            with suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_SECONDS):
                    await session.lost.wait()
            if (stood := clock() - begun) > _STALL_SECONDS:
                self.alarms.set(AlarmName.PROCESS_STALLED, f"it stood still for {stood:.0f} s")
            if session.lost.is_set():
                return "connection lost"
            if self._is_renewed():
                return ""
            try:
                await session.echo(_ECHO_SECONDS)
                strikes = 0
            except LiandongError:
                strikes += 1
        return "the connection is deaf"

    def _is_renewed(self) -> bool:
        """Say whether it is time for newer credentials, and they are there."""
        if self._validity is None or time.time() < self._validity.renew_at:
            return False
        found = validity(self.settings.credentials)
        return found is not None and found.ends > self._validity.ends

    async def _renew(self, old: Session) -> None:
        """Make a session with the newer credentials, then end the old one.

        What is in flight over the old one and is not confirmed by then is sent again, the same.
        """
        try:
            self._session = await self._dial()
        except LiandongError as error:  # the old one works as long as its credentials hold
            log.warning("credentials_not_renewed", problem=str(error))
            await asyncio.sleep(_WATCH_SECONDS)
            return
        log.info("credentials_renewed", server=self._session.url)
        await old.close()

    async def _dial_until_answered(self) -> Session:
        attempt = 0
        while not self._closed:
            try:
                return await self._dial()
            except Exception as error:  # whatever it is, the supervisor must outlive it
                if not isinstance(error, LiandongError):
                    log.exception("dialling_failed")
                if str(error) != self.problem:
                    log.warning("cannot_connect", problem=str(error))
                self.problem = str(error)
                if isinstance(error, Refused):
                    self.alarms.set(AlarmName.CREDENTIALS_REFUSED, self.problem, self._about)
                elif isinstance(error, TooOld):
                    self.alarms.set(AlarmName.BROKER_TOO_OLD, self.problem, self._about)
            pause = _BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)]
            attempt += 1
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311  jitter is no secret
        raise asyncio.CancelledError

    async def _dial(self) -> Session:
        servers = await self._locate()
        if not servers:
            raise ConfigurationError("no NATS server is set: give --servers or LIANDONG_SERVERS")
        self._sessions += 1
        held = validity(self.settings.credentials)  # those that are about to be used
        session = Session(self._sessions, self.settings, self.alarms)
        try:
            await session.open(servers)
        except BaseException:
            await session.abandon()
            raise
        self.problem, self._validity = "", held
        return session
