"""What a document says, by the names that its mapping gave."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Coded:
    """A code as it stood, and the common one where the table knows it."""

    local: str
    system: str
    common: str | None


@dataclass(slots=True)
class Reading:
    """What a document says, by the names that the mapping gave.

    Attributes:
        texts: Never empty.
        times: Aware, in UTC.
        numbers: Finite, in the contract's unit.
        points: Longitude, latitude.
        codes: Never an empty local code.
        defects: What could not be read, or was read leniently.
    """

    texts: dict[str, str] = field(default_factory=dict[str, str])
    times: dict[str, datetime] = field(default_factory=dict[str, datetime])
    numbers: dict[str, float] = field(default_factory=dict[str, float])
    points: dict[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    codes: dict[str, Coded] = field(default_factory=dict[str, Coded])
    defects: list[str] = field(default_factory=list[str])

    def __contains__(self, name: str) -> bool:
        """Say whether a value was read."""
        return (
            name in self.texts
            or name in self.times
            or name in self.numbers
            or name in self.points
            or name in self.codes
        )
