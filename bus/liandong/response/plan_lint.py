"""Whether plans are sound: what would go wrong if they were activated, found beforehand. Pure."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import product
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from liandong.contracts import ConfigurationError
from liandong.contracts.envelope import faults_of
from liandong.response.plan_file import Plan, parse_toml
from liandong.response.plan_library import Case, Library, Region, fitting, read_region
from liandong.response.plan_rules import check_plan

Language = Literal["en", "zh"]
_LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class PlanFinding:
    """One thing wrong with a plan.

    Attributes:
        file: The file.
        place: Where in it, such as ``orders[2].accept``; empty for all of it.
        rule: What is wrong: a name in ``plan_faults.toml``.
        context: What its words are filled in with.
    """

    file: str
    place: str
    rule: str
    context: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def is_error(self) -> bool:
        """Whether the plan cannot be used so."""
        return self.rule in _faults()["error"]

    def line(self, language: Language) -> str:
        """Return it as one line."""
        column = _LANGUAGES.index(language)
        words = _faults()["words"]
        filled = {
            key: words[text][column] if text in words else text
            for key, text in self.context.items()
        }
        texts = (_faults()["error"] | _faults()["warning"])[self.rule]
        place = f": {self.place}" if self.place else ""
        return f"{self.file}{place}: {texts[column].format_map(filled)} [{self.rule}]"


def lint_files(paths: Iterable[Path]) -> list[PlanFinding]:
    """Return all that is wrong with some plan files, each and beside one another."""
    found: list[PlanFinding] = []
    sound: list[tuple[str, Plan]] = []
    regions: dict[Path, Region | None] = {}
    for path in paths:
        if path.parent not in regions:
            regions[path.parent] = read_region(path.parent)
        plan, faults = _read(path)
        found += faults
        if plan:
            sound.append((path.name, plan))
            found += _findings(path.name, plan, regions[path.parent])
    return found + list(_together(sound))


def lint_plan(plan: Plan, region: Region | None, file: str = "") -> list[PlanFinding]:
    """Return what is wrong with one plan."""
    return list(_findings(file or plan.plan_id, plan, region))


def sound(library: Library) -> Library:
    """Return a library whose plans can be used.

    Raises:
        ConfigurationError: One cannot; says what is wrong with each.
    """
    plans = [(f"{name} {version}", plan) for (name, version), plan in library.plans.items()]
    found = [f for name, plan in plans for f in _findings(name, plan, library.region)]
    wrong = [finding.line("en") for finding in found if finding.is_error]
    if wrong:
        raise ConfigurationError("; ".join(wrong))
    return library


def _findings(file: str, plan: Plan, region: Region | None) -> Iterator[PlanFinding]:
    for fault in check_plan(plan, region):
        yield PlanFinding(file, fault.place, fault.rule, fault.context)


def _read(path: Path) -> tuple[Plan | None, list[PlanFinding]]:
    try:
        document = parse_toml(path.read_text("utf-8"), path.name)
    except (OSError, UnicodeDecodeError, ConfigurationError) as error:
        return None, [PlanFinding(path.name, "", "unreadable", {"problem": str(error)})]
    try:
        return Plan.model_validate(document), []
    except ValidationError as error:
        return None, [
            _schema_finding(path.name, fault.path, fault.expected, fault.found)
            for fault in faults_of(error, "")
        ]


def _schema_finding(file: str, place: str, expected: str, found: str) -> PlanFinding:
    text, _, language = place.rpartition(".")
    if language in _LANGUAGES and found == "nothing":
        return PlanFinding(file, text, "missing-language", {"language": language})
    return PlanFinding(file, place, "schema", {"expected": expected, "found": found})


def _together(plans: list[tuple[str, Plan]]) -> Iterator[PlanFinding]:
    """Yield what is wrong with plans beside one another."""
    for number, (file, plan) in enumerate(plans):
        for other_file, other in plans[:number]:
            if (other.plan_id, other.version) == (plan.plan_id, plan.version):
                yield PlanFinding(file, "", "same-plan", {"found": other_file})
    newest = _newest(plan for _, plan in plans)
    for file, plan in plans:
        if plan in newest and (before := _shadows(plan, newest)):
            names = ", ".join(sorted(before))
            yield PlanFinding(file, "trigger", "shadowed", {"found": names})


def _newest(plans: Iterable[Plan]) -> list[Plan]:
    """Return each plan once, in its newest edition."""
    by_id: dict[str, Plan] = {}
    for plan in sorted(plans, key=lambda plan: plan.version):
        by_id[plan.plan_id] = plan
    return list(by_id.values())


def _shadows(plan: Plan, plans: list[Plan]) -> set[str]:
    """Return the plans that come first in every case that a plan is for; none where it may be."""
    trigger = plan.trigger
    before: set[str] = set()
    for grade, area, kind in product(
        trigger.grades, trigger.areas, trigger.incident_types or (None,)
    ):
        first, *_ = fitting(plans, Case(trigger.category, grade, area, kind))
        if first is plan:
            return set()
        before.add(first.plan_id)
    return before


@cache
def _faults() -> Mapping[str, Any]:
    path = files(__package__ or "") / "plan_faults.toml"
    return tomllib.loads(path.read_text("utf-8"))
