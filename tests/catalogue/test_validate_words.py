"""What a publisher is told helps him on, and repeats nothing that could be about people."""

import json
from typing import Any

import pytest

from liandong.contracts.catalogue.finding import Finding
from liandong.contracts.catalogue.validate import validate
from liandong.contracts.examples import example

NAME = "incident.reported.v1"
URN = "urn:liandong:schema:"


def around(**changes: Any) -> tuple[Finding, ...]:
    """Return what is wrong with the reported incident when its attributes are changed."""
    return validate(json.dumps(example(NAME) | changes).encode())


def within(**changes: Any) -> tuple[Finding, ...]:
    """Return what is wrong with the reported incident when its data is changed."""
    return around(data=example(NAME)["data"] | changes)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("expire", "did you mean expires"),
        ("Precedence", "did you mean precedence"),
        ("corelation", "did you mean correlation"),
        ("trace_parent", "no such attribute"),
        ("x" * 21, "no such attribute"),
        ("\u5730\u533a", "no such attribute"),
    ],
)
def test_an_attribute_that_would_be_passed_over_is_a_fault(name: str, says: str) -> None:
    """Misspelt, or not a name that CloudEvents allows."""
    (finding,) = around(**{name: "x"})
    assert finding.path == (name,)
    assert says in finding.line("en")
    assert int(finding.reason) == 201


@pytest.mark.parametrize("name", ["traceparent", "partitionkey", "severity", "sid"])
def test_an_extension_of_somebody_else_is_allowed(name: str) -> None:
    """CloudEvents lets anybody add one."""
    assert around(**{name: "x"}) == ()


def test_a_schema_of_another_contract_is_a_fault() -> None:
    """One of our schemas is the type's own; of another's nothing is known."""
    (finding,) = around(dataschema=f"{URN}unit.status.v1")
    assert finding.line("en") == (
        f'dataschema: expected {URN}{NAME}, found "{URN}unit.status.v1" [reason 201]'
    )
    assert around(dataschema="https://example.org/schema.json") == ()


def test_a_type_that_is_nearly_right_is_guessed() -> None:
    """And one that is not even near is named."""
    (near,) = around(type="incident.reprted.v1")
    (far,) = around(type="xyz")
    assert f"did you mean {NAME}" in near.line("en")
    assert "\u662f\u5426\u6307" in near.line("zh")
    assert far.line("en") == 'type: expected a contract known here, found "xyz" [reason 204]'


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"grade": "V"}, '"V"'),
        ({"alarm_level": 100}, "100"),
        ({"received": "yesterday"}, '"yesterday"'),
        ({"grade": "\u5f20\u4e09"}, "a string"),
        ({"incident_id": "ZhangSan!"}, "a string"),
        ({"summary": 13800000000}, "an integer"),
        ({"description": 13800000000}, "an integer"),
        ({"sumary": "ZhangSan"}, "a string"),
    ],
)
def test_only_a_wrong_code_bound_or_time_is_repeated(changes: dict[str, Any], found: str) -> None:
    """Of all else the kind is named: it may be about people."""
    (finding,) = within(**changes)
    assert finding.fault("en").found == found


@pytest.mark.parametrize("place", [around, within])
def test_a_name_cannot_command_the_terminal(place: Any) -> None:
    """Control characters are spelt out, and a fault stays one line."""
    (finding,) = place(**{"\u001b[31mred\nkey\u009b\u202e": "x"})
    assert finding.line("en").isprintable()
    assert r"\x1b[31mred\nkey\x9b\u202e" in finding.line("zh")


@pytest.mark.parametrize(
    ("body", "english", "chinese"),
    [
        (b"{", "at line 1 column 2", "第 1 行第 2 列"),
        (b'{"a":1}{', "Extra data at line 1 column 8", "第 1 行第 8 列"),
        (b"\xef\xbb\xbf{}", "found a byte order mark", "实为 字节顺序标记"),
        (b'{"status":1,"status":2}', "found 'status' twice", "'status' 出现两次"),
        (b'{"a":"\\ud800"}', "found a lone surrogate", "实为 不成对的代理码位"),
        (b'{"a":"\xff"}', "found byte 6", "实为 第 6 字节"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "at most 32 levels, found more", "最多 32 层"),
        (b'{"a":' + b"1" * 5000 + b"}", "at most 4,300 digits", "最多 4,300 位"),
        (b" " * 1_000_001, "at most 1,000,000 bytes, found 1000001 bytes", "1000001 字节"),
        (b"[]", "found an array", "实为 数组"),
    ],
)
def test_what_is_wrong_with_the_bytes_is_told_with_its_limit_and_place(
    body: bytes, english: str, chinese: str
) -> None:
    """In both languages."""
    (finding,) = validate(body)
    assert english in finding.line("en")
    assert chinese in finding.line("zh")
