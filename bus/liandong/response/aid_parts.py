"""Reading the lines of mutual aid: amounts, times, names, and who may speak. Pure."""

from collections.abc import Iterable
from datetime import datetime

from liandong.contracts import Agency, AidMessage, Envelope
from liandong.contracts.aid_codes import ScheduleType
from liandong.contracts.aid_lines import Assignment, OrderedAssignment
from liandong.contracts.aid_parts import ScheduleEntry
from liandong.contracts.aid_resources import AidResource
from liandong.response.aid_loans import Loan
from liandong.response.aid_state import Aid, Line

GO_HOME = (
    ScheduleType.ESTIMATED_RETURN_DEPARTURE,
    ScheduleType.REQUESTED_RETURN_DEPARTURE,
    ScheduleType.END_AVAILABLE,
)
"""When something is to leave for home, the word of most weight first."""
BE_HOME = (ScheduleType.ESTIMATED_RETURN_ARRIVAL, ScheduleType.REQUESTED_RETURN_ARRIVAL)
"""When something is to be home."""
ARRIVE = (ScheduleType.ESTIMATED_ARRIVAL, ScheduleType.REQUESTED_ARRIVAL)
"""When something is to be where it is needed."""
DEPART = (ScheduleType.ESTIMATED_DEPARTURE, ScheduleType.REQUESTED_DEPARTURE)
"""When something is to leave for where it is needed."""


def speaks_for(event: Envelope, agency: str) -> bool:
    """Say whether an event comes from an agency's own region: a hub may speak for its agencies."""
    return event.source.region == Agency.parse(agency).region


def names_of(event: Envelope) -> tuple[str, ...]:
    """Return the names that later messages may call a message by."""
    message_id = event.data.message_id if isinstance(event.data, AidMessage) else None
    return (message_id, event.id) if message_id else (event.id,)


def at(schedule: Iterable[ScheduleEntry], *types: ScheduleType) -> datetime | None:
    """Return the time of the first of these types that a schedule has a time for."""
    times = {entry.type: entry.time for entry in schedule if entry.time}
    return next((times[one] for one in types if one in times), None)


def place(schedule: Iterable[ScheduleEntry]) -> str:
    """Return where something is now, in words; empty where nobody said."""
    for entry in schedule:
        if entry.type is ScheduleType.CURRENT and (where := entry.location):
            if where.place or where.address:
                return where.place or where.address or ""
            if where.point:
                longitude, latitude = where.point.coordinates[:2]
                return f"{latitude:.4f} {longitude:.4f}"
    return ""


def amount(assignment: Assignment | OrderedAssignment | None) -> float | None:
    """Return how much an assignment names; None where it is in words, or not said."""
    quantity = assignment.quantity if assignment else None
    return None if quantity is None or quantity.amount is None else float(quantity.amount)


def unit_of(assignment: Assignment | None) -> str:
    """Return in what unit it counts; empty where pieces are counted."""
    quantity = assignment.quantity if assignment else None
    return quantity.unit.values[0] if quantity and quantity.unit else ""


def unit_id(resource: AidResource | None) -> str:
    """Return which unit it is; empty for goods, and where that is not known yet."""
    return (resource.unit_id or resource.resource_id or "") if resource else ""


def called(resource: AidResource | None) -> str:
    """Return what it is called."""
    if resource is None:
        return ""
    kinds = resource.type_structure.values if resource.type_structure else ()
    kind = resource.resource_type.value if resource.resource_type else next(iter(kinds), "")
    return resource.name or kind or unit_id(resource)


def line_meant(
    aid: Aid, preceding: str | None, line_id: str, resource: AidResource | None
) -> Line | None:
    """Return the line of the request that a line of another message is about.

    It is named by the message that it goes on from; or as in the request; or by its unit, which a
    lender offered for it.
    """
    if (known := aid.names.get(f"{preceding} {line_id}")) is not None:
        return aid.line(known)
    if line := aid.line(line_id):
        return line
    unit = unit_id(resource)
    offered = (ln for ln in aid.lines if unit and any(o.unit_id == unit for o in ln.offers))
    return next(offered, None)


def loans_meant(
    aid: Aid, who: str | None, preceding: str | None, line_id: str, resource: AidResource | None
) -> tuple[Loan, ...]:
    """Return what is lent that a line of another message is about: by its unit, else by its line.

    Args:
        aid: The thread.
        who: Whose it is; None where the message does not say.
        preceding: The message that it goes on from.
        line_id: The name of the line there, or in the commitment.
        resource: What it is.
    """
    mine = [loan for loan in aid.loans if who is None or who in {loan.lender, loan.home_agency}]
    if unit := unit_id(resource):
        return tuple(loan for loan in mine if loan.unit_id == unit)
    named = aid.names.get(f"{preceding} {line_id}", line_id)
    exact = tuple(loan for loan in mine if loan.commit_line_id == line_id)
    return exact or tuple(loan for loan in mine if loan.line_id == named)
