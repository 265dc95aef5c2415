"""A plan at work: activated for an emergency, then carried out step by step.

A plan is written beforehand and kept by its owner; its activation puts it into force: which
agencies do what, whom to reach, the first orders, the command posts, the reports that are due.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
    refuse_repeats,
)
from liandong.contracts.codes import IncidentCategory, ResponseGrade
from liandong.contracts.command import CommandTier, PostKind
from liandong.contracts.incident_types import IncidentType
from liandong.contracts.levels import Decision
from liandong.contracts.reports import ReportStage
from liandong.contracts.subjects import AgencyName

OrderIds = Annotated[tuple[Token, ...], Field(max_length=200)]
"""Orders by their ``order_id``."""


class PlanPart(Vocabulary):
    """The part that an agency plays in a plan."""

    LEAD = "lead"  # 牵头单位
    SUPPORT = "support"  # 配合单位
    STANDBY = "standby"  # 待命单位


class PlanTrigger(Value):
    """What a plan is for: a kind of emergency and how grave it is."""

    category: IncidentCategory
    """The category of emergency (GB/T 35561-2017)."""
    grade: ResponseGrade
    """The grade that it is activated at."""
    incident_type: IncidentType | None = None
    """The kind within the category, as an incident has it; any, where absent."""


class PlanAgency(Value):
    """An agency of a plan: its part, and whom to reach there."""

    agency: AgencyName
    """The agency."""
    part: PlanPart
    """Whether it leads, supports or stands by."""
    duty: ShortText | None = None
    """What it answers for, such as ``traffic control``."""
    contact_role: ShortText
    """The role to reach there, such as ``duty officer``."""
    contact: ShortText | None = None
    """The role's office line or talk group, never a private number."""


class PlanPost(Value):
    """A command post that a plan sets up."""

    post_id: Token
    """The post, as `CommandPostEstablished` names it."""
    kind: PostKind
    """General, forward or on-scene."""
    agency: AgencyName
    """The agency that commands there."""


class PlanReport(Value):
    """A report that a plan asks for."""

    report_id: Token
    """The report, as `ReportDue` names it."""
    stage: ReportStage
    """First, follow-up or final."""
    to_tier: CommandTier
    """The tier of command that it goes to."""
    due: Instant
    """By when."""


class _ActivationFacts(Value):
    """Which activation of which plan it is."""

    activation_id: Token
    """The activation's name, unique in the region: a plan can be activated again."""
    plan_id: Token
    """The plan, as its owner names it."""
    plan_version: ShortText
    """The version of the plan that is in force."""
    incident_id: Token | None = None
    """The incident it is activated for; absent where it is for a forecast."""


class PlanActivated(
    _ActivationFacts,
    Event,
    event="plan.activated",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "activation_id"),
):
    """A plan has been put into force. Everyone it names must act on it."""

    plan_name: ShortText
    """What people call it."""
    trigger: PlanTrigger
    """What it is for."""
    decision: Decision
    """Who put it into force, and why."""
    response_id: Token | None = None
    """The response that it belongs to, as `CommandLevelActivated` names it."""
    agencies: Annotated[tuple[PlanAgency, ...], Field(min_length=1, max_length=200)]
    """The agencies it calls upon: one leads."""
    first_orders: OrderIds = ()
    """The orders issued with it."""
    posts: Annotated[tuple[PlanPost, ...], Field(max_length=50)] = ()
    """The command posts that it sets up."""
    reports: Annotated[tuple[PlanReport, ...], Field(max_length=100)] = ()
    """The reports that it asks for."""

    @model_validator(mode="after")
    def _one_leads(self) -> Self:
        parts = [one.part for one in self.agencies]
        leading = [one.agency for one in self.agencies if one.part is PlanPart.LEAD]
        if len(leading) != 1 and all(part.recognised for part in parts):
            raise ValueError(f"one agency leads, not {len(leading)}: {', '.join(leading)}")
        return self

    @model_validator(mode="after")
    def _names_nothing_twice(self) -> Self:
        refuse_repeats(one.agency for one in self.agencies)
        refuse_repeats(self.first_orders)
        refuse_repeats(one.post_id for one in self.posts)
        refuse_repeats(one.report_id for one in self.reports)
        return self


class PlanStepStarted(
    _ActivationFacts,
    Event,
    event="plan.step_started",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.ADDRESSEE,
    key=("incident_id", "activation_id"),
):
    """A step of a plan has begun. The envelope's time is when."""

    step_id: Token
    """The step, as the plan names it."""
    step_name: ShortText
    """What is to be done, in one line."""
    agency: AgencyName
    """The agency that answers for it."""
    role: ShortText | None = None
    """The role that answers for it there."""
    complete_by: Instant | None = None
    """By when it must be done."""
    order_ids: OrderIds = ()
    """The orders that carry it out."""


class StepOutcome(Vocabulary):
    """How a step of a plan ended."""

    DONE = "done"
    PARTLY_DONE = "partly_done"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class PlanStepDone(
    _ActivationFacts,
    Event,
    event="plan.step_done",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.ADDRESSEE,
    key=("incident_id", "activation_id"),
):
    """A step of a plan has ended, one way or another. The envelope's time is when."""

    step_id: Token
    """The step, as the plan names it."""
    agency: AgencyName
    """The agency that answered for it."""
    outcome: StepOutcome
    """How it ended."""
    reason: ShortText | None = None
    """Why it was not fully done, in one line that names no private person."""

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        done = self.outcome is StepOutcome.DONE
        if self.outcome.recognised and not done and not self.reason:
            raise ValueError(f"outcome is {self.outcome} but no reason says why")
        return self
