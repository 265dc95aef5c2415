"""What a desk says in a thread of mutual aid, in the words of the contracts. Pure.

It speaks for the borrower. Each message has a name that follows from what it is about: the log
shows by it what was said.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import cast

from liandong.contracts import (
    RESPONSE_OF_ANSWER,
    AidAnswer,
    AidDeploymentAsked,
    AidInformationAsked,
    AidReleased,
    AidRequested,
    Precedence,
)
from liandong.contracts.aid_lines import AidLine, AidLineReport, Assignment, LineResponse
from liandong.contracts.aid_parts import Amount
from liandong.contracts.aid_resources import AidResource
from liandong.contracts.base import Event
from liandong.contracts.subjects import is_token
from liandong.response.aid_loans import Loan, LoanPhase
from liandong.response.aid_state import Aid, Line, LinePhase, Offer, Question, Topic
from liandong.response.concern import Say

_NOBODY_LEFT = (
    "Not all of it is offered, and no neighbour is left to ask. Ask further, or ask for less. "
    "支援意向不足，且已无其他邻区可求援。请另行求援，或减少需求。"
)
_CHOOSE = "What is offered would do. Choose whose to take. 支援意向已够，请选定由谁支援。"
_SURPLUS = "More than is still needed: please keep it. 需求已满足，谢谢，请自行留用。"
_STILL_DEFERRED = "The time that you named has come: please answer. 约定的答复时间已到，请答复。"
_UNANSWERED = "This waits for your answer. 此事仍待答复。"


def ask(
    aid: Aid,
    about: str,
    lines: Iterable[Line],
    names: tuple[str, ...],
    when: tuple[datetime, float],
) -> Say:
    """Return a request to more neighbours, for what is still open.

    Args:
        aid: The thread.
        about: What tells it from all else that is said.
        lines: What is open.
        names: Agencies and regions, none of them asked for these lines before.
        when: When that became due, and how long they have, in seconds, where the borrower's own
            time to answer is over.
    """
    moment, within_s = when
    request = cast("AidRequested", aid.message)
    by = request.answer_by
    event = request.model_copy(
        update={
            "message_id": aid.desk_message(about),
            "originating_message_id": _origin(aid),
            "recall": None,
            "sent": None,
            "sent_as_written": None,
            "provenance": None,
            "asked_agencies": tuple(name for name in names if "/" in name),
            "asked_regions": tuple(name for name in names if "/" not in name),
            "answer_by": by if by and by > moment else moment + timedelta(seconds=within_s),
            "lines": tuple(_still_needed(aid, line) for line in lines),
        }
    )
    return Say(event, about, aid.said, moment, aid.said.precedence)


def hand_over(aid: Aid, about: str, line: Line, moment: datetime) -> Say:
    """Return a question to the borrower's people: whose offer to take, or what else to do."""
    choose = aid.phase(line) is LinePhase.OFFERED
    one = AidLineReport(
        line_id=line.line_id,
        response=_response(
            line.line_id,
            AidAnswer.PROVISIONAL if choose else AidAnswer.DECLINE,
            _CHOOSE if choose else _NOBODY_LEFT,
        ),
        resource=AidResource(name=line.name or None),
        assignment=Assignment(quantity=Amount(amount=_number(aid.missing(line)))),
    )
    event = _question(aid, about, aid.borrower, None, (one,))
    return Say(event, about, aid.said, moment, Precedence.IMMEDIATE)


def ask_again(aid: Aid, about: str, line: Line, offer: Offer) -> Say:
    """Return a question to a lender whose answer was deferred until now."""
    moment = offer.deferred_until or offer.told
    response = _response(offer.answer_line_id, AidAnswer.DEFERRED, _STILL_DEFERRED, moment)
    one = AidLineReport(line_id=line.line_id, response=response)
    event = _question(aid, about, offer.lender, offer.message_id, (one,))
    return Say(event, about, aid.said, moment, Precedence.PRIORITY)


def remind(aid: Aid, about: str, waiting: tuple[Question, ...], due: datetime) -> Say:
    """Return a reminder of one message to one lender, or of its lender's to the borrower."""
    first = waiting[0]
    to = aid.borrower if first.topic is Topic.RETURN else first.lender
    lines = tuple(
        AidLineReport(
            line_id=str(number),
            response=_response(question.unit, AidAnswer.PROVISIONAL, _UNANSWERED),
        )
        for number, question in enumerate(waiting, 1)
    )
    event = _question(aid, about, to, first.message_id, lines)
    return Say(event, about, aid.said, due, Precedence.PRIORITY)


def look_for(aid: Aid, about: str, loan: Loan, due: datetime) -> Say:
    """Return a question where something is that is late: to whoever has it."""
    event = AidDeploymentAsked(
        request_id=aid.request_id,
        incident_id=aid.message.incident_id,
        message_id=aid.desk_message(about),
        originating_message_id=_origin(aid),
        preceding_message_id=loan.message_id,
        said_by=aid.borrower or loan.lender,
        said_to=aid.borrower if loan.phase is LoanPhase.AT_WORK else loan.lender,
        lines=(AidLine(line_id=loan.commit_line_id, resource=_resource(loan)),),
    )
    return Say(event, about, aid.said, due, Precedence.PRIORITY)


def refuse(aid: Aid, about: str, loan: Loan, reason: str = _SURPLUS) -> Say:
    """Return the refusal of a commitment, or of the part of it that is too much."""
    one = AidLineReport(
        line_id="1",
        response=_response(loan.commit_line_id, AidAnswer.DECLINE, reason),
        resource=_resource(loan),
        assignment=Assignment(quantity=Amount(amount=_number(loan.amount))),
    )
    event = AidReleased(
        request_id=aid.request_id,
        incident_id=aid.message.incident_id,
        message_id=aid.desk_message(about),
        originating_message_id=_origin(aid),
        preceding_message_id=loan.message_id,
        borrower=aid.borrower,
        lender=loan.lender,
        lines=(one,),
    )
    return Say(event, about, aid.said, loan.since, Precedence.IMMEDIATE)


def _still_needed(aid: Aid, line: Line) -> AidLine:
    """Return a line as the borrower wrote it, with the quantity that is still open."""
    written = next(one for one in aid.message.lines if one.line_id == line.line_id)
    missing = aid.uncovered(line)
    if missing == line.requested:
        return written
    before = written.assignment or Assignment()
    quantity = (before.quantity or Amount()).model_copy(
        update={"amount": _number(missing), "amount_as_written": None, "texts": ()}
    )
    assignment = before.model_copy(update={"quantity": quantity})
    return written.model_copy(update={"assignment": assignment})


def _question(
    aid: Aid, about: str, to: str, preceding: str | None, lines: tuple[AidLineReport, ...]
) -> Event:
    return AidInformationAsked(
        request_id=aid.request_id,
        incident_id=aid.message.incident_id,
        message_id=aid.desk_message(about),
        originating_message_id=_origin(aid),
        preceding_message_id=preceding,
        said_by=aid.borrower or to,
        said_to=to,
        lines=lines,
    )


def _response(
    to_line_id: str, answer: AidAnswer, reason: str, until: datetime | None = None
) -> LineResponse:
    return LineResponse(
        to_line_id=to_line_id,
        answer=answer,
        response_type=RESPONSE_OF_ANSWER[answer],
        deferred_until=until,
        reason=reason,
    )


def _resource(loan: Loan) -> AidResource:
    """Return something lent under the names that its lender gave it."""
    if is_token(loan.unit_id):
        return AidResource(unit_id=loan.unit_id, name=loan.name or None)
    return AidResource(resource_id=loan.unit_id or None, name=loan.name or None)


def _origin(aid: Aid) -> str:
    return aid.message.originating_message_id or aid.message.message_id or aid.request_id


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
