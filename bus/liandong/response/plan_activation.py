"""What a person says to put a plan into force, or to change or end its response. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from liandong.contracts import (
    CommandLevelChanged,
    CommandLevelEnded,
    ConfigurationError,
    Decision,
    DecisionBasis,
    PlanActivated,
    PlanAgency,
    PlanPost,
    PlanReport,
    PlanTrigger,
    ResponseGrade,
)
from liandong.response.plan_file import CalledAgency, Plan
from liandong.response.plan_state import LONGEST_ACTIVATION, Activation, name_of

_DIGEST_DIGITS = 10
_ROOM = LONGEST_ACTIVATION - 3  # for the number of a later activation


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person decides on.

    Attributes:
        level: The response level.
        incident_id: The incident it is for; None for a forecast.
        basis: On what ground.
        why: The same in one line; empty where the ground says it all.
    """

    level: ResponseGrade
    incident_id: str | None = None
    basis: DecisionBasis = DecisionBasis.INCIDENT_GRADE
    why: str = ""


def activation_id(plan: Plan, about: str, number: int = 1) -> str:
    """Return what an activation is called: the same for all who activate a plan for one thing.

    Args:
        plan: The plan.
        about: The incident, or what else it is activated for: a token.
        number: The how-many-th activation it is.
    """
    name = f"{plan.plan_id}-{about}"
    if len(name) > _ROOM:
        digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_DIGITS]
        name = f"{name[: _ROOM - _DIGEST_DIGITS - 1]}-{digest}"
    return f"{name}-{number}" if number > 1 else name


def decision(plan: Plan, wish: Wish) -> Decision:
    """Return a decision of who decides at a level of a plan.

    Raises:
        ConfigurationError: The plan does not have the level, or does not say who decides.
    """
    decider = plan.decider(wish.level) if wish.level in plan.trigger.grades else None
    if decider is None:
        grades = ", ".join(plan.trigger.grades)
        raise ConfigurationError(f"plan {plan.plan_id} is for {grades}, not for {wish.level}")
    return Decision(
        agency=decider.agency,
        role=decider.role.line,
        tier=decider.tier,
        basis=wish.basis,
        basis_text=wish.why or None,
    )


def activated(plan: Plan, wish: Wish, named: str, since: datetime) -> PlanActivated:
    """Return what puts a plan into force.

    Args:
        plan: The plan.
        wish: What is decided.
        named: What the activation is called (`activation_id`).
        since: From when: deadlines count from here.

    Raises:
        ConfigurationError: The plan does not have the level, or does not say who decides.
    """
    level = wish.level
    kinds = plan.trigger.incident_types
    return PlanActivated(
        activation_id=named,
        plan_id=plan.plan_id,
        plan_version=plan.version,
        incident_id=wish.incident_id,
        plan_name=plan.name.line,
        trigger=PlanTrigger(
            category=plan.trigger.category,
            grade=level,
            incident_type=kinds[0] if len(kinds) == 1 else None,
        ),
        decision=decision(plan, wish),
        response_id=named,
        agencies=tuple(_agency(one) for one in plan.agencies if one.holds_at(level)),
        first_orders=tuple(name_of(named, one.id) for one in plan.orders if one.holds_at(level)),
        posts=tuple(
            PlanPost(post_id=name_of(named, one.id), kind=one.kind, agency=one.agency)
            for one in plan.posts
            if one.holds_at(level)
        ),
        reports=tuple(
            PlanReport(
                report_id=name_of(named, one.id),
                stage=one.stage,
                to_tier=one.to_tier,
                due=since + one.due,
            )
            for one in plan.reports
            if one.holds_at(level)
        ),
    )


def changed(
    one: Activation, plan: Plan, before: ResponseGrade, wish: Wish, since: datetime
) -> CommandLevelChanged:
    """Return what raises or lowers the response of an activation.

    Raises:
        ConfigurationError: The plan does not have the level, or does not say who decides.
    """
    return CommandLevelChanged(
        response_id=one.response_id,
        incident_id=one.fact.incident_id,
        category=one.fact.trigger.category,
        areas=(one.activated.area,),
        decision=decision(plan, wish),
        from_level=before,
        to_level=wish.level,
        since=since,
    )


def ended(one: Activation, plan: Plan, wish: Wish, since: datetime) -> CommandLevelEnded:
    """Return what ends the response of an activation at its level.

    Raises:
        ConfigurationError: The plan does not have the level, or does not say who decides.
    """
    return CommandLevelEnded(
        response_id=one.response_id,
        incident_id=one.fact.incident_id,
        category=one.fact.trigger.category,
        areas=(one.activated.area,),
        decision=decision(plan, wish),
        level=wish.level,
        ended=since,
    )


def _agency(one: CalledAgency) -> PlanAgency:
    return PlanAgency(
        agency=one.agency,
        part=one.part,
        duty=one.duty.line if one.duty else None,
        contact_role=one.contact_role.line,
        contact=one.contact,
    )
