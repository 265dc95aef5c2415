"""One unit, one borrower: a unit that is lent already is not lent again."""

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from liandong.contracts import AidReleased, Envelope
from liandong.response import aid, aid_ledger
from liandong.response.aid_ledger import Ledger
from liandong.response.aid_loans import LENT
from liandong.response.aid_state import Aid, LinePhase
from response.aid_talk import (
    AGREEMENTS,
    QS,
    REQUEST,
    YP,
    at,
    committed,
    needed,
    recalled,
    released,
    reported,
    requested,
    said,
)

OTHER = "lz-aid-2"
keep = aid_ledger.deciding("lz")
decide = aid.deciding("lz", AGREEMENTS)


def other(event: Envelope) -> Envelope:
    """Return what is said in one request, said in another."""
    data = event.data.model_copy(update={"request_id": OTHER, "message_id": f"{event.id}-2"})
    return event.model_copy(update={"data": data, "id": f"{event.id[:-2]}22"})


class Desks:
    """The desks of two requests and of the ledger, side by side."""

    def __init__(self) -> None:
        """Ask for two units in each."""
        self.threads: dict[str, Aid | None] = {REQUEST: None, OTHER: None}
        self.ledger: Ledger | None = None
        self.refused: list[Envelope] = []
        ask = requested(0, needed("1", 2), asked_agencies=[QS, YP])
        self.hear(ask)
        self.hear(other(ask))

    def hear(self, event: Envelope) -> None:
        """Fold an event; what the ledger owes is said at once."""
        thread = getattr(event.data, "request_id", "")
        self.threads[thread] = decide(self.threads[thread], event, event.time).state
        changes = keep(self.ledger, event, event.time)
        self.ledger = changes.state
        for say in changes.say:
            self.refused.append(said(say))
            self.hear(said(say))

    def has(self, request: str) -> list[tuple[str, str]]:
        """Return the units that a request has, and whose they are."""
        thread = self.threads[request]
        assert thread
        return sorted((x.lender, x.unit_id) for x in thread.loans if x.phase in LENT)


def test_a_unit_that_is_lent_already_is_refused_and_its_line_opens_again() -> None:
    """The first borrower keeps it; the second asks on; the lender is told."""
    desks = Desks()
    desks.hear(committed(QS, 5, "Q1"))
    desks.hear(other(committed(QS, 6, "Q1")))
    (refused,) = desks.refused
    assert isinstance(refused.data, AidReleased)
    assert (refused.data.lender, refused.data.request_id) == (QS, OTHER)
    assert (desks.has(REQUEST), desks.has(OTHER)) == ([(QS, "Q1")], [])
    thread = desks.threads[OTHER]
    assert thread
    assert thread.phase(thread.lines[0]) is LinePhase.OPEN
    assert desks.ledger
    assert desks.ledger.clashes == ()


def test_units_of_two_lenders_may_have_one_name() -> None:
    """Whose it is tells them apart."""
    desks = Desks()
    desks.hear(committed(QS, 5, "H1"))
    desks.hear(other(committed(YP, 6, "H1")))
    assert desks.refused == []


def test_a_unit_that_came_back_may_be_lent_to_another() -> None:
    """Released, recalled or home: nobody has it."""
    for back in (
        released(8, "Q1"),
        recalled(QS, 8, "Q1"),
        reported(QS, 8, "Q1", ActualReturnArrival=8),
    ):
        desks = Desks()
        desks.hear(committed(QS, 5, "Q1"))
        desks.hear(back)
        desks.hear(other(committed(QS, 9, "Q1")))
        assert desks.refused == []
        assert desks.has(OTHER) == [(QS, "Q1")]


def test_another_region_s_borrower_is_told_by_its_own_desk() -> None:
    """Ours does not speak for it."""
    theirs = aid_ledger.deciding("qs")
    first, second = committed(QS, 5, "Q1"), other(committed(QS, 6, "Q1"))
    ledger = theirs(theirs(None, first, at(5)).state, second, at(6))
    assert ledger.state
    assert len(ledger.state.clashes) == 1
    assert ledger.say == ()
    kept = TypeAdapter(Ledger)
    assert kept.validate_json(kept.dump_json(ledger.state)) == ledger.state


_SAID = st.tuples(
    st.sampled_from([committed, recalled, released, reported]),
    st.sampled_from([QS, YP]),
    st.sampled_from(["U1", "U2"]),
    st.booleans(),
)


@settings(max_examples=300, deadline=None)
@given(words=st.lists(_SAID, max_size=12))
def test_a_unit_is_lent_to_one_borrower_at_a_time(
    words: list[tuple[object, str, str, bool]],
) -> None:
    """Whatever is committed, taken back and let go in two requests."""
    desks = Desks()
    for minute, (word, who, unit, elsewhere) in enumerate(words, 1):
        event = {
            committed: lambda w=who, m=minute, u=unit: committed(w, m, u),
            recalled: lambda w=who, m=minute, u=unit: recalled(w, m, u),
            released: lambda w=who, m=minute, u=unit: released(m, u, lender=w),
            reported: lambda w=who, m=minute, u=unit: reported(w, m, u, ActualReturnArrival=m),
        }[word]()
        desks.hear(other(event) if elsewhere else event)
        assert not {*desks.has(REQUEST)} & {*desks.has(OTHER)}
        assert desks.ledger
        held = {(*one.unit.split(" "),) for one in desks.ledger.lent}
        assert {*desks.has(REQUEST), *desks.has(OTHER)} <= held
