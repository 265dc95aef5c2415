"""What a subscription has of one stream: what is in hand, and what it settled lately."""

from collections import deque

from liandong.bus.pull import Raw

_REMEMBERED = 4096  # four times what the broker leaves unsettled


class Progress:
    """Tells a message that is new from one that is delivered again.

    The broker delivers again what was in hand when a connection broke, and after a crash of its own
    also what it had been told was settled: acknowledgements are not covered by ``sync: always``.
    """

    def __init__(self) -> None:
        self.last = 0
        """The highest sequence taken so far."""
        self.newest: Raw | None = None
        """The message that has it."""
        self._in_hand: dict[int, Raw] = {}
        self._settled: set[int] = set()
        self._lately: deque[int] = deque()

    def take(self, raws: list[Raw]) -> list[Raw]:
        """Take messages in hand; return those that are new.

        One that is in hand already is answered over the newer delivery from now on; one that was
        settled here is acknowledged again.
        """
        in_hand, settled, new = self._in_hand, self._settled, list[Raw]()
        for raw in raws:
            sequence = raw.sequence
            if sequence in settled:
                raw.ack()
                continue
            if sequence not in in_hand:
                new.append(raw)
            in_hand[sequence] = raw
            if sequence > self.last:
                self.last, self.newest = sequence, raw
        return new

    def settle(self, sequence: int) -> Raw:
        """Note that a message in hand is settled; return its newest delivery, to be answered."""
        self._settled.add(sequence)
        self._lately.append(sequence)
        if len(self._lately) > _REMEMBERED:
            self._settled.discard(self._lately.popleft())
        return self._in_hand.pop(sequence)

    def in_hand(self) -> list[Raw]:
        """Return what is not settled yet, oldest first."""
        return [self._in_hand[sequence] for sequence in sorted(self._in_hand)]
