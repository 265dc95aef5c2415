"""The time that a desk goes by: the wall clock's, or that of a drill or a replay."""

from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """Time that passes ``speed`` times as fast as the wall clock; by default the wall clock's own.

    Attributes:
        speed: Seconds of it in a second of the wall clock; 0 stands still.
        begins: The moment that it began at.
        since: When that was by the wall clock.
    """

    speed: float = 1.0
    begins: datetime = _EPOCH
    since: datetime = _EPOCH

    def now(self) -> datetime:
        """Return what time it is (UTC)."""
        return self.at(datetime.now(UTC))

    def at(self, moment: datetime) -> datetime:
        """Return what time it is when the wall clock says so."""
        return self.begins + (moment - self.since) * self.speed

    def when(self, moment: datetime) -> datetime | None:
        """Return what the wall clock says when it is this time; None where it never will be."""
        if moment <= self.begins:
            return self.since
        return self.since + (moment - self.begins) / self.speed if self.speed else None

    def seconds_to(self, moment: datetime) -> float:
        """Return how many seconds of the wall clock pass until then; below 0 if it has passed.

        Where time stands still, that is for ever.
        """
        left = (moment - self.now()).total_seconds()
        return left / self.speed if self.speed else inf if left > 0 else left
