"""Mutual aid from commitment to the way home: what each message makes of a thread. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from liandong.contracts import (
    AidAnswer,
    AidDeploymentReported,
    AidExtensionAnswered,
    AidExtensionAsked,
    AidRecalled,
    AidReleased,
    AidReturnAnswered,
    AidReturnAsked,
    Envelope,
)
from liandong.contracts.aid_codes import ScheduleType
from liandong.contracts.aid_lines import AidLine, AidLineReport
from liandong.response.aid_loans import LENT, Loan, LoanPhase
from liandong.response.aid_parts import (
    ARRIVE,
    BE_HOME,
    DEPART,
    GO_HOME,
    amount,
    at,
    loans_meant,
    names_of,
    place,
    speaks_for,
    unit_id,
)
from liandong.response.aid_state import Aid, Question, Topic

_STEPS = (
    (ScheduleType.ACTUAL_DEPARTURE, LoanPhase.UNDER_WAY),
    (ScheduleType.ACTUAL_ARRIVAL, LoanPhase.AT_WORK),
    (ScheduleType.ACTUAL_RETURN_DEPARTURE, LoanPhase.GOING_HOME),
    (ScheduleType.ACTUAL_RETURN_ARRIVAL, LoanPhase.HOME),
)
_GRANTS = {AidAnswer.ACCEPT, AidAnswer.IN_PART, AidAnswer.PROVISIONAL}


def reported(aid: Aid, event: Envelope, report: AidDeploymentReported) -> Aid:
    """Take a report of where things are: the lender's of its own, or the borrower's of all."""
    if not speaks_for(event, report.said_by):
        return aid
    who = None if report.said_by == aid.borrower else report.said_by
    for one in report.lines:
        to = one.response.to_line_id if one.response else one.line_id
        meant = loans_meant(aid, who, report.preceding_message_id, to, one.resource)
        aid = _each(aid, meant, lambda loan, one=one: _moved(loan, one, event.time, who))
    return aid


def extension_asked(aid: Aid, event: Envelope, message: AidExtensionAsked) -> Aid:
    """Note that the borrower wants to keep things longer, until its lender answers."""
    if message.borrower != aid.borrower or not speaks_for(event, message.borrower):
        return aid
    return _asking(aid, event, message.lender, message.lines, (Topic.EXTENSION, GO_HOME))


def extension_answered(aid: Aid, event: Envelope, message: AidExtensionAnswered) -> Aid:
    """Take a lender's answer: its things stay longer, or no longer than was promised."""
    if not speaks_for(event, message.lender):
        return aid
    for one in message.lines:
        to = one.response.to_line_id
        wanted = _wanted(aid, Topic.EXTENSION, message.lender, unit_id(one.resource))
        until = at(one.schedule, *GO_HOME) or wanted
        meant = loans_meant(aid, message.lender, message.preceding_message_id, to, one.resource)
        if one.response.answer in _GRANTS and until:
            aid = _each(aid, meant, lambda loan, until=until: replace(loan, until=until))
        aid = _settled(aid, Topic.EXTENSION, message.lender, meant)
    return aid


def return_asked(aid: Aid, event: Envelope, message: AidReturnAsked) -> Aid:
    """Note that a lender needs its things, and by when they must leave."""
    if not speaks_for(event, message.lender):
        return aid
    aid = _asking(aid, event, message.lender, message.lines, (Topic.RETURN, (*GO_HOME, *BE_HOME)))
    for one in message.lines:
        by = at(one.schedule, *GO_HOME, *BE_HOME) or event.time
        meant = _mine(aid, message.lender, message.preceding_message_id, one)
        aid = _each(aid, meant, lambda loan, by=by: replace(loan, asked_back=by))
    return aid


def return_answered(aid: Aid, event: Envelope, message: AidReturnAnswered) -> Aid:
    """Take the borrower's answer: when it lets things go, or that it cannot."""
    if message.borrower != aid.borrower or not speaks_for(event, message.borrower):
        return aid
    for one in message.lines:
        meant = loans_meant(
            aid, message.lender, message.preceding_message_id, one.response.to_line_id, one.resource
        )
        by = at(one.schedule, *GO_HOME) or one.response.deferred_until
        if one.response.answer is AidAnswer.DECLINE:
            aid = _each(aid, meant, lambda loan: replace(loan, asked_back=None))
        elif by:
            aid = _each(aid, meant, lambda loan, by=by: replace(loan, asked_back=by))
        aid = _settled(aid, Topic.RETURN, message.lender, meant)
    return aid


def recalled(aid: Aid, event: Envelope, message: AidRecalled) -> Aid:
    """Take back what a lender takes back, from the loans and from what it has offered."""
    if not speaks_for(event, message.lender):
        return aid
    for one in message.lines:
        unit = unit_id(one.resource)
        meant = _mine(aid, message.lender, message.preceding_message_id, one)
        aid = _each(aid, meant, lambda loan, one=one: _taken_back(loan, one, event.time))
        aid = replace(
            aid,
            lines=tuple(
                replace(
                    line,
                    offers=tuple(
                        o
                        for o in line.offers
                        if o.lender != message.lender or not unit or o.unit_id != unit
                    ),
                )
                for line in aid.lines
            ),
        )
        aid = _settled(aid, None, message.lender, meant)
    return aid


def released(aid: Aid, event: Envelope, message: AidReleased) -> Aid:
    """Let go what the borrower lets go; what its desk refuses was never lent."""
    if message.borrower != aid.borrower or not speaks_for(event, message.borrower):
        return aid
    for one in message.lines:
        refused = bool(one.response) and one.response.answer is AidAnswer.DECLINE
        to = one.response.to_line_id if one.response else one.line_id
        meant = loans_meant(aid, message.lender, message.preceding_message_id, to, one.resource)
        if refused:
            aid = _each(
                aid, _refusable(meant, message, one), lambda loan: _refused(loan, event.time)
            )
        else:
            aid = _let_go(aid, meant, one, event.time)
        aid = _settled(aid, None, message.lender, meant)
    if message.complete:
        left = [loan for loan in aid.loans if message.lender in {None, loan.lender}]
        aid = _each(aid, left, lambda loan: _going(loan, event.time, None))
        aid = _settled(aid, None, message.lender, left)
    return aid


def _mine(aid: Aid, lender: str, preceding: str | None, one: AidLine) -> tuple[Loan, ...]:
    return loans_meant(aid, lender, preceding, one.line_id, one.resource)


def _each(aid: Aid, meant: Iterable[Loan], change: Callable[[Loan], Loan]) -> Aid:
    """Change some of the loans; the others stay."""
    which = set(meant)
    return replace(aid, loans=tuple(change(x) if x in which else x for x in aid.loans))


def _asking(
    aid: Aid,
    event: Envelope,
    lender: str | None,
    lines: Iterable[AidLine],
    about: tuple[Topic, tuple[ScheduleType, ...]],
) -> Aid:
    """Note a question about things that are lent: each is answered for itself."""
    topic, types = about
    name = names_of(event)[0]
    new: list[Question] = []
    known = dict(aid.names)
    for one in lines:
        for loan in loans_meant(aid, lender, None, one.line_id, one.resource):
            if loan.phase in LENT:
                wanted = at(one.schedule, *types)
                new.append(Question(topic, loan.lender, name, event.time, _thing(loan), wanted))
            known |= {f"{said} {one.line_id}": loan.line_id for said in names_of(event)}
    topics = {(q.topic, q.lender, q.unit) for q in new}
    kept = (q for q in aid.questions if (q.topic, q.lender, q.unit) not in topics)
    return replace(aid, questions=(*kept, *new), names=known)


def _wanted(aid: Aid, topic: Topic, lender: str, unit: str) -> datetime | None:
    mine = (q for q in aid.questions if (q.topic, q.lender) == (topic, lender))
    return next((q.wanted for q in mine if not unit or q.unit == unit), None)


def _settled(aid: Aid, topic: Topic | None, lender: str | None, loans: Iterable[Loan]) -> Aid:
    """Forget the questions about loans that are answered, or that nobody needs to answer."""
    things = {_thing(loan) for loan in loans}

    def waits(q: Question) -> bool:
        is_other = q.lender != lender if lender else False
        return is_other or q.unit not in things or (topic or q.topic) is not q.topic

    kept = tuple(q for q in aid.questions if q.topic is Topic.ORDER or waits(q))
    return replace(aid, questions=kept)


def _thing(loan: Loan) -> str:
    return loan.unit_id or loan.commit_line_id


def _moved(loan: Loan, one: AidLineReport, now: datetime, who: str | None) -> Loan:
    """Return a loan as a report says that it is; it never goes back a step."""
    if loan.has_come_to(LoanPhase.SURPLUS):
        return loan
    promised = at(one.schedule, *GO_HOME) if who else None  # only its lender lets it stay
    loan = replace(
        loan,
        where=place(one.schedule) or loan.where,
        departs=at(one.schedule, *DEPART) or loan.departs,
        arrives=at(one.schedule, *ARRIVE) or loan.arrives,
        until=promised or loan.until,
        back=at(one.schedule, *BE_HOME) or loan.back,
    )
    for type_, phase in _STEPS:
        if any(entry.type is type_ for entry in one.schedule) and not loan.has_come_to(phase):
            left_early = phase in {LoanPhase.GOING_HOME, LoanPhase.HOME} and loan.phase in {
                LoanPhase.COMMITTED,
                LoanPhase.UNDER_WAY,
            }
            loan = replace(
                loan,
                phase=phase,
                since=at(one.schedule, type_) or now,
                taken_back=loan.taken_back or left_early,
            )
    return loan


def _taken_back(loan: Loan, one: AidLine, now: datetime) -> Loan:
    if loan.phase is LoanPhase.SURPLUS:
        return _refused(loan, now)
    if loan.phase not in LENT:
        return loan
    back = at(one.schedule, *BE_HOME) or loan.back
    return replace(loan, phase=LoanPhase.GOING_HOME, since=now, taken_back=True, back=back)


def _refused(loan: Loan, now: datetime) -> Loan:
    if loan.phase in LENT or loan.phase is LoanPhase.SURPLUS:
        return replace(loan, phase=LoanPhase.REFUSED, since=now)
    return loan


def _refusable(meant: Iterable[Loan], message: AidReleased, one: AidLineReport) -> tuple[Loan, ...]:
    """Return which of the loans are refused: a unit may be lent well in another commitment."""
    named = [loan for loan in meant if loan.message_id == message.preceding_message_id]
    surplus = tuple(loan for loan in named if loan.phase is LoanPhase.SURPLUS)
    fit = [
        loan
        for loan in surplus
        if loan.commit_line_id == (one.response and one.response.to_line_id)
    ]
    return tuple(fit) or surplus or tuple(named)


def _let_go(aid: Aid, meant: Iterable[Loan], one: AidLineReport, now: datetime) -> Aid:
    """Release loans, or of a lot as much as the line says; the rest stays."""
    how_much = amount(one.assignment)
    loans: list[Loan] = []
    which = set(meant)
    for loan in aid.loans:
        if loan not in which or loan.phase not in LENT:
            loans.append(loan)
            continue
        if how_much is not None and not loan.unit_id and how_much < loan.amount:
            loans.append(replace(loan, amount=loan.amount - how_much))
            loan = replace(loan, amount=how_much)  # noqa: PLW2901  the part that goes
        loans.append(_going(loan, now, one))
    return replace(aid, loans=tuple(loans))


def _going(loan: Loan, now: datetime, one: AidLineReport | None) -> Loan:
    if loan.phase not in LENT:
        return loan
    schedule = one.schedule if one else ()
    gone = any(entry.type is ScheduleType.ACTUAL_RETURN_ARRIVAL for entry in schedule)
    return replace(
        loan,
        phase=LoanPhase.HOME if gone else LoanPhase.GOING_HOME,
        since=now,
        back=at(schedule, *BE_HOME) or loan.back,
    )
