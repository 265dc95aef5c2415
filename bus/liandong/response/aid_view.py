"""What a lender, or a borrower, has away: which units are where, since when, until when. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from liandong.response.aid_loans import AWAY, Loan, LoanPhase
from liandong.response.aid_state import Aid


@dataclass(frozen=True, slots=True)
class Lent:
    """Something that its owner does not have.

    Attributes:
        request_id: The thread that it is lent in.
        incident_id: The incident; empty where the thread names none.
        borrower: Who has it.
        loan: What it is, and how far.
        late: Whether its next step was promised for before now.
    """

    request_id: str
    incident_id: str
    borrower: str
    loan: Loan
    late: bool


def lent(
    threads: Iterable[Aid], now: datetime, *, lender: str = "", borrower: str = ""
) -> tuple[Lent, ...]:
    """Return what is away, by lender and unit: its owner sees it until it is home.

    Args:
        threads: What is known of all requests.
        now: The moment against which promises are held.
        lender: Only what this agency, or an agency of this region, has lent.
        borrower: Only what this one has borrowed.
    """
    away = [
        Lent(
            aid.request_id,
            aid.message.incident_id or "",
            aid.borrower,
            loan,
            loan.due is not None and loan.due < now,
        )
        for aid in threads
        if _is(borrower, aid.borrower)
        for loan in aid.loans
        if loan.phase in {*AWAY, LoanPhase.SURPLUS}
        and (_is(lender, loan.lender) or _is(lender, loan.home_agency))
    ]
    return tuple(
        sorted(away, key=lambda x: (x.loan.lender, x.loan.unit_id or x.loan.name, x.request_id))
    )


def _is(wanted: str, agency: str) -> bool:
    return not wanted or agency == wanted or agency.startswith(f"{wanted}/")
