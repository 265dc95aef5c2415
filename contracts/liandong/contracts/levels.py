"""How hard a region responds: response levels I to IV, and its duty posture.

A response level is decided by people, for a category of emergency and an area. An incident's own
grade (特别重大 to 一般) is one ground for it among others and may differ from it.
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
)
from liandong.contracts.codes import IncidentCategory, ResponseGrade
from liandong.contracts.command import CommandTier
from liandong.contracts.subjects import AgencyName, Area


class DecisionBasis(Vocabulary):
    """On what ground something was decided."""

    INCIDENT_GRADE = "incident_grade"  # the incident's grade asks for it
    WARNING = "warning"  # a public warning is in force
    ASSESSMENT = "assessment"  # the agencies have judged the risk together
    LOWER_REQUEST = "lower_request"  # a lower tier asked for it
    SUPERIOR_ORDER = "superior_order"  # a higher tier ordered it
    HAZARD_OVER = "hazard_over"  # what it was for is over


class Decision(Value):
    """Who decided it, and why."""

    agency: AgencyName
    """The agency whose decision it is."""
    role: ShortText
    """The role that decided, such as ``director of the city flood headquarters``."""
    tier: CommandTier
    """The tier of command that decided."""
    basis: DecisionBasis
    """On what ground."""
    basis_text: ShortText | None = None
    """The clause or condition that was met, in one line that names no private person."""
    document_number: ShortText | None = None
    """The number of the written order (文号), where there is one."""


class _ResponseFacts(Value):
    """Which response it is: for what, and where."""

    response_id: Token
    """The response's name from its activation to its end, unique in the region."""
    incident_id: Token | None = None
    """The incident it answers; absent where it answers a season or a forecast."""
    category: IncidentCategory
    """The category of emergency that it is for (GB/T 35561-2017)."""
    areas: Annotated[tuple[Area, ...], Field(min_length=1, max_length=100)]
    """The areas it holds in, each with everything inside it."""
    decision: Decision
    """Who decided, and why."""


class CommandLevelActivated(
    _ResponseFacts,
    Event,
    event="command.level_activated",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "response_id"),
):
    """An emergency response of a level has been activated."""

    level: ResponseGrade
    """The response level, I highest."""
    since: Instant
    """From when it holds; it may lie ahead."""


class CommandLevelChanged(
    _ResponseFacts,
    Event,
    event="command.level_changed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "response_id"),
):
    """An emergency response has been raised or lowered; ``areas`` are those it now holds in."""

    from_level: ResponseGrade
    """The response level before."""
    to_level: ResponseGrade
    """The response level now."""
    since: Instant
    """From when it holds; it may lie ahead."""

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.from_level == self.to_level:
            raise ValueError(f"changed from level {self.from_level} to level {self.to_level}")
        return self


class CommandLevelEnded(
    _ResponseFacts,
    Event,
    event="command.level_ended",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "response_id"),
):
    """An emergency response is over: no level holds any more."""

    level: ResponseGrade
    """The response level that ends."""
    ended: Instant
    """When it ends; it may lie ahead."""


class DutyPosture(Vocabulary):
    """How a region or an agency stands ready (平急战), lightest first."""

    NORMAL = "normal"  # 平时
    EMERGENCY = "emergency"  # 急时
    WARTIME = "wartime"  # 战时


class CommandPostureChanged(
    Event,
    event="command.posture_changed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("region",),
):
    """A region, or one agency of it, stands ready in another way."""

    region: Token
    """The region."""
    agency: AgencyName | None = None
    """The one agency whose posture it is; absent where it is the whole region's."""
    from_posture: DutyPosture
    """The posture before."""
    to_posture: DutyPosture
    """The posture now."""
    since: Instant
    """From when; it may lie ahead."""
    until: Instant | None = None
    """When it lapses unless changed again; absent where it holds until changed."""
    decision: Decision
    """Who decided, and why."""

    @model_validator(mode="after")
    def _changes(self) -> Self:
        if self.from_posture == self.to_posture:
            raise ValueError(f"changed from {self.from_posture} to {self.to_posture}")
        return self

    @model_validator(mode="after")
    def _lapses_later(self) -> Self:
        if self.until and self.until <= self.since:
            raise ValueError(f"until {self.until} is not after since {self.since}")
        return self

    @model_validator(mode="after")
    def _is_the_regions(self) -> Self:
        if self.agency and self.agency.split("/")[0] != self.region:
            raise ValueError(f"agency {self.agency} is not of region {self.region}")
        return self
