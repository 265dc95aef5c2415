"""Who has how long for each step of an early warning: a site's data, read from TOML."""

from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from liandong.contracts import AgencyName, Area, IncidentCategory
from liandong.contracts.codes import SecondsAllowed
from liandong.response.clock_rules import Title
from liandong.response.rule_file import read_rules

_SHIPPED = "warning_rules.toml"


class StepName(StrEnum):
    """What somebody must do next."""

    ASSESS = "assess"
    REASSESS = "reassess"
    PROPOSE = "propose"
    ISSUE = "issue"
    TASK = "task"
    HANDLE = "handle"
    REVIEW = "review"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class StepRule(_Part):
    """One step."""

    title: Title
    """What people call it."""
    within_s: SecondsAllowed
    """How long its owner has, in seconds, where no event says by when."""


class Assessor(_Part):
    """Who must assess some of the clues."""

    agency: AgencyName
    """The agency."""
    categories: tuple[IncidentCategory, ...] = ()
    """What they could become; anything, where empty."""
    areas: tuple[Area, ...] = ()
    """Where they are, with all that lies in it; anywhere, where empty."""

    def assesses(self, category: IncidentCategory, area: str) -> bool:
        """Say whether a clue is its to assess."""
        inside = not self.areas or any(f"{area}.".startswith(f"{a}.") for a in self.areas)
        return inside and (not self.categories or category in self.categories)


class WarningRules(_Part):
    """The steps of a site's early warnings."""

    step: dict[StepName, StepRule]
    """Every step."""
    assessor: tuple[Assessor, ...] = ()
    """Who assesses what; the first that fits does, else the agency of the clue."""
    chase_s: tuple[SecondsAllowed, ...] = ()
    """How long after a deadline its owner is chased again, in seconds."""
    news_s: SecondsAllowed = 86_400.0
    """How old something may be to be said, in seconds."""
    kept_s: SecondsAllowed = 604_800.0
    """For how long a risk is kept that is over, in seconds."""
    silent_s: SecondsAllowed = 7_776_000.0
    """For how long a risk is kept of which nothing is heard, in seconds."""

    @model_validator(mode="after")
    def _has_every_step(self) -> Self:
        if missing := [name for name in StepName if name not in self.step]:
            raise ValueError(f"no step {', '.join(missing)}")
        return self

    def within(self, step: StepName) -> timedelta:
        """Return how long the owner of a step has."""
        return timedelta(seconds=self.step[step].within_s)

    def assessor_of(self, category: IncidentCategory, area: str) -> str | None:
        """Return who must assess a clue; None where no place names anybody."""
        fitting = (one.agency for one in self.assessor if one.assesses(category, area))
        return next(fitting, None)


def read_warning_rules(path: Path | None = None) -> WarningRules:
    """Return the rules in a file; the shipped ones, which are made up, where none is named.

    Raises:
        ConfigurationError: It cannot be read, or names what there is not. The message says what.
    """
    return read_rules(WarningRules, _SHIPPED, path)
