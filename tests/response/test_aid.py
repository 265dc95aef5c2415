"""Mutual aid: who is asked, who decides, what is granted, and what is kept."""

import json

from pydantic import TypeAdapter

from liandong.contracts import (
    AidInformationAsked,
    AidReleased,
    AidRequested,
    Envelope,
)
from liandong.contracts.examples import examples
from liandong.response.aid import deciding
from liandong.response.aid_loans import LoanPhase
from liandong.response.aid_state import Aid, LinePhase
from response.aid_course import after, asked, decide, granted, loan, owed, phase, to_ring_one, told
from response.aid_talk import (
    AGREEMENTS,
    BH,
    LZ,
    QS,
    YP,
    answered,
    at,
    committed,
    extension_asked,
    needed,
    ordered,
    recalled,
    released,
    reported,
    requested,
)

# --- Who is asked


def test_a_request_that_names_nobody_goes_to_the_nearest_ring_at_once() -> None:
    """The borrower need not know whom the agreements name."""
    (say,) = owed(after(requested()), 0.1)
    assert asked(say) == (QS, YP)
    assert say.time == at(0)
    assert isinstance(say.event, AidRequested)
    assert say.event.answer_by == at(15)


def test_a_silent_neighbour_widens_the_request_to_the_next_ring() -> None:
    """Only who was not asked is asked, and only for what is still open."""
    aid = after(to_ring_one(), answered(QS, 5, "in_part"))
    assert owed(aid, 14) == ()
    (say,) = owed(aid, 16)
    assert asked(say) == (BH,)
    assert say.time == at(15)
    assert isinstance(say.event, AidRequested)
    (line,) = say.event.lines
    assert line.assignment
    assert line.assignment.quantity
    assert line.assignment.quantity.amount == 1


def test_nobody_waits_for_a_deadline_when_all_have_declined() -> None:
    """Time is lives: the next ring is asked with the last refusal."""
    aid = after(to_ring_one(), answered(QS, 3, "decline"), answered(YP, 4, "decline"))
    (say,) = owed(aid, 4.1)
    assert asked(say) == (BH,)
    assert say.time == at(4)


def test_who_commits_at_once_has_answered() -> None:
    """Nobody waits for the answer that was left out."""
    aid = after(to_ring_one(), committed(QS, 3, "Q1"), answered(YP, 4, "decline"))
    (say,) = owed(aid, 4.1)
    assert (asked(say), say.time) == ((BH,), at(4))


def test_a_request_widens_to_each_neighbour_once() -> None:
    """What was said is known by its name; the last ring is followed by people."""
    aid = told(after(to_ring_one()), 16)
    assert owed(aid, 20) == ()
    (say,) = owed(aid, 26)
    assert isinstance(say.event, AidInformationAsked)
    assert say.event.said_to == LZ
    assert phase(told(aid, 26)) is LinePhase.WITH_PERSON


def test_a_line_that_is_open_is_asked_for_alone() -> None:
    """Each line is met for itself."""
    aid = after(to_ring_one(needed("1"), needed("2", 1)), committed(QS, 5, "Q1", line="2"))
    (say,) = owed(aid, 16)
    assert isinstance(say.event, AidRequested)
    assert [line.line_id for line in say.event.lines] == ["1"]


def test_a_neighbour_outside_the_agreement_s_area_is_not_asked() -> None:
    """Nothing crosses that was not agreed."""
    elsewhere = requested().model_copy(update={"area": "cn.98"})
    limited = AGREEMENTS.model_copy(
        update={
            "agreement": tuple(
                terms.model_copy(update={"areas": ("cn.99",)}) for terms in AGREEMENTS.agreement
            )
        }
    )
    state = deciding("lz", limited)(None, elsewhere, at(0)).state
    assert [type(s.event) for s in deciding("lz", limited)(state, None, at(16)).say] == [
        AidInformationAsked
    ]


def test_another_region_s_requests_are_not_ours_to_chase() -> None:
    """Its own desk does; ours only knows how they stand."""
    state = after(requested())
    assert deciding("qs", AGREEMENTS)(state, None, at(99)).say == ()


def test_nobody_asks_in_another_region_s_name() -> None:
    """A request from elsewhere that names our borrower begins nothing."""
    forged = requested().model_copy(update={"source": answered(YP, 0).source})
    assert decide(None, forged, at(0)).state is None


# --- Who decides


def test_enough_offers_are_handed_to_people() -> None:
    """They choose: nothing is taken by itself."""
    aid = after(to_ring_one(), answered(QS, 3, unit="Q1"), answered(YP, 4, unit="Y1"))
    assert phase(aid) is LinePhase.OFFERED
    (say,) = owed(aid, 4.1)
    assert isinstance(say.event, AidInformationAsked)
    assert say.event.said_to == LZ
    assert granted(aid) == 0


def test_an_order_that_is_not_answered_is_chased_and_handed_back() -> None:
    """Who was chosen is reminded; the borrower's people hear of it."""
    aid = after(
        to_ring_one(),
        answered(QS, 3, unit="Q1", amount=2),
        answered(YP, 3.5, "decline"),
        ordered(3.6, QS, "Q1", 2),
    )
    assert owed(aid, 10) == ()
    to = [s.event.said_to for s in owed(aid, 14) if isinstance(s.event, AidInformationAsked)]
    assert sorted(filter(None, to)) == [LZ, QS]


def test_a_deferred_answer_is_asked_for_once_when_its_time_comes() -> None:
    """It was promised for then."""
    aid = after(to_ring_one(), answered(QS, 3, "deferred", amount=None, until=60))
    aid = told(aid, 59)
    (say,) = owed(aid, 61)
    assert isinstance(say.event, AidInformationAsked)
    assert say.event.said_to == QS
    assert say.time == at(60)
    assert owed(told(aid, 61), 999) == ()


def test_a_deferred_answer_to_a_filled_line_is_not_asked_for() -> None:
    """Nobody needs it any more."""
    aid = after(
        to_ring_one(),
        answered(QS, 3, "deferred", amount=None, until=60),
        committed(YP, 5, "Y1", 2, EstimatedReturnDeparture=600),
    )
    assert [type(say.event) for say in owed(aid, 61)] == []


# --- What is granted


def test_several_lenders_fill_a_line_in_part() -> None:
    """It is filled when the parts make the whole."""
    aid = after(to_ring_one(), committed(QS, 5, "Q1"))
    assert phase(aid) is LinePhase.OPEN
    aid = after(to_ring_one(), committed(QS, 5, "Q1"), committed(YP, 6, "Y1"))
    assert (phase(aid), granted(aid)) == (LinePhase.FILLED, 2)


def test_a_commitment_beyond_the_request_is_refused() -> None:
    """Granted is never more than requested; the lender is told at once."""
    aid = after(
        to_ring_one(), committed(QS, 5, "Q1"), committed(YP, 6, "Y1"), committed(BH, 7, "B1")
    )
    assert granted(aid) == 2
    (say,) = owed(aid, 7.1)
    assert isinstance(say.event, AidReleased)
    assert say.event.lender == BH
    aid = told(aid, 7.1)
    assert loan(aid, "B1").phase is LoanPhase.REFUSED
    assert (phase(aid), owed(aid, 8)) == (LinePhase.FILLED, ())


def test_of_goods_only_what_is_too_much_is_refused() -> None:
    """12 of 20 tonnes are taken, 8 are kept by their owner."""
    aid = after(to_ring_one(needed("1", 12)), committed(QS, 5, None, 20))
    (say,) = owed(aid, 5.1)
    assert isinstance(say.event, AidReleased)
    (line,) = say.event.lines
    assert line.assignment
    assert line.assignment.quantity
    assert line.assignment.quantity.amount == 8
    aid = told(aid, 5.1)
    assert (granted(aid), phase(aid)) == (12, LinePhase.FILLED)


def test_a_unit_that_is_recalled_opens_its_line_again() -> None:
    """It fills it no more; the next ring is asked at once where the time is over."""
    aid = after(
        to_ring_one(), committed(QS, 5, "Q1"), committed(YP, 6, "Y1"), recalled(QS, 30, "Q1")
    )
    assert (phase(aid), granted(aid)) == (LinePhase.OPEN, 1)
    assert loan(aid, "Q1").phase is LoanPhase.GOING_HOME
    (say,) = owed(aid, 30.1)
    assert (asked(say), say.time) == ((BH,), at(30))


def test_a_withdrawn_request_refuses_what_comes_after() -> None:
    """Nobody drives for nothing."""
    cancel = {"recall": {"message_id": "LZ-0", "type": "Cancel"}}
    aid = after(to_ring_one(), requested(6, **cancel), committed(QS, 7, "Q1"))
    assert phase(aid) is LinePhase.WITHDRAWN
    assert [type(say.event) for say in owed(aid, 8)] == [AidReleased]


def test_asking_for_less_than_is_granted_takes_nothing_away() -> None:
    """People release units, not figures."""
    aid = after(to_ring_one(), committed(QS, 5, "Q1", 2), requested(6, needed("1", 1)))
    line = aid.line("1")
    assert line
    assert (line.requested, granted(aid)) == (2, 2)


def test_nobody_answers_for_another_region() -> None:
    """A commitment counts only from the lender's own region."""
    forged = committed(QS, 5, "Q1").model_copy(update={"source": answered(YP, 0).source})
    assert after(to_ring_one(), forged).loans == ()


# --- What is kept


def test_a_thread_is_kept_a_week_after_its_end() -> None:
    """People still see it; then it is forgotten."""
    aid = after(
        to_ring_one(needed("1", 1)),
        committed(QS, 5, "Q1"),
        released(60, "Q1"),
        reported(QS, 90, "Q1", ActualReturnArrival=90),
    )
    assert aid.ended
    week = 7 * 24 * 60
    assert decide(aid, None, at(week)).state is aid
    assert decide(aid, None, at(90 + week + 1)).state is None


def test_a_thread_is_the_same_after_it_was_kept() -> None:
    """What a desk reads back is what it had."""
    aid = told(
        after(
            to_ring_one(),
            answered(QS, 3, "deferred", amount=None, until=60),
            committed(YP, 5, "Y1"),
            extension_asked(6, YP, "Y1", 60),
        ),
        16,
    )
    kept = TypeAdapter(Aid)
    assert kept.validate_json(kept.dump_json(aid)) == aid


def test_the_made_up_examples_are_one_thread() -> None:
    """From request to release, as the contracts show it."""
    documents = [d for name, d in examples().items() if name.startswith("aid.")]
    events = [Envelope.decode(json.dumps(d).encode()) for d in documents]
    thread = [e for e in events if getattr(e.data, "request_id", "") == "lz-aid-0417-1"]
    aid = after(*sorted(thread, key=lambda e: e.time))
    (one,) = aid.loans
    assert (one.unit_id, one.line_id, one.phase) == ("QS-H2", "1", LoanPhase.GOING_HOME)
    assert (one.home_agency, one.where) == ("qs/fire/119-qingshan", "Ring road east, exit 9")
    assert (granted(aid), phase(aid), phase(aid, "2")) == (1, LinePhase.OPEN, LinePhase.OPEN)
    assert aid.questions == ()
