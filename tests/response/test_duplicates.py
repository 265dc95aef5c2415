"""Likely duplicates: made-up pairs, and a county's real calls to three services."""

import csv
import random
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from liandong.adapters.police.cad import CadExports, CadSettings
from liandong.adapters.sdk import Document, Journal
from liandong.contracts import (
    Agency,
    Discipline,
    Envelope,
    IncidentReported,
    LinkDirection,
    Location,
    Point,
)
from liandong.response.duplicates import Likeness, likely_duplicates
from liandong.response.incident_state import Incident
from liandong.response.incidents import decide
from response.incident_life import FIRE, POLICE, cleared, linked, reported, said

HERE = Location(point=Point.at(120.63, 30.53))


def incident(
    name: str, seconds: float, by: str, *, location: Location = HERE, **fields: Any
) -> Incident:
    """Return an incident that an agency has reported."""
    event = said(reported(name, location=location, **fields), seconds, by)
    state = decide(None, event, event.time).state
    assert state
    return state


MINE = incident("i-1", 0, POLICE, incident_type="FSTRU")
THEIRS = incident("i-2", 120, FIRE, incident_type="FSTRU")


def proposed(*incidents: Incident) -> list[tuple[str, str]]:
    """Return the pairs that are proposed."""
    found = likely_duplicates(incidents)
    return [(one.first.incident_id, one.second.incident_id) for one in found]


def test_two_agencies_that_report_one_kind_in_one_place_at_one_time_are_proposed() -> None:
    """And the reason is said in both languages."""
    (found,) = likely_duplicates([THEIRS, MINE])
    assert (found.first, found.second) == (MINE, THEIRS)
    assert found.in_words() == "2 min apart, 0 m apart, same kind"
    assert found.in_words("zh") == "时间相差2分钟，相距约0米，警情类型相同"
    assert found.score == pytest.approx(1 - 2 / 30, abs=0.001)


@pytest.mark.parametrize(
    "other",
    [
        incident("i-2", 120, POLICE, incident_type="FSTRU"),
        incident("i-2", 1801, FIRE, incident_type="FSTRU"),
        incident("i-2", 120, FIRE, location=Location(point=Point.at(120.65, 30.53))),
        incident("i-2", 120, FIRE, location=Location(place="Quay 3")),
        incident("i-2", 120, FIRE, incident_type="BITE"),
    ],
    ids=["same agency", "an hour later", "two kilometres away", "no place", "another kind"],
)
def test_what_is_not_alike_is_not_proposed(other: Incident) -> None:
    """One agency tells its own apart; the rest lacks time, place or kind."""
    assert proposed(MINE, other) == []


def test_what_a_person_has_judged_is_not_proposed_again() -> None:
    """Linked, or said to have nothing to do with one another; nor what is over."""
    for direction in (LinkDirection.RELATED, LinkDirection.UNLINK):
        event = said(linked("i-2", direction), 200)
        judged = decide(MINE, event, event.time).state
        assert judged
        assert proposed(judged, THEIRS) == []
    over = decide(MINE, said(cleared(200), 200), said(cleared(200), 200).time).state
    assert over
    assert proposed(over, THEIRS) == []


def test_an_uncertain_place_and_an_address_count_as_far_as_they_go() -> None:
    """A radius widens what is near; without points the addresses must be the same."""
    rough = Location(point=Point.at(120.64, 30.53), uncertainty_m=1000)
    assert proposed(MINE, incident("i-2", 60, FIRE, location=rough)) == [("i-1", "i-2")]
    crossing, same = Location(address="Road 1 & Road 3"), Location(address="ROAD 1 &  Road 3")
    pair = (
        incident("i-1", 0, POLICE, location=crossing, disciplines=(Discipline.FIRE,)),
        incident("i-2", 60, FIRE, location=same, disciplines=(Discipline.FIRE,)),
    )
    (found,) = likely_duplicates(pair)
    assert found.in_words() == "1 min apart, same address, services in common"


ROWS = 3_000


def calls_of(path: Path, journal: Journal) -> Iterator[tuple[Incident, tuple[str, str]]]:
    """Yield calls as each service's own incident, found up to 150 m off, and their crossing."""
    settings = {"name": "cad", "agency": "mc/centre/911", "area": "us.pa.091"}
    source = CadExports(CadSettings.model_validate(settings), journal)
    lines = path.read_bytes().splitlines(keepends=True)
    off = random.Random(7)  # noqa: S311  not for secrets
    with path.open(newline="", encoding="utf-8") as file:
        for number, row in enumerate(islice(csv.DictReader(file), ROWS), 1):
            body = lines[0] + lines[number]
            (draft,) = source.translate(Document(body, "x", "x", "text/csv; charset=utf-8"))
            report = draft.event
            assert isinstance(report, IncidentReported)
            assert report.location.point
            east, north = report.location.point.coordinates
            moved = Point.at(east + off.uniform(-1, 1) * 0.0015, north + off.uniform(-1, 1) * 0.001)
            changes = {"incident_id": f"c-{number}", "location": Location(point=moved)}
            service = Agency("mc", row["title"].partition(":")[0].lower(), "911")
            event = Envelope(
                source=service,
                time=draft.time,
                area="us.pa.091",
                data=report.model_copy(update=changes),
            )
            state = decide(None, event, event.time).state
            assert state
            yield state, (row["addr"], row["twp"])


def test_real_calls_to_three_services_are_found_to_be_one(data_dir: Path, tmp_path: Path) -> None:
    """Of the pairs that name one crossing within ten minutes, nine in ten are proposed.

    Two thirds of what is proposed names one crossing; most of the rest are two names of one place.
    The calls are Montgomery County's (PA) 911 feed, ODbL.
    """
    with Journal(tmp_path / "journal") as journal:
        calls = list(calls_of(data_dir / "dispatch" / "montco-911-2015-12_2016-01.csv", journal))
    crossing = {state.incident_id: where for state, where in calls}

    def is_one(pair: Likeness) -> bool:
        return crossing[pair.first.incident_id] == crossing[pair.second.incident_id]

    found = likely_duplicates(state for state, _ in calls)
    at_one = [
        (a.incident_id, b.incident_id)
        for i, (a, where) in enumerate(calls)
        for b, there in calls[i + 1 : i + 100]
        if where == there and a.owner != b.owner and b.opened - a.opened < timedelta(minutes=10)
    ]
    proposals = {frozenset((one.first.incident_id, one.second.incident_id)) for one in found}
    assert len(at_one) > 100
    assert sum(frozenset(pair) in proposals for pair in at_one) / len(at_one) > 0.9
    assert sum(map(is_one, found)) / len(found) > 0.6
