"""A publisher is told every fault, with its place, in either language."""

import json
import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

from liandong.contracts import catalogue
from liandong.contracts.catalogue import contracts
from liandong.contracts.catalogue.finding import Finding
from liandong.contracts.catalogue.validate import validate
from liandong.contracts.errors import Reason
from liandong.contracts.examples import example

PLACE = re.compile(r"\{(\w+)\}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FAULTS = tomllib.loads((files(catalogue) / "faults.toml").read_text("utf-8"))
JUNK = (None, True, 7, -1e300, 1e300, "", "x" * 30_000, "2026-13-40T", [], [None] * 3, {}, {"x": 1})


def findings(**changes: Any) -> tuple[Finding, ...]:
    """Return what is wrong with the reported incident when its data is changed."""
    document = example("incident.reported.v1")
    document["data"] |= changes
    return validate(json.dumps(document).encode())


def around(**changes: Any) -> tuple[Finding, ...]:
    """Return what is wrong with the reported incident when its attributes are changed."""
    return validate(json.dumps(example("incident.reported.v1") | changes).encode())


@pytest.mark.parametrize("name", sorted(contracts()))
def test_an_example_has_no_fault(name: str) -> None:
    """The golden examples are what a publisher must write."""
    assert validate(json.dumps(example(name)).encode()) == ()


@pytest.mark.parametrize(
    ("changes", "path", "kind", "english", "chinese"),
    [
        ({"summary": ""}, "data.summary", "string_too_short", "at least 1 char", "至少 1 个字符"),
        ({"sumary": "x"}, "data.sumary", "extra_forbidden", "no such field", "契约已定义的字段"),
        ({"grade": "V"}, "data.grade", "enum", "one of I, II, III, IV", "I、II、III、IV"),
        ({"alarm_level": "2"}, "data.alarm_level", "int_type", "an integer", "整数"),
        ({"alarm_level": 100}, "data.alarm_level", "less_than_equal", "at most 99", "不大于 99"),
        ({"call_id": None}, "data.call_id", "null", "no null", "省略"),
        ({"received": 1}, "data.received", "datetime_type", "RFC 3339", "RFC 3339 时间"),
        (
            {"received": "2026-11-21T06:00:00"},
            "data.received",
            "timezone_aware",
            "with its offset",
            "带时区",
        ),
        ({"incident_id": "a b"}, "data.incident_id", "string_pattern_mismatch", "like", "符合"),
        ({"disciplines": ["army"]}, "data.disciplines[0]", "enum", "police, fire", "police、fire"),
        ({"disciplines": "fire"}, "data.disciplines", "tuple_type", "an array", "数组"),
        ({"location": 5}, "data.location", "model_type", "an object", "对象"),
    ],
)
def test_a_fault_of_the_data_is_told_in_both_languages(
    changes: dict[str, Any], path: str, kind: str, english: str, chinese: str
) -> None:
    """Its place, its kind, what was expected, and the number of the reason."""
    (finding,) = findings(**changes)
    assert (finding.fault("en").path, finding.kind) == (path, kind)
    assert finding.reason is Reason.BAD_PAYLOAD
    assert english in finding.line("en")
    assert chinese in finding.line("zh")
    assert "301" in finding.line("zh")


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"specversion": "0.3"}, "specversion", Reason.BAD_ENVELOPE),
        ({"id": "short"}, "id", Reason.BAD_ENVELOPE),
        ({"id": 5}, "id", Reason.BAD_ENVELOPE),
        ({"source": "lz/fire/119"}, "source", Reason.BAD_ENVELOPE),
        ({"source": 5}, "source", Reason.BAD_ENVELOPE),
        ({"mode": "Live"}, "mode", Reason.BAD_ENVELOPE),
        ({"area": ""}, "area", Reason.BAD_ENVELOPE),
        ({"subject": "another"}, "subject", Reason.BAD_ENVELOPE),
        ({"datacontenttype": "text/xml"}, "datacontenttype", Reason.BAD_ENVELOPE),
        ({"expires": "tomorrow"}, "expires", Reason.BAD_ENVELOPE),
        ({"type": "incident.reported.v99"}, "type", Reason.UNKNOWN_CONTRACT),
        ({"data": []}, "data", Reason.BAD_PAYLOAD),
    ],
)
def test_a_fault_around_the_data_is_told(
    changes: dict[str, Any], path: str, reason: Reason
) -> None:
    """With the reason under which a reader refuses the message."""
    (finding,) = around(**changes)
    assert (finding.fault("en").path, finding.reason) == (path, reason)


def test_every_fault_is_told_at_once() -> None:
    """Those of the attributes and those of the data."""
    document = example("incident.reported.v1")
    del document["time"], document["data"]["summary"]
    document["data"]["location"]["point"]["coordinates"] = [500, 0]
    found = [one.fault("en").path for one in validate(json.dumps(document).encode())]
    assert found == ["time", "data.location.point.coordinates[0]", "data.summary"]


def test_a_rule_across_fields_is_told_with_its_own_words() -> None:
    """No schema can say it; it shows both values."""
    document = example("incident.cleared.v1")
    document["data"]["status"] = "Active"
    (finding,) = validate(json.dumps(document).encode())
    assert "契约允许的内容" in finding.line("zh")
    assert "Active" in finding.line("zh")


def test_a_drill_is_not_taken_for_real() -> None:
    """What concerns data and attributes together is told, too."""
    document = example("exercise.started.v1") | {"mode": "live"}
    (finding,) = validate(json.dumps(document).encode())
    assert finding.reason is Reason.BAD_ENVELOPE
    assert "exercise" in finding.line("en")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", Reason.NOT_JSON),
        (b"[]", Reason.NOT_JSON),
        (b'{"a":1,"a":2}', Reason.DUPLICATE_KEY),
        (b'{"a":NaN}', Reason.NOT_FINITE),
        (b"\xff", Reason.BAD_ENCODING),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", Reason.TOO_DEEP),
        (b'{"a":' + b"1" * 5000 + b"}", Reason.INTEGER_TOO_LONG),
        (b" " * 1_000_001, Reason.TOO_LARGE),
    ],
)
def test_bytes_that_no_reader_takes_are_refused_by_number(body: bytes, reason: Reason) -> None:
    """In both languages."""
    (finding,) = validate(body)
    assert finding.reason is reason
    assert CHINESE.search(finding.fault("zh").expected) or reason is Reason.BAD_ENCODING


def test_the_words_of_a_caller_are_not_repeated() -> None:
    """A fault goes into logs: it names the kind of what stood there."""
    (finding,) = findings(description="Zhang San, 13800000000 " * 500)
    assert "Zhang" not in finding.line("en")


@pytest.mark.parametrize("name", sorted(contracts()))
def test_whatever_stands_in_a_field_is_told_in_words(name: str) -> None:
    """Junk never crashes the check, and every kind of fault that it causes has words."""
    fields = contracts()[name].model_fields
    documents = [example(name) | {"data": dict.fromkeys(fields, junk)} for junk in JUNK]
    found = [one for document in documents for one in validate(json.dumps(document).encode())]
    kinds = {finding.kind for finding in found}
    assert kinds - FAULTS["expected"].keys() == set()
    assert "null" in kinds


def test_every_word_is_there_in_both_languages() -> None:
    """English first, then Chinese, with the same things filled in."""
    texts = [pair for table in FAULTS.values() for pair in table.values()]
    assert all(len(pair) == 2 for pair in texts)
    assert all(set(PLACE.findall(english)) == set(PLACE.findall(zh)) for english, zh in texts)
