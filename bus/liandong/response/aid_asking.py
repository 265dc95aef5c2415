"""Mutual aid from need to commitment: what each message makes of a thread. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from liandong.contracts import (
    AidAnswer,
    AidAnswered,
    AidOffered,
    AidRequested,
    AidRequisitioned,
    Envelope,
)
from liandong.contracts.aid_codes import RecallType, ScheduleType
from liandong.contracts.aid_lines import AidLine, AidLineAnswer
from liandong.response.agreements import was_asked
from liandong.response.aid_parts import (
    ARRIVE,
    GO_HOME,
    amount,
    at,
    called,
    line_meant,
    names_of,
    speaks_for,
    unit_id,
    unit_of,
)
from liandong.response.aid_state import Aid, Asked, Line, Offer, Question, Topic

YES = {AidAnswer.ACCEPT, AidAnswer.IN_PART}
"""The answers that lend something."""
_STANDS = {*YES, AidAnswer.PROVISIONAL, AidAnswer.DEFERRED}


def asked(aid: Aid | None, event: Envelope, request: AidRequested) -> Aid | None:
    """Take a request: the first, a later one of the borrower, or one that asks more neighbours."""
    cancels = bool(request.recall) and request.recall.type is RecallType.CANCEL
    if not speaks_for(event, request.borrower) or (aid is None and cancels):
        return aid
    if aid is None:
        begun = Aid(event, request.borrower, event.time, _lines(event, request))
        return named(begun, event, [(n.line_id, n.line_id) for n in request.lines])
    if request.borrower != aid.borrower or aid.unsolicited:
        return aid
    if aid.is_desk_message(request.message_id):
        return _widened(aid, event, request)
    if cancels:
        return replace(aid, lines=tuple(map(_withdrawn, aid.lines)))
    noted = named(aid, event, [(n.line_id, n.line_id) for n in request.lines])
    return replace(noted, said=event, lines=_replaced(aid, _lines(event, request)))


def offered(aid: Aid | None, event: Envelope, offer: AidOffered) -> Aid | None:
    """Take an offer that nobody asked for: it begins a thread of its own."""
    if aid is not None or not speaks_for(event, offer.lender):
        return aid
    lines = tuple(
        replace(
            _line(event, line),
            offers=(_offer(event, offer.lender, line, AidAnswer.ACCEPT),),
        )
        for line in offer.lines
    )
    begun = Aid(event, offer.borrower or "", event.time, lines)
    return named(begun, event, [(line.line_id, line.line_id) for line in offer.lines])


def answered(aid: Aid, event: Envelope, answer: AidAnswered) -> Aid:
    """Take an answer: it replaces what its lender answered to the same lines before."""
    if aid.unsolicited or not speaks_for(event, answer.lender):
        return aid
    return with_answers(
        aid, event, answer.lender, about_lines(aid, answer.preceding_message_id, answer.lines)
    )


def ordered(aid: Aid, event: Envelope, order: AidRequisitioned) -> Aid:
    """Take an order of what was answered or offered: a commitment is owed to it."""
    if aid.borrower not in {"", order.borrower} or not speaks_for(event, order.borrower):
        return aid
    questions: list[Question] = []
    noted: list[tuple[str, str]] = []
    for one in order.lines:
        line = line_meant(aid, order.preceding_message_id, one.line_id, one.resource)
        if line is None:
            continue
        noted.append((one.line_id, line.line_id))
        lenders = [o.lender for o in line.offers if o.unit_id == unit_id(one.resource)]
        lender = order.lender or next(iter(lenders), "")
        questions.append(
            Question(Topic.ORDER, lender, names_of(event)[0], event.time, line.line_id)
        )
    waiting = (*aid.questions, *(q for q in questions if q.lender and q not in aid.questions))
    return named(replace(aid, borrower=order.borrower, questions=waiting), event, noted)


def _lines(event: Envelope, request: AidRequested) -> tuple[Line, ...]:
    who = tuple(Asked(name) for name in (*request.asked_agencies, *request.asked_regions))
    return tuple(
        replace(_line(event, line), asked=who, answer_by=request.answer_by)
        for line in request.lines
    )


def _line(event: Envelope, line: AidLine) -> Line:
    resource = line.resource
    asked_for = amount(line.assignment)
    return Line(
        line.line_id,
        called(resource),
        resource.resource_type.value if resource.resource_type else "",
        1.0 if asked_for is None else asked_for,
        unit_of(line.assignment),
        event.time,
        needed_by=at(line.schedule, ScheduleType.REQUESTED_ARRIVAL),
        needed_until=at(line.schedule, *GO_HOME[1:]),
    )


def named(aid: Aid, event: Envelope, lines: Sequence[tuple[str, str]]) -> Aid:
    """Note which line of ours each line of a message is about."""
    new = {f"{name} {theirs}": ours for name in names_of(event) for theirs, ours in lines}
    return replace(aid, names=aid.names | new)


def _withdrawn(line: Line) -> Line:
    return replace(line, withdrawn=True, offers=())


def _replaced(aid: Aid, new: tuple[Line, ...]) -> tuple[Line, ...]:
    """Return the lines as the borrower now asks for them; one left out is withdrawn, for good."""
    by_id = {line.line_id: line for line in new}
    kept = [
        _again(old, by_id.pop(old.line_id), aid.granted(old))
        if old.line_id in by_id
        else _withdrawn(old)
        for old in aid.lines
    ]
    return (*kept, *by_id.values())


def _again(old: Line, new: Line, granted: float) -> Line:
    more = tuple(one for one in new.asked if one.name not in {a.name for a in old.asked})
    return replace(
        old,
        name=new.name,
        resource_type=new.resource_type,
        requested=max(new.requested, granted),  # what is granted is let go by people
        unit=new.unit,
        asked_at=new.asked_at,
        needed_by=new.needed_by,
        needed_until=new.needed_until,
        answer_by=new.answer_by,
        asked=(*(Asked(one.name) for one in old.asked), *more),  # they are asked anew
    )


def _widened(aid: Aid, event: Envelope, request: AidRequested) -> Aid:
    """Note whom else the desk has asked, about which lines."""
    about = {line.line_id for line in request.lines}
    names = (*request.asked_agencies, *request.asked_regions)

    def wider(line: Line) -> Line:
        known = [one.name for one in line.asked]
        more = tuple(Asked(name) for name in names if name not in known)
        if line.line_id not in about or not more:
            return line
        return replace(
            line,
            asked=(*line.asked, *more),
            asked_at=event.time,
            answer_by=request.answer_by,
        )

    noted = named(aid, event, [(line.line_id, line.line_id) for line in request.lines])
    return replace(noted, lines=tuple(map(wider, aid.lines)))


Answers = list[tuple[Line, AidLineAnswer]]
"""Answers, each with the line that it is about."""


def about_lines(aid: Aid, preceding: str, answers: Sequence[AidLineAnswer]) -> Answers:
    """Return each answer with the line that it is about; one about none of ours is left out."""
    found = ((line_meant(aid, preceding, a.response.to_line_id, a.resource), a) for a in answers)
    return [(line, answer) for line, answer in found if line]


def with_answers(aid: Aid, event: Envelope, lender: str, answers: Answers) -> Aid:
    """Put a lender's answers in the place of those it gave to the same lines before."""
    new: dict[str, list[Offer]] = {}
    for line, one in answers:
        offers = new.setdefault(line.line_id, [])
        if one.response.answer in _STANDS and not line.withdrawn:
            offers.append(_offer(event, lender, one, one.response.answer))

    def with_them(line: Line) -> Line:
        if line.line_id not in new:
            return line
        others = (offer for offer in line.offers if offer.lender != lender)
        return replace(line, offers=(*others, *new[line.line_id]))

    noted = named(aid, event, [(one.line_id, line.line_id) for line, one in answers])
    return heard(replace(noted, lines=tuple(map(with_them, aid.lines))), event, lender, new)


def heard(aid: Aid, event: Envelope, lender: str, line_ids: Collection[str]) -> Aid:
    """Note that a lender has answered to lines, whatever it said."""

    def with_it(line: Line) -> Line:
        if line.line_id not in line_ids:
            return line
        asked = tuple(
            replace(one, answered=event.time) if was_asked(lender, (one.name,)) else one
            for one in line.asked
        )
        return replace(line, asked=asked)

    return replace(aid, lines=tuple(map(with_it, aid.lines)))


def _offer(event: Envelope, lender: str, line: AidLineAnswer | AidLine, answer: AidAnswer) -> Offer:
    resource = line.resource
    kind = resource.resource_type if resource else None
    response = line.response if isinstance(line, AidLineAnswer) else None
    return Offer(
        lender,
        answer,
        amount(line.assignment),
        event.time,
        names_of(event)[0],
        line.line_id,
        unit_id=unit_id(resource),
        name=called(resource),
        resource_type=kind.value if kind else "",
        arrives=at(line.schedule, *ARRIVE),
        deferred_until=response.deferred_until if response else None,
        reason=(response.reason or "") if response else "",
    )
