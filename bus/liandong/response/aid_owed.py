"""What a desk owes in a thread of mutual aid: whom to ask, chase and refuse, and from when. Pure.

A message is owed until the log holds one of its name, and never again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from liandong.contracts import AidAnswer
from liandong.response.agreements import Agreements, was_asked
from liandong.response.aid_loans import AWAY, LoanPhase
from liandong.response.aid_messages import ask, ask_again, hand_over, look_for, refuse, remind
from liandong.response.aid_state import Aid, Line, LinePhase, Topic
from liandong.response.concern import Say


@dataclass(frozen=True, slots=True)
class Owed:
    """A message that is owed.

    Attributes:
        about: What tells it from all else that is said in its thread.
        due: From when; None for at once.
        say: Returns it.
    """

    about: str
    due: datetime | None
    say: Callable[[], Say]


def owed(aid: Aid, agreements: Agreements) -> Iterator[Owed]:
    """Yield what is owed now, or later if nothing is heard, and was not said yet."""
    for one in _all(aid, agreements):
        if aid.desk_message(one.about) not in aid.told:
            yield one


def _all(aid: Aid, agreements: Agreements) -> Iterator[Owed]:
    if not aid.unsolicited:
        yield from _asking(aid, agreements)
        yield from _asking_again(aid)
    yield from _following(aid)
    yield from _reminding(aid, agreements)


def _asking(aid: Aid, agreements: Agreements) -> Iterator[Owed]:
    """Widen what is open to the next ring; hand to people what they must decide."""
    wider: dict[tuple[tuple[str, ...], datetime, datetime | None], list[Line]] = defaultdict(list)
    for line in aid.lines:
        phase = aid.phase(line)
        if phase is LinePhase.OPEN and (names := _next(aid, line, agreements)):
            wider[names, *_over(aid, line, agreements, at_once=not line.asked)].append(line)
        elif phase in {LinePhase.OPEN, LinePhase.OFFERED}:
            moment, due = _over(aid, line, agreements)
            about = aid.handing_about(line)
            yield Owed(about, due, partial(hand_over, aid, about, line, moment))
    for (names, moment, due), lines in wider.items():
        about = f"ask {' '.join(names)} about {' '.join(line.line_id for line in lines)}"
        when = (moment, agreements.answer_within_s)
        yield Owed(about, due, partial(ask, aid, about, lines, names, when))


def _next(aid: Aid, line: Line, agreements: Agreements) -> tuple[str, ...]:
    """Return who is asked next about a line: of the nearest ring, those who were not yet."""
    region = aid.borrower.partition("/")[0]
    asked = [one.name for one in line.asked]
    ring = agreements.next_ring(region, aid.said.area, aid.said.time, asked)
    names = {name for terms in ring for name in terms.neighbours}
    return tuple(sorted(name for name in names if not was_asked(name, asked)))


def _over(
    aid: Aid, line: Line, agreements: Agreements, *, at_once: bool = False
) -> tuple[datetime, datetime | None]:
    """Return when the wait for answers is over, and when that is due; None where it is already.

    It is over when all who were asked have answered, or their time is. A line that is given less
    after that waits for nobody.
    """
    within = timedelta(seconds=agreements.answer_within_s)
    by = line.answer_by or line.asked_at + within
    ordered = [
        question.told + within
        for question in aid.questions
        if question.topic is Topic.ORDER and question.unit == line.line_id
    ]
    if ordered and aid.phase(line) is LinePhase.OFFERED:
        return max(ordered), max(ordered)  # people have chosen: the lender is waited for
    over = line.asked_at if at_once else line.all_answered
    moment = by if over is None else min(by, over)
    return max(moment, line.changed or moment), by if over is None else None


def _asking_again(aid: Aid) -> Iterator[Owed]:
    """Ask those who deferred, once their time has come and the line is still open."""
    for line in aid.lines:
        for offer in line.offers:
            until = offer.deferred_until
            if aid.missing(line) and offer.answer is AidAnswer.DEFERRED and until:
                about = f"again {line.line_id} {offer.lender} {offer.message_id} "
                about += f"{offer.answer_line_id} {until.timestamp()}"
                yield Owed(about, until, partial(ask_again, aid, about, line, offer))


def _following(aid: Aid) -> Iterator[Owed]:
    """Refuse what is more than was asked for; ask where is what should have moved on by now."""
    for loan in aid.loans:
        which = f"{loan.lender} {loan.message_id} {loan.commit_line_id}"
        if loan.phase is LoanPhase.SURPLUS and aid.borrower:
            about = f"refuse {which}"
            yield Owed(about, None, partial(refuse, aid, about, loan))
        if loan.phase in AWAY and (due := loan.due):
            about = f"where {which} {loan.amount} {loan.phase} {due.timestamp()}"
            yield Owed(about, due, partial(look_for, aid, about, loan, due))


def _reminding(aid: Aid, agreements: Agreements) -> Iterator[Owed]:
    """Remind of orders, extensions and returns that nobody has answered in time."""
    within = timedelta(seconds=agreements.answer_within_s)
    for message_id, lender in dict.fromkeys((q.message_id, q.lender) for q in aid.questions):
        which = (message_id, lender)
        waiting = tuple(q for q in aid.questions if (q.message_id, q.lender) == which)
        due = waiting[0].told + within
        about = f"remind {message_id} {lender}"
        yield Owed(about, due, partial(remind, aid, about, waiting, due))
