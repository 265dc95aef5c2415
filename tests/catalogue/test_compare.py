"""The gate: each rule finds its change, passes over a near miss, and says whom it breaks.

Whether a change really breaks somebody is tried in test_verdicts.py, on models.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from liandong.contracts.catalogue.change import Change, Party
from liandong.contracts.catalogue.compare import compare
from liandong.contracts.catalogue.normal import Normal, of_schema
from liandong.contracts.catalogue.rules import ALL_RULES

ROOT = Path(__file__).resolve().parents[2]
Node = dict[str, Any]
TEXT: Node = {"type": "string", "maxLength": 200}
NUMBER: Node = {"type": "number", "minimum": 0, "maximum": 10}
WHOLE: Node = {"type": "integer"}
LIST: Node = {"type": "array", "items": TEXT, "maxItems": 5}
CODES: Node = {"$ref": "#/$defs/Colour"}
EITHER: Node = {"anyOf": [{"type": "number"}, {"type": "boolean"}]}
MARK = {"$comment": "restricted: may name people; delivered only to agencies cleared for it"}
METRES = {"type": "number", "description": "How far, in metres."}
KILOMETRES = {"type": "number", "description": "How far, in kilometres."}
FURTHER = {"type": "number", "description": "How far it is, in metres (CAP has kilometres)."}


def contract(node: Node | None, *, needed: bool = False, codes: str = "red green") -> Normal:
    """Return a contract whose data has one field ``x``, or none."""
    schema = {
        "$id": "urn:liandong:schema:thing.happened.v1",
        "type": "object",
        "properties": {} if node is None else {"x": node},
        "required": ["x"] if needed else [],
        "$defs": {"Colour": {"type": "string", "enum": codes.split()}},
    }
    about = {
        "lane": "events",
        "owner": "agency",
        "key": ["x"],
        "modes": ["live"],
        "invariants": ["in_order"],
    }
    return of_schema(schema, about)


def found(old: Normal | None, new: Normal | None) -> dict[str, Change]:
    """Return the changes by rule."""
    before, after = ({one.name: one} if one else {} for one in (old, new))
    return {change.rule: change for change in compare(before, after)}


PLAIN = contract(TEXT)
NEEDED = contract(TEXT, needed=True)
# Per rule: what was, what is where the rule finds something, and what is where it must not.
CASES: dict[str, tuple[Normal | None, Normal | None, Normal | None]] = {
    "contract-added": (None, PLAIN, None),
    "contract-removed": (PLAIN, None, PLAIN),
    "field-added-optional": (contract(None), PLAIN, NEEDED),
    "field-added-required": (contract(None), NEEDED, PLAIN),
    "field-removed": (PLAIN, contract(None), NEEDED),
    "lane-changed": (PLAIN, replace(PLAIN, lane="orders"), replace(PLAIN, lane="")),
    "key-changed": (PLAIN, replace(PLAIN, key=("y", "x")), replace(PLAIN, key=())),
    "modes-changed": (PLAIN, replace(PLAIN, modes=("test",)), replace(PLAIN, modes=())),
    "owner-changed": (PLAIN, replace(PLAIN, owner="lender"), replace(PLAIN, lane="orders")),
    "invariant-added": (PLAIN, replace(PLAIN, invariants=("in_order", "b")), PLAIN),
    "invariant-removed": (PLAIN, replace(PLAIN, invariants=()), PLAIN),
    "made-required": (PLAIN, NEEDED, contract(NUMBER)),
    "made-optional": (NEEDED, PLAIN, contract(NUMBER, needed=True)),
    "type-changed": (PLAIN, contract(NUMBER), contract({"type": "string"})),
    "type-narrowed": (contract(EITHER), contract(NUMBER), contract(TEXT)),
    "type-widened": (contract(WHOLE), contract({"type": "number"}), contract({"type": "boolean"})),
    "narrowed": (PLAIN, contract(TEXT | {"maxLength": 100}), contract(TEXT | {"maxLength": 300})),
    "widened": (PLAIN, contract({"type": "string"}), contract(TEXT | {"minLength": 1})),
    "pattern-changed": (
        contract({"type": "string", "pattern": "^a$"}),
        contract({"type": "string", "pattern": "^b$"}),
        contract({"type": "string"}),
    ),
    "code-removed": (
        contract(CODES),
        contract(CODES, codes="red"),
        contract(CODES, codes="red green blue"),
    ),
    "code-added": (contract(CODES), contract(CODES, codes="red green blue"), contract(CODES)),
    "default-changed": (
        contract(TEXT | {"default": "a"}),
        contract(TEXT | {"default": "b"}),
        contract(TEXT | {"default": "b"}, needed=True),
    ),
    "unit-changed": (contract(METRES), contract(KILOMETRES), contract(FURTHER)),
    "restricted-removed": (contract(TEXT | MARK), PLAIN, contract(TEXT | MARK, needed=True)),
    "restricted-added": (PLAIN, contract(TEXT | MARK), NEEDED),
    "description-changed": (contract(METRES), contract(FURTHER), contract(METRES)),
}  # fmt: skip
BREAKING = {rule.name for rule in ALL_RULES if rule.breaks}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_finds_its_change(rule: str) -> None:
    """And says whether it breaks somebody."""
    old, new, _ = CASES[rule]
    assert found(old, new)[rule].breaking is (rule in BREAKING)


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_passes_over_what_is_not_its_change(rule: str) -> None:
    """The near miss is another rule's, or nobody's."""
    old, _, near = CASES[rule]
    assert rule not in found(old, near)


def test_every_rule_is_tried() -> None:
    """A rule without a test is a guess."""
    assert sorted(CASES) == sorted(rule.name for rule in ALL_RULES)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        (LIST, LIST | {"maxItems": 4}, "narrowed"),
        (LIST, LIST | {"items": TEXT | {"maxLength": 9}}, "narrowed"),
        (LIST, LIST | {"items": NUMBER}, "type-changed"),
        (NUMBER, NUMBER | {"minimum": 1}, "narrowed"),
        (NUMBER, NUMBER | {"minimum": -1}, "widened"),
        (NUMBER, NUMBER | {"maximum": 9}, "narrowed"),
        ({"type": "number"}, NUMBER, "narrowed"),
        (TEXT, TEXT | {"format": "date-time"}, "narrowed"),
        (TEXT | {"pattern": "^a$"}, TEXT, "widened"),
        ({"const": "a"}, {"const": "b"}, "narrowed"),
        (CODES, TEXT, "type-changed"),
        (METRES, METRES | {"description": "In metres a second."}, "unit-changed"),
    ],
)
def test_what_is_tighter_or_looser_is_told_apart(old: Node, new: Node, rule: str) -> None:
    """In lists, numbers, texts and constants."""
    assert found(contract(old), contract(new))[rule].breaking


def test_a_change_of_a_part_is_told_where_it_is_used() -> None:
    """By the path that a publisher writes."""
    old, new = ({"type": "object", "properties": {"y": node}} for node in (TEXT, NUMBER))
    assert found(contract(old), contract(new))["type-changed"].path == "x.y"


def test_a_field_is_removed_with_what_is_in_it() -> None:
    """One change, not one for each field below."""
    part = {"type": "object", "properties": {"y": LIST, "z": {"anyOf": [TEXT, NUMBER]}}}
    (change,) = compare({"a": contract(part)}, {"a": contract(None)})
    assert (change.rule, change.path) == ("field-removed", "x")


def test_another_unit_in_the_name_is_guessed() -> None:
    """A number in another unit is another field, and the message says so."""
    schema = {"$id": "a", "properties": {"radius_m": NUMBER}}
    other = {"$id": "a", "properties": {"radius_km": NUMBER}}
    changes = compare({"a": of_schema(schema)}, {"a": of_schema(other)})
    assert changes[0].rule == "field-removed"
    assert "radius_km" in changes[0].hint


def test_what_breaks_somebody_comes_first() -> None:
    """A reader of a long list sees it."""
    old = {"a": contract(None), "b": PLAIN}
    new = {"a": PLAIN, "b": contract(NUMBER)}
    assert [one.breaking for one in compare(old, new)] == [True, False]


def test_nothing_has_changed_in_what_is_the_same() -> None:
    """Silence means peace."""
    assert compare({"a": PLAIN}, {"a": contract(TEXT)}) == ()


def test_the_documentation_has_every_rule_with_its_verdict() -> None:
    """In the order of the rules, row by row."""
    page = (ROOT / "docs" / "how-to" / "change-a-contract.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    assert rows == [
        f"| `{rule.name}` | {rule.meaning} "
        + "".join(f"| {'breaks' if party in rule.breaks else ''} " for party in Party)
        + "|"
        for rule in ALL_RULES
    ]
