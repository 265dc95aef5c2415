"""What belongs to an incident, and what does not."""

from liandong.response.review import Heard, Matter
from review.happening import (
    INCIDENT,
    POLICE,
    garbled,
    ordered,
    position,
    reported,
)


def matter(*log: Heard) -> Matter:
    """Return what the log has told of the incident so far."""
    known = Matter(INCIDENT)
    for heard in log:
        known.learn(heard)
    return known


def test_what_shares_the_correlation_belongs_to_the_incident() -> None:
    """A clue or a warning has no incident."""
    first = reported()
    assert first.event
    known = matter(first)
    clue = position("x", 5)
    assert clue.event
    related = clue.event.model_copy(update={"correlation": first.event.id})
    assert known.has(Heard(clue.stored, clue.place, clue.subject, related))
    assert not known.has(clue)


def test_what_answers_an_event_of_the_incident_belongs_to_it() -> None:
    """Also where it names neither incident nor correlation."""
    first = reported()
    clue = position("x", 5)
    assert first.event
    assert clue.event
    caused = clue.event.model_copy(update={"causation": first.event.id})
    assert matter(first).has(Heard(clue.stored, clue.place, clue.subject, caused))


def test_positions_belong_to_it_while_their_unit_works_on_it() -> None:
    """Another agency's unit of the same name is another unit."""
    known = matter(reported(), ordered("o-1", 0, unit_id="e-1"), reported(100))
    assert known.has(position("e-1", 50))
    assert not known.has(position("e-1", 50, source=POLICE))
    assert not known.has(position("e-1", 5000))


def test_what_cannot_be_read_belongs_to_it_by_its_subject() -> None:
    """The broker vouches for the subject."""
    assert matter().has(garbled(0))
