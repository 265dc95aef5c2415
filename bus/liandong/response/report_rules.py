"""The rules of reports, as data: by grade, when each is due, how far up, and how it is chased."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from liandong.contracts import CommandTier, ReportForm, ResponseGrade
from liandong.contracts.codes import SecondsAllowed
from liandong.contracts.subjects import AgencyName, Area
from liandong.response.rule_file import read_rules

LADDER = (CommandTier.STATION, CommandTier.COUNTY, CommandTier.CITY, CommandTier.PROVINCE)
"""The tiers of command as reports climb them."""

_SHIPPED = "report_rules.toml"


class _Rules(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GradeRule(_Rules):
    """What is due of an incident of one grade."""

    up_to: CommandTier
    """The highest tier that it is reported to."""
    form: ReportForm = ReportForm.WRITTEN
    """How the first report is made; later ones are written."""
    first_within_s: SecondsAllowed
    """The first report of who learned of it first, from when that was."""
    pass_on_within_s: SecondsAllowed
    """What a tier has received, to the tier above, from when it was filed."""
    follow_up_every_s: SecondsAllowed | None = None
    """A follow-up, from the report before it; none is due where this is left out."""
    final_within_s: SecondsAllowed
    """The final report, from when the incident was cleared."""
    remind_before_s: SecondsAllowed
    """How long before its deadline the reporter is reminded."""
    chase_every_s: SecondsAllowed
    """How often a report is chased, from its deadline on."""


class DutyAgency(_Rules):
    """Who receives reports at a tier, for an area and what lies in it."""

    tier: CommandTier
    """The tier of command."""
    area: Area
    """The area; of several that hold a place, the narrowest counts."""
    agency: AgencyName
    """The agency; it passes on what it receives."""


class ReportRules(_Rules):
    """When reports are due, and to whom."""

    grade: dict[ResponseGrade, GradeRule]
    """What is due, by grade; of an incident without a grade, nothing is."""
    duty: tuple[DutyAgency, ...] = ()
    """Who receives reports at each tier."""

    @model_validator(mode="after")
    def _knows_every_grade(self) -> Self:
        if missing := [grade.value for grade in ResponseGrade if grade not in self.grade]:
            raise ValueError(f"no rule for grade {', '.join(missing)}")
        return self

    def of(self, grade: ResponseGrade) -> GradeRule:
        """Return what is due of a grade; of one of a later version, as of the gravest."""
        return self.grade.get(grade) or self.grade[ResponseGrade.I]

    def tier_of(self, agency: str) -> CommandTier:
        """Return the tier that an agency belongs to: a station, unless it is named at another."""
        return next((duty.tier for duty in self.duty if duty.agency == agency), LADDER[0])

    def on_duty(self, tier: CommandTier, area: str) -> str | None:
        """Return who receives reports at a tier of an area; None where nobody is named."""
        fitting = (
            duty
            for duty in self.duty
            if duty.tier is tier and f"{area}.".startswith(f"{duty.area}.")
        )
        narrowest = max(fitting, key=lambda duty: duty.area.count("."), default=None)
        return narrowest and narrowest.agency


def seconds(number: float) -> timedelta:
    """Return so many seconds."""
    return timedelta(seconds=number)


@cache
def default_rules() -> ReportRules:
    """Return the rules that come along: made up."""
    return read_report_rules()


def read_report_rules(path: Path | None = None) -> ReportRules:
    """Return the rules in a file (TOML); the made-up ones that come along where none is named.

    Raises:
        ConfigurationError: It cannot be read, or says what cannot be. The message says what.
    """
    return read_rules(ReportRules, _SHIPPED, path)
