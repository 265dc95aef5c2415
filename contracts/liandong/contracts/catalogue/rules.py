"""The rules that compare one field, or one contract, with what it was.

A `Rule` names a kind of change and whom it breaks; a function below looks for some of them. Where a
field holds other kinds of values than before, that is the change, and its bounds are not compared.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

from liandong.contracts.catalogue.change import BOTH, NOBODY, PUBLISHERS, READERS, Rule
from liandong.contracts.catalogue.normal import LIMITS, Facts, Normal

Found = Iterator[tuple[Rule, Any, Any]]
"""The rule, what was promised, what is promised now."""

CONTRACT_ADDED = Rule("contract-added", NOBODY, "a contract, or a version of one, is new")
CONTRACT_REMOVED = Rule("contract-removed", BOTH, "a contract is gone")
FIELD_ADDED_OPTIONAL = Rule("field-added-optional", NOBODY, "a field is new and may be absent")
FIELD_ADDED_REQUIRED = Rule("field-added-required", PUBLISHERS, "a field is new and needed")
FIELD_REMOVED = Rule("field-removed", BOTH, "a field is gone")

LANE_CHANGED = Rule("lane-changed", BOTH, "it travels in another stream")
KEY_CHANGED = Rule("key-changed", BOTH, "it is kept in order, and addressed, by something else")
MODES_CHANGED = Rule("modes-changed", BOTH, "it belongs to drills only, or no more")
OWNER_CHANGED = Rule("owner-changed", BOTH, "somebody else says it")
INVARIANT_ADDED = Rule("invariant-added", PUBLISHERS, "a rule across fields is new")
INVARIANT_REMOVED = Rule("invariant-removed", READERS, "a rule across fields holds no more")

MADE_REQUIRED = Rule("made-required", PUBLISHERS, "a field that could be absent is needed")
MADE_OPTIONAL = Rule("made-optional", READERS, "a field that was always there may be absent")
TYPE_CHANGED = Rule("type-changed", BOTH, "a field holds something else")
TYPE_NARROWED = Rule("type-narrowed", PUBLISHERS, "a field holds one kind of value less")
TYPE_WIDENED = Rule("type-widened", READERS, "a field holds one kind of value more")
NARROWED = Rule("narrowed", PUBLISHERS, "a bound is tighter")
WIDENED = Rule("widened", READERS, "a bound is looser")
PATTERN_CHANGED = Rule("pattern-changed", BOTH, "a text has another pattern or format")
CODE_REMOVED = Rule("code-removed", PUBLISHERS, "a code is gone from a code list")
CODE_ADDED = Rule("code-added", NOBODY, "a code list has a new code")
DEFAULT_CHANGED = Rule("default-changed", BOTH, "an absent field means something else")
UNIT_CHANGED = Rule("unit-changed", BOTH, "a number is in another unit, by its description")
MARK_REMOVED = Rule("restricted-removed", BOTH, "a text that may name people goes to everybody")
MARK_ADDED = Rule("restricted-added", NOBODY, "a text goes only to agencies cleared for it")
MEANING_CHANGED = Rule("description-changed", NOBODY, "a field is described in other words")


def requirement(old: Facts, new: Facts) -> Found:
    """Find a field that has become required, or has ceased to be."""
    was, is_now = old.get("required", True), new.get("required", True)
    if was != is_now:
        words = {True: "required", False: "optional"}
        yield MADE_REQUIRED if is_now else MADE_OPTIONAL, words[was], words[is_now]


def types(old: Facts, new: Facts) -> Found:
    """Find a field that holds other kinds of values. An integer is a kind of number."""
    narrower, wider = _covers(old, new), _covers(new, old)
    if not (narrower and wider):
        rule = TYPE_NARROWED if narrower else TYPE_WIDENED if wider else TYPE_CHANGED
        yield rule, old["types"], new["types"]


def _covers(one: Facts, other: Facts) -> bool:
    """Say whether one holds every kind of value that the other does."""
    held = {*one["types"], *(("integer",) if "number" in one["types"] else ())}
    return held.issuperset(other["types"])


def bounds(old: Facts, new: Facts) -> Found:
    """Find bounds that are tighter or looser: sizes, limits, and the values of a constant."""
    for name in LIMITS:
        was, is_now = old.get(name), new.get(name)
        if was != is_now:
            yield _direction(name, was, is_now), _bound(name, was), _bound(name, is_now)
    yield from _listed("values", old, new, NARROWED, WIDENED)


def _direction(name: str, was: float | None, is_now: float | None) -> Rule:
    if was is None or is_now is None:
        return NARROWED if was is None else WIDENED
    upper = "max" in name.lower()
    return NARROWED if (is_now < was) == upper else WIDENED


def _bound(name: str, value: Any) -> str:
    return "" if value is None else f"{name} {value}"


def patterns(old: Facts, new: Facts) -> Found:
    """Find another pattern or format: one more is tighter, one less looser, another is either."""
    for name in ("pattern", "format", "keys"):
        was, is_now = old.get(name), new.get(name)
        if was == is_now:
            continue
        rule = PATTERN_CHANGED if was and is_now else NARROWED if is_now else WIDENED
        yield rule, _bound(name, was), _bound(name, is_now)


def codes(old: Facts, new: Facts) -> Found:
    """Find codes that came to a code list, which readers survive, or went from it."""
    yield from _listed("codes", old, new, CODE_REMOVED, CODE_ADDED)


def _listed(name: str, old: Facts, new: Facts, less: Rule, more: Rule) -> Found:
    was, is_now = old.get(name, ()), new.get(name, ())
    if gone := [one for one in was if one not in is_now]:
        yield less, gone, ""
    if come := [one for one in is_now if one not in was]:
        yield more, "", come


def defaults(old: Facts, new: Facts) -> Found:
    """Find a default that has changed while the field could be absent, before and now."""
    both_optional = not old.get("required", True) and not new.get("required", True)
    was, is_now = old.get("default"), new.get("default")
    if both_optional and was != is_now:
        yield DEFAULT_CHANGED, f"default {was}", f"default {is_now}"


def units(old: Facts, new: Facts) -> Found:
    """Find a number whose description names another unit first than it did."""
    was, is_now = _unit_in(old), _unit_in(new)
    if was and is_now and was != is_now:
        yield UNIT_CHANGED, was, is_now


def marks(old: Facts, new: Facts) -> Found:
    """Find a text that has lost, or been given, the mark that it may name people."""
    was, is_now = bool(old.get("restricted")), bool(new.get("restricted"))
    if was != is_now:
        words = {True: "restricted", False: "for everybody"}
        yield MARK_ADDED if is_now else MARK_REMOVED, words[was], words[is_now]


def meanings(old: Facts, new: Facts) -> Found:
    """Find a field that is described in other words."""
    if old.get("meaning") != new.get("meaning"):
        yield MEANING_CHANGED, old.get("meaning", ""), new.get("meaning", "")


def attributes(old: Normal, new: Normal) -> Found:
    """Find another lane, key, owner or mode. A side that does not know its own says nothing."""
    for rule, name in _ATTRIBUTES.items():
        was, is_now = getattr(old, name), getattr(new, name)
        if was and is_now and was != is_now:
            yield rule, was, is_now


_ATTRIBUTES = {
    LANE_CHANGED: "lane",
    KEY_CHANGED: "key",
    MODES_CHANGED: "modes",
    OWNER_CHANGED: "owner",
}


def invariants(old: Normal, new: Normal) -> Found:
    """Find rules across fields that came or went, by their names."""
    if not (old.lane and new.lane):
        return
    for name in old.invariants:
        if name not in new.invariants:
            yield INVARIANT_REMOVED, name, ""
    for name in new.invariants:
        if name not in old.invariants:
            yield INVARIANT_ADDED, "", name


FIELD_RULES: tuple[Callable[[Facts, Facts], Found], ...] = (
    requirement, types, defaults, units, marks, meanings,
)  # fmt: skip
"""What is compared in every field."""
SIZE_RULES: tuple[Callable[[Facts, Facts], Found], ...] = (bounds, patterns, codes)
"""What is compared in a field that holds the same kinds of values as before."""
CONTRACT_RULES: tuple[Callable[[Normal, Normal], Found], ...] = (attributes, invariants)
ALL_RULES: tuple[Rule, ...] = tuple(one for one in globals().values() if isinstance(one, Rule))
"""Every kind of change, in the order of this file: the table in the documentation."""

_UNIT = re.compile(
    r"\b(?:(?:square |cubic )?(?:kilo|centi|milli)?metres|feet|miles|knots|degrees"
    r"|(?:milli)?seconds|minutes|hours|days|litres|(?:kilo)?grams|tonnes|bytes|per ?cent|hectares)"
    r"(?: an? (?:hour|minute|second))?\b"
)


def _unit_in(facts: Facts) -> str:
    numeric = {"number", "integer"} & set(facts["types"])
    found = _UNIT.search(facts.get("meaning", "")) if numeric else None
    return found[0] if found else ""
