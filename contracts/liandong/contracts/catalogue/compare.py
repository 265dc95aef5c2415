"""Comparison of two states of the catalogue: each change by its rule, breaking or not."""

import re
from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any

from liandong.contracts.catalogue import rules
from liandong.contracts.catalogue.change import Change, Rule
from liandong.contracts.catalogue.normal import BRANCH, ENTRY, ITEM, Facts, Normal

_UNIT_SUFFIX = re.compile(
    r"_(m|km|cm|mm|ft|mi|kn|kmh|ms|mps|deg|s|min|h|days|l|m3|kg|g|t|bytes|pct|percent|m2|km2|ha)$"
)


def compare(old: Mapping[str, Normal], new: Mapping[str, Normal]) -> tuple[Change, ...]:
    """Return what differs between two states of the catalogue, each by the contracts' type names.

    Breaking changes come first; among them, and after them, by contract.
    """
    found = chain.from_iterable(_of_contract(name, old, new) for name in sorted({*old, *new}))
    return tuple(sorted(found, key=lambda change: not change.breaking))


def _of_contract(
    name: str, old: Mapping[str, Normal], new: Mapping[str, Normal]
) -> Iterator[Change]:
    if name not in new:
        yield rules.CONTRACT_REMOVED.found(name, "", "there", "gone")
    elif name not in old:
        yield rules.CONTRACT_ADDED.found(name, "", "", "new")
    else:
        was, is_now = old[name], new[name]
        for find in rules.CONTRACT_RULES:
            for rule, before, after in find(was, is_now):
                yield rule.found(name, "", before, after)
        yield from _of_fields(name, was.fields, is_now.fields)


def _of_fields(
    contract: str, old: Mapping[str, Facts], new: Mapping[str, Facts]
) -> Iterator[Change]:
    gone = [path for path in old if path not in new and _is_own(path, old, new)]
    come = [path for path in new if path not in old and _is_own(path, new, old)]
    for path in gone:
        yield rules.FIELD_REMOVED.found(contract, path, old[path]["types"], "", _hint(path, come))
    for path in come:
        needed = new[path]["required"]
        rule = rules.FIELD_ADDED_REQUIRED if needed else rules.FIELD_ADDED_OPTIONAL
        yield rule.found(contract, path, "", new[path]["types"])
    for path in old:
        if path in new:
            for rule, before, after in _of_field(old[path], new[path]):
                yield rule.found(contract, path, before, after)


def _of_field(old: Facts, new: Facts) -> Iterator[tuple[Rule, Any, Any]]:
    alike = set(old["types"]) == set(new["types"])
    for find in rules.FIELD_RULES + (rules.SIZE_RULES if alike else ()):
        yield from find(old, new)


def _is_own(path: str, here: Mapping[str, Facts], there: Mapping[str, Facts]) -> bool:
    """Say whether a path is a field that differs by itself.

    What lies below a field that came or went is told with it; an item or branch that came or went
    is told as the type of its field.
    """
    if path.endswith((ITEM, ENTRY)) or BRANCH in path.rpartition(".")[2]:
        return False
    above = [other for other in here if _below(path, other)]
    return all(other in there for other in above)


def _below(path: str, other: str) -> bool:
    return path != other and path.startswith(other) and path[len(other)] in ".[|"


def _hint(path: str, come: list[str]) -> str:
    """Guess what a field has become, where only its unit differs."""
    for other in come:
        if _UNIT_SUFFIX.sub("", path) == _UNIT_SUFFIX.sub("", other):
            return f"renamed to {other}? A number in another unit is another field"
    return ""
