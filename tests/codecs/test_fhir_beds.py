"""FHIR bed reports: bytes to report and back, leniently in, strictly out. Samples are made up."""

import json
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs import fhir_beds as fhir
from liandong.contracts import DocumentError, Reason

SHANGHAI = ZoneInfo("Asia/Shanghai")
FULL = (Path(__file__).parents[1] / "samples" / "fhir_beds" / "full.json").read_bytes()
LEAST = {
    "resourceType": "MeasureReport",
    "status": "complete",
    "type": "summary",
    "measure": "urn:lz:measure",
    "period": {"start": "2026-11-21", "end": "2026-11-21"},
}


def report(**changes: Any) -> fhir.MeasureReport:
    """Return the shortest report, with members added or changed."""
    return fhir.parse(json.dumps(LEAST | changes).encode())


def test_every_real_report_is_the_same_after_it_was_written(data_dir: Path) -> None:
    """And none of them has a defect."""
    files = sorted((data_dir / "fhir-beds").glob("*.json"))
    bodies = {path.name: path.read_bytes() for path in files}
    reports = {name: fhir.parse(body) for name, body in bodies.items()}
    assert {n: r.defects for n, r in reports.items() if r.defects} == {}
    assert {n for n, r in reports.items() if fhir.parse(fhir.render(r)) != r} == set()
    assert len(reports) >= 24


def test_everything_that_a_report_can_say_is_read() -> None:
    """Score, comparator, criteria, why a count is absent, a contained resource."""
    read = fhir.parse(FULL)
    group = read.group[0]
    assert read.defects == ()
    assert read.subject == fhir.Reference(
        reference="#here",
        display="临州市第一人民医院",
        type="Location",
        identifier=fhir.Identifier("LZ-YY-0001", "urn:lz:register:medical-institutions"),
    )
    assert [one.count for one in group.population] == [23, 1, None, 0]
    assert group.population[2].absent == "masked"
    assert group.score == fhir.Quantity(95.83, ">=", "%", "http://unitsofmeasure.org", "%")
    assert group.stratifier[0].stratum[1].component[0].value == fhir.Concept(text="65 and older")
    assert group.code is not None
    assert group.code.coding[0].version == "2026"
    assert read.improvement is not None
    assert read.improvement.coding[0].code == "decrease"


DEFECTS = [
    ({"group": {"population": [{"count": 3}]}}, "not in a list: group"),
    ({"group": [{"population": [{"count": "3"}]}]}, "number written as text"),
    ({"group": [{"population": [{"count": 3.0}]}]}, "whole number with a point"),
    ({"group": [{"population": [{"count": 2.5}]}]}, "no whole number"),
    ({"group": [{"population": [{"count": True}]}]}, "no number"),
    ({"group": [{"population": [7]}]}, "no object: group[0].population[0]"),
    ({"group": 7}, "no list: group"),
    ({"subject": [{"display": "here"}]}, "in a list of one: subject"),
    ({"subject": 7}, "no object: subject"),
    ({"measure": 7}, "no text: measure"),
]


@pytest.mark.parametrize(("changes", "defect"), DEFECTS)
def test_what_can_be_read_is_read_and_named(changes: dict[str, Any], defect: str) -> None:
    """A count in the wrong form is still a count."""
    (found,) = report(**changes).defects
    assert found.startswith(defect)


@pytest.mark.parametrize("name", ["status", "type", "measure", "period"])
def test_what_must_be_there_is_missed_and_not_written_without(name: str) -> None:
    """Read leniently, written strictly."""
    less = {key: value for key, value in LEAST.items() if key != name}
    read = fhir.parse(json.dumps(less).encode())
    assert read.defects == (f"missing: {name}",)
    with pytest.raises(DocumentError, match=name):
        fhir.render(read)


def test_a_place_not_on_earth_is_left_out() -> None:
    """Half a place too."""
    url = "http://hl7.org/fhir/us/saner/StructureDefinition/GeoLocation"

    def place(*degrees: float) -> fhir.MeasureReport:
        names = ("latitude", "longitude")
        parts = [{"url": n, "valueDecimal": d} for n, d in zip(names, degrees, strict=False)]
        return report(subject={"display": "x", "extension": [{"url": url, "extension": parts}]})

    points = [(r.subject.point, r.defects) for r in map(place, (31, 91, 31), (118, 0)) if r.subject]
    assert points == [
        ((118, 31), ()),
        (None, ("place not on earth: subject.extension[0].extension",)),
    ]
    assert place(31).defects == ("no place: subject.extension[0].extension",)


REFUSED = [
    (b"", Reason.NOT_JSON),
    (b"\xff\xfe", Reason.BAD_ENCODING),
    (b"[]", Reason.NOT_JSON),
    (b'{"resourceType": "Bundle"}', Reason.UNSUPPORTED),
    (b'{"resourceType": "MeasureReport", "resourceType": "Bundle"}', Reason.DUPLICATE_KEY),
    (b'{"resourceType": "MeasureReport", "implicitRules": "urn:x"}', Reason.UNSUPPORTED),
    (b'{"resourceType": "MeasureReport", "group": [{"population": [{"count": NaN}]}]}',
     Reason.NOT_FINITE),
    (b'{"resourceType": "MeasureReport", "group": [{"modifierExtension": [{"url": "urn:not"}]}]}',
     Reason.UNSUPPORTED),
    (b'{"resourceType": "MeasureReport", "group": [' + b"{}," * 1000 + b"{}]}", Reason.OVERSIZE),
    (b'{"a":' * 40 + b"1" + b"}" * 40, Reason.TOO_DEEP),
    (b" " * 1_000_001, Reason.TOO_LARGE),
]  # fmt: skip


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_what_is_no_report_is_refused_with_a_reason(body: bytes, reason: Reason) -> None:
    """Nothing but DocumentError."""
    with pytest.raises(DocumentError) as error:
        fhir.parse(body)
    assert error.value.reason is reason


SPANS = [
    ("2024", "2024-01-01", "2025-01-01"),
    ("2024-02", "2024-02-01", "2024-03-01"),
    ("2024-12", "2024-12-01", "2025-01-01"),
    ("2024-02-29", "2024-02-29", "2024-03-01"),
    ("2026-11-21T07:00:00Z", "2026-11-21T15:00", "2026-11-21T15:00"),
    ("2026-11-21T15:00", "2026-11-21T15:00", "2026-11-21T15:00"),
    (
        "2026-11-21T15:00:00.3855935+08:00",
        "2026-11-21T15:00:00.385593",
        "2026-11-21T15:00:00.385593",
    ),
]


@pytest.mark.parametrize(("text", "begin", "end"), SPANS)
def test_a_date_is_the_whole_of_it(text: str, begin: str, end: str) -> None:
    """A year, a month, a day in the zone; a moment is no longer than itself."""
    wanted = tuple(datetime.fromisoformat(one).replace(tzinfo=SHANGHAI) for one in (begin, end))
    assert fhir.span(text, SHANGHAI) == wanted


@pytest.mark.parametrize("text", ["", "today", "2026-13", "2026-W47", "0000", "9999", "20261121"])
def test_what_is_no_time_is_none(text: str) -> None:
    """Nor is one beyond the calendar."""
    assert fhir.span(text, SHANGHAI) is None


@given(st.dates(datetime(1900, 1, 1).date(), datetime(2200, 1, 1).date()), st.integers(0, 400))  # noqa: DTZ001
def test_a_period_of_whole_days_is_written_as_dates(start: Any, days: int) -> None:
    """Read and written again it is the same."""
    end = datetime.fromordinal(start.toordinal() + days).date()
    period = fhir.Period(start.isoformat(), end.isoformat())
    first, last = (fhir.span(text, SHANGHAI) for text in (period.start, period.end))
    assert first
    assert last
    assert fhir.write_period(first[0], last[1], SHANGHAI) == period


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CODINGS = st.builds(fhir.Coding, WORDS.filter(bool), WORDS, WORDS, WORDS)
CONCEPTS = st.builds(fhir.Concept, st.tuples(CODINGS), WORDS)
QUANTITIES = st.builds(
    fhir.Quantity,
    st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", "<", ">="]),
    WORDS,
    WORDS,
    WORDS,
)
POPULATIONS = st.lists(
    st.builds(fhir.Population, CONCEPTS, st.none() | st.integers(0, 2**31)), max_size=3
).map(tuple)
STRATA = st.builds(
    fhir.Stratum, CONCEPTS, st.tuples(st.builds(fhir.Component, CONCEPTS, CONCEPTS)), POPULATIONS
)
GROUPS = st.builds(
    fhir.Group,
    st.none() | CONCEPTS,
    POPULATIONS,
    st.none() | QUANTITIES,
    st.tuples(st.builds(fhir.Stratifier, st.tuples(CONCEPTS), st.tuples(STRATA))),
)
REPORTS = st.builds(
    fhir.MeasureReport,
    status=st.just("complete"),
    type=st.just("summary"),
    measure=WORDS.filter(bool),
    period=st.just(fhir.Period("2026")),
    subject=st.none() | st.builds(fhir.Reference, WORDS.filter(bool), WORDS),
    group=st.lists(GROUPS.filter(lambda group: group.population), max_size=3).map(tuple),
)


@given(REPORTS.filter(lambda r: all(p.code or p.count for g in r.group for p in g.population)))
def test_any_report_is_the_same_after_it_was_written(made: fhir.MeasureReport) -> None:
    """Whatever its words are."""
    assert fhir.parse(fhir.render(made)) == made


@given(st.data())
def test_a_damaged_report_is_read_or_refused(data: st.DataObject) -> None:
    """Never anything else."""
    at = data.draw(st.integers(0, len(FULL) - 1))
    width = data.draw(st.integers(0, 40))
    body = FULL[:at] + data.draw(st.binary(max_size=8)) + FULL[at + width :]
    with suppress(DocumentError):
        assert isinstance(fhir.parse(body), fhir.MeasureReport)
