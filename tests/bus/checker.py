"""What a run must show: nothing confirmed is lost, doubled or out of order."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Verdict:
    """What is wrong with a run.

    Attributes:
        lost: Confirmed and never read.
        doubled: Read more than once.
        phantom: Read and never sent.
        reordered: Pairs of neighbours that were read in the other order.
    """

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    phantom: tuple[str, ...]
    reordered: tuple[tuple[str, str], ...]

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.lost or self.doubled or self.phantom or self.reordered)


def check(confirmed: Sequence[str], sent: Sequence[str], read: Sequence[str]) -> Verdict:
    """Compare what was confirmed and sent, in order, with what was read."""
    place = {item: n for n, item in enumerate(sent)}
    return Verdict(
        lost=tuple(item for item in confirmed if item not in set(read)),
        doubled=tuple(item for item, times in Counter(read).items() if times > 1),
        phantom=tuple(item for item in read if item not in place),
        reordered=tuple(
            (a, b) for a, b in pairwise(read) if a in place and b in place and place[b] < place[a]
        ),
    )
