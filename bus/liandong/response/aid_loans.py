"""What is lent in mutual aid: a unit or a lot of goods, from commitment until it is home. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LoanPhase(StrEnum):
    """How far something lent is."""

    COMMITTED = "committed"
    UNDER_WAY = "under_way"
    AT_WORK = "at_work"
    GOING_HOME = "going_home"  # released, recalled or on its way: nobody commands it but its owner
    HOME = "home"
    SURPLUS = "surplus"  # more than was asked for: to be refused
    REFUSED = "refused"


LENT = frozenset({LoanPhase.COMMITTED, LoanPhase.UNDER_WAY, LoanPhase.AT_WORK})
"""The phases in which something is the borrower's to command."""
AWAY = LENT | {LoanPhase.GOING_HOME}
"""The phases in which its owner does not have it."""
_PROGRESS = {phase: number for number, phase in enumerate(LoanPhase)}


@dataclass(frozen=True, slots=True)
class Loan:
    """What a lender has committed.

    Attributes:
        lender: Who.
        line_id: The line that it is for.
        message_id: The commitment.
        commit_line_id: The commitment's own name for it.
        amount: How much of the line it fills; of a surplus, how much is too much.
        phase: How far it is.
        since: From when it is in that phase.
        unit_id: Which unit; empty for goods.
        name: What it is called.
        home_agency: Whose it is, where that is not the lender.
        where: Where it was last, in words.
        departs: When it is to leave.
        arrives: When it is to be there.
        until: When it is to leave for home, as promised.
        back: When it is to be home.
        taken_back: Whether its lender took it back: it fills the line no more.
        asked_back: By when its lender has asked for it.
    """

    lender: str
    line_id: str
    message_id: str
    commit_line_id: str
    amount: float
    phase: LoanPhase
    since: datetime
    unit_id: str = ""
    name: str = ""
    home_agency: str = ""
    where: str = ""
    departs: datetime | None = None
    arrives: datetime | None = None
    until: datetime | None = None
    back: datetime | None = None
    taken_back: bool = False
    asked_back: datetime | None = None

    @property
    def fills(self) -> float:
        """How much of its line it fills."""
        unfit = {LoanPhase.SURPLUS, LoanPhase.REFUSED}
        return 0.0 if self.taken_back or self.phase in unfit else self.amount

    @property
    def due(self) -> datetime | None:
        """When the next step of it is to be heard of; None where nobody said, or it is over."""
        match self.phase:
            case LoanPhase.COMMITTED:
                return self.departs or self.arrives
            case LoanPhase.UNDER_WAY:
                return self.arrives
            case LoanPhase.AT_WORK:
                return self.asked_back or self.until
            case LoanPhase.GOING_HOME:
                return self.back
            case _:
                return None

    def has_come_to(self, phase: LoanPhase) -> bool:
        """Say whether it is as far as that, or further."""
        return _PROGRESS[self.phase] >= _PROGRESS[phase]
