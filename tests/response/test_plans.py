"""Plans at work, decided: what is said when, under which name, and what is left alone."""

from pydantic import TypeAdapter

from liandong.contracts import (
    AidAnswered,
    CommandLevelActivated,
    IncidentClassified,
    IncidentReported,
    Location,
    OrderIssued,
    OrderState,
    ReportDue,
)
from liandong.response.plan_library import Case, Library
from liandong.response.plan_proposals import Known, learn, proposals
from liandong.response.plan_simulation import simulate
from liandong.response.plan_state import PlansAtWork, name_told, thread_of
from liandong.response.plan_words import span
from response.plan_parts import (
    DESK,
    FIRE,
    II,
    III,
    INCIDENT,
    IV,
    PLANS,
    SMALL,
    I,
    a_plan,
    activation,
    answer,
    at,
    carried_out,
    cleared,
    fact,
    heard,
    names,
    ordered,
    said,
    take,
    turn,
)

_ALL = [
    "command.level_activated",
    "command.post_established scene",
    "order.issued engines",
    "order.issued cordon",
    "order.issued evacuate",
    "aid.requested aid",
    "report.due first",
    "risk.warning_proposed warn",
]


def test_an_activation_says_all_that_its_level_calls_for() -> None:
    """In an order that makes sense: the level, the posts, then who must act."""
    assert names(carried_out(0, activation(II))[1]) == _ALL
    assert ordered(carried_out(0, activation(IV))[1]) == ["small-lz-7--engines"]


def test_deadlines_count_from_the_activation() -> None:
    """However late a desk looks."""
    said_late = carried_out(500, activation(IV, 10))[1]
    (order,) = [say.event for say in said_late if isinstance(say.event, OrderIssued)]
    (report,) = [say.event for say in said_late if isinstance(say.event, ReportDue)]
    assert (order.receipt_by, order.accept_by) == (at(10 + 60), at(10 + 300))
    assert (report.since, report.due) == (at(10), at(10 + 1800))


def test_a_higher_level_adds_its_own_and_repeats_nothing() -> None:
    """What is added counts its deadlines from the change."""
    state, _ = carried_out(0, activation(III))
    higher = take(state, turn(state, II, 60, before=III))
    more = PLANS.decide(higher, None, at(60)).say
    assert names(more) == [
        "order.issued evacuate",
        "aid.requested aid",
        "risk.warning_proposed warn",
    ]
    assert isinstance(more[0].event, OrderIssued)
    assert more[0].event.accept_by == at(60 + 300)


def test_a_level_that_lies_ahead_is_waited_for() -> None:
    """The desk is told when to look again."""
    state, _ = carried_out(0, activation(III))
    later = take(state, turn(state, II, 60, before=III, ahead=100))
    assert PLANS.decide(later, None, at(60)).say == ()
    assert PLANS.decide(later, None, at(60)).due == at(160)
    assert ordered(PLANS.decide(later, None, at(160)).say) == ["small-lz-7--evacuate"]


def test_an_order_that_a_step_down_took_back_is_issued_anew_when_needed_again() -> None:
    """Under another name: an order that was cancelled stays cancelled."""
    state, _ = carried_out(0, activation(II))
    lower = take(state, turn(state, IV, 60, before=II))
    cancelled = PLANS.decide(lower, None, at(60)).say
    assert names(cancelled) == [
        "order.cancelled cordon cancelled",
        "order.cancelled evacuate cancelled",
    ]
    gone = take(lower, *map(heard, cancelled))
    again = take(gone, turn(gone, II, 90, before=IV))
    orders = ordered(PLANS.decide(again, None, at(90)).say)
    assert orders == ["small-lz-7--cordon--2", "small-lz-7--evacuate--2"]


def test_a_refused_order_that_nobody_took_is_cancelled_and_an_accepted_one_is_not() -> None:
    """Who has begun goes on, even where the order was passed on since."""
    state, _ = carried_out(0, activation(II))
    police = state.tasks["small-lz-7--cordon"].addressee.agency
    by = DESK.parse(police)
    state = take(
        state,
        answer("small-lz-7--cordon", OrderState.REFUSED, 5, by=by),
        answer("small-lz-7--evacuate", OrderState.ACCEPTED, 5, by=by),
    )
    assert state
    lower = take(state, turn(state, IV, 60, before=II))
    assert names(PLANS.decide(lower, None, at(60)).say) == ["order.cancelled cordon cancelled"]


def test_who_begins_after_a_refusal_is_not_called_back() -> None:
    """People change their minds, and somebody may be on the way."""
    state, _ = carried_out(0, activation(II))
    order_id = "small-lz-7--evacuate"
    by = DESK.parse(state.tasks[order_id].addressee.agency)
    refused = answer(order_id, OrderState.REFUSED, 5, by=by)
    after = take(state, refused, answer(order_id, OrderState.ACCEPTED, 6, by=by))
    assert after
    lower = take(after, turn(after, IV, 60, before=II))
    assert names(PLANS.decide(lower, None, at(60)).say) == ["order.cancelled cordon cancelled"]


def test_only_who_has_an_order_answers_it() -> None:
    """What others report of it changes nothing."""
    state, _ = carried_out(0, activation(II))
    other = answer("small-lz-7--cordon", OrderState.ACCEPTED, 5, by=FIRE)
    assert take(state, other) == state


def test_a_response_that_somebody_else_named_is_followed_and_not_begun() -> None:
    """Its level is said by who decided on it."""
    event = activation(II)
    theirs = fact(event).model_copy(update={"response_id": "lz-resp-1"})
    _, all_said = carried_out(0, said(theirs))
    assert not [say for say in all_said if isinstance(say.event, CommandLevelActivated)]
    assert len(all_said) == len(_ALL) - 1


def test_a_plan_that_is_not_known_here_is_kept_and_not_carried_out() -> None:
    """Another edition is another plan."""
    event = activation(II, plan=a_plan(version="2"))
    state, all_said = carried_out(0, event)
    assert all_said == []
    assert len(state.activations) == 1


def test_a_plan_of_this_region_that_another_region_activates_is_not_carried_out() -> None:
    """What a neighbour's command says reaches us too."""
    foreign = DESK.parse("hj/centre/command")
    assert carried_out(0, said(fact(activation(II)), by=foreign))[1] == []


def test_an_old_end_of_the_incident_does_not_end_a_later_plan() -> None:
    """It may be read later than the activation."""
    state, _ = carried_out(0, activation(II, 100))
    assert PLANS.decide(take(state, cleared(50)), None, at(200)).say == ()


def test_what_is_over_is_forgotten_after_a_week() -> None:
    """Until then people can look at it."""
    state, _ = carried_out(10, activation(II), cleared(10))
    week = 7 * 86_400
    assert PLANS.decide(state, None, at(week)).state == state
    assert PLANS.decide(state, None, at(week + 20)).state is None


def test_an_answer_to_a_request_is_remembered() -> None:
    """So that who has not answered can be shown."""
    state, _ = carried_out(0, activation(II))
    name = "small-lz-7--aid"
    decline = {"to_line_id": "1", "answer": "decline", "response_type": "Decline"}
    answered = AidAnswered.model_validate(
        {
            "request_id": name,
            "incident_id": INCIDENT,
            "lender": "hj/centre/command",
            "preceding_message_id": name,
            "lines": [{"line_id": "1", "response": decline}],
        }
    )
    after = take(state, said(answered, 30))
    assert after
    assert f"{name} answered" in after.told


def test_what_no_plan_has_said_is_nobodys() -> None:
    """Most orders and reports come from people; they touch no state of plans."""
    order = carried_out(0, activation(IV))[1][2].event
    assert isinstance(order, OrderIssued)
    assert thread_of(order) == INCIDENT
    own = order.model_copy(update={"order_id": "lz-o-1"})
    assert thread_of(own) is name_told(own) is None


def test_a_state_is_written_and_read_again() -> None:
    """As a desk keeps it."""
    state, _ = carried_out(10, activation(II), cleared(10))
    kept = TypeAdapter(PlansAtWork)
    assert kept.validate_json(kept.dump_json(state)) == state


def test_a_simulation_says_what_the_desk_would() -> None:
    """The same names, without a bus."""
    assert names(simulate(SMALL, [activation(II)]).said) == _ALL


def test_the_closest_plan_comes_first() -> None:
    """One for the kind before one for any, then the narrower area, then the name."""
    any_kind = a_plan(
        plan_id="any",
        trigger={"category": "accident", "grades": ["I", "II"], "areas": ["cn.99.01"]},
    )
    near = a_plan(
        plan_id="near",
        trigger={
            "category": "accident",
            "grades": ["I", "II"],
            "areas": ["cn.99.01"],
            "incident_types": ["HAZMAT"],
        },
    )
    library = Library.of([any_kind, SMALL, near])
    kind = SMALL.trigger.incident_types[0]
    case = Case(SMALL.trigger.category, I, "cn.99.01.03", kind)
    assert [plan.plan_id for plan in library.fitting(case)] == ["near", "small", "any"]


def known(*events: object) -> dict[str, Known]:
    """Return what is known of incidents after events."""
    incidents: dict[str, Known] = {}
    for number, event in enumerate(events):
        learn(incidents, said(event, number))  # pyright: ignore[reportArgumentType]
    return incidents


def test_a_classified_incident_that_fits_a_plan_is_proposed_until_the_plan_is_at_work() -> None:
    """And again at another level, once it is graded otherwise."""
    reported = IncidentReported.model_validate(
        {
            "incident_id": INCIDENT,
            "incident_type": "HAZMAT",
            "location": Location(),
            "summary": "A leak",
        }
    )

    def graded(grade: str) -> IncidentClassified:
        return IncidentClassified.model_validate(
            {
                "incident_id": INCIDENT,
                "category": "accident",
                "grade": grade,
                "agency": "lz/centre/command",
                "decided_by": "duty director",
                "basis": "clause 4.2",
            }
        )

    library = Library.of([SMALL])
    begun = fact(activation(III))
    (new,) = proposals(known(reported, graded("III")).values(), library)
    assert (new.plan.plan_id, new.level, new.level_now) == ("small", III, None)
    assert proposals(known(reported, graded("III"), begun).values(), library) == []
    (worse,) = proposals(known(reported, graded("III"), begun, graded("II")).values(), library)
    assert (worse.level, worse.level_now) == (II, III)


def test_spans_are_read_as_people_write_them() -> None:
    """Days, hours, minutes and seconds, in this order."""
    assert span("1h30m").total_seconds() == 5400
    assert span("2d").total_seconds() == 172_800
