"""An incident's life, decided."""

from collections.abc import Callable
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from liandong.contracts import (
    Envelope,
    IncidentCategory,
    IncidentClassified,
    IncidentStatus,
    IncidentUpdated,
    LinkDirection,
    Location,
    MergeDirection,
    ResponseGrade,
)
from liandong.response import incident_facts, incidents
from liandong.response.incident_state import Incident, Outcome
from liandong.response.incidents import INCIDENTS, KEPT, decide
from response.incident_life import (
    FIRE,
    MEDICAL,
    POLICE,
    answered,
    at,
    cleared,
    joined,
    left,
    linked,
    machine,
    merged,
    offered,
    reopened,
    reported,
    said,
)
from response.mutants import mutant


def after(*events: Envelope) -> Incident:
    """Return an incident after what was said of it."""
    incident = None
    for event in events:
        incident = decide(incident, event, event.time).state
    assert incident
    return incident


REPORT = said(reported(), 0)
OFFER = offered("o-1", POLICE, FIRE)


def updated(**fields: Any) -> IncidentUpdated:
    """Return an update."""
    return IncidentUpdated.model_validate({"incident_id": "i-1"} | fields)


def test_who_reports_it_answers_for_it() -> None:
    """It is known since the call; a second agency's report makes it no owner."""
    received = at(-90)
    incident = after(said(reported(received=received), 0), said(reported(), 5, FIRE))
    assert (incident.owner, incident.opened) == (POLICE, received)
    assert incident.agencies == {POLICE}


def test_what_is_not_known_is_not_begun_by_a_remark() -> None:
    """An update, or a participant, of an incident that nobody reported here."""
    assert decide(None, said(updated(note="wet"), 0), at(0)).state is None
    assert decide(None, said(joined(FIRE, 0), 0), at(0)).state is None


def test_a_forgotten_incident_that_is_opened_again_is_on_the_board() -> None:
    """Else it would be lost: its first report is long out of the book."""
    incident = after(said(reopened(0), 0, FIRE))
    assert (incident.owner, incident.phase) == (FIRE, "open")


def test_a_refusal_leaves_it_where_it_is_and_names_another() -> None:
    """The owner stays who it was."""
    no = answered(OFFER, 2, yes=False).model_copy(update={"suggested_agency": MEDICAL})
    incident = after(REPORT, said(OFFER, 1), said(no, 2, FIRE))
    assert incident.owner == POLICE
    assert incident.offers["o-1"].outcome is Outcome.REFUSED
    assert incident.offers["o-1"].suggested == MEDICAL


def test_a_late_acceptance_counts() -> None:
    """The agency that said yes acts on it; two agencies in charge are safer than none."""
    late = 4000
    incident = after(REPORT, said(OFFER, 1), said(answered(OFFER, late, yes=True), late, FIRE))
    assert incident.owner == FIRE


def test_an_acceptance_of_a_withdrawn_offer_does_not_count() -> None:
    """The owner has asked another agency since."""
    second = offered("o-2", POLICE, MEDICAL)
    yes = answered(OFFER, 3, yes=True)
    incident = after(REPORT, said(OFFER, 1), said(second, 2), said(yes, 3, FIRE))
    assert incident.owner == POLICE
    assert incident.offer
    assert incident.offer.to == MEDICAL
    assert incident.offers["o-1"].outcome is Outcome.WITHDRAWN


def test_what_others_say_of_its_end_is_noted() -> None:
    """It stays uncleared, and people see who believes that it is over."""
    incident = after(REPORT, said(cleared(5), 5, FIRE))
    assert incident.phase == "open"
    assert incident.called_over == {FIRE: at(5)}
    again = after(REPORT, said(cleared(5), 5), said(reopened(6), 6))
    assert again.called_over == {}


def test_one_that_is_merged_goes_on_in_the_other() -> None:
    """It ends by that; the other one only notes that it takes it in."""
    gone = after(REPORT, said(merged("i-2", MergeDirection.REPLACED), 5))
    assert gone.ended
    assert (gone.phase, gone.ended.into) == ("merged", "i-2")
    stays = after(REPORT, said(merged("i-2", MergeDirection.REPLACING), 5))
    assert (stays.phase, stays.took_in) == ("open", {"i-2"})


def test_the_newest_link_counts() -> None:
    """Also where somebody has judged that the two have nothing to do with one another."""
    link, unlink = linked("i-2", LinkDirection.RELATED), linked("i-2", LinkDirection.UNLINK)
    incident = after(REPORT, said(link, 1), said(unlink, 2), said(link, 1))
    assert incident.links["i-2"].direction is LinkDirection.UNLINK


def test_a_former_owner_takes_part_until_it_leaves() -> None:
    """It knows most of what happened."""
    handed = after(REPORT, said(OFFER, 1), said(answered(OFFER, 2, yes=True), 2, FIRE))
    assert handed.agencies == {FIRE, POLICE}
    gone = decide(handed, said(left(POLICE, 3), 3, POLICE), at(3)).state
    assert gone
    assert gone.agencies == {FIRE}


def test_a_fact_that_nobody_repeats_stays() -> None:
    """An update says what has changed; a classification says only class and grade."""
    judged = IncidentClassified(
        incident_id="i-1",
        category=IncidentCategory.ACCIDENT,
        grade=ResponseGrade.II,
        agency=FIRE,
        decided_by="duty director",
        basis="Chlorine",
    )
    status = updated(status=IncidentStatus.RESOURCES_ON_SCENE)
    facts = after(REPORT, said(status, 1, FIRE), said(judged, 2, FIRE)).facts
    assert (facts.summary, facts.status) == ("Smoke", IncidentStatus.RESOURCES_ON_SCENE)
    assert (facts.grade, facts.category) == (ResponseGrade.II, IncidentCategory.ACCIDENT)


def test_of_one_agency_the_later_word_counts() -> None:
    """A message that was held up changes nothing that the same agency has said since."""
    late, newer = said(updated(summary="Smoke"), 1), said(updated(summary="Fire"), 2)
    assert after(REPORT, newer, late).facts.summary == "Fire"
    assert after(REPORT, newer, said(updated(summary="Out"), 1, FIRE)).facts.summary == "Out"


def test_only_its_owner_moves_it() -> None:
    """Its area is where the owner says that it is; others speak from where they are."""
    moved = updated(location=Location(place="Quay 3"))
    assert after(REPORT, said(moved, 1, FIRE, "cn.99.02")).area == "cn.99.01"
    assert after(REPORT, said(moved, 1, POLICE, "cn.99.02")).area == "cn.99.02"


def test_it_is_forgotten_a_week_after_its_end_was_told() -> None:
    """Until then it is on the board; an open one is never forgotten."""
    ended = after(REPORT, said(cleared(5), 60))
    due = at(60) + KEPT
    assert decide(ended, None, due).state == ended
    assert decide(ended, None, due).due == due
    assert decide(ended, None, due + timedelta(seconds=1)).state is None
    assert decide(after(REPORT), None, due + timedelta(days=365)).state


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_any_life_of_an_incident_keeps_its_rules_and_makes_every_move() -> None:
    """Two thousand lives; the moves that they make are those that the diagram shows."""
    made: set[tuple[str, str, str]] = set()
    life = machine(decide, made)
    run_state_machine_as_test(life, settings=settings(max_examples=2000, stateful_step_count=10))
    drawn = {(m.before, m.on, m.after) for m in INCIDENTS.moves if m.after}
    assert made == drawn


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("or offer.to != str(event.source)", ""),
        ("if offer is None or offer.outcome or", "if offer is None or"),
        ("        case said if owns:\n", "        case said if True:\n"),
        (" or said.offer_id in incident.offers", ""),
        (" if incident.ended else new", " if False else new"),
        ("return reopened is not None and at <= reopened", "return False"),
        (" or said.reopened < incident.ended.at", ""),
        ("ended=end, offers=_withdrawn(incident, end.said)", "ended=end"),
        ("    parts[incident.owner] = Part(at, at)\n", ""),
        ("if said.agency == incident.owner or (before and before.said > at)", "if False"),
        (" or (before and before.said > at)", ""),
        ("owns or str(event.source) == said.agency", "True"),
        (" and (not led_since or event.time >= led_since)", ""),
        ("if not owns or isinstance(said, IncidentClassified)", "if False"),
        ("ended=None, reopened=said.reopened", "ended=None"),
        ("owner=to, led_since=at", "led_since=at"),
        ("return _end(incident, End(at, at, into=other))", "return incident"),
    ],
)
def test_a_life_that_goes_by_another_rule_is_noticed(old: str, new: str) -> None:
    """Each of these changes breaks something that the machine asserts."""
    broken = mutant(incidents, old, new)
    with pytest.raises(AssertionError):
        _run(broken)


def test_a_fact_that_comes_twice_is_noticed() -> None:
    """The rule that absorbs it stands beside the others."""
    broken = mutant(incident_facts, "before is None or (before.at", "True or (before.at")
    lenient: Callable[..., Any] = mutant(
        incidents,
        "from liandong.response.incident_facts import ENDED, learned, opened",
        f"from {broken.__name__} import ENDED, learned, opened",
    ).decide
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine(lenient, set()), settings=_FEW)


_FEW = settings(max_examples=1000, stateful_step_count=15, phases=[Phase.generate], database=None)


def _run(broken: ModuleType) -> None:
    run_state_machine_as_test(machine(broken.decide, set()), settings=_FEW)
