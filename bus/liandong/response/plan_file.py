"""A response plan as a file: what it is for, and what is said when a person activates it.

A plan is TOML. Every text in it stands in English and in Chinese, and goes onto the bus in both.
Times are spans from its activation, or from the change of level that calls for something: ``90s``,
``15m``, ``1h30m``, ``2d``. What is here holds only whether a file can be read; whether a plan is
sound is for `liandong.response.plan_lint`.
"""

import tomllib
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationError

from liandong.contracts import ConfigurationError, ResponseGrade, ShortText, Token
from liandong.contracts.envelope import faults_of
from liandong.response.plan_items import (
    AidToAsk,
    AlertToPropose,
    CalledAgency,
    Decider,
    Ends,
    FirstOrder,
    PlannedPost,
    ReportToFile,
    StepDown,
    Trigger,
)
from liandong.response.plan_words import Part, PlanId, Words

Item = PlannedPost | FirstOrder | AidToAsk | ReportToFile | AlertToPropose
"""What a plan says at some of its grades."""


class Plan(Part):
    """A response plan of one region."""

    plan_id: PlanId
    """A plan's name, unique in its region."""
    version: ShortText
    """Which edition it is. What was activated goes by the edition that it was activated from."""
    region: Token
    """The region whose plan it is: activations that come from elsewhere are not carried out."""
    name: Words
    """What people call it."""
    note: Words | None = None
    """What readers of the file should know of it."""
    trigger: Trigger
    """What it is for."""
    deciders: Annotated[tuple[Decider, ...], Field(min_length=1)]
    """Who puts it into force."""
    agencies: Annotated[tuple[CalledAgency, ...], Field(min_length=1, max_length=200)]
    """Whom it calls upon."""
    posts: Annotated[tuple[PlannedPost, ...], Field(max_length=50)] = ()
    """The command posts that it sets up."""
    orders: Annotated[tuple[FirstOrder, ...], Field(max_length=200)] = ()
    """The first orders."""
    aid: Annotated[tuple[AidToAsk, ...], Field(max_length=50)] = ()
    """The aid that it asks for."""
    reports: Annotated[tuple[ReportToFile, ...], Field(max_length=100)] = ()
    """The reports that are due."""
    alerts: Annotated[tuple[AlertToPropose, ...], Field(max_length=50)] = ()
    """The alerts that it proposes."""
    step_down: StepDown = StepDown()
    """What a lower level does to what was begun."""
    ends: Ends
    """What ends it."""

    @property
    def items(self) -> tuple[Item, ...]:
        """What it says, in the order in which it is said."""
        return (*self.posts, *self.orders, *self.aid, *self.reports, *self.alerts)

    def decider(self, level: ResponseGrade) -> Decider | None:
        """Return who decides at a level; None where the plan does not say."""
        return next((one for one in self.deciders if one.holds_at(level)), None)


def parse_toml(text: str, where: str) -> dict[str, Any]:
    """Read TOML.

    Raises:
        ConfigurationError: It is none; says where.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{where} is not TOML: {error}") from None


def read_plan(path: Path) -> Plan:
    """Read a plan's file; `liandong.response.plan_lint` says whether the plan is sound.

    Raises:
        ConfigurationError: It cannot be read as a plan; names every place where not.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"cannot read {path}: {error}") from None
    try:
        return Plan.model_validate(parse_toml(text, str(path)))
    except ValidationError as error:
        faults = "; ".join(str(fault) for fault in faults_of(error, ""))
        raise ConfigurationError(f"{path}: {faults}") from None


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a plan's file, for editors and other tools."""
    about = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Response plan"}
    return Plan.model_json_schema() | about
