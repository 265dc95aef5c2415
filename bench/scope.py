"""How much is measured: all of it, or a slice that shows that the benches still run."""

from dataclasses import dataclass

ROUNDS, QUICK_ROUNDS = 7, 2
_SLICE = 10


@dataclass(frozen=True, slots=True)
class Scope:
    """How much is measured.

    Attributes:
        quick: A slice: fewer rounds and events; ratios are rough.
    """

    quick: bool = False

    @property
    def rounds(self) -> int:
        """How often each way is measured."""
        return QUICK_ROUNDS if self.quick else ROUNDS

    def events(self, count: int, *, least: int = 1) -> int:
        """Return how many events to use where all would be ``count``."""
        return max(least, count // _SLICE) if self.quick else count
