"""Mutual aid: one place asks, the whole region acts; line by line, until all is home. Pure.

A request goes to the nearest ring of neighbours, and to the next where that was not enough in time.
What is committed beyond what was asked is refused. People choose among offers; what nobody offers
ends with the borrower's people, never in silence.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from liandong.contracts import (
    AidAnswered,
    AidCommitted,
    AidDeploymentAsked,
    AidDeploymentReported,
    AidExtensionAnswered,
    AidExtensionAsked,
    AidInformationAnswered,
    AidInformationAsked,
    AidMessage,
    AidOffered,
    AidRecalled,
    AidReleased,
    AidRequested,
    AidRequisitioned,
    AidReturnAnswered,
    AidReturnAsked,
    Envelope,
)
from liandong.response import aid_asking, aid_committing, aid_lending
from liandong.response.agreements import Agreements, read_agreements
from liandong.response.aid_moves import MOVES
from liandong.response.aid_owed import owed
from liandong.response.aid_parts import speaks_for
from liandong.response.aid_state import Aid
from liandong.response.concern import Changes, Concern

_KEPT = timedelta(days=7)
_SETTLED = 1e-9  # amounts are sums of decimal fractions

Decide = Callable[[Aid | None, Envelope | None, datetime], Changes[Aid]]


def deciding(region: str, agreements: Agreements) -> Decide:
    """Return what decides for a site.

    Args:
        region: Whose requests it looks after; of others it only knows how they stand.
        agreements: Who may be asked, and in which order.
    """

    def decide(aid: Aid | None, event: Envelope | None, now: datetime) -> Changes[Aid]:
        """Return what becomes of a thread of mutual aid.

        Args:
            aid: As it was; None before its first message.
            event: What was said in it; None where only time has passed.
            now: The moment against which times to answer, arrive and return are held.
        """
        after = _apply(aid, event) if event else aid
        if after is None:
            return Changes(None)
        over = after.last + _KEPT if after.ended else None
        if over and event is None and over < now:
            return Changes(None)
        if after.borrower.partition("/")[0] != region:
            return Changes(after, due=over)
        waiting = tuple(owed(after, agreements))
        say = tuple(one.say() for one in waiting if one.due is None or one.due < now)
        later = [one.due for one in waiting if one.due and one.due >= now]
        return Changes(after, say, min([*later, *filter(None, (over,))], default=None))

    return decide


def mutual_aid(region: str = "lz", agreements: Agreements | None = None) -> Concern[Aid]:
    """Return mutual aid as a site sees it: one state a thread, by the request's name.

    Args:
        region: Whose requests its desk looks after; that of the made-up sample by default.
        agreements: Who may be asked; the made-up sample by default.
    """
    decide = deciding(region, agreements or read_agreements())
    return Concern("aid", 1, Aid, CONTRACTS, _threads, decide, MOVES)


CONTRACTS = (
    AidRequested,
    AidOffered,
    AidAnswered,
    AidRequisitioned,
    AidCommitted,
    AidDeploymentAsked,
    AidDeploymentReported,
    AidExtensionAsked,
    AidExtensionAnswered,
    AidReturnAsked,
    AidReturnAnswered,
    AidRecalled,
    AidReleased,
    AidInformationAsked,
    AidInformationAnswered,
)
"""What is read: all that is said in a thread, but for prices."""


def _threads(event: Envelope) -> Iterator[str]:
    if isinstance(event.data, AidMessage):
        yield event.data.request_id


def _apply(aid: Aid | None, event: Envelope) -> Aid | None:
    after = _said(aid, event)
    if after is None:
        return None
    message = event.data
    assert isinstance(message, AidMessage)  # noqa: S101  it is in CONTRACTS
    told = after.told
    if after.is_desk_message(message.message_id) and speaks_for(event, after.borrower):
        told |= {str(message.message_id)}
    after = replace(after, told=told, last=max(after.last, event.time))
    return _counted(aid, after, event.time)


def _said(aid: Aid | None, event: Envelope) -> Aid | None:  # noqa: C901, PLR0911, PLR0912  one a message
    match event.data:
        case AidRequested() as request:
            return aid_asking.asked(aid, event, request)
        case AidOffered() as offer:
            return aid_asking.offered(aid, event, offer)
        case _ if aid is None:
            return None
        case AidAnswered() as answer:
            return aid_asking.answered(aid, event, answer)
        case AidRequisitioned() as order:
            return aid_asking.ordered(aid, event, order)
        case AidCommitted() as answer:
            return aid_committing.committed(aid, event, answer)
        case AidDeploymentReported() as report:
            return aid_lending.reported(aid, event, report)
        case AidExtensionAsked() as message:
            return aid_lending.extension_asked(aid, event, message)
        case AidExtensionAnswered() as message:
            return aid_lending.extension_answered(aid, event, message)
        case AidReturnAsked() as message:
            return aid_lending.return_asked(aid, event, message)
        case AidReturnAnswered() as message:
            return aid_lending.return_answered(aid, event, message)
        case AidRecalled() as message:
            return aid_lending.recalled(aid, event, message)
        case AidReleased() as message:
            return aid_lending.released(aid, event, message)
        case _:
            return aid


def _counted(before: Aid | None, after: Aid, now: datetime) -> Aid:
    """Note which lines are given something else than before: people look at those anew."""
    if before is None or (before.lines is after.lines and before.loans is after.loans):
        return after
    lines = tuple(
        replace(line, changed=now, changes=line.changes + 1)
        if (old := before.line(line.line_id))
        and (
            abs(before.missing(old) - after.missing(line)) > _SETTLED
            or abs(before.uncovered(old) - after.uncovered(line)) > _SETTLED
        )
        else line
        for line in after.lines
    )
    return replace(after, lines=lines)
