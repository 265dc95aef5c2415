"""The time that a desk goes by: the wall clock's, or that of a drill or a replay."""

from dataclasses import dataclass
from datetime import UTC, datetime

_EPOCH = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class Pace:
    """Time that passes ``speed`` times as fast as the wall clock; by default the wall clock's own.

    Attributes:
        speed: Seconds of it in a second of the wall clock, above 0.
        begins: The moment that it began at.
        since: When that was by the wall clock.
    """

    speed: float = 1.0
    begins: datetime = _EPOCH
    since: datetime = _EPOCH

    def now(self) -> datetime:
        """Return what time it is (UTC)."""
        return self.begins + (datetime.now(UTC) - self.since) * self.speed

    def seconds_to(self, moment: datetime) -> float:
        """Return how many seconds of the wall clock pass until then; below 0 if it has passed."""
        return (moment - self.now()).total_seconds() / self.speed
