"""How EDXL-RM writes its values as text: XML Schema's forms, and the standard's value lists.

A reader takes the trimmed text and returns what to keep, and whether it had to be mended; it raises
`ValueError` with what was expected. What it returns for a text in the right form is that text.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from liandong.adapters.codecs.edxl_rm.document import Defect


class Reading(NamedTuple):
    """What was read, and the defect that it took."""

    text: str
    defect: Defect | None = None


@dataclass(frozen=True)
class Form:
    """One way to write a value as text."""

    read: Callable[[str], Reading]

    def check(self, text: str) -> str:
        """Return the text where it is in the form.

        Raises:
            ValueError: It is not; says what was expected.
        """
        if self.read(text).defect:
            raise ValueError("the standard's own spelling")
        return text


_DATE_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?"
    r"(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)
_END_OF_DAY = re.compile(r"T24:00:00(\.0+)?(?=$|[Z+-])")
_A_TIME = "a time such as 2026-11-21T08:00:00+08:00"
DOUBLE_PATTERN = r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([Ee][+-]?[0-9]+)?|-?INF|NaN"
_PART = r"([^#%\[\]]|%[0-9A-Fa-f]{2})*"
_URI = (
    rf"([A-Za-z][A-Za-z0-9+.-]*:((?!//){_PART}|//[\w.-]*(:[0-9]+)?([/?]{_PART})?)"
    rf"|(?!//)[^:/?#%\[\]]*([/?]{_PART})?)(#([^#%]|%[0-9A-Fa-f]{{2}})*)?"
)


def moment(text: str) -> datetime:
    """Return what an ``xsd:dateTime`` says, to the microsecond; naive where it has no offset.

    Raises:
        ValueError: It is none, or one that UTC cannot hold in the years 1 to 9999.
    """
    if not _DATE_TIME.fullmatch(text):
        raise ValueError(_A_TIME)
    days = timedelta(days=bool(_END_OF_DAY.search(text)))
    try:
        read = datetime.fromisoformat(_END_OF_DAY.sub("T00:00:00", text)) + days
        read.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(_A_TIME) from None
    return read


def _read_time(text: str) -> Reading:
    try:
        moment(text)
    except ValueError:
        return Reading(_mended_time(text), Defect.TIME_FORM)
    return Reading(text)


def _mended_time(text: str) -> str:
    """Return a time that ISO 8601 knows, as an ``xsd:dateTime``."""
    try:
        mended = datetime.fromisoformat(text).isoformat()
        moment(mended)
    except ValueError:
        raise ValueError(_A_TIME) from None
    return mended


def _read_name(text: str) -> Reading:
    if not text:
        raise ValueError("a name")
    return Reading(text)


def matching(pattern: str, expected: str) -> Form:
    """Return the form of texts that match a pattern as a whole."""
    compiled = re.compile(pattern)

    def read(text: str) -> Reading:
        if not compiled.fullmatch(text):
            raise ValueError(expected)
        return Reading(text)

    return Form(read)


def one_of(values: tuple[str, ...]) -> Form:
    """Return the form of a value list; case and blanks are forgiven."""
    known = {value.lower(): value for value in values}

    def read(text: str) -> Reading:
        value = known.get(re.sub(r"\s", "", text).lower())
        if value is None:
            raise ValueError("one of " + ", ".join(values))
        return Reading(value, None if value == text else Defect.MISSPELT_VALUE)

    return Form(read)


SCHEDULE_TYPES = (
    *("RequestedArrival", "EstimatedArrival", "ActualArrival"),
    *("RequestedDeparture", "EstimatedDeparture", "ActualDeparture"),
    *("EstimatedReturnDeparture", "EstimatedReturnArrival", "ActualReturnArrival"),
    *("RequestedReturnDeparture", "RequestedReturnArrival", "ActualReturnDeparture"),
    *("BeginAvailable", "EndAvailable", "Committed", "Current", "ReportTo", "Route"),
)
CONTACT_ROLES = (
    *("Sender", "Requester", "SubjectMatterExpert", "Approver", "RespondingOrg", "Owner"),
)
TEXT = Form(Reading)
NAME = Form(_read_name)
TIME = Form(_read_time)
DOUBLE = matching(DOUBLE_PATTERN, "a number as XML Schema writes it")
URI = matching(_URI, "a URI")
SCHEDULE_TYPE = one_of(SCHEDULE_TYPES)
CONTACT_ROLE = one_of(CONTACT_ROLES)
RECALL_TYPE = one_of(("Update", "Cancel"))
RESPONSE_TYPE = one_of(("Accept", "Decline", "Provisional"))
