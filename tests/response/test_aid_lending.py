"""Mutual aid: what is lent, from commitment until it is home."""

import pytest

from liandong.contracts import (
    AidDeploymentAsked,
    AidInformationAsked,
)
from liandong.response.aid_loans import LoanPhase
from response.aid_course import after, decide, granted, loan, owed, to_ring_one, told
from response.aid_talk import (
    LZ,
    QS,
    at,
    committed,
    extension_answered,
    extension_asked,
    needed,
    recalled,
    released,
    reported,
    return_answered,
    return_asked,
)


def test_a_unit_is_followed_until_it_is_home() -> None:
    """Step by step; an earlier step told late changes nothing."""
    aid = after(
        to_ring_one(),
        committed(QS, 5, "Q1", EstimatedReturnDeparture=300),
        reported(QS, 20, "Q1", "Ring road", ActualDeparture=12),
    )
    one = loan(aid, "Q1")
    assert (one.phase, one.since, one.where, one.until) == (
        LoanPhase.UNDER_WAY,
        at(12),
        "Ring road",
        at(300),
    )
    steps = [
        reported(LZ, 60, "Q1", ActualArrival=59),
        reported(QS, 61, "Q1", ActualDeparture=12),
        released(200, "Q1"),
        reported(QS, 260, "Q1", ActualReturnArrival=255),
    ]
    seen = []
    for event in steps:
        state = decide(aid, event, event.time).state
        assert state
        aid = state
        seen.append(loan(aid, "Q1").phase)
    assert seen == [
        LoanPhase.AT_WORK,
        LoanPhase.AT_WORK,
        LoanPhase.GOING_HOME,
        LoanPhase.HOME,
    ]


@pytest.mark.parametrize(
    ("step", "to"),
    [("committed", QS), ("under_way", QS), ("at_work", LZ), ("going_home", QS)],
)
def test_a_late_step_is_asked_about_once(step: str, to: str) -> None:
    """Whoever has the unit is asked where it is."""
    events = {
        "committed": committed(QS, 5, "Q1", 2, EstimatedDeparture=10),
        "under_way": reported(QS, 6, "Q1", ActualDeparture=6, EstimatedArrival=10),
        "at_work": reported(QS, 7, "Q1", ActualArrival=7, EstimatedReturnDeparture=10),
        "going_home": reported(QS, 8, "Q1", ActualReturnDeparture=8, EstimatedReturnArrival=10),
    }
    so_far = list(events)[: list(events).index(step) + 1]
    aid = after(to_ring_one(), *[events[name] for name in so_far])
    assert owed(aid, 9) == ()
    (say,) = owed(aid, 11)
    assert isinstance(say.event, AidDeploymentAsked)
    assert (say.event.said_to, say.time) == (to, at(10))
    assert owed(told(aid, 11), 12) == ()


def test_an_extension_counts_once_its_lender_has_granted_it() -> None:
    """Until then the old promise stands, and its lender is reminded."""
    lent = [to_ring_one(), committed(QS, 5, "Q1", 2, EstimatedReturnDeparture=300)]
    aid = after(*lent, extension_asked(100, QS, "Q1", 500))
    assert loan(aid, "Q1").until == at(300)
    (say,) = (s for s in owed(aid, 111) if isinstance(s.event, AidInformationAsked))
    assert isinstance(say.event, AidInformationAsked)
    assert say.event.said_to == QS
    events = (*lent, extension_asked(100, QS, "Q1", 500))
    aid = after(*events, extension_answered(QS, 105, "Q1"))
    assert loan(aid, "Q1").until == at(500)
    assert aid.questions == ()
    refused = after(*events, extension_answered(QS, 105, "Q1", "decline"))
    assert (loan(refused, "Q1").until, refused.questions) == (at(300), ())


def test_a_return_that_is_asked_for_is_promised_or_declined() -> None:
    """The borrower answers; silence is chased."""
    lent = [
        to_ring_one(),
        committed(QS, 5, "Q1", 2),
        reported(QS, 20, "Q1", ActualArrival=20),
        return_asked(QS, 100, "Q1", 150),
    ]
    aid = after(*lent)
    assert loan(aid, "Q1").asked_back == at(150)
    (say,) = owed(aid, 111)
    assert isinstance(say.event, AidInformationAsked)
    assert say.event.said_to == LZ
    assert after(*lent, return_answered(105, QS, "Q1")).questions == ()
    kept = after(*lent, return_answered(105, QS, "Q1", "decline"))
    assert (loan(kept, "Q1").asked_back, kept.questions) == (None, ())


def test_a_released_unit_can_be_lent_again() -> None:
    """A new commitment is a new loan."""
    aid = after(
        to_ring_one(needed("1", 1)),
        committed(QS, 5, "Q1"),
        recalled(QS, 9, "Q1"),
        reported(QS, 10, "Q1", ActualReturnArrival=10),
        committed(QS, 11, "Q1"),
    )
    assert [one.phase for one in aid.loans] == [LoanPhase.HOME, LoanPhase.COMMITTED]
    assert granted(aid) == 1


def test_a_part_of_goods_is_released() -> None:
    """The rest stays with the borrower; what was taken still counts."""
    aid = after(
        to_ring_one(needed("1", 12)), committed(QS, 5, None, 12), released(60, "", 5, line="x-1")
    )
    assert [(one.phase, one.amount) for one in aid.loans] == [
        (LoanPhase.COMMITTED, 7),
        (LoanPhase.GOING_HOME, 5),
    ]
    assert granted(aid) == 12
