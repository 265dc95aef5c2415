"""FHIR's ``dateTime``: a moment, or a date that stands for the whole of a day, month or year."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from liandong.adapters.codecs.fhir_beds.document import Period

_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?\Z", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?\Z", re.ASCII
)
_LAST_MONTH = 12


def span(text: str, zone: tzinfo) -> tuple[datetime, datetime] | None:
    """Return from when until when a ``dateTime`` lasts; the end is where the next begins.

    A moment begins and ends at once. Digits behind the microsecond are dropped.

    Args:
        text: As FHIR R4 §2.24.0.1 has it.
        zone: The zone of dates, and of a moment that breaks the standard by naming none.

    Returns:
        Two aware times, or None where it cannot be read or lies at the end of the calendar.
    """
    try:
        if found := _DATE.match(text):
            begin, end = _whole(*found.groups())
        elif _MOMENT.match(text):
            begin = end = datetime.fromisoformat(text)
        else:
            return None
        return _aware(begin, zone), _aware(end, zone)
    except (ValueError, OverflowError):
        return None


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    """Return it with a zone.

    Raises:
        OverflowError: UTC lies outside the calendar.
    """
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    aware.astimezone(UTC)
    return aware


def _whole(year: str, month: str | None, day: str | None) -> tuple[datetime, datetime]:
    """Return the first moment of a year, month or day, and that of the next, without a zone."""
    begin = datetime(int(year), int(month or 1), int(day or 1))  # noqa: DTZ001  not known here
    if day:
        return begin, begin + timedelta(days=1)
    if month and begin.month < _LAST_MONTH:
        return begin, begin.replace(month=begin.month + 1)
    return begin, begin.replace(year=begin.year + 1, month=1)


def write_time(moment: datetime, zone: tzinfo) -> str:
    """Return a moment as a ``dateTime`` in the zone."""
    return moment.astimezone(zone).isoformat()


def write_period(start: datetime | None, end: datetime | None, zone: tzinfo) -> Period:
    """Return a period; as dates where it is whole days of the zone, as `span` read them."""
    days = (
        start is not None
        and end is not None
        and start < end
        and _is_midnight(start, zone)
        and _is_midnight(end, zone)
    )
    if days and start and end:
        last = end.astimezone(zone) - timedelta(days=1)
        return Period(start.astimezone(zone).date().isoformat(), last.date().isoformat())
    return Period(
        write_time(start, zone) if start else "",
        write_time(end, zone) if end else "",
    )


def _is_midnight(moment: datetime, zone: tzinfo) -> bool:
    local = moment.astimezone(zone)
    return (local.hour, local.minute, local.second, local.microsecond) == (0, 0, 0, 0)
