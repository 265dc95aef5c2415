"""What people see of mutual aid: agreements, offers in order, what is lent."""

from pathlib import Path

import pytest

from liandong.contracts import AgreementChanged, ConfigurationError, Envelope
from liandong.contracts.examples import example
from liandong.response.agreements import read_agreements
from liandong.response.aid import deciding
from liandong.response.aid_rank import Ranked, rank
from liandong.response.aid_state import Aid
from liandong.response.aid_view import lent
from response.aid_talk import (
    AGREEMENTS,
    BH,
    LZ,
    QS,
    YP,
    answered,
    at,
    committed,
    needed,
    recalled,
    reported,
    requested,
)

decide = deciding("lz", AGREEMENTS)
ASKED = requested(0, needed("1", 2, by=60), asked_agencies=[QS, YP, BH])


def after(*events: Envelope) -> Aid:
    """Return the thread after events."""
    aid = None
    for event in events:
        aid = decide(aid, event, event.time).state
    assert aid
    return aid


def ranked(*events: Envelope) -> tuple[Ranked, ...]:
    """Return the offers for the first line, the best first."""
    aid = after(ASKED, *events)
    return rank(aid, aid.lines[0], AGREEMENTS)


def lenders(*events: Envelope) -> list[str]:
    """Return who offers, the best first."""
    return [one.offer.lender for one in ranked(*events)]


# --- Offers in order


def test_who_arrives_first_stands_first() -> None:
    """Of plain offers of the same thing."""
    late = answered(QS, 3, unit="Q1", EstimatedArrival=50)
    soon = answered(YP, 4, unit="Y1", EstimatedArrival=40)
    assert lenders(late, soon) == [YP, QS]


def test_a_plain_yes_stands_before_a_condition_and_a_condition_before_later() -> None:
    """Nobody can count on the others."""
    assert lenders(
        answered(QS, 1, "deferred", until=5),
        answered(YP, 2, "provisional", EstimatedArrival=10),
        answered(BH, 3, EstimatedArrival=99),
    ) == [BH, YP, QS]


def test_an_offer_without_a_time_is_judged_by_the_agreement_s_travel_time() -> None:
    """50 minutes from Qingshan, counted from the answer."""
    (one,) = ranked(answered(QS, 3))
    assert (one.arrives, one.late_s) == (at(53), -7 * 60)
    assert "by the agreement's travel time" in one.en
    assert "按协议路程时间" in one.zh


def test_of_an_offer_without_any_time_that_is_said() -> None:
    """It stands last, not first."""
    first, last = ranked(answered(YP, 1), answered(QS, 3, EstimatedArrival=99))
    assert (first.offer.lender, last.arrives, last.late_s) == (QS, None, None)
    assert "nobody said" in last.en


def test_the_order_is_explained_and_says_how_much_to_take() -> None:
    """A person sees why, in both languages, and decides."""
    first, second = ranked(
        answered(QS, 3, unit="Q1", EstimatedArrival=50),
        answered(YP, 4, unit="Y1", amount=2, EstimatedArrival=70),
    )
    assert first.en == (
        "offers 1 of 2; whether it fits nobody said; arrives 08:50Z, 10 min before it is needed."
    )
    assert first.zh == "可提供 1/2；是否相符未说明；08:50Z 到达，提前 10 分钟。"
    assert "10 min too late" in second.en
    assert (first.take, second.take) == (1, 1)


# --- What is lent


def test_a_lender_sees_its_units_until_they_are_home() -> None:
    """Where, in which state, since when, until when; and no other's."""
    aid = after(
        ASKED,
        committed(QS, 5, "Q1", EstimatedReturnDeparture=300),
        committed(YP, 6, "Y1", EstimatedReturnDeparture=300),
        reported(QS, 20, "Q1", "North gate", ActualArrival=18),
    )
    (mine,) = lent([aid], at(30), lender=QS)
    assert (mine.loan.unit_id, mine.loan.where, mine.loan.since) == ("Q1", "North gate", at(18))
    assert (mine.borrower, mine.loan.until, mine.late) == (LZ, at(300), False)
    assert lent([aid], at(301), lender="qs")[0].late
    assert [one.loan.unit_id for one in lent([aid], at(30), borrower=LZ)] == ["Q1", "Y1"]


def test_a_recalled_unit_is_seen_on_its_way_home_and_not_after() -> None:
    """The lender has it again when it says so."""
    away = (ASKED, committed(QS, 5, "Q1"), recalled(QS, 9, "Q1"))
    assert [one.loan.phase.value for one in lent([after(*away)], at(10))] == ["going_home"]
    home = after(*away, reported(QS, 40, "Q1", ActualReturnArrival=39))
    assert lent([home], at(41)) == ()


# --- Agreements


def test_the_sample_s_rings_are_asked_from_near_to_far() -> None:
    """It is made up, and whole."""
    sample = read_agreements()
    near = sample.next_ring("lz", "cn.99.01", at(0), ())
    asked = [name for terms in near for name in terms.neighbours]
    far = sample.next_ring("lz", "cn.99.01", at(0), asked)
    assert [terms.ring for terms in (*near, *far)] == [1, 1, 2]
    assert sample.next_ring("lz", "cn.99.01", at(0), [*asked, "bh"]) == ()


def test_an_agreement_that_was_changed_asks_as_it_now_says() -> None:
    """Only in its areas and times; one that ended asks nobody."""
    changed = AgreementChanged.model_validate(example("agreement.changed.v1")["data"])
    now = read_agreements().after([changed])
    names = [t.to_region for t in now.next_ring("lz", "cn.99.01.03.01", changed.since, ())]
    assert names == ["qs", "yp"]
    elsewhere = [t.to_region for t in now.next_ring("lz", "cn.99.01.04", changed.since, ())]
    assert elsewhere == ["yp"]
    ended = read_agreements().after([changed.model_copy(update={"terms": ()})])
    assert "qs" not in [t.to_region for t in ended.agreement]


def test_a_file_that_is_wrong_says_where(tmp_path: Path) -> None:
    """Nobody guesses who is asked."""
    path = tmp_path / "agreements.toml"
    path.write_text('[[agreement]]\nagreement_id = "a"\nfrom_region = "lz"\n', "utf-8")
    with pytest.raises(ConfigurationError, match="to_region"):
        read_agreements(path)
