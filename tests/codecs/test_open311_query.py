"""Open311 GeoReport v2: which requests a query asks for. Samples are made up."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from liandong.adapters.codecs.open311 import ServiceRequest, query
from liandong.contracts import DocumentError

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
REQUEST = ServiceRequest(
    service_request_id="SR-7",
    status="open",
    service_code="POTHOLE",
    requested_datetime=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
)


def test_the_default_range_is_the_most_recent_ninety_days() -> None:
    """Both dates absent or empty."""
    asked = query.parse({"start_date": "", "jurisdiction_id": "x"}, NOW, UTC)
    assert (asked.start, asked.end) == (NOW - timedelta(days=90), NOW)


def test_exactly_ninety_days_may_be_asked_for_and_no_more() -> None:
    """The range is closed at 90 days; one second more is refused."""
    wide = {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-04-01T00:00:00Z"}
    assert query.parse(wide, NOW, UTC).end - query.parse(wide, NOW, UTC).start == query.LONGEST
    with pytest.raises(DocumentError, match="at most 90 days"):
        query.parse(wide | {"end_date": "2026-04-01T00:00:01Z"}, NOW, UTC)


@pytest.mark.parametrize(
    "arguments",
    [
        {"start_date": "2026-02-01T00:00:00Z", "end_date": "2026-01-01T00:00:00Z"},
        {"start_date": "9999-12-31T00:00:00Z"},
        {"end_date": "0001-01-02T00:00:00Z"},
        {"end_date": "tomorrow"},
        {"status": "open,pending"},
    ],
    ids=["backwards", "end of time", "beginning of time", "no date", "unknown status"],
)
def test_a_bad_query_is_refused(arguments: dict[str, str]) -> None:
    """Never a guess at what was meant."""
    with pytest.raises(DocumentError):
        query.parse(arguments, NOW, UTC)


def test_a_query_chooses() -> None:
    """Status and code narrow; ids override the rest; an unencoded plus is understood."""
    near = {"start_date": "2026-11-20T00:00:00 08:00"}
    assert query.parse(near | {"status": "closed,open"}, NOW, UTC).wants(REQUEST)
    assert not query.parse(near | {"status": "closed"}, NOW, UTC).wants(REQUEST)
    assert not query.parse(near | {"service_code": "A,B"}, NOW, UTC).wants(REQUEST)
    named = {"service_request_id": "SR-1, SR-7", "status": "closed"}
    assert query.parse(named, NOW, UTC).wants(REQUEST)


@given(
    st.dictionaries(
        st.sampled_from(["start_date", "end_date", "status", "service_request_id"]),
        st.text(max_size=25)
        | st.datetimes(timezones=st.timezones() | st.none()).map(datetime.isoformat),
    )
)
def test_any_query_raises_nothing_but_a_document_error(arguments: dict[str, str]) -> None:
    """A query that is read spans no more than 90 days."""
    with suppress(DocumentError):
        asked = query.parse(arguments, NOW, SHANGHAI)
        assert timedelta(0) <= asked.end - asked.start <= query.LONGEST
