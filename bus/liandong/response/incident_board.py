"""The board of incidents: what is open, how grave and how old, and what is not cleared. Pure.

An incident that was merged into another is cleared with that one. Where it leads to no incident
that is known, or round in a circle, nobody answers for what it was about: it counts as lost, and is
uncleared until somebody opens it again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from liandong.contracts import ResponseGrade
from liandong.response.incident_state import Incident
from liandong.response.register_match import lies_in

_GRAVITY = {grade: number for number, grade in enumerate(ResponseGrade)}


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which incidents to show; a part that is left out means any.

    Attributes:
        area: Those in this area, and in what lies in it.
        grade: Those of this grade.
        uncleared: Only those that are not cleared.
        older_than: Those that have been known for longer.
    """

    area: str = ""
    grade: ResponseGrade | None = None
    uncleared: bool = False
    older_than: timedelta | None = None


def board(incidents: Mapping[str, Incident], wanted: Wanted, now: datetime) -> list[Incident]:
    """Return the incidents that are wanted: uncleared, grave and old ones first.

    Args:
        incidents: By their names.
        wanted: Which.
        now: Against which their age is held.
    """
    open_ones = {incident.incident_id for incident in uncleared(incidents)}
    return sorted(
        (
            incident
            for incident in incidents.values()
            if _is_wanted(incident, wanted, now)
            and (incident.incident_id in open_ones or not wanted.uncleared)
        ),
        key=lambda one: (one.incident_id not in open_ones, _gravity(one), one.opened),
    )


def uncleared(incidents: Mapping[str, Incident]) -> list[Incident]:
    """Return what is not cleared, lost ones among it, the oldest first (警情清零)."""
    found = [one for one in incidents.values() if not one.ended or is_lost(one, incidents)]
    return sorted(found, key=lambda one: (one.opened, one.incident_id))


def by_grade(incidents: Iterable[Incident]) -> dict[ResponseGrade | None, int]:
    """Return how many there are of each grade, the gravest first; None for no grade yet."""
    counts: dict[ResponseGrade | None, int] = {}
    for incident in sorted(incidents, key=_gravity):
        grade = incident.facts.grade
        counts[grade] = counts.get(grade, 0) + 1
    return counts


def goes_on_in(incident: Incident, incidents: Mapping[str, Incident]) -> Incident | None:
    """Return the incident in which it goes on, over as many merges as there were.

    Itself where it was not merged; None where it is lost.
    """
    passed: set[str] = set()
    found: Incident | None = incident
    while found and found.ended and found.ended.into:
        if found.incident_id in passed:
            return None
        passed.add(found.incident_id)
        found = incidents.get(found.ended.into)
    return found


def is_lost(incident: Incident, incidents: Mapping[str, Incident]) -> bool:
    """Say whether it was merged into nothing that is known."""
    return goes_on_in(incident, incidents) is None


def taken_part_in(incidents: Mapping[str, Incident], agency: str) -> frozenset[str]:
    """Return the incidents in which an agency takes part, as owner or as one of the N.

    Who takes part in one that was merged takes part in the one in which it goes on, unless it was
    said to have left that.
    """
    direct = {name for name, one in incidents.items() if agency in one.agencies}
    ways_on = (goes_on_in(incidents[name], incidents) for name in direct)
    return frozenset(direct | {on.incident_id for on in ways_on if on and agency not in on.parts})


def _is_wanted(incident: Incident, wanted: Wanted, now: datetime) -> bool:
    there = lies_in(incident.area, wanted.area or None)
    old = wanted.older_than is None or now - incident.opened > wanted.older_than
    return there and old and wanted.grade in (None, incident.facts.grade)


def _gravity(incident: Incident) -> int:
    grade = incident.facts.grade
    return _GRAVITY.get(grade, len(_GRAVITY)) if grade else len(_GRAVITY)
