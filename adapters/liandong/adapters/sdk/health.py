"""What an adapter says of itself: the counters each must move, and whether the far side answers."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime


@dataclass
class Counters:
    """What passed, since the adapter started. None ever goes down.

    Attributes:
        received: Documents taken from the foreign system.
        published: Events stored by the broker for the first time.
        duplicates: Documents or events that were known already.
        rejected: Documents that became dead letters.
        retried: Attempts that had to be repeated, in either direction.
        delivered: Events that the foreign system took.
        defects: Defects read leniently.
        shed: Messages of telemetry that were left out unread.
    """

    received: int = 0
    published: int = 0
    duplicates: int = 0
    rejected: int = 0
    retried: int = 0
    delivered: int = 0
    defects: int = 0
    shed: int = 0

    def as_dict(self) -> dict[str, int]:
        """Return the counters by name."""
        return asdict(self)


@dataclass
class Health:
    """Whether the far side answers.

    Attributes:
        counters: What passed.
        problem: What is wrong now, in one line; empty while all is well.
        since: When ``problem`` last changed (UTC).
    """

    counters: Counters = field(default_factory=Counters)
    problem: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def note(self, problem: str = "") -> bool:
        """Note a problem, or with no argument that there is none; return whether that is news."""
        if problem == self.problem:
            return False
        self.problem, self.since = problem, datetime.now(UTC)
        return True
