"""What the other side says of a referral, as the citizen reads it. Pure."""

from dataclasses import replace

from liandong.adapters.codecs.open311 import CLOSED, OPEN, ServiceRequest, form
from liandong.contracts import (
    Envelope,
    ReferralAccepted,
    ReferralClosed,
    ReferralProgressed,
    ReferralReturned,
    RequestStatus,
)

ANSWERS = (ReferralAccepted, ReferralReturned, ReferralProgressed, ReferralClosed)
"""What changes a citizen's request. A dispute does not: agencies settle it among themselves."""


def applied(request: ServiceRequest, envelope: Envelope) -> ServiceRequest:
    """Return the request after an answer to its referral, or unchanged where that is an old one.

    A returned request is ours again and stays open; the reason is its note.
    """
    match envelope.data:
        case ReferralClosed() as event:
            changed = _closed(request, event)
        case ReferralReturned() as event:
            changed = _returned(request, event)
        case ReferralAccepted() | ReferralProgressed() as event:
            changed = _handled(request, event)
        case _:
            return request
    after = replace(changed, updated_datetime=envelope.time)
    return after if _is_news(request, after) else request


def _handled(
    request: ServiceRequest, event: ReferralAccepted | ReferralProgressed
) -> ServiceRequest:
    if isinstance(event, ReferralAccepted):
        status, usual_notes, agency = OPEN, "accepted", event.accepted_by
    else:
        status = CLOSED if event.status is RequestStatus.CLOSED else OPEN
        usual_notes, agency = request.status_notes, event.progressed_by
    return replace(
        request,
        status=status,
        status_notes=_text(event.status_notes) or usual_notes,
        agency_responsible=_text(event.agency_responsible) or agency,
        service_notice=_text(event.service_notice) or request.service_notice,
        expected_datetime=event.expected_datetime or request.expected_datetime,
    )


def _returned(request: ServiceRequest, event: ReferralReturned) -> ServiceRequest:
    why = event.reason_code and event.reason_code.replace("_", " ")
    return replace(
        request,
        status=OPEN,
        status_notes=_text(event.reason) or why,
        agency_responsible=None,
    )


def _closed(request: ServiceRequest, event: ReferralClosed) -> ServiceRequest:
    return replace(
        request,
        status=CLOSED,
        status_notes=_text(event.status_notes) or event.outcome.value,
        agency_responsible=_text(event.agency_responsible) or event.closed_by,
    )


def _is_news(before: ServiceRequest, after: ServiceRequest) -> bool:
    old, new = before.updated_datetime, after.updated_datetime
    return old is None or new is None or new >= old


def _text(text: str | None) -> str | None:
    return form.printable(text).strip() or None if text else None
