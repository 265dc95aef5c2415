"""Orders and referrals as GeoReport requests, and statuses as what they say of them. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from liandong.adapters.codecs.open311 import STANDARD, NewRequest, ServiceRequest, form
from liandong.adapters.codecs.open311.model import MAX_DESCRIPTION
from liandong.adapters.municipal.settings import BackOfficeSettings, Progress
from liandong.contracts import (
    Code,
    DocumentError,
    Envelope,
    Event,
    Location,
    OrderIssued,
    OrderReported,
    OrderState,
    Reason,
    ReferralAccepted,
    ReferralClosed,
    ReferralOffered,
    ReferralOutcome,
    ReferralProgressed,
    ReferralReturned,
    RequestStatus,
)

ENDED = frozenset({OrderState.REFUSED, OrderState.DONE, OrderState.FAILED})
"""States after which nothing more is expected."""

_MAX_TEXT = 4000


def marker(event_id: str) -> str:
    """Return what in a description tells that a request is ours, and which."""
    return f"[liandong {event_id}]"


def service_code(event: Event, settings: BackOfficeSettings) -> str | None:
    """Return the other system's service for an order or a referral; None where it has none."""
    if isinstance(event, OrderIssued):
        return settings.orders.get(event.action)
    if isinstance(event, ReferralOffered):
        return settings.referrals.get(event.service_code or "", settings.other_referrals)
    return None


def as_request(envelope: Envelope, settings: BackOfficeSettings) -> NewRequest:
    """Return the request that asks the other system to do it.

    Raises:
        DocumentError: It has no service for that.
    """
    event, code = envelope.data, service_code(envelope.data, settings)
    if code and isinstance(event, OrderIssued):
        new = _ordered(event, code)
    elif code and isinstance(event, ReferralOffered):
        new = _referred(event, code)
    else:
        raise _unmapped(envelope)
    nowhere = new.lat is None and new.address_string is None
    own = {settings.id_attribute: (envelope.id,)} if settings.id_attribute else {}
    return replace(
        new,
        jurisdiction_id=settings.jurisdiction_id,
        api_key=settings.api_key.get_secret_value() if settings.api_key else None,
        address_string=envelope.area if nowhere else new.address_string,
        account_id=str(envelope.source),
        device_id=envelope.id,
        description=_marked(new.description or "", envelope.id),
        attributes={**new.attributes, **own},
    )


def _ordered(order: OrderIssued, code: str) -> NewRequest:
    due = order.complete_by and f"To be done by {order.complete_by.isoformat()}"
    lines = (order.action_text or order.action, order.instructions, due, order.issued_by)
    return _placed(NewRequest(code, description="\n".join(filter(None, lines))), order.location)


def _referred(offered: ReferralOffered, code: str) -> NewRequest:
    lines = (offered.summary, offered.description)
    new = NewRequest(
        code,
        description="\n".join(filter(None, lines)),
        media_url=offered.media_url,
        attributes={attribute.code: attribute.values for attribute in offered.attributes},
    )
    return _placed(new, offered.location)


def _placed(new: NewRequest, place: Location | None) -> NewRequest:
    if place is None:
        return new
    long, lat = place.point.coordinates if place.point else (None, None)
    return replace(new, lat=lat, long=long, address_string=place.address or place.place)


def _marked(text: str, event_id: str) -> str:
    end = f"\n{marker(event_id)}"
    return text[: MAX_DESCRIPTION - len(end)] + end


def _unmapped(envelope: Envelope) -> DocumentError:
    event = envelope.data
    return DocumentError(
        STANDARD,
        "an action or service that the settings map",
        where=f"{envelope.type} {envelope.key}",
        found=getattr(event, "action", None) or getattr(event, "service_code", None) or "none",
        reason=Reason.UNMAPPED,
    )


def state_of(request: ServiceRequest, rows: tuple[Progress, ...]) -> OrderState | None:
    """Return what a request's status means; None where no row fits."""
    notes = (request.status_notes or "").casefold()
    fitting = (
        row for row in rows if row.status == request.status and row.notes.casefold() in notes
    )
    return next((row.state for row in fitting), None)


def as_event(
    asked: Envelope,
    request: ServiceRequest,
    state: OrderState,
    moment: datetime,
    settings: BackOfficeSettings,
) -> Event | None:
    """Return what a state says of an order or a referral; None where it says nothing.

    Args:
        asked: The order or the referral.
        request: The other system's request for it.
        state: How far that is.
        moment: When it came so far.
        settings: Whom we speak for.
    """
    if isinstance(asked.data, OrderIssued):
        return _report(asked.data, request, state, moment, settings)
    if isinstance(asked.data, ReferralOffered):
        return _answer(asked, asked.data, request, state, str(settings.agency))
    return None


def _report(
    order: OrderIssued,
    request: ServiceRequest,
    state: OrderState,
    moment: datetime,
    settings: BackOfficeSettings,
) -> OrderReported:
    unwilling = state in {OrderState.REFUSED, OrderState.FAILED}
    return OrderReported(
        order_id=order.order_id,
        incident_id=order.incident_id,
        state=state,
        until=_next(request, moment, settings.next_report)
        if state is OrderState.IN_PROGRESS
        else None,
        reason=_notes(request) if unwilling else None,
        reason_code=_status(request) if unwilling else None,
        reported_by=_office(request) or settings.name,
        unit_id=order.addressee.unit_id,
    )


def _answer(
    asked: Envelope,
    offered: ReferralOffered,
    request: ServiceRequest,
    state: OrderState,
    us: str,
) -> Event | None:
    same: dict[str, Any] = {
        "referral_id": offered.referral_id,
        "incident_id": offered.incident_id,
        "service_request_id": request.service_request_id,
    }
    match state:
        case OrderState.ACCEPTED:
            return ReferralAccepted(accepted_by=us, **same, **_told(request))
        case OrderState.IN_PROGRESS:
            return ReferralProgressed(
                progressed_by=us,
                status=RequestStatus.OPEN,
                local_status=_status(request),
                **same,
                **_told(request),
            )
        case OrderState.REFUSED:
            why = _notes(request) or f"status {request.status}"
            offerer = str(asked.source)
            return ReferralReturned(returned_by=us, returned_to=offerer, reason=why, **same)
        case OrderState.DONE | OrderState.FAILED:
            done = state is OrderState.DONE
            why = None if done else f"status {request.status}"
            return ReferralClosed(
                closed_by=us,
                agency_responsible=_office(request),
                outcome=ReferralOutcome.RESOLVED if done else ReferralOutcome.UNRESOLVED,
                status_notes=_notes(request) or why,
                **same,
            )
        case _:
            return None


def _told(request: ServiceRequest) -> dict[str, Any]:
    """Return what the citizen is told while a request is being handled."""
    return {
        "agency_responsible": _office(request),
        "status_notes": _notes(request),
        "service_notice": request.service_notice and request.service_notice[:_MAX_TEXT],
        "expected_datetime": request.expected_datetime,
    }


def _office(request: ServiceRequest) -> str | None:
    return request.agency_responsible and request.agency_responsible[:200]


def _next(request: ServiceRequest, moment: datetime, usual: timedelta) -> datetime:
    expected = request.expected_datetime
    return expected if expected and expected > moment else moment + usual


def _notes(request: ServiceRequest) -> str | None:
    return form.printable(request.status_notes)[:_MAX_TEXT] if request.status_notes else None


def _status(request: ServiceRequest) -> Code:
    return Code(local=request.status[:200], system="Open311 status")
