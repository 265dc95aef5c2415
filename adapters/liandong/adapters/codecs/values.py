"""Times, numbers and positions as people and devices write them: text -> value, or None."""

import math
import re
from datetime import UTC, datetime
from functools import lru_cache
from itertools import zip_longest
from zoneinfo import ZoneInfo

_NUMBER = r"[-+]?\d{1,3}(?:\.\d+)?"
_POINT = re.compile(
    rf"(?P<wkt>POINT)?\s*\(?\s*(?P<first>{_NUMBER})\s*[,\s]\s*(?P<second>{_NUMBER})\s*\)?",
    re.IGNORECASE,
)
_ONE_OR_TWO = "[0-9]{1,2}"
_DIRECTIVES = dict.fromkeys("mdHMS", _ONE_OR_TWO) | {
    "Y": "[0-9]{4}",
    "I": "1[0-2]|0?[1-9]",
    "p": "[AaPp][Mm]",
}
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180


@lru_cache(maxsize=4096)  # the rows of one call repeat its times
def parse_moment(
    text: str,
    formats: tuple[str, ...],
    rough: tuple[str, ...],
    zone: ZoneInfo,
    *,
    assumed: bool,
) -> tuple[datetime | None, tuple[str, ...]]:
    """Read a time and bring it to UTC.

    Args:
        text: The time.
        formats: As `parse_time` has them.
        rough: As `parse_time` has them.
        zone: The zone of a time without offset.
        assumed: Nobody said that it is this zone: a defect where it is needed.

    Returns:
        The time in UTC, None where it is not readable; and what was wrong with it.
    """
    local, unclear = parse_time(text, formats, rough)
    if local is None:
        return None, (unclear,)
    moment, doubt = to_utc(local, zone)
    guess = f"time zone assumed, {zone.key}" if assumed and not local.tzinfo else ""
    return moment, tuple(defect for defect in (unclear, doubt, guess) if defect)


def parse_time(
    text: str, formats: tuple[str, ...], rough: tuple[str, ...] = ()
) -> tuple[datetime | None, str]:
    """Read a time by the first format that fits.

    Args:
        text: The time.
        formats: ``iso`` (ISO 8601), ``epoch`` (seconds), ``epoch_ms``, or a `datetime.strptime`
            format.
        rough: Formats that say less than they should, such as a date without its time.

    Returns:
        The time, naive where it has no offset; and a defect where it is rough or not readable.
    """
    for name in formats:
        if moment := _parse_time(text, name):
            return moment, ""
    for name in rough:
        if moment := _parse_time(text, name):
            return moment, "time is rough"
    return None, "time not readable"


def _parse_time(text: str, name: str) -> datetime | None:
    try:
        match name:
            case "iso":
                return datetime.fromisoformat(text)
            case "epoch":
                return datetime.fromtimestamp(float(text), UTC)
            case "epoch_ms":
                return datetime.fromtimestamp(float(text) / 1000, UTC)
            case _:
                return _parse_format(text, name)
    except (ValueError, OverflowError, OSError):
        return None


def _parse_format(text: str, name: str) -> datetime | None:
    """Read what `datetime.strptime` reads, the usual formats in a tenth of its time."""
    pattern = _pattern(name)
    if pattern is None:
        return datetime.strptime(text, name)  # noqa: DTZ007  the caller adds the zone
    if not (found := pattern.fullmatch(text)):
        return None
    part = found.groupdict("0").get
    hour = int(part("H", "0"))
    if half := part("p"):
        hour = int(part("I", "0")) % 12 + (12 if half.lower() == "pm" else 0)
    year, month, day, minute, second = (int(part(name, "0")) for name in "YmdMS")
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  as above


@lru_cache(maxsize=64)
def _pattern(name: str) -> re.Pattern[str] | None:
    """Return what texts of a format look like, or None where only strptime can tell."""
    literals, directives = re.split("%.", name), re.findall("%(.)", name)
    usual = set(directives) <= set(_DIRECTIVES) and {*"Ymd"} <= set(directives)
    if (
        not usual
        or len(set(directives)) < len(directives)
        or ("I" in directives) != ("p" in directives)
    ):
        return None
    named = [f"(?P<{d}>{_DIRECTIVES[d]})" for d in directives]
    pairs = zip_longest(map(re.escape, literals), named, fillvalue="")
    return re.compile("".join(part for pair in pairs for part in pair))


def to_utc(moment: datetime, zone: ZoneInfo) -> tuple[datetime | None, str]:
    """Return a time in UTC, and a defect where a change of clocks leaves it in doubt.

    Args:
        moment: Aware, or naive and in ``zone``. In an hour that comes twice, the first is meant.
        zone: The zone of a naive time.
    """
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    twice_or_never = local.utcoffset() != local.replace(fold=1).utcoffset()
    try:
        moment = local.astimezone(UTC)
    except OverflowError:  # in the first or last day of the calendar
        return None, "time not readable"
    return moment, "time falls into a change of clocks" if twice_or_never else ""


def parse_number(text: str) -> float | None:
    """Read a finite decimal number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


@lru_cache(maxsize=4096)  # the rows of one call repeat its place
def parse_point(text: str) -> tuple[float, float] | None:
    """Return the longitude and latitude (degrees) of ``(lat, lng)`` or ``POINT (lng lat)``.

    None for 0, 0 too, which a receiver without a fix says: no one is called to the Gulf of Guinea.
    """
    found = _POINT.fullmatch(text)
    if not found:
        return None
    first, second = float(found["first"]), float(found["second"])
    longitude, latitude = (first, second) if found["wkt"] else (second, first)
    on_earth = abs(longitude) <= _MAX_LONGITUDE and abs(latitude) <= _MAX_LATITUDE
    return (longitude, latitude) if on_earth and (longitude or latitude) else None
