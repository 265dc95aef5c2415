"""MQTT messages that came and were not taken yet: in bounded memory, by the policy of overload.

A message of QoS 1 is held by the broker until it is acknowledged: it never gives way here. One of
QoS 0 cannot be held back, for nobody would send it again: where its topic brings telemetry, the
oldest gives way and is counted.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from aiomqtt import Message

from liandong.adapters.sdk.health import Counters
from liandong.bus.overload import Backlog, Piece, Put, Shedding
from liandong.contracts import GapCause, TelemetryGap

MOST = 10_000
"""How many messages may wait."""
MOST_BYTES = 16 * 1024 * 1024
"""How many bytes they may have together."""

_OVERHEAD_BYTES = 500  # of the objects that hold a message
_TELL_EVERY_S = 10.0

ContractOf = Callable[[str], str]
"""Returns the contract that a topic's telemetry becomes; empty where it brings no telemetry."""


class Unread:
    """What waits, over all connections of one adapter.

    Attributes:
        hang_up: Called where a message that may not give way finds no room: its broker sends it
            again over the next connection.
    """

    def __init__(self, contract_of: ContractOf, counters: Counters) -> None:
        """Begin with nothing.

        Args:
            contract_of: Says which topics bring telemetry.
            counters: Where what was left out is counted.
        """
        self.hang_up: Callable[[], object] = lambda: None
        self._contract_of, self._counters = contract_of, counters
        self._backlog = Backlog[Message](MOST, MOST_BYTES)
        self._tell_at = 0.0

    def __len__(self) -> int:
        """Return how many messages wait."""
        return len(self._backlog)

    def append(self, message: Message) -> None:
        """Put a message behind the others."""
        piece = self._piece(message)
        before = self._backlog.missing.count
        if self._backlog.put(piece) is Put.REFUSED:
            self.hang_up()
        self._counters.shed += self._backlog.missing.count - before

    def popleft(self) -> Message:
        """Take the message that waits longest."""
        (piece,) = self._backlog.take(1, MOST_BYTES)
        return piece.item

    def forget(self) -> None:
        """Let go of what a lost connection brought: what is lost with it is counted."""
        for piece in self._backlog.take(MOST, MOST_BYTES):
            if piece.shedding is Shedding.OLDEST:
                self._backlog.missing.note(piece)
                self._counters.shed += 1

    def tell_in(self) -> float | None:
        """Return in how many seconds it is time to tell of a gap; None where there is none."""
        if not self._backlog.missing.count:
            return None
        return max(0.0, self._tell_at - asyncio.get_running_loop().time())

    def gap(self, publisher: str) -> TelemetryGap:
        """Return what was left out since the last time."""
        self._tell_at = asyncio.get_running_loop().time() + _TELL_EVERY_S
        return self._backlog.take_missing().gap(publisher, GapCause.BUS_SLOW)

    def _piece(self, message: Message) -> Piece[Message]:
        topic = str(message.topic)
        contract = "" if message.qos else self._contract_of(topic)
        size = len(message.payload) + len(topic) + _OVERHEAD_BYTES
        shedding = Shedding.OLDEST if contract else Shedding.NEVER
        now = datetime.now(UTC)
        return Piece(message, shedding, contract, (topic,), topic[:200], topic, now, size)


class MessageQueue(asyncio.Queue[Message]):
    """The queue that aiomqtt puts messages into, with `Unread` inside instead of a deque."""

    def __init__(self, unread: Unread) -> None:
        """Begin a connection; what the last one left is forgotten."""
        unread.forget()
        self._unread = unread
        super().__init__()

    def _init(self, maxsize: int) -> None:
        del maxsize
        self._queue = self._unread  # what asyncio's own methods call `len` of

    def _put(self, item: Message) -> None:
        self._unread.append(item)

    def _get(self) -> Message:
        return self._unread.popleft()
