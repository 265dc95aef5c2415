"""Mutual aid: what a commitment makes of a thread. What fits is lent, the rest is refused. Pure."""

from dataclasses import replace

from liandong.contracts import AidAnswer, AidCommitted, Envelope
from liandong.contracts.aid_lines import AidLineAnswer
from liandong.response.aid_asking import YES, about_lines, heard, named, with_answers
from liandong.response.aid_loans import AWAY, Loan, LoanPhase
from liandong.response.aid_parts import (
    ARRIVE,
    BE_HOME,
    DEPART,
    GO_HOME,
    amount,
    at,
    called,
    names_of,
    speaks_for,
    unit_id,
)
from liandong.response.aid_state import Aid, Line, Offer, Topic


def committed(aid: Aid, event: Envelope, answer: AidCommitted) -> Aid:
    """Take a commitment: what fits is lent, what is too much is to be refused."""
    if not speaks_for(event, answer.lender):
        return aid
    lender, message_id = answer.lender, names_of(event)[0]
    if any(loan.message_id == message_id and loan.lender == lender for loan in aid.loans):
        return aid  # a repeat
    mine = about_lines(aid, answer.preceding_message_id, answer.lines)
    settled = {line.line_id for line, _ in mine}
    aid = replace(
        aid,
        borrower=aid.borrower or answer.borrower or "",
        questions=tuple(
            q
            for q in aid.questions
            if (q.topic, q.lender) != (Topic.ORDER, lender) or q.unit not in settled
        ),
    )
    open_ = [
        (line, one) for line, one in mine if one.response.answer not in {*YES, AidAnswer.DECLINE}
    ]
    aid = heard(with_answers(aid, event, lender, open_), event, lender, settled)
    for line, one in mine:
        if one.response.answer in YES:
            aid = _lent(aid, event, lender, line, one)
        elif one.response.answer is AidAnswer.DECLINE:
            aid = _less_offered(aid, line.line_id, lender, unit_id(one.resource), None)
    return aid


def _lent(aid: Aid, event: Envelope, lender: str, line: Line, one: AidLineAnswer) -> Aid:
    """Lend what fits; what is too much waits to be refused."""
    unit = unit_id(one.resource)
    again = [x for x in aid.loans if unit and (x.lender, x.unit_id) == (lender, unit)]
    if any(loan.phase in AWAY and loan.line_id == line.line_id for loan in again):
        return aid  # it is lent for this already
    missing = aid.missing(line)
    given = amount(one.assignment)
    given = (missing or 1.0) if given is None else given
    fits = 0.0 if any(loan.phase in AWAY for loan in again) else min(given, missing)
    ownership = one.resource.ownership if one.resource else None
    loan = Loan(
        lender,
        line.line_id,
        names_of(event)[0],
        one.line_id,
        fits,
        LoanPhase.COMMITTED,
        event.time,
        unit_id=unit,
        name=called(one.resource) or line.name,
        home_agency=(ownership.home_agency or "") if ownership else "",
        departs=at(one.schedule, *DEPART),
        arrives=at(one.schedule, *ARRIVE),
        until=at(one.schedule, *GO_HOME) or line.needed_until,
        back=at(one.schedule, *BE_HOME),
    )
    surplus = replace(loan, amount=given - fits, phase=LoanPhase.SURPLUS)
    parts = [loan] if fits else []
    if not fits or (given > fits and not unit):  # a unit is lent whole
        parts.append(surplus)
    aid = named(aid, event, [(one.line_id, line.line_id)])
    aid = replace(aid, loans=(*aid.loans, *parts))
    return _less_offered(aid, line.line_id, lender, unit, given)


def _less_offered(aid: Aid, line_id: str, lender: str, unit: str, given: float | None) -> Aid:
    """Take off a lender's offers what it has committed, or with None all that it declines."""

    def left(offer: Offer) -> Offer | None:
        if offer.lender != lender or (unit and offer.unit_id and offer.unit_id != unit):
            return offer
        if given is None or offer.amount is None or offer.amount <= given or offer.unit_id:
            return None
        return replace(offer, amount=offer.amount - given)

    def less(line: Line) -> Line:
        if line.line_id != line_id:
            return line
        return replace(line, offers=tuple(filter(None, map(left, line.offers))))

    return replace(aid, lines=tuple(map(less, aid.lines)))
