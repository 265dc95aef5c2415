"""What the other side says of a referral, as the citizen reads it. Pure."""

from dataclasses import replace

from liandong.adapters.codecs.open311 import CLOSED, ServiceRequest, form
from liandong.contracts import (
    Envelope,
    ReferralAnswer,
    ReferralAnswered,
    ReferralClosed,
)


def applied(request: ServiceRequest, envelope: Envelope) -> ServiceRequest:
    """Return the request after an answer to its referral, or unchanged where that is an old one.

    A returned request is ours again and stays open; the reason is its note.
    """
    event = envelope.data
    if isinstance(event, ReferralClosed):
        changed = replace(
            request,
            status=CLOSED,
            status_notes=_text(event.status_notes) or event.outcome.value,
            agency_responsible=event.closed_by,
            updated_datetime=event.closed_datetime,
        )
    elif isinstance(event, ReferralAnswered):
        changed = _answered(request, event, envelope)
    else:
        return request
    return changed if _is_news(request, changed) else request


def _answered(
    request: ServiceRequest, event: ReferralAnswered, envelope: Envelope
) -> ServiceRequest:
    returned = event.answer is ReferralAnswer.RETURNED
    notes = _text(event.reason if returned else event.status_notes)
    return replace(
        request,
        status=event.status.value,
        status_notes=notes or event.answer.value,
        agency_responsible=None if returned else event.answered_by,
        service_notice=_text(event.service_notice) or request.service_notice,
        expected_datetime=event.expected_datetime or request.expected_datetime,
        updated_datetime=event.updated_datetime or envelope.time,
    )


def _is_news(before: ServiceRequest, after: ServiceRequest) -> bool:
    old, new = before.updated_datetime, after.updated_datetime
    return old is None or new is None or new >= old


def _text(text: str | None) -> str | None:
    return form.printable(text).strip() or None if text else None
