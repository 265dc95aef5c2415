"""What a review says follows from the log alone, whatever stands in it."""

import pytest

from liandong.contracts import (
    AidAnswered,
    AidRequested,
    ClockBreached,
    ClockStarted,
    ClockStopped,
    Deadline,
    IncidentMerged,
    OrderCancelled,
    OrderEscalated,
    OrderExpired,
    OrderState,
    ReferralAccepted,
    ReferralClosed,
    ReferralReturned,
    ReportDue,
    ReportFiled,
)
from liandong.contracts.examples import example
from liandong.response.review import Errand, Heard
from review.happening import (
    ABROAD,
    COMMAND,
    DESK,
    FIRE,
    INCIDENT,
    POLICE,
    WORKS,
    answered,
    at,
    letter,
    measured,
    on_referral,
    ordered,
    position,
    referral,
    refused,
    reported,
    reviewed,
    said,
    stored,
)

ACCEPTED, DONE, RECEIVED, REFUSED = (
    OrderState.ACCEPTED,
    OrderState.DONE,
    OrderState.RECEIVED,
    OrderState.REFUSED,
)


def took(errand: Errand) -> tuple[float | None, float | None, float | None]:
    """Return the seconds until received, from there until answered, from there until done."""
    return errand.seconds("received"), errand.seconds("answered"), errand.seconds("done")


def test_an_order_is_followed_from_its_issue_to_its_end() -> None:
    """Receipt is not acceptance: each step is timed from the one before it."""
    log = [
        reported(),
        ordered("o-1", 10, unit_id="e-1"),
        answered("o-1", RECEIVED, 12),
        answered("o-1", ACCEPTED, 42),
        answered("o-1", DONE, 642),
    ]
    (errand,) = reviewed(log).errands
    assert (errand.asked_by, errand.agency, errand.unit) == (str(COMMAND), str(FIRE), "e-1")
    assert took(errand) == (2, 30, 600)
    assert (errand.ending, errand.missed) == ("done", ())


def test_an_order_that_was_only_received_was_never_answered() -> None:
    """With the deadline that passed, also where nobody chased it."""
    log = [
        reported(),
        ordered("o-1", 0, receipt_by=10, accept_by=30),
        answered("o-1", RECEIVED, 1),
        reported(60),
    ]
    found = reviewed(log)
    (errand,) = found.unanswered
    assert [(one.deadline, one.due, one.answered) for one in errand.missed] == [
        (Deadline.ACCEPTANCE, at(30), None)
    ]
    assert (found.figures.unanswered, found.figures.orders_overdue) == (1, 1)


def test_a_deadline_is_missed_from_its_very_moment_on() -> None:
    """Who chases an order, or gives it up, says so as of that moment."""
    facts = example("order.expired.v1")["data"] | {
        "order_id": "o-1",
        "incident_id": INCIDENT,
        "asked": [{"agency": str(FIRE)}],
    }
    expired = said(OrderExpired.model_validate(facts), 30, DESK)
    (errand,) = reviewed([ordered("o-1", 0, accept_by=30), expired]).errands
    assert (errand.ending, [one.due for one in errand.missed]) == ("expired", [at(30)])


def test_an_answer_at_the_very_moment_is_in_time() -> None:
    """The deadline is the last moment that will do."""
    assert reviewed([ordered("o-1", 0, accept_by=30), answered("o-1", ACCEPTED, 30)]).late == []


def test_a_promise_never_shortens_the_time_that_an_order_gives() -> None:
    """Who says that it takes ten minutes has until the order's own deadline, which is later."""
    working = answered("o-1", OrderState.IN_PROGRESS, 10)
    log = [ordered("o-1", 0, complete_by=3600), working, reported(3000)]
    assert reviewed(log).late == []


def test_nine_of_ten_were_not_slower_than_the_p90() -> None:
    """By nearest rank: a delay that somebody really had."""
    log = [ordered(f"o-{n}", 0) for n in range(10)]
    log += [answered(f"o-{n}", ACCEPTED, 10 * (n + 1)) for n in range(10)]
    (delay,) = reviewed(log).delays
    assert (delay.count, delay.median_s, delay.p90_s, delay.longest_s) == (10, 55, 90, 100)


def test_a_late_answer_is_an_answer_and_late() -> None:
    """Both are said."""
    log = [ordered("o-1", 0, accept_by=30), answered("o-1", ACCEPTED, 45)]
    (errand,) = reviewed(log).late
    assert (errand.missed[0].answered, errand.answered) == (at(45), at(45))


def test_a_deadline_that_is_still_to_come_is_not_missed() -> None:
    """A review looks until the last event, no further."""
    assert reviewed([ordered("o-1", 0, accept_by=30), reported(20)]).late == []


def test_what_somebody_else_reports_of_an_order_changes_nothing() -> None:
    """Only who has it now answers it."""
    log = [ordered("o-1", 0), answered("o-1", ACCEPTED, 5, by=WORKS)]
    assert reviewed(log).errands[0].answered is None


def test_an_order_that_is_passed_on_is_an_errand_of_each_whom_it_reached() -> None:
    """So that it is seen who did not answer, and who did."""
    facts = example("order.escalated.v1")["data"] | {
        "order_id": "o-1",
        "incident_id": INCIDENT,
        "step_number": 1,
        "escalated_from": {"agency": str(FIRE)},
        "addressee": {"agency": str(WORKS)},
        "next_in_line": [],
    }
    step = said(OrderEscalated.model_validate(facts), 31, DESK)
    log = [ordered("o-1", 0, accept_by=30), step, step, answered("o-1", ACCEPTED, 40, by=WORKS)]
    first, second = reviewed(log).errands
    assert (first.agency, first.ending, first.answered) == (str(FIRE), "passed_on", None)
    assert (second.agency, second.step_number, second.answered) == (str(WORKS), 1, at(40))


def test_an_order_that_is_cancelled_in_time_misses_nothing() -> None:
    """After its end nothing is expected."""
    facts = example("order.cancelled.v1")["data"] | {
        "order_id": "o-1",
        "incident_id": INCIDENT,
        "addressees": [{"agency": str(FIRE)}],
    }
    cancelled = said(OrderCancelled.model_validate(facts), 20, COMMAND)
    (errand,) = reviewed([ordered("o-1", 0, accept_by=30), cancelled, reported(90)]).errands
    assert (errand.ending, errand.missed) == ("cancelled", ())


def test_an_order_that_is_replaced_ends_with_the_one_that_replaces_it() -> None:
    """Nobody waits for its answer any more."""
    log = [ordered("o-1", 0), ordered("o-2", 50, supersedes="o-1")]
    assert [errand.ending for errand in reviewed(log).errands] == ["replaced", ""]


def test_clocks_that_differ_make_no_negative_delay() -> None:
    """What seems to come before its cause took no time, and is not lost."""
    early = answered("o-1", ACCEPTED, -3).event
    assert early
    (errand,) = reviewed([ordered("o-1", 0), stored(early, 1)]).errands
    assert (errand.answered, errand.seconds("answered")) == (at(-3), 0.0)


@pytest.mark.parametrize("to", [str(WORKS), None])
def test_a_referral_is_timed_from_its_offer_to_who_took_it(to: str | None) -> None:
    """Whether it was offered to an agency or to a service as a whole."""
    log = [
        referral(0, to),
        on_referral(ReferralAccepted, 60, accepted_by=str(WORKS)),
        on_referral(ReferralClosed, 660, closed_by=str(WORKS)),
    ]
    (errand,) = reviewed(log).errands
    assert (errand.kind, errand.agency) == ("referral", str(WORKS))
    assert took(errand) == (None, 60, 600)


def test_a_referral_that_comes_back_is_offered_anew() -> None:
    """Each offer is an errand of its own."""
    back = on_referral(
        ReferralReturned, 30, returned_by=str(WORKS), returned_to=str(POLICE), suggested_agency=None
    )
    log = [referral(0), back, referral(60)]
    assert [errand.ending for errand in reviewed(log).errands] == ["returned", ""]


def aid(contract: type, seconds: float, source: object, **facts: object) -> Heard:
    """Return a message about aid."""
    base = example(contract.type_name())["data"] | {
        "request_id": "a-1",
        "incident_id": INCIDENT,
        **facts,
    }
    return said(contract.model_validate(base), seconds, source)


def asked_for_aid(**whom: object) -> Heard:
    """Return a request for aid; of an agency, a region, or everybody."""
    named = {"asked_agencies": [], "asked_regions": [], "lender": None} | whom
    facts = {"borrower": str(COMMAND), "answer_by": at(300).isoformat()}
    return aid(AidRequested, 0, COMMAND, **facts, **named)


@pytest.mark.parametrize(
    "whom", [{"asked_agencies": [str(ABROAD)]}, {"asked_regions": ["hj"]}, {}], ids=str
)
def test_aid_is_timed_from_its_asking_to_its_answer(whom: dict[str, object]) -> None:
    """However it was asked for, the answer is the lender's."""
    answer = aid(AidAnswered, 90, ABROAD, lender=str(ABROAD), borrower=str(COMMAND))
    (errand,) = reviewed([asked_for_aid(**whom), answer]).errands
    assert (errand.kind, errand.agency, took(errand)) == ("aid", str(ABROAD), (None, 90, None))


def test_a_neighbour_who_never_answers_is_named() -> None:
    """Also where the whole region was asked."""
    asked = asked_for_aid(asked_agencies=[str(ABROAD)], asked_regions=["qs"])
    answer = aid(AidAnswered, 90, ABROAD, lender=str(ABROAD), borrower=str(COMMAND))
    found = reviewed([asked, answer, reported(400)])
    assert [errand.agency for errand in found.unanswered] == ["qs/*"]


def test_a_report_that_was_filed_late_missed_its_deadline() -> None:
    """Reports are owed, as orders are."""
    base = {"report_id": "p-1", "incident_id": INCIDENT, "reporter": str(POLICE)}
    times = {"since": at(0).isoformat(), "due": at(1800).isoformat()}
    due = example("report.due.v1")["data"] | base | times
    filed = {k: v for k, v in due.items() if k not in {"since", "due", "rule"}} | {"summary": "x"}
    log = [
        said(ReportDue.model_validate(due), 1, DESK),
        said(ReportFiled.model_validate(filed), 2000, POLICE),
    ]
    found = reviewed(log)
    assert found.errands[0].missed[0].answered == at(2000)
    assert found.figures.reports_overdue == 1


def test_clocks_say_how_long_they_ran_and_what_was_allowed() -> None:
    """From their own events, in whatever order those came."""
    run = {"clock_id": "c-1", "incident_id": INCIDENT, "clock": "react", "started": at(0)}
    run |= {"starts_at": "received", "stops_at": "dispatched", "agency": str(FIRE)}
    begun = ClockStarted.model_validate(
        run | {"start_event_id": "x" * 32, "thresholds_s": [60, 90]}
    )
    late = ClockBreached.model_validate(
        run | {"breach_number": 1, "threshold_s": 60, "elapsed_s": 60}
    )
    ended = ClockStopped.model_validate(
        run | {"outcome": "after", "limit_s": 60, "elapsed_s": 75, "stop_event_id": "y" * 32}
    )
    found = reviewed([said(e, n, DESK) for n, e in enumerate((begun, late, ended), 70)])
    (clock,) = found.clocks
    assert (clock.elapsed_s, clock.limit_s, clock.outcome) == (75, 60, "after")
    assert found.figures.breaches == 1


def test_a_rejected_message_is_told_with_its_reason_and_without_its_words() -> None:
    """What stood there may be anybody's words."""
    (rejection,) = reviewed([reported(), refused(5)]).rejected
    found = example("message.rejected.v1")["data"]["faults"][0]
    assert rejection.sender == str(FIRE)
    assert rejection.faults[0] == (found["path"], found["expected"])


def test_a_rejection_and_the_dead_letter_that_it_names_are_one() -> None:
    """A letter that nobody told of is one more."""
    letters = [letter("a" * 32), letter("b" * 32)]
    found = reviewed([reported(), refused(5, letter="a" * 32)], letters=letters).rejected
    assert [one.dead_letter[0] for one in found] == ["a", "b"]
    assert (found[1].number, found[1].reason) == (301, "bad payload")


def test_measurements_are_one_line_from_the_lowest_to_the_highest() -> None:
    """The peak is what matters afterwards."""
    (line,) = reviewed([measured(r, n) for n, r in enumerate((0.2, 4.8, 0.1))]).timeline
    assert (line.count, line.until) == (3, at(2))
    assert "0.1" in line.words["en"]
    assert "4.8" in line.words["en"]


def test_after_a_long_silence_positions_are_another_run() -> None:
    """A unit that comes again the next hour is seen to come again."""
    found = reviewed([position("e-1", 0), position("e-1", 60), position("e-1", 3600)])
    assert [line.count for line in found.timeline] == [2, 1]


def test_restricted_text_is_nowhere_in_a_review() -> None:
    """A reason may name a person."""
    found = reviewed([ordered("o-1", 0), answered("o-1", REFUSED, 5)])
    assert "555-0100" not in found.model_dump_json()


def test_other_incidents_that_it_was_merged_with_are_named() -> None:
    """So that their reviews are read too."""
    facts = example("incident.merged.v1")["data"]
    facts |= {"incident_id": INCIDENT, "other_incident_id": "lz-2"}
    assert reviewed([said(IncidentMerged.model_validate(facts), 0, COMMAND)]).related == ("lz-2",)


def test_a_review_of_nothing_is_empty() -> None:
    """And no error."""
    found = reviewed([])
    assert (found.begins, found.timeline, found.figures.events) == (None, (), 0)
