"""The board: which incidents are open, lost or cleared, in what order, and who takes part."""

from datetime import timedelta
from typing import Any

from liandong.contracts import (
    Envelope,
    Event,
    IncidentCleared,
    IncidentMerged,
    MergeDirection,
    ResponseGrade,
)
from liandong.response.incident_board import (
    Wanted,
    board,
    by_grade,
    goes_on_in,
    taken_part_in,
    uncleared,
)
from liandong.response.incident_state import Incident
from liandong.response.incidents import decide
from response.incident_life import FIRE, MEDICAL, POLICE, at, joined, left, reported, said

NOW = at(7200)


def report(name: str, seconds: float = 0, area: str = "cn.99.01", **fields: Any) -> Envelope:
    """Return the report of an incident."""
    return said(reported(name, **fields), seconds, area=area)


def into(name: str, other: str) -> Envelope:
    """Return that an incident goes on in another."""
    event = IncidentMerged(
        incident_id=name,
        other_incident_id=other,
        decided_by="supervisor",
        direction=MergeDirection.REPLACED,
    )
    return said(event, 60)


def over(name: str) -> Envelope:
    """Return that an incident is over."""
    return said(IncidentCleared(incident_id=name, cleared=at(90)), 90)


def known(*events: Envelope) -> dict[str, Incident]:
    """Return the incidents that events add up to."""
    states: dict[str, Incident] = {}
    for event in events:
        if state := decide(states.get(event.key), event, event.time).state:
            states[event.key] = state
    return states


def names(incidents: list[Incident]) -> list[str]:
    """Return the names of incidents."""
    return [one.incident_id for one in incidents]


def test_what_is_uncleared_comes_first_then_what_is_grave_then_what_is_old() -> None:
    """What a duty officer looks at first."""
    states = known(
        report("new", 50),
        report("old", 10),
        report("grave", 90, grade=ResponseGrade.I),
        report("over", 0, grade=ResponseGrade.I),
        over("over"),
    )
    assert names(board(states, Wanted(), NOW)) == ["grave", "old", "new", "over"]
    assert names(uncleared(states)) == ["old", "new", "grave"]
    assert by_grade(states.values()) == {ResponseGrade.I: 2, None: 2}


def test_an_area_holds_what_lies_in_it_and_nothing_that_is_only_spelt_alike() -> None:
    """`cn.99.01` holds `cn.99.01.03`, and not `cn.99.011`."""
    states = known(report("a"), report("b", area="cn.99.01.03"), report("c", area="cn.99.011"))
    assert names(board(states, Wanted(area="cn.99.01"), NOW)) == ["a", "b"]


def test_an_age_is_held_against_the_clock() -> None:
    """Older than two hours is not two hours old."""
    states = known(report("just", 0), report("older", -1))
    wanted = Wanted(older_than=timedelta(hours=2))
    assert names(board(states, wanted, NOW)) == ["older"]


def test_one_that_was_merged_is_cleared_with_the_one_in_which_it_goes_on() -> None:
    """However many merges there were between."""
    states = known(report("a"), report("b"), report("c"), into("a", "b"), into("b", "c"))
    found = goes_on_in(states["a"], states)
    assert found
    assert found.incident_id == "c"
    assert names(uncleared(states)) == ["c"]
    assert names(uncleared(known(report("a"), report("c"), into("a", "c"), over("c")))) == []


def test_one_that_was_merged_into_nothing_is_lost_and_uncleared() -> None:
    """Into one that nobody knows here, or round in a circle: nobody answers for either."""
    assert names(uncleared(known(report("a"), into("a", "nowhere")))) == ["a"]
    circle = known(report("a"), report("b"), into("a", "b"), into("b", "a"))
    assert names(uncleared(circle)) == ["a", "b"]


def test_who_takes_part_in_one_takes_part_in_what_it_becomes() -> None:
    """Unless it was said to have left that one."""

    def parts(*more: Event) -> frozenset[str]:
        events = [said(event, 30) for event in (joined(MEDICAL, 5, "a"), *more)]
        states = known(report("a"), report("b"), *events, into("a", "b"))
        return taken_part_in(states, MEDICAL)

    assert parts() == {"a", "b"}
    assert parts(left(MEDICAL, 40, "b")) == {"a"}
    assert taken_part_in(known(report("a")), POLICE) == {"a"}
    assert taken_part_in(known(report("a")), FIRE) == frozenset()
