"""What another municipal system is asked, and what its statuses mean."""

from datetime import UTC, datetime, timedelta

import pytest

from liandong.adapters.codecs.open311 import ServiceRequest, form
from liandong.adapters.municipal.handing import as_event, as_request, marker, state_of
from liandong.adapters.municipal.settings import BackOfficeSettings, Progress
from liandong.contracts import (
    Addressee,
    Agency,
    Discipline,
    DocumentError,
    Envelope,
    OrderIssued,
    OrderReported,
    OrderState,
    Reason,
    ReferralClosed,
    ReferralOffered,
    ReferralOutcome,
    ReferralProgressed,
    ReferralReturned,
    ReferralUrgency,
    ServiceAttribute,
)

SETTINGS = BackOfficeSettings.model_validate(
    {
        "name": "backoffice",
        "agency": "lz/municipal/roads",
        "area": "cn.99.01",
        "endpoint": "https://roads.example/v2",
        "api_key": "made-up",
        "orders": {"close_road": "ROADCLOSE"},
        "referrals": {"NOISE": "N1"},
    }
)
NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
ORDER = OrderIssued(
    order_id="o-1",
    addressee=Addressee(agency="lz/municipal/roads"),
    action="close_road",
    issued_by="incident commander",
)
REFERRAL = ReferralOffered(
    referral_id="r-1",
    from_service=Discipline.POLICE,
    to_service=Discipline.MUNICIPAL,
    service_code="NOISE",
    urgency=ReferralUrgency.ROUTINE,
    summary="Noise",
    attributes=(ServiceAttribute(code="when", values=("night", "morning")),),
    requested_datetime=NOW,
)
REQUEST = ServiceRequest("7", "open", "N1", NOW, status_notes="Full house, no crew")
ROWS = (
    Progress(status="open", notes="No Crew", state=OrderState.REFUSED),
    Progress(status="open", notes="crew", state=OrderState.ACCEPTED),
    Progress(status="on_hold", state=OrderState.SEEN),
)


def asked(data: OrderIssued | ReferralOffered) -> Envelope:
    """Return an order or a referral of the centre."""
    centre = Agency.parse("lz/centre/desk")
    return Envelope(source=centre, area="cn.99.01.02", time=NOW, data=data)


def test_an_order_without_a_place_is_for_its_area() -> None:
    """The standard asks for a place; the order is not lost for want of one."""
    new = as_request(asked(ORDER), SETTINGS)
    assert (new.address_string, new.lat) == ("cn.99.01.02", None)
    assert form.parse(form.render(new)).value == new


def test_a_long_description_keeps_our_mark() -> None:
    """The mark finds a request whose receipt was lost, so it is never what is cut."""
    envelope = asked(ORDER.model_copy(update={"instructions": "x" * 4000}))
    description = as_request(envelope, SETTINGS).description
    assert description
    assert len(description) == 4000
    assert description.endswith(marker(envelope.id))


def test_a_referral_keeps_its_answers() -> None:
    """Several to one question stay several."""
    new = as_request(asked(REFERRAL), SETTINGS)
    assert (new.service_code, new.attributes["when"]) == ("N1", ("night", "morning"))


def test_what_has_no_service_there_is_refused_as_unmapped() -> None:
    """Neither guessed nor dropped."""
    with pytest.raises(DocumentError, match="dance") as refused:
        as_request(asked(ORDER.model_copy(update={"action": "dance"})), SETTINGS)
    assert refused.value.reason is Reason.UNMAPPED


def test_the_first_row_that_fits_counts() -> None:
    """In any case of the notes; a status without a row says nothing."""
    assert state_of(REQUEST, ROWS) is OrderState.REFUSED
    crew = ServiceRequest("7", "open", "N1", NOW, status_notes="Crew 4")
    assert state_of(crew, ROWS) is OrderState.ACCEPTED
    assert state_of(ServiceRequest("7", "on_hold", "N1", NOW), ROWS) is OrderState.SEEN
    assert state_of(ServiceRequest("7", "closed", "N1", NOW), ROWS) is None


def test_work_in_progress_names_the_next_report() -> None:
    """The expected time where it lies ahead, else the site's usual one."""
    state = OrderState.IN_PROGRESS
    usual = as_event(asked(ORDER), REQUEST, state, NOW, SETTINGS)
    assert isinstance(usual, OrderReported)
    assert usual.until == NOW + timedelta(hours=1)
    later = ServiceRequest("7", "open", "N1", NOW, expected_datetime=NOW + timedelta(days=2))
    expected = as_event(asked(ORDER), later, state, NOW, SETTINGS)
    assert isinstance(expected, OrderReported)
    assert expected.until == NOW + timedelta(days=2)


def test_a_refused_referral_is_returned_and_a_failed_one_closed() -> None:
    """Each with the other system's words and its id."""
    returned = as_event(asked(REFERRAL), REQUEST, OrderState.REFUSED, NOW, SETTINGS)
    assert isinstance(returned, ReferralReturned)
    assert (returned.returned_to, returned.reason) == ("lz/centre/desk", "Full house, no crew")
    failed = as_event(asked(REFERRAL), REQUEST, OrderState.FAILED, NOW, SETTINGS)
    assert isinstance(failed, ReferralClosed)
    assert (failed.outcome, failed.service_request_id) == (ReferralOutcome.UNRESOLVED, "7")
    assert as_event(asked(REFERRAL), REQUEST, OrderState.SEEN, NOW, SETTINGS) is None


def test_a_referral_that_failed_without_words_says_its_status() -> None:
    """What is closed unresolved must say why, so the status stands for the words."""
    silent = ServiceRequest("7", "cancelled", "N1", NOW)
    failed = as_event(asked(REFERRAL), silent, OrderState.FAILED, NOW, SETTINGS)
    assert isinstance(failed, ReferralClosed)
    assert failed.status_notes == "status cancelled"


def test_a_referral_in_progress_keeps_the_other_systems_status() -> None:
    """Open to everybody, and beside it their own word."""
    waiting = ServiceRequest("7", "on_hold", "N1", NOW, expected_datetime=NOW + timedelta(days=2))
    progressed = as_event(asked(REFERRAL), waiting, OrderState.IN_PROGRESS, NOW, SETTINGS)
    assert isinstance(progressed, ReferralProgressed)
    assert progressed.local_status
    assert (progressed.status, progressed.local_status.local) == ("open", "on_hold")
    assert progressed.expected_datetime == NOW + timedelta(days=2)
