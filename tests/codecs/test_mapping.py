"""Mapping files: columns and codes become named values, and what cannot be read is named."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs.mapping import Coded, load_mapping, mapping_for
from liandong.adapters.codecs.values import parse_number, parse_point, parse_time, to_utc
from liandong.contracts import ConfigurationError, DocumentError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NEW_YORK = ZoneInfo("America/New_York")
CAD = load_mapping(
    """
name = "cad"
version = "1"
event = "incident.reported"
timezone = "Asia/Shanghai"
time_formats = ["%Y-%m-%d %H:%M:%S"]
rough_time_formats = ["%Y-%m-%d"]
required = ["call", "received"]
[texts]
call = ["编号", "批次"]
agency = { constant = "110" }
[times]
received = "接警时间"
cleared = "结束时间"
[numbers]
speed_kmh = { column = "航速", factor = 1.852 }
[points]
location = ["纬度", "经度"]
[codes.discipline]
column = "类别"
before = ":"
common = { "火警" = "fire" }
[codes.kind]
column = "类别"
after = ":"
system = "gat-kinds"
[orders]
"times out of order" = ["received", "cleared"]
""".encode(),
    "cad.toml",
)
ROW = {
    "编号": "7",
    "批次": "1",
    "接警时间": "2026-01-02 08:00:00",
    "结束时间": "2026-01-02 07:59:59",
    "航速": "10",
    "纬度": "31.3",
    "经度": "120.6",
    "类别": "火警: 厂房",
}


def test_a_row_becomes_named_values() -> None:
    """Texts, times in UTC, numbers in the contract's unit, longitude first, codes with systems."""
    reading = CAD.read(ROW, zone=NEW_YORK)
    assert reading.texts == {"call": "7|1", "agency": "110"}
    assert reading.times["received"] == datetime(2026, 1, 2, tzinfo=UTC)
    assert reading.numbers == {"speed_kmh": 18.52}
    assert reading.points == {"location": (120.6, 31.3)}
    assert reading.codes == {
        "discipline": Coded("火警", "cad:类别", "fire"),
        "kind": Coded("厂房", "gat-kinds", None),
    }


def test_times_out_of_order_are_a_named_defect() -> None:
    """The defect has the mapping's name for it and both times."""
    assert CAD.read(ROW, zone=SHANGHAI).defects == [
        "times out of order: cleared 2026-01-01T23:59:59Z is before received 2026-01-02T00:00:00Z"
    ]


def test_what_cannot_be_read_is_left_out_and_named() -> None:
    """An optional value that is no time, number or position costs only itself."""
    row = ROW | {"结束时间": "soon", "航速": "fast", "纬度": "91"}
    reading = CAD.read(row, zone=SHANGHAI)
    assert [defect.split(":")[0] for defect in reading.defects] == [
        "time not readable",
        "number not readable",
        "position not readable",
    ]


def test_a_rough_time_is_read_as_a_defect() -> None:
    """A date without its time is the date's first moment, and said to be so."""
    reading = CAD.read({"编号": "7", "接警时间": "2026-01-02"}, zone=SHANGHAI)
    assert reading.times["received"] == datetime(2026, 1, 1, 16, tzinfo=UTC)
    assert reading.defects == ["time is rough: 接警时间 '2026-01-02'"]


def test_a_required_value_costs_the_row() -> None:
    """The error names the column and what stood there."""
    with pytest.raises(DocumentError, match=r"column '接警时间': expected a time .*, found 'soon'"):
        CAD.read({"编号": "7", "接警时间": "soon"}, zone=SHANGHAI)


def test_an_assumed_zone_is_a_defect() -> None:
    """A time without offset, in a mapping without zone, takes the adapter's zone and says so."""
    plain = load_mapping(b'name = "x"\nversion = "1"\nevent = "e"\n[times]\nat = "at"', "x")
    naive = plain.read({"at": "2026-01-02T08:00:00"}, zone=SHANGHAI)
    aware = plain.read({"at": "2026-01-02T08:00:00+08:00"}, zone=SHANGHAI)
    assert naive.times == aware.times == {"at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert naive.defects[0].startswith("time zone assumed, Asia/Shanghai")
    assert aware.defects == []


@pytest.mark.parametrize("hour", [1, 2])
def test_a_change_of_clocks_is_a_defect(hour: int) -> None:
    """An hour that comes twice, and one that never comes, are in doubt."""
    day = {1: datetime(2026, 11, 1), 2: datetime(2026, 3, 8)}[hour]  # noqa: DTZ001
    moment, defect = to_utc(day.replace(hour=hour, minute=30), NEW_YORK)
    assert moment is not None
    assert defect == "time falls into a change of clocks"


@pytest.mark.parametrize(
    "toml",
    [
        b"name = ",
        b'name = "x"',
        b'name = "x"\nversion = "1"\nevent = "e"\nsurplus = 1',
        b'name = "x"\nversion = "1"\nevent = "e"\ntimezone = "Nowhere/At-All"',
        b'name = "x"\nversion = "1"\nevent = "e"\nrequired = ["call"]',
        "名".encode("gb18030"),
    ],
)
def test_a_mapping_that_is_wrong_is_refused_at_the_start(toml: bytes) -> None:
    """No TOML, a missing or unknown key, no such zone, a required value that nothing gives."""
    with pytest.raises(ConfigurationError, match=r"mapping cad\.toml"):
        load_mapping(toml, "cad.toml")


def test_the_mapping_is_found_by_the_header() -> None:
    """The one that reads most columns wins; where none fits, the nearest says what it misses."""
    narrow = CAD.model_validate(CAD.model_dump() | {"numbers": {}})
    assert mapping_for(["编号", "批次", "接警时间", "航速"], [narrow, CAD]) is CAD
    with pytest.raises(DocumentError, match=r"misses \['接警时间'\]"):
        mapping_for(["编号", "批次"], [CAD])
    with pytest.raises(DocumentError, match="found none"):
        mapping_for(["编号"], [])


@pytest.mark.parametrize(
    ("text", "point"),
    [
        ("(31.3, 120.6)", (120.6, 31.3)),
        ("31.3 120.6", (120.6, 31.3)),
        ("POINT (120.6 31.3)", (120.6, 31.3)),
        ("0, 0", None),
        ("120.6, 31.3", None),
        ("nan, 1", None),
        ("31.3", None),
    ],
)
def test_positions(text: str, point: tuple[float, float] | None) -> None:
    """Latitude first, but longitude first in WKT; nothing off the earth, and not 0, 0."""
    assert parse_point(text) == point


@given(st.text(max_size=30), st.sampled_from(["iso", "epoch", "epoch_ms", "%Y-%m-%d %H:%M:%S%z"]))
def test_any_text_is_a_time_or_none(text: str, name: str) -> None:
    """Reading a time, number or position never raises, and a time is UTC or nothing."""
    local, defect = parse_time(text, (name,))
    assert (local is None) == (defect == "time not readable")
    assert parse_number(text) is None or "n" not in text.lower()
    assert parse_point(text) is None or len(text) > 2


@given(st.datetimes(), st.timezones())
def test_any_time_is_utc_or_none(moment: datetime, zone: ZoneInfo) -> None:
    """No time of the calendar, in any zone, raises."""
    found, defect = to_utc(moment, zone)
    assert (found is None and defect) or (found and found.tzinfo is UTC)


@given(
    st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2999, 1, 1)),  # noqa: DTZ001
    st.sampled_from(
        ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%Y%m%d", "%Y年%m月%d日 %H时%M分", "%d %b %Y"]
    ),
)
def test_a_format_reads_as_strptime_does(moment: datetime, name: str) -> None:
    """What the format writes is read back, whether we or the library read it."""
    text = moment.strftime(name)
    assert parse_time(text, (name,)) == (datetime.strptime(text, name), "")  # noqa: DTZ007


@pytest.mark.parametrize("text", ["2026-02-30", "2026-13-01", "2026-1-1 ", "26-01-01", ""])
def test_a_day_that_is_none_is_not_read(text: str) -> None:
    """No thirtieth of February, no thirteenth month, nothing left over."""
    assert parse_time(text, ("%Y-%m-%d",)) == (None, "time not readable")
