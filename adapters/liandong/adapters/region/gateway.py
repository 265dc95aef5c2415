"""Two regions' buses, joined by what they have agreed to share.

Protocol: the bus's own, on both sides. Direction: both, as far as the agreement says. Nothing is
changed: subject, id, bytes and signature cross as they are, so a region never takes back its own
and no event goes round. A cut link heals by itself (`liandong.bus.relay`); both sides are told.
"""

import asyncio
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version

import structlog

from liandong.adapters.region.agreement import Agreement, Share, filter_of
from liandong.bus import Bus
from liandong.bus.relay import Relay
from liandong.contracts import ConfigurationError, Envelope, LiandongError
from liandong.contracts.system import AdapterHeartbeat, AdapterState, AlarmName

log = structlog.get_logger()

_BEAT_S = 10.0
LOOK_S = 0.5


class Gateway:
    """Joins two buses in the directions that an agreement names.

    Attributes:
        ready: Set once what is said on either side will cross.
    """

    def __init__(
        self, one: Bus, other: Bus, agreement: Agreement, *, area: str, name: str = "gateway"
    ) -> None:
        """Prepare; nothing crosses before `run`.

        Args:
            one: The bus of one region, which its agency names.
            other: The bus of the other, in the same mode.
            agreement: What may cross.
            area: The area that its own heartbeats are filed under.
            name: A token, the same at each start: both buses remember by it what has crossed.

        Raises:
            ConfigurationError: The agreement says nothing of these two, or they are one region, or
                their modes differ.
        """
        self._buses = (one, other)
        self._self = Myself(name, area, datetime.now(UTC))
        self.ready = asyncio.Event()
        self._relays = {
            f"{source.agency.region}-{target.agency.region}": self._relay(source, target, shares)
            for source, target in ((one, other), (other, one))
            if (shares := agreement.between(source.agency.region, target.agency.region))
        }
        if one.agency.region == other.agency.region or not self._relays:
            regions = f"{one.agency.region} and {other.agency.region}"
            raise ConfigurationError(f"the agreement shares nothing between {regions}")

    def _relay(self, source: Bus, target: Bus, shares: tuple[Share, ...]) -> Relay:
        name = f"{self._self.name}-{target.agency.region}"
        return Relay(source, target, name, filter_of(shares), partial(_any_allows, shares))

    @property
    def problem(self) -> str:
        """What is wrong now, in one line; empty while all is well."""
        sides = [f"{b.agency.region}: {b.problem}" for b in self._buses if not b.connected]
        ways = [f"{way}: {relay.problem}" for way, relay in self._relays.items() if relay.problem]
        return "; ".join(sides or ways)

    @property
    def counters(self) -> dict[str, int]:
        """What has crossed, by direction: ``js-zj-stored``, ``-known``, ``-withheld``, …."""
        return {
            f"{way}-{name}": count
            for way, relay in self._relays.items()
            for name, count in asdict(relay.passed).items()
        }

    async def run(self) -> None:
        """Carry events until cancelled."""
        async with asyncio.TaskGroup() as group:
            for relay in self._relays.values():
                group.create_task(relay.run())
            group.create_task(self._report())
            for relay in self._relays.values():
                await relay.ready.wait()
            self.ready.set()

    async def _report(self) -> None:
        """Tell both sides how the link is, every ten seconds and at once when it changes."""
        clock = asyncio.get_running_loop().time
        told, due = None, 0.0
        while True:
            problem = self.problem
            if problem != told or clock() >= due:
                told, due = problem, clock() + _BEAT_S
                beats = (self._self.beat(bus, problem, self.counters) for bus in self._buses)
                await asyncio.gather(*beats)
            await asyncio.sleep(LOOK_S)


@dataclass(frozen=True)
class Myself:
    """What a gateway says of itself.

    Attributes:
        name: Its name, unique on its site.
        area: What its heartbeats are filed under.
        started: When it started.
    """

    name: str
    area: str
    started: datetime

    async def beat(self, bus: Bus, problem: str, counters: dict[str, int]) -> None:
        """Say on a bus how the link is; a side that is down is not told that it is down."""
        if problem:
            bus.alarms.set(AlarmName.GATEWAY_CUT, problem, self.name)
        else:
            bus.alarms.clear(AlarmName.GATEWAY_CUT, self.name)
        heartbeat = AdapterHeartbeat(
            adapter=self.name,
            kind="region.gateway",
            program_version=version("liandong"),
            started=self.started,
            state=AdapterState.DOWN if problem else AdapterState.OK,
            problem=problem[:500],
            counters=counters,
        )
        try:
            await bus.send(bus.envelope(heartbeat, area=self.area), within=LOOK_S)
        except LiandongError as error:
            log.debug("heartbeat_lost", adapter=self.name, problem=str(error))


def _any_allows(shares: tuple[Share, ...], envelope: Envelope) -> bool:
    return any(share.allows(envelope) for share in shares)
