"""What a client asks for (GET Service Requests, "Optional Arguments")."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from liandong.adapters.codecs.open311.fields import parse_time
from liandong.adapters.codecs.open311.model import CLOSED, OPEN, STANDARD, ServiceRequest
from liandong.contracts.errors import DocumentError

LONGEST = timedelta(days=90)
"""The longest range that may be asked for at once."""
MAX_REQUESTS = 1000
"""The most requests in one answer (section "Response Volume")."""


@dataclass(frozen=True, slots=True)
class Query:
    """Which requests are wanted; an empty part means any.

    Attributes:
        ids: These requests, whatever the rest says.
        start: The earliest ``requested_datetime``.
        end: The latest.
    """

    start: datetime
    end: datetime
    ids: frozenset[str] = frozenset()
    service_codes: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()

    def wants(self, request: ServiceRequest) -> bool:
        """Say whether a request is asked for."""
        if self.ids:
            return request.service_request_id in self.ids
        return (
            self.start <= request.requested_datetime <= self.end
            and (not self.service_codes or request.service_code in self.service_codes)
            and (not self.statuses or request.status in self.statuses)
        )


def parse(arguments: Mapping[str, str], now: datetime, zone: tzinfo) -> Query:
    """Read the arguments of a request for requests.

    Without dates the range is the most recent 90 days; with one of them, the 90 days beside it.

    Args:
        arguments: By name, percent-decoded; unknown names are passed over.
        now: The end of the default range.
        zone: The zone of dates that carry none.

    Raises:
        DocumentError: A date cannot be read, the range is backwards or longer than 90 days, or a
            status is neither open nor closed.
    """
    start, end = _range(
        _date(arguments, "start_date", zone), _date(arguments, "end_date", zone), now
    )
    statuses = _words(arguments, "status")
    if unknown := statuses - {OPEN, CLOSED}:
        raise DocumentError(
            STANDARD, "open or closed", where="status", found=", ".join(sorted(unknown))
        )
    return Query(
        start=start,
        end=end,
        ids=_words(arguments, "service_request_id"),
        service_codes=_words(arguments, "service_code"),
        statuses=statuses,
    )


def _words(arguments: Mapping[str, str], name: str) -> frozenset[str]:
    words = (word.strip() for word in arguments.get(name, "").split(","))
    return frozenset(filter(None, words))


def _range(
    start: datetime | None, end: datetime | None, now: datetime
) -> tuple[datetime, datetime]:
    try:
        end = end or (start + LONGEST if start else now)
        start = start or end - LONGEST
    except OverflowError:
        raise _range_fault("a date 90 days from the end of time") from None
    if not timedelta(0) <= end - start <= LONGEST:
        raise _range_fault(f"{(end - start).days} days")
    return start, end


def _range_fault(found: str) -> DocumentError:
    return DocumentError(
        STANDARD, "a range of at most 90 days", where="start_date, end_date", found=found
    )


def _date(arguments: Mapping[str, str], name: str, zone: tzinfo) -> datetime | None:
    text = arguments.get(name, "").strip()
    if "T" in text:
        text = text.replace(" ", "+")  # a plus sign that was not percent-encoded
    if not text:
        return None
    try:
        return parse_time(text, zone).astimezone(UTC)
    except ValueError:
        raise DocumentError(
            STANDARD, "a date like 2010-01-01T00:00:00Z", where=name, found=text
        ) from None
