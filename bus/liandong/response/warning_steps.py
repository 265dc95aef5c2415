"""The steps of an early warning: who must do what by when, from what was said. Pure.

clue → assess → propose → issue → task → handle → review. An assessment that concludes to watch is
to be made again, one that concludes to act asks for orders without a warning, one that closes the
risk ends what is still open.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from liandong.contracts import Milestone, RiskConclusion, WarningColour, to_token
from liandong.response.runs import Mark, Run
from liandong.response.warning_facts import Alert, Assessment, Clue, Facts, Order, Proposal
from liandong.response.warning_rules import StepName, WarningRules

CLOCK = "warning-"
"""What the names of the clocks begin with that chase who is late with a step."""
_MOST_CHASES = 10  # thresholds that one clock may have


class Phase(StrEnum):
    """How far a risk is: what is done with it now."""

    CLUE = "clue"
    WATCHED = "watched"
    TO_WARN = "to_warn"
    PROPOSED = "proposed"
    TASKING = "tasking"
    HANDLING = "handling"
    REVIEWING = "reviewing"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that somebody must do.

    Attributes:
        name: What.
        key: What tells it from the other steps of its name.
        owner: The agency that must.
        begun: What asks for it.
        due: By when (UTC).
        end: What ended it; None while it waits.
        void: Whether it is not to be done any more, though it never was.
        chased: Whether nobody else chases it: an order's own deadline is watched where orders are.
    """

    name: StepName
    key: str
    owner: str
    begun: Mark
    due: datetime
    end: Mark | None = None
    void: bool = False
    chased: bool = True


@dataclass(frozen=True, slots=True)
class _Risk:
    """What was said of one risk, each kind in order."""

    clue: Clue
    assessments: tuple[Assessment, ...]
    proposals: tuple[Proposal, ...]
    alerts: tuple[Alert, ...]
    orders: tuple[tuple[str, Order], ...]
    review: Mark | None

    @property
    def latest(self) -> Assessment | None:
        """The assessment that holds."""
        return self.assessments[-1] if self.assessments else None

    @property
    def lead(self) -> str:
        """Who leads: who assessed last, else who noticed it."""
        return self.latest.by if self.latest else self.clue.at.agency

    @property
    def closed(self) -> Mark | None:
        """The assessment that closed it, where the latest does."""
        shut = self.latest and self.latest.conclusion is RiskConclusion.CLOSE
        return self.latest.at if self.latest and shut else None

    def warned(self, proposal: Proposal) -> Mark | None:
        """Return the alert that a proposal led to."""
        found = (a.at for a in self.alerts if a.alert_key == proposal.alert_key)
        return min((at for at in found if at.time >= proposal.at.time), default=None)


def clue_of(facts: Facts, risk_id: str) -> Clue:
    """Return the first clue of a risk."""
    return min((c for c in facts.clues.values() if c.risk_id == risk_id), key=lambda c: c.at)


def level_of(facts: Facts, risk_id: str) -> WarningColour | None:
    """Return the level of a risk by the assessment that holds; None where there is none."""
    latest = _risk(facts, risk_id).latest
    return latest.level if latest else None


def phase_of(facts: Facts, risk_id: str) -> Phase:
    """Return how far a risk is."""
    risk = _risk(facts, risk_id)
    if risk.review or (risk.closed and not (risk.alerts or risk.orders)):
        return Phase.CLOSED
    if risk.closed or risk.orders:
        handling = not risk.closed and any(not _ended(facts, name) for name, _ in risk.orders)
        return Phase.HANDLING if handling else Phase.REVIEWING
    if risk.latest is None:
        return Phase.CLUE
    if risk.latest.conclusion is RiskConclusion.WARN:
        return _warning_phase(risk)
    tasked = risk.latest.conclusion is RiskConclusion.TASK
    return Phase.TASKING if tasked else Phase.WATCHED


def _warning_phase(risk: _Risk) -> Phase:
    since = risk.assessments[-1].at.time
    proposals = [proposal for proposal in risk.proposals if proposal.at.time >= since]
    if not proposals:
        return Phase.TO_WARN
    warned = any(risk.warned(proposal) for proposal in proposals)
    return Phase.TASKING if warned else Phase.PROPOSED


def steps(facts: Facts, risk_id: str, rules: WarningRules) -> tuple[Step, ...]:
    """Return the steps of a risk in the order in which they were asked for, done or not."""
    risk = _risk(facts, risk_id)
    asked = (
        *_of_clue(risk, rules),
        *_of_assessments(risk, rules),
        *_of_proposals(risk, rules),
        *_of_orders(risk, facts, rules),
    )
    over = min((at for at in (risk.review, risk.closed) if at), default=None)
    found = [
        replace(step, end=over, void=over is not None) if step.end is None else step
        for step in asked
    ]
    return tuple(sorted((*found, *_of_review(risk, facts, rules)), key=lambda step: step.begun))


def run_of(step: Step, risk_id: str, rules: WarningRules) -> Run:
    """Return a step as the run of a clock, which chases its owner: at its deadline, then again."""
    allowed_s = max(1.0, (step.due - step.begun.time).total_seconds())
    again_s = sorted({allowed_s, *(allowed_s + later_s for later_s in rules.chase_s)})
    clock = f"{CLOCK}{step.name}"
    return Run(
        clock=clock,
        clock_id=to_token(" ".join(filter(None, (risk_id, clock, step.key)))),
        agency=step.owner,
        starts_at=Milestone.RECEIVED,
        stops_at=Milestone.RESOLVED,
        thresholds_s=tuple(again_s[:_MOST_CHASES]),
        start=step.begun,
        end=step.end,
        missed=step.void,
    )


def _risk(facts: Facts, risk_id: str) -> _Risk:
    clues = {id_: clue for id_, clue in facts.clues.items() if clue.risk_id == risk_id}
    judged = {id_: one for id_, one in facts.assessments.items() if one.risk_id == risk_id}
    asked = {id_: one for id_, one in facts.proposals.items() if one.risk_id == risk_id}
    keys = {proposal.alert_key for proposal in asked.values()}
    alerts = {id_: alert for id_, alert in facts.alerts.items() if alert.alert_key in keys}
    clue = clue_of(facts, risk_id)
    # What carries a correlation that a wider incident began is this risk's only where it says so.
    known = clues.keys() | judged.keys() | asked.keys() | alerts.keys()
    began = any(one.at.correlation == id_ for id_, one in clues.items())
    orders = [one for one in facts.orders.items() if began or one[1].causation in known]
    reviews = (review.at for review in facts.reviews.values() if review.risk_id == risk_id)
    return _Risk(
        clue,
        tuple(sorted(judged.values(), key=lambda one: (one.number, one.at))),
        tuple(sorted(asked.values(), key=lambda one: one.at)),
        tuple(alerts.values()),
        tuple(sorted(orders, key=lambda one: one[1].at)),
        min(reviews, default=None),
    )


def _of_clue(risk: _Risk, rules: WarningRules) -> Iterator[Step]:
    at = risk.clue.at
    owner = rules.assessor_of(risk.clue.category, at.area) or at.agency
    end = min((one.at for one in risk.assessments), default=None)
    yield replace(_asked(StepName.ASSESS, "", owner, at, rules), end=end)


def _of_assessments(risk: _Risk, rules: WarningRules) -> Iterator[Step]:
    """Yield what each assessment asks for; the next one ends what nobody did."""
    for one, later in zip_longest(risk.assessments, risk.assessments[1:]):
        until, key = later and later.at, str(one.number)
        match one.conclusion:
            case RiskConclusion.WARN:
                made = (p.at for p in risk.proposals if p.at.time >= one.at.time)
                step = _asked(StepName.PROPOSE, key, one.by, one.at, rules)
                yield _done(step, made, until)
            case RiskConclusion.TASK:
                yield from _tasked(risk, _asked(StepName.TASK, key, one.by, one.at, rules), until)
            case RiskConclusion.CLOSE:
                continue
            case _:
                yield _reassessed(one, until, rules)
                continue
        if one.valid_until:
            yield _reassessed(one, until, rules)


def _reassessed(one: Assessment, next_: Mark | None, rules: WarningRules) -> Step:
    step = _asked(StepName.REASSESS, str(one.number), one.by, one.at, rules)
    return replace(step, due=one.valid_until or step.due, end=next_)


def _of_proposals(risk: _Risk, rules: WarningRules) -> Iterator[Step]:
    """Yield what each proposal asks an authority for, and the orders that each alert asks for.

    A proposal falls where the agencies think otherwise, or propose another of the same alert.
    """
    alerts: dict[Mark, str] = {}
    for one in risk.proposals:
        alert = risk.warned(one)
        turned = [a.at for a in risk.assessments if a.conclusion is not RiskConclusion.WARN]
        again = [p.at for p in risk.proposals if p.alert_key == one.alert_key]
        until = min((at for at in turned + again if at.time > one.at.time), default=None)
        step = _asked(StepName.ISSUE, one.at.id, one.to, one.at, rules)
        step = replace(step, due=one.decide_by or step.due)
        yield _done(step, filter(None, [alert]), until)
        if alert:
            alerts[alert] = one.at.agency
    for alert, owner in alerts.items():
        yield from _tasked(risk, _asked(StepName.TASK, alert.id, owner, alert, rules))


def _of_orders(risk: _Risk, facts: Facts, rules: WarningRules) -> Iterator[Step]:
    """Yield the handling of each order, by whom it was given or passed on to."""
    for order_id, order in risk.orders:
        progress = facts.progress.get(order_id)
        owner = (progress and progress.agency) or order.agency
        step = _asked(StepName.HANDLE, order_id, owner, order.at, rules)
        yield replace(
            step,
            due=order.complete_by or step.due,
            end=_ended(facts, order_id),
            chased=order.complete_by is None,
        )


def _of_review(risk: _Risk, facts: Facts, rules: WarningRules) -> Iterator[Step]:
    """Yield the review: asked for once every order is over, or what was warned of is closed."""
    ends = [_ended(facts, order_id) or risk.closed for order_id, _ in risk.orders]
    if risk.alerts and not ends:
        ends = [risk.closed]
    over = [end for end in ends if end]
    if not over or len(over) < len(ends) or (risk.review and risk.review < max(over)):
        return  # it is not over yet, or was reviewed before anybody asked
    step = _asked(StepName.REVIEW, "", risk.lead, max(over), rules)
    yield replace(step, end=risk.review)


def _tasked(risk: _Risk, step: Step, until: Mark | None = None) -> Iterator[Step]:
    """Yield that orders must be given, unless some were before anybody asked."""
    given = [order.at for _, order in risk.orders]
    if not any(at.time < step.begun.time for at in given):
        yield _done(step, given, until)


def _asked(name: StepName, key: str, owner: str, begun: Mark, rules: WarningRules) -> Step:
    return Step(name, key, owner, begun, begun.time + rules.within(name))


def _done(step: Step, by: Iterable[Mark], until: Mark | None) -> Step:
    """Return a step that the first of some things does, or that something later makes void."""
    end = min(by, default=None)
    return replace(step, end=end or until, void=end is None and until is not None)


def _ended(facts: Facts, order_id: str) -> Mark | None:
    progress = facts.progress.get(order_id)
    return progress.at if progress and progress.ended else None
