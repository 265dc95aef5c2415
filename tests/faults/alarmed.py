"""Whether each fault was named by an alarm in time."""

from collections.abc import Collection, Iterable, Sequence
from itertools import pairwise
from math import inf

from faults.journal import Line
from liandong.contracts.system import AlarmName

_IN_TIME_S = 10.0

CUT_OFF = frozenset({AlarmName.CONNECTION_LOST, AlarmName.CONNECTION_DEAF})
"""What names a broker that is dead, frozen or out of reach."""


def silent(
    faults: Sequence[float], journals: Iterable[Sequence[Line]], names: Collection[str]
) -> int:
    """Return how many faults no alarm named within ten seconds, and before the next fault.

    Args:
        faults: When each began, in order, in seconds of the monotonic clock.
        journals: What each process noted that should have seen them.
        names: The alarms that name such a fault. One that holds already names the next fault too.
    """
    held = [span for lines in journals for span in _spans(lines, names)]
    return sum(
        not any(begun <= min(at + _IN_TIME_S, following) and at < ended for begun, ended in held)
        for at, following in pairwise((*faults, inf))
    )


def _spans(lines: Iterable[Line], names: Collection[str]) -> list[tuple[float, float]]:
    """Return when one of the alarms held: from one noting to the next."""
    noted = [line for line in lines if line.what == "alarms"]
    ends = [*(line.at for line in noted[1:]), inf]
    return [
        (line.at, end)
        for line, end in zip(noted, ends, strict=False)
        if any(name in names for name in line.facts["active"])
    ]
