"""What is known of one thread of mutual aid: its lines, who was asked, what is lent. Pure values.

A line is what was asked for; what was committed to it are loans (`aid_loans`).
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import cast

from liandong.contracts import AidAnswer, AidOffered, AidRequested
from liandong.response.aid_loans import LENT, Loan, LoanPhase
from liandong.response.concern import Said

_DESK = ".desk."


class LinePhase(StrEnum):
    """How far a line is."""

    OPEN = "open"  # asked, and not enough of it offered
    OFFERED = "offered"  # what is offered would do; nobody is bound yet
    WITH_PERSON = "with_person"  # the desk has handed it to the borrower's people
    FILLED = "filled"  # all of it is committed
    WITHDRAWN = "withdrawn"  # the borrower needs it no more


@dataclass(frozen=True, slots=True)
class Offer:
    """What a lender answered to a line, unbound.

    Attributes:
        lender: Who.
        answer: In which of the five words; never a refusal.
        amount: How much, in the line's unit; None for all that is missing.
        told: When it was said.
        message_id: In which message.
        answer_line_id: That message's own name for it.
        unit_id: Which unit; empty where that is not known yet, or goods are lent.
        name: What it is called.
        resource_type: What it is, EIDO's word; empty where not said.
        arrives: When it would be there.
        deferred_until: When it can be had, or answered anew.
        reason: Why, as the lender says.
    """

    lender: str
    answer: AidAnswer
    amount: float | None
    told: datetime
    message_id: str
    answer_line_id: str
    unit_id: str = ""
    name: str = ""
    resource_type: str = ""
    arrives: datetime | None = None
    deferred_until: datetime | None = None
    reason: str = ""

    @property
    def firm(self) -> bool:
        """Whether it is a yes, to all or a part, without condition."""
        return self.answer in {AidAnswer.ACCEPT, AidAnswer.IN_PART}


@dataclass(frozen=True, slots=True)
class Asked:
    """A neighbour that was asked about a line.

    Attributes:
        name: The agency or region.
        answered: When it last answered; None while it has not.
    """

    name: str
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One resource that is asked for.

    Attributes:
        line_id: Its name in the request.
        name: What it is called.
        resource_type: What it is, EIDO's word; empty where not said.
        requested: How much, never less than what is granted.
        unit: In what unit; empty where pieces are counted.
        asked_at: When it was asked for, or asked of the last ring.
        needed_by: When it should be there.
        needed_until: Until when it is needed.
        answer_by: By when the neighbours asked last must answer; None where nobody said.
        asked: Who was asked.
        offers: What was answered and still stands.
        withdrawn: Whether the borrower needs it no more.
        changed: When what it is given last changed.
        changes: How often it did.
    """

    line_id: str
    name: str
    resource_type: str
    requested: float
    unit: str
    asked_at: datetime
    needed_by: datetime | None = None
    needed_until: datetime | None = None
    answer_by: datetime | None = None
    asked: tuple[Asked, ...] = ()
    offers: tuple[Offer, ...] = ()
    withdrawn: bool = False
    changed: datetime | None = None
    changes: int = 0

    @property
    def all_answered(self) -> datetime | None:
        """When the last of those asked had answered; None while one has not."""
        moments = [one.answered for one in self.asked]
        return max(filter(None, moments)) if moments and None not in moments else None


class Topic(StrEnum):
    """What an answer is owed to, beside the request itself."""

    ORDER = "order"
    EXTENSION = "extension"
    RETURN = "return"


@dataclass(frozen=True, slots=True)
class Question:
    """Something that one side asked the other, and that is not answered yet.

    Attributes:
        topic: What about.
        lender: Which lender it is about.
        message_id: The message that asked.
        told: When.
        unit: What it is about: a unit, or the name of a line.
        wanted: The moment that it asks for.
    """

    topic: Topic
    lender: str
    message_id: str
    told: datetime
    unit: str = ""
    wanted: datetime | None = None


@dataclass(frozen=True, slots=True)
class Aid:
    """One thread of mutual aid.

    Attributes:
        said: The latest request of the borrower, an `AidRequested`; or the `AidOffered` that the
            thread began with.
        borrower: Who needs the resources; empty for an offer to everyone.
        last: When something was last said in it.
        lines: What is asked for.
        loans: What was committed, refused or is home again.
        questions: What waits for an answer.
        names: Which line of ours a line of an earlier message is about, by both names.
        told: What the desk has said in it, by its messages' names.
    """

    said: Said
    borrower: str
    last: datetime
    lines: tuple[Line, ...] = ()
    loans: tuple[Loan, ...] = ()
    questions: tuple[Question, ...] = ()
    names: dict[str, str] = field(default_factory=dict[str, str])
    told: frozenset[str] = frozenset()

    @property
    def message(self) -> AidRequested | AidOffered:
        """What the thread is about."""
        return cast("AidRequested | AidOffered", self.said.data)

    @property
    def request_id(self) -> str:
        """The thread's name."""
        return self.message.request_id

    @property
    def unsolicited(self) -> bool:
        """Whether it began with an offer: nobody was asked."""
        return isinstance(self.said.data, AidOffered)

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected: no line is open, nothing is away."""
        over = {LinePhase.FILLED, LinePhase.WITHDRAWN}
        if self.unsolicited:
            over |= {LinePhase.OFFERED}
        waits = any(one.phase in LENT or one.phase is LoanPhase.SURPLUS for one in self.loans)
        return not waits and all(self.phase(line) in over for line in self.lines)

    def line(self, line_id: str) -> Line | None:
        """Return a line; None where there is none of that name."""
        return next((line for line in self.lines if line.line_id == line_id), None)

    def granted(self, line: Line) -> float:
        """Return how much of a line is committed, at work, or was until it was released."""
        return sum(loan.fills for loan in self.loans if loan.line_id == line.line_id)

    def missing(self, line: Line) -> float:
        """Return how much of a line is not granted; nothing of one that was withdrawn."""
        return 0.0 if line.withdrawn else _whole(line.requested - self.granted(line))

    def uncovered(self, line: Line) -> float:
        """Return how much of a line is neither granted nor firmly offered."""
        missing = self.missing(line)
        offers = (missing if o.amount is None else o.amount for o in line.offers if o.firm)
        return _whole(missing - sum(offers))

    def phase(self, line: Line) -> LinePhase:
        """Return how far a line is."""
        if line.withdrawn:
            return LinePhase.WITHDRAWN
        if not self.missing(line):
            return LinePhase.FILLED
        if self.handing(line) in self.told:
            return LinePhase.WITH_PERSON
        return LinePhase.OPEN if self.uncovered(line) else LinePhase.OFFERED

    def handing(self, line: Line) -> str:
        """Return the name of the message that hands a line, as it is now, to people."""
        return self.desk_message(self.handing_about(line))

    def handing_about(self, line: Line) -> str:
        """Return what that message is about: a line that is given something else is another."""
        return f"decide {line.line_id} {line.changes}"

    def desk_message(self, about: str) -> str:
        """Return the name of a message of the desk in this thread: the same whichever desk."""
        return _desk_message(self.request_id, about)

    def is_desk_message(self, message_id: str | None) -> bool:
        """Say whether it is such a name."""
        return bool(message_id) and str(message_id).startswith(f"{self.request_id}{_DESK}")


@lru_cache(4096)
def _desk_message(request_id: str, about: str) -> str:
    return f"{request_id}{_DESK}{sha256(about.encode()).hexdigest()[:16]}"


def _whole(amount: float) -> float:
    """Return an amount without what adding decimal fractions leaves over; nothing below 0."""
    return max(0.0, round(amount, 6))
