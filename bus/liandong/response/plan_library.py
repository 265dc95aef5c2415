"""The plans of a region: a folder of plan files, and what they may name.

Beside the plans stands ``region.toml``, which says which areas, kinds of agency and neighbours
there are, so that a slip of the pen in a plan is found before the plan is needed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from liandong.contracts import (
    Area,
    ConfigurationError,
    IncidentCategory,
    IncidentType,
    ResponseGrade,
    Token,
)
from liandong.contracts.envelope import faults_of
from liandong.response.plan_file import Plan, parse_toml, read_plan
from liandong.response.plan_words import Words

REGION_FILE = "region.toml"
GRADES = tuple(ResponseGrade)
"""The grades, gravest first."""


def rank(grade: ResponseGrade) -> int:
    """Return how mild a grade is: 0 for I, the gravest."""
    return GRADES.index(grade) if grade in GRADES else len(GRADES)


class Region(BaseModel):
    """What the plans of a region may name."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    region: Token
    """The region."""
    note: Words | None = None
    """What readers of the file should know of it."""
    kinds: tuple[Token, ...]
    """The kinds of agency in it, as the second part of an agency's name."""
    areas: Mapping[Area, Words]
    """Its areas, by code, and what they are called."""
    neighbours: tuple[Token, ...] = ()
    """The regions that it may ask for aid."""


@dataclass(frozen=True, slots=True)
class Case:
    """What is known of an emergency that may call for a plan.

    Attributes:
        category: Its category.
        grade: How grave it is.
        area: Where it is.
        incident_type: What kind it is; None where nobody has said.
    """

    category: IncidentCategory
    grade: ResponseGrade
    area: str
    incident_type: IncidentType | None = None


@dataclass(frozen=True)
class Library:
    """Plans that are known, and the region they are for.

    Attributes:
        plans: The plans, by name and edition.
        region: What they may name; None where nobody has said.
    """

    plans: Mapping[tuple[str, str], Plan] = field(default_factory=dict[tuple[str, str], Plan])
    region: Region | None = None

    @classmethod
    def of(cls, plans: Iterable[Plan], region: Region | None = None) -> "Library":
        """Return a library of plans.

        Raises:
            ConfigurationError: Two have the same name and edition.
        """
        by_name: dict[tuple[str, str], Plan] = {}
        for plan in plans:
            if by_name.setdefault((plan.plan_id, plan.version), plan) is not plan:
                raise ConfigurationError(f"plan {plan.plan_id} {plan.version} is there twice")
        return cls(by_name, region)

    def plan(self, plan_id: str, version: str) -> Plan | None:
        """Return an edition of a plan; None where it is not known."""
        return self.plans.get((plan_id, version))

    def newest(self, plan_id: str) -> Plan | None:
        """Return the newest edition of a plan, by its name as text; None where none is known."""
        editions = [plan for plan in self.plans.values() if plan.plan_id == plan_id]
        return max(editions, key=lambda plan: plan.version, default=None)

    def fitting(self, case: Case) -> list[Plan]:
        """Return the plans for a case, the closest first: by kind, then by area, then by name."""
        return fitting(self.plans.values(), case)


def fitting(plans: Iterable[Plan], case: Case) -> list[Plan]:
    """Return which of some plans are for a case, the closest first."""
    return sorted((plan for plan in plans if _fits(plan, case)), key=lambda plan: _far(plan, case))


def _fits(plan: Plan, case: Case) -> bool:
    trigger = plan.trigger
    return (
        trigger.category == case.category
        and case.grade in trigger.grades
        and (not trigger.incident_types or case.incident_type in trigger.incident_types)
        and any(is_inside(case.area, area) for area in trigger.areas)
    )


def _far(plan: Plan, case: Case) -> tuple[bool, int, str]:
    """Return what is less the closer a plan is to a case that it fits."""
    around = [area for area in plan.trigger.areas if is_inside(case.area, area)]
    depth = max(area.count(".") for area in around)
    return not plan.trigger.incident_types, -depth, plan.plan_id


def is_inside(area: str, outer: str) -> bool:
    """Say whether an area is another one, or lies in it."""
    return area == outer or area.startswith(f"{outer}.")


def plan_files(folder: Path) -> Iterator[Path]:
    """Yield the plan files of a folder, by name."""
    yield from (path for path in sorted(folder.glob("*.toml")) if path.name != REGION_FILE)


def read_region(folder: Path) -> Region | None:
    """Read what the plans of a folder may name; None where nobody has said.

    Raises:
        ConfigurationError: The file cannot be read; says where.
    """
    path = folder / REGION_FILE
    if not path.is_file():
        return None
    try:
        return Region.model_validate(parse_toml(path.read_text("utf-8"), str(path)))
    except ValidationError as error:
        faults = "; ".join(str(fault) for fault in faults_of(error, ""))
        raise ConfigurationError(f"{path}: {faults}") from None


def read_folder(folder: Path) -> Library:
    """Read the plans of a folder, sound or not.

    Raises:
        ConfigurationError: One cannot be read, or two have the same name and edition.
    """
    return Library.of(map(read_plan, plan_files(folder)), read_region(folder))


@cache
def samples() -> Library:
    """Return the plans that come along: made up, of the made-up city of Linzhou."""
    with as_file(files("liandong.response") / "samples" / "plans") as folder:
        return read_folder(folder)
