"""Every course that reports may take; and a mistake in what decides them would be noticed."""

from collections.abc import Iterable, Iterator
from types import ModuleType

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.contracts import Envelope
from liandong.response import report_series, reports
from liandong.response.concern import Move
from liandong.response.reporting import Reporting
from response.mutants import mutant
from response.report_life import machine
from response.report_words import (
    CITY,
    COUNTY,
    RULES,
    STATION,
    asked,
    at,
    cleared,
    filed,
    graded,
    reopened,
    reported,
    said,
)

_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]


def play(examples: int, *phases: Phase) -> set[Move]:
    """Play so many courses; return the moves that were made."""
    life = machine(reports.reports(RULES))
    rounds = settings(
        max_examples=examples,
        stateful_step_count=15,
        phases=phases or tuple(Phase),
        report_multiple_bugs=False,
        database=None,
        deadline=None,
        suppress_health_check=_CHECKS,
    )
    run_state_machine_as_test(life, settings=rounds)
    return life.made


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_whatever_happens_every_tier_hears_of_it() -> None:
    """And every move made on the way is one that the diagram shows."""
    assert play(2_000) <= set(reports.reports(RULES).moves)


_ALPHABET = (
    graded("I", 0),
    graded("IV", 0),
    filed(STATION, "county", 0),
    filed(STATION, "county", 0, "follow_up", 2),
    filed(STATION, "county", 0, "final", 3),
    filed(COUNTY, "city", 0, "final", 2),
    cleared(0),
    cleared(0, status="Cancelled"),
    reopened(0),
    said(STATION, "incident.merged", 0),
    said(STATION, "incident.updated", 0, grade="I"),
    asked("plan-7", CITY, "province", 0, 9),
)
_DEEP = (
    reported("I"),
    graded("IV", 1),
    filed(STATION, "county", 2),
    filed(COUNTY, "city", 3),
    filed(CITY, "province", 4),
    filed(STATION, "county", 5, "follow_up", 2),
)


def moves_of(state: Reporting | None, events: Iterable[Envelope], more: int) -> Iterator[Move]:
    """Yield the moves of all courses that begin with one of some events and go on a while."""
    concern = reports.reports(RULES)
    for event in events:
        now = event.model_copy(update={"time": at(9 - more)})
        after = concern.decide(state, now, now.time).state
        assert after
        yield Move(state.phase if state else "", now.data.event, after.phase)
        if more:
            yield from moves_of(after, _ALPHABET, more - 1)


def moves_along(first: Envelope, *events: Envelope) -> Iterator[Move]:
    """Yield the moves of one course."""
    concern = reports.reports(RULES)
    before = concern.decide(None, first, first.time).state
    for event in events:
        after = concern.decide(before, event, event.time).state
        assert before
        assert after
        yield Move(before.phase, event.data.event, after.phase)
        before = after


def test_the_diagram_shows_every_move_and_no_other() -> None:
    """All courses of three events make each of them, but one that takes more."""
    made = {*moves_of(None, map(reported, ("I", "IV", None)), 3), *moves_along(*_DEEP)}
    changes = {move for move in made if move.before != move.after}
    assert changes == {move for move in reports.reports(RULES).moves if move.after}


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        (report_series, "if reporting.void:", "if False:"),
        (report_series, "own + 1 :], own + 1", "own + 1 : own + 2], own + 1"),
        (report_series, "filing.to_tier is self._tier and", ""),
        (report_series, "return self._final() if self._reporting.cleared else", "return"),
        (report_series, "if self.final_filed():", "if False:"),
        (report_series, "in {self._reporting.first_receiver, self._passer}", "is not None"),
        (
            report_series,
            "self._reporting.first_receiver if first else owner.agency",
            "owner.agency",
        ),
        (
            report_series,
            "return min(deadlines, default=None)",
            "return max(deadlines, default=None)",
        ),
        (report_series, "(*at_first, *later)", "(*at_first, *later)[:1]"),
        (report_series, "max(f.number for _, f in self._mine) + 1", "2"),
        (report_series, "reporter=self._passer or own", "reporter=own"),
        (report_series, "since = self._reporting.cleared", "since = self._mine[-1][1].when"),
        (reports, "and not before.filings", ""),
        (reports, "former == owner and who == agency", "False"),
        (
            reports,
            "replace(before, cleared=None, reopened=when, filed_before=known, void=False)",
            "None",
        ),
        (reports, "max(call.chased, chased.reminder_number)", "call.chased"),
        (reports, "call.reminded or when > call.when", "call.reminded"),
        (reports, "one.when < remind_at <= now < one.due", "one.when < remind_at <= now"),
        (reports, "// seconds(rule.chase_every_s) + 1", "// seconds(rule.chase_every_s)"),
        (reports, "filings=(*before.filings, filing)", "filings=(filing,)"),
        (
            reports,
            "grades=(*before.grades, Graded(grade, later))",
            "grades=(Graded(grade, later),)",
        ),
    ],
)
def test_a_mistake_is_noticed(
    module: ModuleType, old: str, new: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each changes one place of what decides; the same courses show it."""
    changed = mutant(module, old, new)
    for name in {"wanted", "decide_by"} & vars(changed).keys():
        monkeypatch.setattr(reports, name, getattr(changed, name))
    with pytest.raises((AssertionError, ExceptionGroup)):
        play(1_000, Phase.generate)
