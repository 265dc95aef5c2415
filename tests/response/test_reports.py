"""The reports on an incident, decided: which are due, of whom, by when, and who is reminded."""

from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from liandong.contracts import ConfigurationError, Envelope, ReportDue, ReportOverdue
from liandong.response.concern import Say
from liandong.response.report_rules import ReportRules, default_rules, read_report_rules
from liandong.response.reporting import Phase, Reporting
from liandong.response.reports import KEPT, reports
from response.report_words import (
    CITY,
    COUNTY,
    GRADES,
    POLICE,
    PROVINCE,
    RULES,
    STATION,
    asked,
    at,
    back,
    cleared,
    filed,
    graded,
    reopened,
    reported,
    said,
    taken_over,
)

CONCERN = reports(RULES)


def after(*events: Envelope) -> Reporting:
    """Return the reports after events."""
    reporting = None
    for event in events:
        reporting = CONCERN.decide(reporting, event, event.time).state
    assert reporting
    return reporting


def heard(reporting: Reporting, seconds: float) -> Reporting:
    """Return them once all that is owed at a moment was said and heard."""
    for say in owed(reporting, seconds):
        reporting = after_that(reporting, back(say))
    return reporting


def after_that(reporting: Reporting, event: Envelope) -> Reporting:
    """Return them after one event more."""
    state = CONCERN.decide(reporting, event, event.time).state
    assert state
    return state


def owed(reporting: Reporting, seconds: float) -> tuple[Say, ...]:
    """Return what is owed at a moment."""
    return CONCERN.decide(reporting, None, at(seconds)).say


def chases(reporting: Reporting, seconds: float) -> list[ReportOverdue]:
    """Return the chases that are owed at a moment."""
    return [say.event for say in owed(reporting, seconds) if isinstance(say.event, ReportOverdue)]


def due(reporting: Reporting) -> list[tuple[str, str, int, float]]:
    """Return what is to be filed: to which tier, by whom, its number, by which second."""
    return [
        (one.to_tier.value, one.reporter, one.number, (one.due - at(0)).total_seconds())
        for one in reporting.wanted
    ]


@pytest.mark.parametrize(("grade", "within"), [(g, row[1]) for g, row in GRADES.items()])
def test_a_grade_says_when_the_first_report_is_due(grade: str, within: int) -> None:
    """Of who learned of it first, to the tier above."""
    reporting = after(reported(grade))
    assert due(reporting) == [("county", str(STATION), 1, within)]
    (say,) = owed(reporting, 0)
    assert isinstance(say.event, ReportDue)
    assert (say.event.first_receiver, say.event.to_agencies) == (str(STATION), (str(COUNTY),))
    assert owed(after_that(reporting, back(say)), 1) == ()


def test_the_time_counts_from_when_the_call_was_received() -> None:
    """Not from when it was entered, where its grade was clear from the beginning."""
    entered = said(STATION, "incident.reported", 8, grade="I", received=at(2))
    assert due(after(entered)) == [("county", str(STATION), 1, 12)]


def test_an_incident_without_a_grade_needs_no_report() -> None:
    """Most are none of the tiers' business; once it is judged to be, the time counts from there."""
    reporting = after(reported(None))
    assert (due(reporting), reporting.phase) == ([], Phase.NOTHING_DUE)
    judged = after(reported(None), graded("II", 50))
    assert due(judged) == [("county", str(STATION), 1, 70)]


def test_the_first_report_stays_with_who_learned_of_it_first() -> None:
    """首接首报: even once another answers for the incident, who owes the later ones."""
    moved = after(reported(), taken_over(POLICE, STATION, 2))
    assert due(moved) == [("county", str(STATION), 1, 10)]
    by_another = after_that(moved, filed(POLICE, "county", 3))
    assert due(by_another) == [("county", str(STATION), 1, 10)]
    done = after_that(moved, filed(STATION, "county", 4))
    assert due(done)[0] == ("county", str(POLICE), 2, 24)


def test_what_a_tier_receives_is_due_to_the_next_one() -> None:
    """Station, county, city, province: each passes it on within its own time."""
    first = after(reported(), filed(STATION, "county", 4))
    assert due(first) == [("county", str(STATION), 2, 24), ("city", str(COUNTY), 1, 9)]
    second = after_that(first, filed(COUNTY, "city", 8))
    assert ("province", str(CITY), 1, 13) in due(second)
    third = after_that(second, filed(CITY, "province", 12))
    assert due(third) == [("county", str(STATION), 2, 24)]
    more = after_that(third, filed(STATION, "county", 20, "follow_up", 2))
    assert due(more) == [("county", str(STATION), 3, 40), ("city", str(COUNTY), 2, 25)]


def test_a_grade_says_how_far_up_it_goes() -> None:
    """What is slight stays in the county, with neither follow-up nor pass."""
    assert due(after(reported("IV"), filed(STATION, "county", 4))) == []


def test_nobody_reports_for_another() -> None:
    """A report counts that its own reporter sends."""
    feigned = said(
        POLICE,
        "report.filed",
        3,
        report_id="lz-1-county-1",
        reporter=str(STATION),
        to_tier="county",
        stage="first",
        series_number=1,
    )
    assert due(after(reported(), feigned)) == [("county", str(STATION), 1, 10)]


def test_a_graver_grade_adds_tiers_and_hastens() -> None:
    """What was filed stays filed; what is asked for already is asked for sooner."""
    slight = after(reported("IV"))
    assert due(slight) == [("county", str(STATION), 1, 40)]
    grave = after_that(heard(slight, 0), graded("I", 20))
    assert due(grave) == [("county", str(STATION), 1, 30)]
    assert [say.event.due for say in owed(grave, 20)] == [at(30)]  # type: ignore[attr-defined]
    told = after(reported("IV"), filed(STATION, "county", 5), graded("I", 20))
    assert due(told) == [("county", str(STATION), 2, 40), ("city", str(COUNTY), 1, 25)]
    assert len(told.filings) == 1


def test_a_slighter_grade_takes_nothing_back() -> None:
    """A deadline that was set holds; later ones are the slighter grade's."""
    lowered = after(reported("I"), graded("III", 3))
    assert due(lowered) == [("county", str(STATION), 1, 10)]
    later = after_that(lowered, filed(STATION, "county", 5))
    assert due(later)[0] == ("county", str(STATION), 2, 45)


def test_clearing_asks_for_the_final_report_and_every_tier_passes_it_on() -> None:
    """A follow-up that was due then is due no more."""
    over = after(
        reported("III"),
        filed(STATION, "county", 4),
        filed(COUNTY, "city", 5),
        cleared(30),
    )
    assert (due(over), over.phase) == ([("county", str(STATION), 2, 130)], Phase.DUE)
    final = after_that(over, filed(STATION, "county", 40, "final", 2))
    assert due(final) == [("city", str(COUNTY), 2, 55)]
    done = after_that(final, filed(COUNTY, "city", 50, "final", 2))
    assert (due(done), done.phase) == ([], Phase.OVER)


def test_what_was_none_needs_no_report() -> None:
    """Unless one was filed: then a final one says so."""
    assert due(after(reported(), cleared(3, status="Cancelled"))) == []
    filed_first = reported(), filed(STATION, "county", 2), cleared(3, status="Cancelled")
    assert due(after(*filed_first))[0] == ("county", str(STATION), 2, 103)


def test_what_goes_on_in_another_incident_is_reported_there() -> None:
    """Twice the same report would be one too many."""
    assert due(after(reported(), said(STATION, "incident.merged", 3))) == []


def test_what_is_opened_again_is_reported_on_again() -> None:
    """Even after its final report."""
    events = reported("III"), filed(STATION, "county", 4), cleared(30)
    final = filed(STATION, "county", 31, "final", 2)
    assert due(after(*events, final, reopened(50)))[0] == ("county", str(STATION), 3, 90)


def test_a_reporter_is_reminded_before_and_chased_after_the_deadline() -> None:
    """Each time once; what was missed while no desk ran is not made up for."""
    told = heard(after(reported()), 0)
    assert CONCERN.decide(told, None, at(0)).due == at(7)
    (reminder,) = owed(told, 8)
    assert (reminder.event, reminder.time) == (told.calls[0].asked, at(7))
    reminded = after_that(told, back(reminder))
    assert (owed(reminded, 9), CONCERN.decide(reminded, None, at(9)).due) == ((), at(10))
    (first,) = chases(reminded, 11)
    assert (first.reminder_number, first.overdue_s, first.told_agencies) == (1, 0, ())
    (third,) = chases(heard(reminded, 11), 35)
    assert (third.reminder_number, third.overdue_s) == (3, 20)
    assert third.told_agencies == (str(COUNTY), str(CITY))
    late = after_that(heard(reminded, 35), filed(STATION, "county", 36))
    assert chases(late, 36) == []


def test_no_deadline_passes_without_a_word_while_no_desk_runs() -> None:
    """The report is asked for first, and chased at once."""
    (ask,) = owed(after(reported()), 15)
    assert isinstance(ask.event, ReportDue)
    assert [c.reminder_number for c in chases(heard(after(reported()), 15), 15)] == [1]


def test_where_nobody_is_on_duty_the_owner_reports_to_every_tier() -> None:
    """A site that has named nobody leaves no tier out."""
    concern = reports(RULES.model_copy(update={"duty": ()}))
    state = None
    for event in (reported("III"), filed(STATION, "county", 4)):
        state = concern.decide(state, event, event.time).state
    assert state
    assert due(state) == [("county", str(STATION), 2, 44), ("city", str(STATION), 1, 19)]
    assert state.wanted[0].to_agencies == ()


def test_a_report_that_climbed_past_a_tier_counts_above() -> None:
    """In need one may report to the top at once; the tiers between hear of it all the same."""
    jumped = after(reported(), filed(STATION, "province", 3))
    assert due(jumped) == [("county", str(STATION), 1, 10)]
    below = after_that(after_that(jumped, filed(STATION, "county", 4)), filed(COUNTY, "city", 5))
    assert [tier for tier, *_ in due(below)] == ["county"]


def test_what_a_plan_asks_for_is_chased_too() -> None:
    """Whoever said that it is due; under whatever name it is filed."""
    planned = after(reported("IV"), asked("plan-7", PROVINCE, "province", 1, 6))
    assert ("province", str(PROVINCE), 1, 6) in due(planned)
    assert [chase.report_id for chase in chases(planned, 7)] == ["plan-7"]
    assert len(due(after_that(planned, filed(PROVINCE, "province", 8)))) == 1


def test_only_the_owner_updates_a_grade_and_hands_the_incident_on() -> None:
    """Anyone may say something of an incident; who judges it classifies it."""
    by_another = said(POLICE, "incident.updated", 2, grade="I")
    assert after(reported("IV"), by_another).grade == "IV"
    assert after(reported("IV"), said(STATION, "incident.updated", 2, grade="I")).grade == "I"
    stolen = taken_over(POLICE, CITY, 2)
    assert after(reported(), stolen).owners[-1].agency == str(STATION)


def test_reports_are_kept_for_a_week_after_the_last_one() -> None:
    """So that people still see them."""
    over = after(reported(None), cleared(5))
    assert CONCERN.decide(over, None, at(6)).due == at(5) + KEPT
    assert CONCERN.decide(over, None, at(5) + KEPT + timedelta(seconds=1)).state is None


def test_nothing_is_due_of_an_incident_that_nobody_reported() -> None:
    """Its first receiver is not known."""
    assert CONCERN.decide(None, graded("I", 1), at(1)).state is None


def test_reports_are_kept_as_they_are() -> None:
    """What is read back from key-value is what was written."""
    kept = TypeAdapter(Reporting)
    full = heard(after(reported(), filed(STATION, "county", 4), cleared(30)), 40)
    plain = full.reported.model_copy()
    again = kept.validate_json(kept.dump_json(full))
    assert (again.calls, again.wanted, again.filings) == (full.calls, full.wanted, full.filings)
    assert again.reported.data == plain.data


def test_the_rules_that_come_along_are_complete() -> None:
    """Graver is sooner and higher."""
    rules = [default_rules().of(grade) for grade in default_rules().grade]
    assert [rule.up_to for rule in rules] == ["province", "province", "city", "county"]
    times = [rule.first_within_s for rule in rules]
    assert times == sorted(times)


def test_rules_that_leave_a_grade_out_are_refused() -> None:
    """Or nobody would be asked."""
    given = RULES.model_dump(mode="json")
    del given["grade"]["II"]
    with pytest.raises(ValidationError, match="no rule for grade II"):
        ReportRules.model_validate(given)


def test_a_rules_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """With what is wrong in it."""
    path = tmp_path / "rules.toml"
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_report_rules(path)
    path.write_text("grade = ")
    with pytest.raises(ConfigurationError, match="is not TOML"):
        read_report_rules(path)
    path.write_text("speed = 1")
    with pytest.raises(ConfigurationError, match="speed"):
        read_report_rules(path)
