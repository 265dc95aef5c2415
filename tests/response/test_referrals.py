"""A referral's life, decided: who has the request, whose word is missing, what may be dangerous."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from liandong.contracts import (
    AlarmCleared,
    AlarmRaised,
    ConfigurationError,
    Envelope,
    ReferralOffered,
    reading,
)
from liandong.contracts.subjects import to_token
from liandong.response.concern import Say
from liandong.response.referral import Phase, Referral, Silence, emergency_id
from liandong.response.referral_rules import ReferralRules, default_rules, read_referral_rules
from liandong.response.referrals import KEPT, referrals
from response.referral_words import (
    ARBITER,
    DRAINAGE,
    HOTLINE,
    POLICE,
    RULES,
    at,
    back,
    known,
    offered,
    said,
)

CONCERN = referrals(RULES)


def after(*events: Envelope) -> Referral:
    """Return the referral after events."""
    referral = None
    for event in events:
        referral = CONCERN.decide(referral, event, event.time).state
    return known(referral)


def owed(referral: Referral, seconds: float) -> tuple[Say, ...]:
    """Return what is owed at a moment."""
    return CONCERN.decide(referral, None, at(seconds)).say


def word_by(referral: Referral) -> datetime:
    """Return by when the next word is awaited."""
    assert referral.wait
    return referral.wait.by


def alarms(referral: Referral, seconds: float) -> list[AlarmRaised]:
    """Return the alarms that are owed at a moment."""
    return [s.event for s in owed(referral, seconds) if isinstance(s.event, AlarmRaised)]


def sent_on(says: Sequence[Say]) -> list[ReferralOffered]:
    """Return what is offered to the emergency side."""
    return [say.event for say in says if isinstance(say.event, ReferralOffered)]


def test_an_offer_stays_the_offerers_until_it_is_taken() -> None:
    """Somebody answers for the request at any moment."""
    referral = after(offered())
    assert (referral.phase, referral.holder) == (Phase.OFFERED, str(POLICE))
    taken = after(offered(), said(HOTLINE, "accepted", 1))
    assert (taken.phase, taken.holder, taken.taken) == (Phase.ACCEPTED, str(HOTLINE), at(1))


def test_nobody_takes_what_was_offered_to_another() -> None:
    """Nor does who says it for another."""
    assert after(offered(), said(DRAINAGE, "accepted", 1)).phase is Phase.OFFERED
    feigned = said(DRAINAGE, "accepted", 1, accepted_by=str(HOTLINE))
    assert after(offered(), feigned).phase is Phase.OFFERED


def test_an_offer_to_a_service_is_the_first_ones_that_answers() -> None:
    """The service chooses; the second one comes too late."""
    answers = said(DRAINAGE, "accepted", 1), said(HOTLINE, "accepted", 2)
    assert after(offered(to_agency=None), *answers).holder == str(DRAINAGE)
    assert after(offered(to_agency=None), said(POLICE, "accepted", 1)).phase is Phase.OFFERED


def test_who_was_asked_and_acts_at_once_has_taken_it() -> None:
    """A foreign system that is looked at every minute may skip the acceptance."""
    working = after(offered(), said(HOTLINE, "progressed", 3))
    assert (working.phase, working.holder) == (Phase.ACCEPTED, str(HOTLINE))
    closed = after(offered(), said(HOTLINE, "closed", 3))
    assert (closed.phase, closed.holder) == (Phase.CLOSED, str(HOTLINE))


@pytest.mark.parametrize("what", ["progressed", "closed", "returned"])
def test_nobody_but_the_holder_acts_on_it(what: str) -> None:
    """Once it was taken, the offerer waits as everybody else does."""
    before = after(offered(), said(HOTLINE, "accepted", 1))
    for other in (POLICE, DRAINAGE):
        fields = {"returned_to": str(HOTLINE)} if what == "returned" else {}
        event = said(other, what, 2, **fields)
        assert CONCERN.decide(before, event, at(2)).state == before


def test_a_return_makes_it_the_offerers_again() -> None:
    """Who then sends it on to another, or sees to it himself."""
    returned = after(offered(), said(HOTLINE, "accepted", 1), said(HOTLINE, "returned", 2))
    assert (returned.phase, returned.holder, returned.returns) == (Phase.RETURNED, str(POLICE), 1)
    again = after(
        offered(),
        said(HOTLINE, "returned", 2),
        offered(3, to_agency=str(DRAINAGE)),
        said(HOTLINE, "accepted", 4),
    )
    assert (again.phase, again.holder) == (Phase.OFFERED, str(POLICE))
    assert after(again.first, said(POLICE, "closed", 5, outcome="withdrawn")).closed


def test_only_the_arbiter_decides_a_dispute() -> None:
    """By offering it to who is to take it; until then it is with whom the dispute names."""
    disputed = after(offered(), said(HOTLINE, "disputed", 1))
    assert (disputed.phase, disputed.holder) == (Phase.DISPUTED, str(POLICE))
    for nobody in (POLICE, DRAINAGE):
        event = offered(2, by=nobody, to_agency=str(DRAINAGE))
        assert CONCERN.decide(disputed, event, at(2)).state == disputed
    decision = offered(3, by=ARBITER, to_agency=str(HOTLINE))
    decided = known(CONCERN.decide(disputed, decision, at(3)).state)
    assert (decided.phase, decided.holder) == (Phase.DECIDED, str(POLICE))
    for again in ("returned", "disputed"):
        assert CONCERN.decide(decided, said(HOTLINE, again, 4), at(4)).state == decided
    taken = known(CONCERN.decide(decided, said(HOTLINE, "accepted", 5), at(5)).state)
    assert (taken.phase, taken.holder) == (Phase.ACCEPTED, str(HOTLINE))


def test_a_decision_names_whom_it_falls_to() -> None:
    """An arbiter who names nobody has decided nothing."""
    disputed = after(offered(), said(HOTLINE, "disputed", 1))
    assert CONCERN.decide(disputed, offered(2, by=ARBITER, to_agency=None), at(2)).state == disputed


def test_who_gives_in_ends_a_dispute() -> None:
    """The arbiter need not decide what nobody disputes any more."""
    events = offered(), said(HOTLINE, "disputed", 1), said(HOTLINE, "accepted", 2)
    assert after(*events).holder == str(HOTLINE)


def test_a_dispute_gives_it_to_nobody_who_was_never_asked() -> None:
    """Nor may a bystander dispute."""
    pushed = said(HOTLINE, "disputed", 1, held_by=str(DRAINAGE))
    assert after(offered(), pushed).holder == str(POLICE)
    assert after(offered(), said(DRAINAGE, "disputed", 1)).phase is Phase.OFFERED


def test_the_offerer_may_dispute_a_return() -> None:
    """As long as they dispute, who it was offered to may have to hold it."""
    event = said(POLICE, "disputed", 2, held_by=str(HOTLINE))
    disputed = after(offered(), said(HOTLINE, "returned", 1), event)
    assert (disputed.phase, disputed.holder) == (Phase.DISPUTED, str(HOTLINE))


@pytest.mark.parametrize(
    ("events", "what", "whom", "seconds"),
    [
        ((), Silence.NOT_TAKEN, HOTLINE, 20),
        ((said(HOTLINE, "accepted", 1),), Silence.NOT_DONE, HOTLINE, 61),
        ((said(HOTLINE, "progressed", 1, expected_datetime=at(9)),), Silence.NOT_DONE, HOTLINE, 9),
        ((said(HOTLINE, "returned", 1),), Silence.NOT_SENT_ON, POLICE, 21),
        ((said(HOTLINE, "disputed", 1),), Silence.NOT_DECIDED, ARBITER, 26),
        ((said(HOTLINE, "disputed", 1, decide_by=at(7)),), Silence.NOT_DECIDED, ARBITER, 7),
    ],
)
def test_every_phase_waits_for_somebodys_word(
    events: tuple[Envelope, ...], what: Silence, whom: Any, seconds: float
) -> None:
    """And people are told of whom, once it should have come."""
    referral = after(offered(), *events)
    assert referral.wait
    assert (referral.wait.what, referral.wait.whom) == (what, str(whom))
    assert referral.wait.by == CONCERN.decide(referral, None, at(1)).due == at(seconds)
    assert alarms(referral, seconds - 0.1) == []
    (alarm,) = alarms(referral, seconds + 0.1)
    assert (alarm.about, alarm.problem) == ("r-1", f"{what}: {whom}")


def test_an_offer_is_answered_before_it_should_be_done() -> None:
    """What should be done within the hour is not left for a day."""
    assert word_by(after(offered(expected_datetime=at(7)))) == at(7)


def test_who_asks_the_same_again_wins_the_other_side_no_time() -> None:
    """But another one who is asked has his own."""
    again = after(offered(), offered(15, summary="A broken lamp, again"))
    assert (word_by(again), again.offered.summary) == (at(20), "A broken lamp, again")
    assert word_by(after(offered(), offered(15, to_agency=str(DRAINAGE)))) == at(35)


def test_a_silence_is_told_of_again_until_it_ends() -> None:
    """Each time once, under one alarm; what was missed while no desk ran is not made up for."""
    silent = after(offered())
    (first,) = owed(silent, 21)
    told = known(CONCERN.decide(silent, back(first), at(21)).state)
    assert owed(told, 29) == ()
    assert CONCERN.decide(told, None, at(29)).due == at(30)
    (later,) = owed(told, 55)
    assert (first.time, later.time) == (at(20), at(50))
    assert first.about != later.about
    assert alarms(silent, 21)[0].alarm_id == alarms(told, 55)[0].alarm_id
    answered = known(CONCERN.decide(told, said(HOTLINE, "accepted", 56), at(56)).state)
    (over,) = owed(answered, 57)
    assert isinstance(over.event, AlarmCleared)
    assert over.event.until == at(56)
    assert owed(known(CONCERN.decide(answered, back(over), at(57)).state), 58) == ()


def test_what_is_long_past_frightens_nobody() -> None:
    """Years of old requests may be read in: nobody is told of them, yet they are seen."""
    old = after(offered(by=HOTLINE, from_service="municipal", to_service="water", summary="gas"))
    year = at(365 * 86_400)
    assert CONCERN.decide(old, None, year).say == ()
    assert CONCERN.decide(old, None, year).due is None
    assert old.overdue(year)
    assert old.feared


def test_an_answer_that_nobody_waited_for_any_more_counts() -> None:
    """Late is better than never."""
    assert after(offered(), said(HOTLINE, "accepted", 999)).phase is Phase.ACCEPTED


@pytest.mark.parametrize(
    ("fields", "service"),
    [
        ({"summary": "A smell of Gas"}, "fire"),
        ({"description": "楼道里有煤气味"}, "fire"),
        ({"service_code": "quarrel"}, "police"),
    ],
)
def test_what_may_turn_dangerous_is_offered_to_the_emergency_side(
    fields: dict[str, str], service: str
) -> None:
    """At once and beside what was said, with a word on which request it is about, and why."""
    first = offered(by=HOTLINE, from_service="municipal", to_service="environment", **fields)
    referral = after(first)
    (say,) = owed(referral, 0)
    (copy,) = sent_on([say])
    assert (copy.to_service, copy.urgency, say.time) == (service, "emergency", at(0))
    assert copy.attributes[-2].values == ("r-1",)
    assert list(CONCERN.threads(back(say))) == [emergency_id("r-1"), "r-1"]
    absorbed = known(CONCERN.decide(referral, back(say), at(1)).state)
    assert (absorbed.phase, owed(absorbed, 1)) == (Phase.OFFERED, ())


def test_a_word_within_another_word_is_no_danger() -> None:
    """Gasoline is none of the words; of words without blanks between them any part is."""
    harmless = offered(by=HOTLINE, from_service="municipal", to_service="environment")
    assert owed(after(harmless), 0) == ()
    calm = offered(by=HOTLINE, from_service="municipal", to_service="water", summary="A gasket")
    assert owed(after(calm), 0) == ()


def test_what_turns_dangerous_later_is_sent_on_as_well() -> None:
    """Whoever finds it out: the one who works on it, or who returns it as an emergency."""
    first = offered(
        by=HOTLINE, from_service="municipal", to_service="water", to_agency=str(DRAINAGE)
    )
    smells = said(DRAINAGE, "progressed", 5, status_notes="It is gas")
    assert [copy.to_service for copy in sent_on(owed(after(first, smells), 5))] == ["fire"]
    urgent = said(DRAINAGE, "returned", 5, returned_to=str(HOTLINE), reason_code="emergency")
    assert [copy.to_service for copy in sent_on(owed(after(first, urgent), 5))] == ["police"]


def test_what_the_emergency_side_gives_away_or_is_given_is_not_sent_there() -> None:
    """It has had it, or has it."""
    own = after(offered(from_service="fire", summary="gas"))
    assert own.feared
    assert owed(own, 0) == ()
    given = offered(by=HOTLINE, from_service="municipal", to_service="fire", summary="gas")
    assert after(given).feared is None


def test_a_closed_referral_is_kept_for_a_week() -> None:
    """So that people still see it; nothing that is said of it changes it."""
    closed = after(offered(), said(HOTLINE, "closed", 5))
    end = at(5) + KEPT
    assert CONCERN.decide(closed, None, at(6)).due == end
    assert CONCERN.decide(closed, None, end).state == closed
    assert CONCERN.decide(closed, None, end + timedelta(seconds=1)).state is None
    for event in (said(HOTLINE, "returned", 6), offered(6)):
        assert CONCERN.decide(closed, event, at(6)).state == closed


def test_nothing_begins_but_by_an_offer() -> None:
    """What is said of an unknown referral is of one that nobody can look up."""
    assert CONCERN.decide(None, said(HOTLINE, "accepted", 1), at(1)).state is None


def test_an_urgency_of_a_later_version_has_the_least_time() -> None:
    """Who does not understand it had better hurry."""
    with reading():
        later = offered(urgency="flash")
    assert word_by(after(later)) == at(5)


def test_a_referral_is_kept_as_it_is() -> None:
    """What is read back from key-value is what was written."""
    kept = TypeAdapter(Referral)
    full = after(
        offered(by=HOTLINE, from_service="municipal", to_service="water", summary="gas"),
        said(HOTLINE, "disputed", 1, held_by=str(HOTLINE)),
    )
    full = known(CONCERN.decide(full, back(owed(full, 40)[-1]), at(40)).state)
    assert full.chase
    assert kept.validate_json(kept.dump_json(full)) == full


def test_the_rules_that_come_along_are_complete() -> None:
    """And say in their own words that a gas leak is the fire service's."""
    leak = offered(from_service="municipal", to_service="water", summary="小区燃气泄漏")
    found = default_rules().danger_in(known(after(leak)).offered, leak.data)
    assert found
    assert found.to_service == "fire"


def test_rules_that_leave_an_urgency_out_are_refused() -> None:
    """Or a silence would last for ever."""
    given = RULES.model_dump(mode="json")
    del given["answer_within_s"]["urgent"]
    with pytest.raises(ValidationError, match="answer_within_s has no urgent"):
        ReferralRules.model_validate(given)
    with pytest.raises(ValidationError, match="neither urgencies"):
        ReferralRules.model_validate(given | {"danger": [{"to_service": "fire", "why": "x"}]})


def test_danger_is_sent_to_an_emergency_service_or_not_at_all() -> None:
    """Or what is offered there would be sent on again, without end."""
    given = RULES.model_dump(mode="json")
    danger = [{"to_service": "utilities", "why": "gas", "words": ["gas"]}]
    with pytest.raises(ValidationError, match="utilities not in emergency_services"):
        ReferralRules.model_validate(given | {"danger": danger})


def test_a_long_name_stays_a_name() -> None:
    """What is offered to the emergency side has a token for a name."""
    assert emergency_id("r" * 64) == to_token("r" * 64 + "-emergency")


def test_a_rules_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    """With what is wrong in it."""
    path = tmp_path / "rules.toml"
    with pytest.raises(ConfigurationError, match="cannot read"):
        read_referral_rules(path)
    path.write_text("grade = ")
    with pytest.raises(ConfigurationError, match="is not TOML"):
        read_referral_rules(path)
    path.write_text("speed = 1")
    with pytest.raises(ConfigurationError, match="speed"):
        read_referral_rules(path)
