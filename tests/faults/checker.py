"""What a run must show: nothing confirmed is lost, doubled, changed or out of order."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Item:
    """An event as a journal names it.

    Attributes:
        id: Which it is.
        key: What keeps it in order: lane and incident.
        digest: Of its contents.
    """

    id: str
    key: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is wrong with a reading: of the log, or of one consumer's effects.

    Attributes:
        lost: Confirmed and never read.
        duplicated: Read more than once.
        reordered: Neighbours of one key whose first readings came in the other order than they
            were sent.
        corrupt: Read with other contents than were sent.
        phantom: Read and never sent.
    """

    lost: tuple[str, ...] = ()
    duplicated: tuple[str, ...] = ()
    reordered: tuple[tuple[str, str], ...] = ()
    corrupt: tuple[str, ...] = ()
    phantom: tuple[str, ...] = ()

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return self == Verdict()


def check(sent: Sequence[Item], confirmed: Collection[str], read: Sequence[Item]) -> Verdict:
    """Compare what was sent and what of it was confirmed with what was read.

    Args:
        sent: Every event, once, in the order its publisher sent it; also the unconfirmed.
        confirmed: The ids that the publisher was told are stored.
        read: Every reading, in order, repeats included.
    """
    place = {item.id: n for n, item in enumerate(sent)}
    digest = {item.id: item.digest for item in sent}
    times = Counter(item.id for item in read)
    known = [item for item in read if item.id in place]
    return Verdict(
        lost=tuple(i for i in confirmed if i not in times),
        duplicated=tuple(i for i, count in times.items() if count > 1),
        reordered=tuple(_reordered(known, place)),
        corrupt=tuple(item.id for item in known if item.digest != digest[item.id]),
        phantom=tuple(i for i in times if i not in place),
    )


def _reordered(read: Iterable[Item], place: dict[str, int]) -> Iterable[tuple[str, str]]:
    firsts: dict[str, dict[str, None]] = {}
    for item in read:
        firsts.setdefault(item.key, {})[item.id] = None
    for ids in firsts.values():
        yield from ((a, b) for a, b in pairwise(ids) if place[b] < place[a])
