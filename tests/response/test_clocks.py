"""Clocks, decided: whatever agencies say in whatever order, and whenever one looks."""

from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase as HPhase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from pydantic import TypeAdapter

from liandong.contracts import (
    ConfigurationError,
    Envelope,
    IncidentMerged,
    IncidentStatus,
    IncidentUpdated,
    MergeDirection,
    SecondaryUnitStatus,
)
from liandong.response import clocks as real
from liandong.response import runs as real_runs
from liandong.response.clock_figures import clock_figures, nearest_rank
from liandong.response.clock_rules import read_clock_rules
from liandong.response.clocks import Course, clocks, decided
from liandong.response.concern import Move
from liandong.response.runs import Phase
from response.clock_life import (
    FIRE,
    POLICE,
    SHIPPED,
    after,
    at,
    cleared,
    machine,
    owed,
    phases,
    reported,
    said,
    unit,
    with_clocks,
)
from response.mutants import mutant

REACT = with_clocks("react")
ROLL = with_clocks("roll")
UPDATE = {"incident_id": "lz-1", "status": IncidentStatus.FIRE_UNDER_CONTROL}


def test_a_clock_starts_when_the_call_came_not_when_it_was_heard_of() -> None:
    """The report was entered 40 s after the call: a minute has passed since the call."""
    assert owed(reported(40, received=0), seconds=61, rules=REACT) == [
        "react started at 0",
        "react breached 60 at 60",
    ]


def test_to_stop_exactly_at_the_threshold_is_in_time() -> None:
    """The time allowed is allowed."""
    events = (reported(0), unit("Dispatched", 60))
    assert owed(*events, seconds=400, rules=REACT) == [
        "react started at 0",
        "react stopped within at 60",
    ]


def test_each_threshold_is_told_of_while_the_clock_runs() -> None:
    """And none that it stopped before."""
    assert owed(reported(0), seconds=181, rules=REACT)[1:] == [
        "react breached 60 at 60",
        "react breached 180 at 180",
    ]
    late = (reported(0), unit("Dispatched", 90))
    assert owed(*late, seconds=400, rules=REACT)[1:] == ["react stopped after at 90"]


def test_a_breach_says_the_same_however_late_a_desk_looks() -> None:
    """Two desks say one event: its time and its numbers are those of the threshold."""
    course = after(reported(0), rules=REACT)
    early, late = (decided(course, None, at(s), REACT).say[1] for s in (61, 170))
    assert early == late


def test_units_have_clocks_of_their_own() -> None:
    """Whoever arrives first stops the incident's clock, each unit only its own."""
    events = (reported(0), unit("Dispatched", 30), unit("Dispatched", 30, "P7"))
    stood = phases(*events, unit("OnScene", 100, "P7"), seconds=211)
    assert {name: str(phase) for name, phase in stood.items() if "turnout" not in name} == {
        "react": "within",
        "attend": "within",
        "resolve": "running",
        "roll E1": "late",
        "roll P7": "within",
    }


def test_two_agencies_may_have_a_unit_of_one_name() -> None:
    """A unit's name is unique within its own agency only; a lent one is its home's."""
    lent = unit("Dispatched", 5, home_agency=str(POLICE))
    course = after(unit("Dispatched", 0), lent, rules=ROLL)
    found = list(real.runs(course, ROLL))
    assert [(run.agency, run.unit_id) for run in found] == [(str(FIRE), "E1"), (str(POLICE), "E1")]
    assert len({run.clock_id for run in found}) == 2


def test_a_false_alarm_voids_what_runs() -> None:
    """Called off, closed without anybody sent, or taken into another incident."""
    merged = IncidentMerged(
        incident_id="lz-1",
        other_incident_id="lz-2",
        direction=MergeDirection.REPLACED,
        decided_by="duty officer",
        reason="one fire",
    )
    for end in (cleared(20, IncidentStatus.CANCELLED), cleared(20), said(merged, 20)):
        assert phases(reported(0), end, seconds=90, rules=REACT) == {"react": Phase.VOID}


def test_a_unit_that_is_freed_on_its_way_is_not_late() -> None:
    """Its clocks are void; a unit that arrived without saying that it left has no turnout."""
    freed = (unit("Dispatched", 0), unit("EnRoute", 9), unit("Cleared", 20))
    assert phases(*freed, seconds=999, rules=ROLL) == {"roll E1": Phase.VOID}
    silent = (unit("Dispatched", 0), unit("OnScene", 50))
    assert phases(*silent, seconds=999, rules=with_clocks("turnout")) == {"turnout E1": Phase.VOID}


def test_on_the_way_to_the_hospital_is_not_on_the_way() -> None:
    """What qualifies a state says what is meant."""
    leaving = unit("EnRoute", 9, qualified_by=(SecondaryUnitStatus.HOSPITAL,))
    course = after(unit("Dispatched", 0), leaving)
    assert course.first("en_route") is None


def test_times_out_of_order_are_void() -> None:
    """Nobody knows how long it took; nobody was late."""
    events = (unit("OnScene", 5), unit("Dispatched", 9))
    assert phases(*events, seconds=999, rules=ROLL) == {"roll E1": Phase.VOID}
    assert owed(*events, seconds=999, rules=ROLL)[-1] == "roll stopped void at 9"


def test_what_happens_at_once_took_no_time() -> None:
    """A stop at its start is in time; an end at a start voids it."""
    assert phases(unit("Dispatched", 5), unit("OnScene", 5), seconds=9, rules=ROLL) == {
        "roll E1": Phase.WITHIN
    }
    assert phases(unit("Dispatched", 5), cleared(5, IncidentStatus.CANCELLED), seconds=9) == {
        "roll E1": Phase.VOID,
        "turnout E1": Phase.VOID,
    }


def test_an_incident_tells_of_its_units_where_they_do_not() -> None:
    """Its status stops the incident's clock, and no unit's."""
    update = IncidentUpdated(incident_id="lz-1", status=IncidentStatus.RESOURCES_ON_SCENE)
    events = (reported(0), unit("Dispatched", 10), said(update, 50))
    stood = phases(*events, seconds=60)
    assert (stood["attend"], stood["roll E1"]) == (Phase.WITHIN, Phase.RUNNING)


def test_what_is_old_is_counted_and_not_said() -> None:
    """Calls of a file from years ago are not called late one by one today."""
    course = after(reported(0), unit("Dispatched", 90), rules=REACT)
    years = REACT.model_copy(update={"kept_s": 31_622_400.0})
    assert decided(course, None, at(3_000_000), years).say == ()
    (figure,) = clock_figures([reported(0), unit("Dispatched", 90)], REACT, at(3_000_000))
    assert (figure.times_s, figure.breached) == ((90.0,), (1, 0, 0))


def test_an_incident_that_nobody_speaks_of_is_forgotten() -> None:
    """A week after the last word."""
    course = after(reported(0), unit("Dispatched", 90))
    week = 604_800 + 90
    assert decided(course, None, at(week), SHIPPED).state
    assert decided(course, None, at(week + 1), SHIPPED).state is None


def test_a_clock_may_be_of_one_kind_of_agency() -> None:
    """Where the police must be there in three minutes and others need not."""
    rules = with_clocks("roll")
    police = rules.clock[0].model_copy(update={"kinds": ("police",)})
    rules = rules.model_copy(update={"clock": (police,)})
    events = (unit("Dispatched", 0), unit("Dispatched", 0, "P7"))
    assert list(phases(*events, seconds=1, rules=rules)) == ["roll P7"]


def test_a_course_is_kept_and_read_again() -> None:
    """As JSON, in key-value."""
    course = after(reported(0), unit("Dispatched", 9), unit("OnScene", 50, "P7"))
    adapter = TypeAdapter(Course)
    assert adapter.validate_json(adapter.dump_json(course)) == course


def test_figures_need_no_clock() -> None:
    """Events alone do: what goes on is held against the latest of them."""
    (figure,) = clock_figures([reported(0), said(IncidentUpdated(**UPDATE), 200)], REACT)
    assert (figure.running, figure.breached) == (1, (1, 1, 0))
    assert clock_figures([], REACT) == ()


def test_percentiles_are_times_that_were_taken() -> None:
    """The nearest rank: never a mean of two."""
    assert nearest_rank((10.0, 20.0, 30.0, 40.0), 50) == 20
    assert nearest_rank((10.0, 20.0, 30.0, 40.0), 90) == 40
    assert nearest_rank((10.0,), 95) == 10
    assert nearest_rank((), 95) is None


def test_other_signs_fold_the_log_anew() -> None:
    """States of other rules are kept apart; thresholds change nothing that is kept."""
    other = SHIPPED.model_copy(update={"moment": {**SHIPPED.moment, "joined": ()}})
    assert clocks(other).version != clocks().version == clocks(REACT).version


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('event = "incident.cleared"', 'event = "incident.cleard"', "no contract incident.cleard"),
        ('\nat = "received"', '\nat = "recieved"', "incident.reported has no recieved"),
        ('"OnScene"', '"OnScen"', "secondary_status of unit.status is never OnScen"),
        ("[60, 180, 300]", "[60, 60, 300]", "react: the thresholds do not rise"),
        ('stops_at = "dispatched"', 'stops_at = "received"', "starts and stops at received"),
        ('["called_off"]', '["caled_off"]', "no event shows caled_off"),
        ('name = "roll"', 'name = "react"', "two clocks of the name react"),
        ("news_s =", "news =", "no such field"),
        ("[[clock]]", "[[clock]", "is not TOML"),
    ],
)
def test_rules_that_are_wrong_are_refused_by_name(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    """Whoever wrote them is told what and where."""
    shipped = Path(str(real.__file__)).with_name("clock_rules.toml").read_text("utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigurationError, match=fault):
        read_clock_rules(path)


def test_rules_that_are_not_there_are_refused(tmp_path: Path) -> None:
    """With the name that was looked for."""
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_clock_rules(tmp_path / "nowhere.toml")


def test_clocks_live_as_their_diagram_says() -> None:
    """Every invariant holds in every life, and the lives make all the moves drawn and no other."""
    made: set[tuple[str, str, str]] = set()
    lives = settings(max_examples=250, stateful_step_count=15)
    run_state_machine_as_test(machine(real, made), settings=lives)
    assert {Move(*move) for move in made} == set(real.MOVES)


CLOCKS, RUNS = "clocks", "runs"
MUTATIONS = [
    (CLOCKS, "min(known.get(moment, new), new)", "max(known.get(moment, new), new)"),
    (CLOCKS, "return min(\n            (found", "return max(\n            (found"),
    (CLOCKS, "one.time >= start.time", "one.time < start.time"),
    (CLOCKS, "end = stop or _voided(rule, start, came)", "end = stop"),
    (CLOCKS, "missed=stop is None", "missed=False"),
    (CLOCKS, "if moment in rules.of_units else _INCIDENT", 'if moment else ""'),
    (CLOCKS, "event is None and forgotten < now", "event is None and forgotten <= now"),
    (CLOCKS, "next_due(every, now) or forgotten, forgotten", "forgotten, forgotten"),
    (CLOCKS, "said=heard(course.said, event.data)", "said=course.said"),
    (RUNS, "threshold_s < elapsed_s", "threshold_s <= elapsed_s"),
    (RUNS, "if (due := run.due(threshold_s)) < now", "if (due := run.due(threshold_s)) <= now"),
    (RUNS, "self.missed or self.end.time < self.start.time", "self.missed"),
    (RUNS, "if time > now - news", "if time <= now"),
    (RUNS, 'f"{run.clock_id} {about}" not in said', "about not in said"),
    (RUNS, "if run.end is None]", "if run.end]"),
    (RUNS, "        return\n    for number", "    for number"),
    (RUNS, "end, max(end.time, run.start.time))", "end, end.time)"),
    (RUNS, "return Phase.VOID", "return Phase.AFTER"),
]


def mutated(where: str, old: str, new: str) -> ModuleType:
    """Return the clocks with one place changed: there, or in the runs that they are made of."""
    if where == CLOCKS:
        return mutant(real, old, new)
    changed, copy = mutant(real_runs, old, new), mutant(real, "_INCIDENT = ", "_INCIDENT = ")
    for name in ("Mark", "Run", "heard", "mark", "next_due", "owed"):
        setattr(copy, name, getattr(changed, name))
    return copy


@pytest.mark.parametrize(("where", "old", "new"), MUTATIONS)
def test_a_mistake_is_noticed(where: str, old: str, new: str) -> None:
    """One place changed, and some life breaks an invariant."""
    lives = settings(
        max_examples=100,
        stateful_step_count=15,
        database=None,
        report_multiple_bugs=False,
        phases=[HPhase.generate],
    )
    changed = machine(mutated(where, old, new), set())
    with pytest.raises((AssertionError, ValueError)):
        run_state_machine_as_test(changed, settings=lives)


HEARD = (
    reported(40, received=0),
    unit("Dispatched", 50),
    unit("OnScene", 200),
    unit("Dispatched", 45, "P7"),
    unit("Cleared", 120, "P7"),
)


@given(st.permutations(HEARD))
def test_the_order_in_which_agencies_are_heard_does_not_matter(order: list[Envelope]) -> None:
    """What each says is in the log; when it was stored is nobody's fault."""
    assert after(*order) == after(*HEARD)
    assert clock_figures(order, SHIPPED, at(999)) == clock_figures(HEARD, SHIPPED, at(999))
