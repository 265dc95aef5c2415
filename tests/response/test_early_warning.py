"""Early warnings, decided: whatever agencies say in whatever order, and whenever one looks."""

from itertools import product
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import Phase as HPhase
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import run_state_machine_as_test
from pydantic import TypeAdapter

from liandong.contracts import (
    ClockBreached,
    ClockStarted,
    ConfigurationError,
    IncidentCategory,
    Milestone,
    RiskConclusion,
)
from liandong.response import early_warning as real
from liandong.response import warning_facts as real_facts
from liandong.response import warning_steps as real_steps
from liandong.response.warning_rules import Assessor, read_warning_rules
from liandong.response.warning_steps import phase_of, steps
from response.mutants import mutant
from response.warning_life import SCRIPTS, WarningLife, machine, play
from response.warning_words import (
    AUTHORITY,
    CLUE_ID,
    FIRE,
    LEAD,
    NOTICER,
    RULES,
    START,
    after,
    alerted,
    assessed,
    at,
    clue,
    ended,
    ordered,
    phase,
    proposed,
    reviewed,
    said,
    waiting,
)

WARN, TASK, WATCH, CLOSE = (
    RiskConclusion.WARN,
    RiskConclusion.TASK,
    RiskConclusion.WATCH,
    RiskConclusion.CLOSE,
)
UNHURRIED = RULES.model_copy(update={"news_s": 9_999_999.0})


def test_each_step_has_an_owner_and_a_deadline() -> None:
    """From the clue to the review, as the events say who and by when, else as the rules do."""
    events = [clue(0)]
    assert waiting(*events) == [("assess", str(NOTICER), 1_800)]
    events.append(assessed(600, WARN))
    assert waiting(*events) == [("propose", str(LEAD), 1_500)]
    events.append(proposed(700, decide_by=1_000))
    assert waiting(*events) == [("issue", str(AUTHORITY), 1_000)]
    events.append(alerted(900))
    assert waiting(*events) == [("task", str(LEAD), 1_800)]
    events.append(ordered(1_000, complete=5_000))
    assert waiting(*events) == [("handle", str(FIRE), 5_000)]
    events.append(ended(4_000, "o-1", "done"))
    assert waiting(*events) == [("review", str(LEAD), 4_000 + 1_209_600)]
    assert phase(*events) == "reviewing"
    events.append(reviewed(9_000))
    assert waiting(*events) == []
    assert phase(*events) == "closed"


def test_who_is_late_is_chased_three_times() -> None:
    """At the deadline, a quarter of an hour later and an hour later; each at its time."""
    says = real.decided(after(clue(0)), None, at(99_000), UNHURRIED).say
    told = [(type(say.event).__name__, (say.time - START).total_seconds()) for say in says]
    assert told == [
        ("ClockStarted", 0),
        ("ClockBreached", 1_800),
        ("ClockBreached", 2_700),
        ("ClockBreached", 5_400),
    ]
    breach = says[1].event
    assert isinstance(breach, ClockBreached)
    assert (breach.clock, breach.agency) == ("warning-assess", str(NOTICER))
    assert says[1].cause.correlation == CLUE_ID


def test_an_order_with_a_deadline_of_its_own_is_chased_by_the_order_desk() -> None:
    """One without one is chased here."""
    for complete, chased in ((5_000, False), (None, True)):
        loop = after(clue(0), assessed(60, TASK), ordered(90, complete=complete))
        says = real.decided(loop, None, at(80_000), RULES).say
        clocks = {say.event.clock for say in says if isinstance(say.event, ClockBreached)}
        assert ("warning-handle" in clocks) is chased


def test_a_place_may_name_who_assesses() -> None:
    """By what it could become and where; the first that fits."""
    places = (
        Assessor(agency=str(AUTHORITY), areas=("cn.98",)),
        Assessor(agency=str(FIRE), categories=(IncidentCategory.ACCIDENT,)),
        Assessor(
            agency=str(LEAD), categories=(IncidentCategory.NATURAL_DISASTER,), areas=("cn.99",)
        ),
    )
    rules = RULES.model_copy(update={"assessor": places})
    (step,) = steps(after(clue(0)).facts, "r-1", rules)
    assert step.owner == str(LEAD)


def test_what_is_watched_is_assessed_again_by_when_it_says() -> None:
    """Else after the time that the rules allow; a warning that says how long it holds, as well."""
    assert waiting(clue(0), assessed(9, WATCH, valid=500)) == [("reassess", str(LEAD), 500)]
    assert waiting(clue(0), assessed(9, WATCH)) == [("reassess", str(LEAD), 21_609)]
    both = [("propose", str(LEAD), 909), ("reassess", str(LEAD), 500)]
    assert sorted(waiting(clue(0), assessed(9, WARN, valid=500))) == sorted(both)


def test_a_new_assessment_ends_what_the_old_one_asked_for() -> None:
    """A warning that was proposed is not waited for once the agencies think otherwise."""
    turned = (clue(0), assessed(9, WARN), proposed(20), assessed(30, CLOSE, 2))
    assert waiting(*turned) == []
    assert phase(*turned) == "closed"
    (step,) = [s for s in steps(after(*turned).facts, "r-1", RULES) if s.name.value == "issue"]
    assert step.void


def test_orders_of_a_wider_incident_are_not_the_risks() -> None:
    """Where the clue is part of an incident, only what answers the risk's own events counts."""
    incident = "incident-00000000000"
    begun = clue(0, correlation=incident)
    theirs = ordered(5, "o-9", correlation=incident, causation=incident)
    ours = ordered(6, "o-1", correlation=incident, causation=CLUE_ID)
    assert [name for name, _, _ in waiting(begun, theirs)] == ["assess"]
    assert [name for name, _, _ in waiting(begun, theirs, ours)] == ["assess", "handle"]


def test_an_order_passed_on_is_waited_for_from_the_next_in_line() -> None:
    """And one that was over goes on then."""
    events = (clue(0), assessed(9, TASK), ordered(20), ended(30, "o-1", "escalated"))
    assert waiting(*events) == [("handle", str(NOTICER), 14_420)]


def test_two_risks_of_one_incident_are_kept_apart() -> None:
    """Each has its own steps; the review of one closes only that."""
    loop = after(clue(0), clue(5, id_="clue-2222222222222222", correlation=CLUE_ID, risk="r-2"))
    assert loop.risks == ("r-1", "r-2")
    closed = real.advance(loop, reviewed(9, risk="r-2"))
    assert closed
    assert [phase_of(closed.facts, risk).value for risk in closed.risks] == ["clue", "closed"]


def test_a_clock_of_the_incident_is_none_of_the_risks() -> None:
    """What is said of other clocks under the same correlation is not kept."""
    started = ClockStarted(
        clock_id="c",
        clock="react",
        starts_at=Milestone.RECEIVED,
        stops_at=Milestone.DISPATCHED,
        started=START,
        start_event_id=CLUE_ID,
        thresholds_s=(60,),
    )
    loop = after(clue(0))
    assert real.advance(loop, said(started, 5)) == loop


def test_what_is_old_chases_nobody() -> None:
    """A risk of last month that is read from an archive is shown, and nobody is called late."""
    loop = after(clue(0))
    assert real.decided(loop, None, at(30 * 86_400), RULES).say == ()


def test_a_risk_that_is_over_is_forgotten_a_week_later() -> None:
    """One that waits, after three months of silence; orders without a clue, after a day."""
    closed, open_, orders = after(clue(0), reviewed(0)), after(clue(0)), after(ordered(0))
    for loop, days in ((closed, 7), (open_, 90), (orders, 1)):
        assert real.decided(loop, None, at(days * 86_400), RULES).state
        assert real.decided(loop, None, at(days * 86_400 + 1), RULES).state is None


def test_a_loop_is_kept_and_read_again() -> None:
    """As JSON, in key-value."""
    loop = after(clue(0), assessed(9, WARN), proposed(20), alerted(30), ordered(40), reviewed(50))
    adapter = TypeAdapter(real.Loop)
    assert adapter.validate_json(adapter.dump_json(loop)) == loop


def test_what_carries_no_correlation_begins_nothing_but_a_clue() -> None:
    """The clue's own id is the correlation of all that follows."""
    alone = alerted(5).model_copy(update={"correlation": None})
    assert list(real.threads(alone)) == []
    assert list(real.threads(clue(0))) == list(real.threads(alerted(5))) == [CLUE_ID]


EVENTS = (
    clue(0),
    assessed(9, WARN),
    proposed(20),
    alerted(30),
    assessed(33, WARN, 2),
    reviewed(70),
)
ORDERS = (ordered(40), ordered(42, "o-2"), ended(60, "o-1", "done"))


@given(st.permutations([0] * len(EVENTS) + [1] * len(ORDERS)))
def test_which_lane_is_heard_first_does_not_matter(turns: list[int]) -> None:
    """Orders travel apart from what they follow; within a lane, each comes in its turn."""
    lanes = (iter(EVENTS), iter(ORDERS))
    assert after(*(next(lanes[turn]) for turn in turns)) == after(*EVENTS, *ORDERS)


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[step.review]", "[step.revue]", "step.revue"),
        ("within_s = 1_800", "within_s = 0", "greater than 0"),
        ("[step.assess]", "[step.assess", "is not TOML"),
        ("news_s", "new_s", "no such field"),
    ],
)
def test_rules_that_are_wrong_are_refused_by_name(
    old: str, new: str, fault: str, tmp_path: Path
) -> None:
    """Whoever wrote them is told what and where."""
    shipped = Path(str(real.__file__)).with_name("warning_rules.toml").read_text("utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(shipped.replace(old, new, 1), "utf-8")
    with pytest.raises(ConfigurationError, match=fault):
        read_warning_rules(path)


def live(life: type[WarningLife], lives: settings) -> None:
    """Live as the scripts say, then as chance does."""
    for script in SCRIPTS:
        play(life(), script)
    run_state_machine_as_test(life, settings=lives)


BEFORE_ORDERS = ("", "assess:watch", "assess:warn", "assess:warn propose", "assess:task")
NEXT = (
    *(f"assess:{conclusion}" for conclusion in RiskConclusion),
    *(f"order go_on:{how}:0 review" for how in ("done", "cancelled", "expired")),
)


def test_risks_live_as_their_diagram_says() -> None:
    """The lives in which each does its part make all the moves drawn and no other."""
    made: set[tuple[str, str, str]] = set()
    lives = settings(max_examples=150, stateful_step_count=12)
    orderly = machine(real, made, orderly=True)
    run_state_machine_as_test(orderly, settings=lives)
    for before, then in product(BEFORE_ORDERS, NEXT):  # to some of which few lives come by chance
        play(orderly(), f"{before} {then}")
    play(orderly(), "assess:warn propose alert_public assess:close review")
    assert sorted(made) == sorted((m.before, m.on, m.after) for m in real.MOVES)


def test_whatever_is_said_somebody_has_the_next_step() -> None:
    """Every invariant holds where anybody says anything at any time."""
    lives = settings(max_examples=100, stateful_step_count=12)
    wild = machine(real, set(), orderly=False)
    live(wild, lives)


FACTS, STEPS, LOOP = "facts", "steps", "loop"
MUTATIONS = [
    (LOOP, "said=heard(loop.said, event.data)", "said=loop.said"),
    (LOOP, "not event.data.clock.startswith(CLOCK)", "event.data.clock.startswith(CLOCK)"),
    (LOOP, "if step.chased", "if not step.chased"),
    (FACTS, "latest = max(", "latest = min("),
    (FACTS, "ended=False, agency=", "ended=True, agency="),
    (FACTS, "{**facts.orders, said.order_id: order}", "{said.order_id: order}"),
    (FACTS, "assessments={**facts.assessments, id_: judged}", "assessments={id_: judged}"),
    (STEPS, "(one.number, one.at)", "(-one.number, one.at)"),
    (STEPS, "self.latest.by if self.latest else", "self.clue.at.agency if self.latest else"),
    (STEPS, "risk.review or (risk.closed and", "(risk.closed and"),
    (STEPS, "if at.time >= proposal.at.time", "if at.time < proposal.at.time"),
    (STEPS, "if proposal.at.time >= since", "if proposal.at.time"),
    (STEPS, "if p.at.time >= one.at.time", "if p.at.time < one.at.time"),
    (
        STEPS,
        "_asked(StepName.ISSUE, one.at.id, one.to",
        "_asked(StepName.ISSUE, one.at.id, one.at.agency",
    ),
    (
        STEPS,
        "due=one.valid_until or step.due, end=next_",
        "due=one.valid_until or step.due, end=None",
    ),
    (STEPS, "end=over, void=over is not None", "end=None, void=over is not None"),
    (STEPS, "len(over) < len(ends)", "not ends"),
    (STEPS, "return progress.at if progress and progress.ended", "return progress.at if progress"),
    (STEPS, "(allowed_s + later_s for", "(later_s for"),
]


def mutated(where: str, old: str, new: str) -> ModuleType:
    """Return early warning with one place changed, in whichever of its modules."""
    if where == LOOP:
        return mutant(real, old, new)
    source, names = (
        (real_facts, ("added",))
        if where == FACTS
        else (real_steps, ("steps", "phase_of", "run_of"))
    )
    changed, copy = mutant(source, old, new), mutant(real, "_SAID = ", "_SAID = ")
    for name in names:
        setattr(copy, name, getattr(changed, name))
    return copy


@pytest.mark.parametrize(("where", "old", "new"), MUTATIONS)
def test_a_mistake_is_noticed(where: str, old: str, new: str) -> None:
    """One place changed, and some life breaks an invariant."""
    lives = settings(
        max_examples=60,
        stateful_step_count=12,
        database=None,
        report_multiple_bugs=False,
        phases=[HPhase.generate],
    )
    changed = machine(mutated(where, old, new), set(), orderly=False)
    with pytest.raises((AssertionError, KeyError, ValueError)):
        live(changed, lives)
