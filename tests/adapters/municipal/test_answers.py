"""What a citizen reads of an answer to a referral."""

from datetime import UTC, datetime, timedelta

from liandong.adapters.codecs.open311 import Format, ServiceRequest, write
from liandong.adapters.municipal.answers import applied
from liandong.contracts import (
    Agency,
    Envelope,
    Event,
    ReferralAccepted,
    ReferralClosed,
    ReferralDisputed,
    ReferralOutcome,
    ReferralProgressed,
    ReferralReturned,
    RequestStatus,
    ReturnReason,
)

ASKED = datetime(2026, 11, 21, 8, tzinfo=UTC)
REQUEST = ServiceRequest(
    "r-1", "open", "GASLEAK", ASKED, updated_datetime=ASKED, service_notice="Leave the building."
)


def said(event: Event, after: timedelta = timedelta(minutes=5)) -> Envelope:
    """Return an event of the fire service."""
    fire = Agency.parse("lz/fire/119")
    return Envelope(source=fire, area="cn.99", time=ASKED + after, data=event)


ACCEPTED = ReferralAccepted(referral_id="r-1", accepted_by="lz/fire/119")
RETURNED = ReferralReturned(
    referral_id="r-1",
    returned_by="lz/fire/119",
    returned_to="lz/municipal/12345",
    reason_code=ReturnReason.NO_EMERGENCY,
    reason="No gas here",
)


def progress(status: RequestStatus = RequestStatus.OPEN, **fields: object) -> ReferralProgressed:
    """Return progress of the fire service."""
    return ReferralProgressed.model_validate(
        {"referral_id": "r-1", "progressed_by": "lz/fire/119", "status": status} | fields
    )


def test_an_acceptance_without_words_still_says_so() -> None:
    """The notice that the citizen was given stays."""
    after = applied(REQUEST, said(ACCEPTED))
    assert (after.status, after.status_notes) == ("open", "accepted")
    assert (after.agency_responsible, after.service_notice) == (
        "lz/fire/119",
        "Leave the building.",
    )
    assert after.updated_datetime == ASKED + timedelta(minutes=5)


def test_a_returned_referral_is_ours_again() -> None:
    """It stays open, nobody else is responsible, and the reason is its note."""
    accepted = applied(REQUEST, said(ACCEPTED))
    after = applied(accepted, said(RETURNED, timedelta(minutes=6)))
    assert (after.status, after.status_notes, after.agency_responsible) == (
        "open",
        "No gas here",
        None,
    )


def test_a_return_without_words_gives_its_code() -> None:
    """As words that a citizen can read."""
    after = applied(REQUEST, said(RETURNED.model_copy(update={"reason": None})))
    assert after.status_notes == "no emergency"


def test_progress_changes_what_it_names_and_no_more() -> None:
    """The office and the time are new, the notes are those of before."""
    accepted = applied(REQUEST, said(ACCEPTED.model_copy(update={"status_notes": "On its way"})))
    news = progress(agency_responsible="Station 3", expected_datetime=ASKED + timedelta(hours=1))
    after = applied(accepted, said(news, timedelta(minutes=6)))
    assert (after.status, after.status_notes) == ("open", "On its way")
    assert (after.agency_responsible, after.service_notice) == ("Station 3", "Leave the building.")
    assert after.expected_datetime == ASKED + timedelta(hours=1)


def test_progress_that_closes_and_a_closing_without_words_close() -> None:
    """Either way the request is closed."""
    done = applied(REQUEST, said(progress(RequestStatus.CLOSED, status_notes="Done")))
    closing = ReferralClosed(
        referral_id="r-1", closed_by="lz/fire/119", outcome=ReferralOutcome.DUPLICATE
    )
    by_closing = applied(REQUEST, said(closing, timedelta(hours=1)))
    assert (done.status, done.status_notes) == ("closed", "Done")
    assert (by_closing.status, by_closing.status_notes) == ("closed", "duplicate")
    assert by_closing.updated_datetime == ASKED + timedelta(hours=1)


def test_a_dispute_is_nothing_to_the_citizen() -> None:
    """Agencies settle among themselves whose it is."""
    disputed = ReferralDisputed(
        referral_id="r-1",
        disputed_by="lz/fire/119",
        arbiter="lz/centre/desk",
        held_by="lz/fire/119",
        reason="A burst drain, and Mr Example knows it",
    )
    assert applied(REQUEST, said(disputed)) == REQUEST


def test_an_old_answer_changes_nothing() -> None:
    """One that comes again after a newer one."""
    new = applied(REQUEST, said(progress(status_notes="On site")))
    assert applied(new, said(progress(status_notes="On its way"), timedelta(minutes=1))) == new


def test_words_that_xml_cannot_hold_are_made_printable() -> None:
    """What another agency wrote never breaks the citizen's answer."""
    after = applied(REQUEST, said(progress(status_notes="\x0bOn\x00 site\x07")))
    assert after.status_notes == "On site"
    assert b"On site" in write.requests([after], Format.XML)
