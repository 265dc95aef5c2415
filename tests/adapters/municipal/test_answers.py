"""What a citizen reads of an answer to a referral."""

from datetime import UTC, datetime, timedelta

from liandong.adapters.codecs.open311 import Format, ServiceRequest, write
from liandong.adapters.municipal.answers import applied
from liandong.contracts import (
    Agency,
    Envelope,
    Event,
    ReferralAnswer,
    ReferralAnswered,
    ReferralClosed,
    ReferralOutcome,
    RequestStatus,
)

ASKED = datetime(2026, 11, 21, 8, tzinfo=UTC)
REQUEST = ServiceRequest(
    "r-1", "open", "GASLEAK", ASKED, updated_datetime=ASKED, service_notice="Leave the building."
)


def said(event: Event, after: timedelta = timedelta(minutes=5)) -> Envelope:
    """Return an event of the fire service."""
    fire = Agency.parse("lz/fire/119")
    return Envelope(source=fire, area="cn.99", time=ASKED + after, data=event)


def answer(kind: ReferralAnswer = ReferralAnswer.ACCEPTED, **fields: object) -> ReferralAnswered:
    """Return an answer of the fire service."""
    return ReferralAnswered.model_validate(
        {"referral_id": "r-1", "answered_by": "lz/fire/119", "answer": kind} | fields
    )


def test_an_acceptance_without_words_still_says_so() -> None:
    """The notice that the citizen was given stays."""
    after = applied(REQUEST, said(answer()))
    assert (after.status, after.status_notes) == ("open", "accepted")
    assert (after.agency_responsible, after.service_notice) == (
        "lz/fire/119",
        "Leave the building.",
    )
    assert after.updated_datetime == ASKED + timedelta(minutes=5)


def test_a_returned_referral_is_ours_again() -> None:
    """It stays open, nobody else is responsible, and the reason is its note."""
    accepted = applied(REQUEST, said(answer()))
    returned = answer(ReferralAnswer.RETURNED, reason="No gas here")
    after = applied(accepted, said(returned, timedelta(minutes=6)))
    assert (after.status, after.status_notes, after.agency_responsible) == (
        "open",
        "No gas here",
        None,
    )


def test_an_answer_that_closes_and_a_closing_without_words_close() -> None:
    """Either way the request is closed."""
    by_answer = applied(REQUEST, said(answer(status=RequestStatus.CLOSED, status_notes="Done")))
    closing = ReferralClosed(
        referral_id="r-1",
        closed_by="lz/fire/119",
        closed_datetime=ASKED + timedelta(hours=1),
        outcome=ReferralOutcome.DUPLICATE,
    )
    by_closing = applied(REQUEST, said(closing))
    assert (by_answer.status, by_answer.status_notes) == ("closed", "Done")
    assert (by_closing.status, by_closing.status_notes) == ("closed", "duplicate")
    assert by_closing.updated_datetime == ASKED + timedelta(hours=1)


def test_an_old_answer_changes_nothing() -> None:
    """One that comes again after a newer one."""
    new = applied(REQUEST, said(answer(status_notes="On site")))
    assert applied(new, said(answer(status_notes="On its way"), timedelta(minutes=1))) == new


def test_words_that_xml_cannot_hold_are_made_printable() -> None:
    """What another agency wrote never breaks the citizen's answer."""
    after = applied(REQUEST, said(answer(status_notes="\x0bOn\x00 site\x07")))
    assert after.status_notes == "On site"
    assert b"On site" in write.requests([after], Format.XML)
