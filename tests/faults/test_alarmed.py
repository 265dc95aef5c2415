"""A fault that no alarm named is seen as silent."""

import pytest

from faults.alarmed import CUT_OFF, silent
from faults.journal import Line
from liandong.contracts.system import AlarmName

LOST, OTHER = AlarmName.CONNECTION_LOST.value, AlarmName.DISK_FULL.value


def noted(*changes: tuple[float, list[str]]) -> list[Line]:
    """Return what a process notes of its alarms."""
    return [Line(at, "alarms", {"active": active}) for at, active in changes]


@pytest.mark.parametrize(
    ("faults", "journal", "count"),
    [
        ([100.0], noted((100.1, [LOST]), (101.0, [])), 0),
        ([100.0, 101.0], noted((100.1, [LOST]), (102.0, [])), 0),
        ([100.0], noted((99.0, [LOST]), (99.5, [])), 1),
        ([100.0], noted((111.0, [LOST])), 1),
        ([100.0, 101.0], noted((101.1, [LOST])), 1),
        ([100.0], noted((100.1, [OTHER])), 1),
        ([100.0], [], 1),
    ],
    ids=["named", "held on", "over before", "late", "only the next", "another", "none"],
)
def test_only_a_fault_that_is_named_in_time_is_not_silent(
    faults: list[float], journal: list[Line], count: int
) -> None:
    """Within ten seconds, by an alarm that tells of such a fault."""
    assert silent(faults, [journal], CUT_OFF) == count


def test_one_process_that_names_it_is_enough() -> None:
    """The others may have had nothing to do with the broker just then."""
    assert silent([100.0], [[], noted((100.1, [LOST]))], CUT_OFF) == 0
