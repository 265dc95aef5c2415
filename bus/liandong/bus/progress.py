"""What a subscription has of one stream: what is in hand, and what it settled lately."""

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
        self._in_hand: dict[int, Raw] = {}
        self._settled: dict[int, None] = {}

    def take(self, raw: Raw) -> bool:
        """Take a message in hand; say whether it is new.

        One that is in hand already is answered over the newer delivery from now on.
        """
        if raw.sequence in self._settled:
            return False
        again = raw.sequence in self._in_hand
        self._in_hand[raw.sequence] = raw
        self.last = max(self.last, raw.sequence)
        return not again

    def is_settled(self, raw: Raw) -> bool:
        """Say whether the message was settled here, so that it need only be acknowledged again."""
        return raw.sequence in self._settled

    def settle(self, sequence: int) -> Raw:
        """Note that a message in hand is settled; return its newest delivery, to be answered."""
        self._settled[sequence] = None
        if len(self._settled) > _REMEMBERED:
            del self._settled[next(iter(self._settled))]
        return self._in_hand.pop(sequence)

    def in_hand(self) -> list[Raw]:
        """Return what is not settled yet, oldest first."""
        return [self._in_hand[sequence] for sequence in sorted(self._in_hand)]
