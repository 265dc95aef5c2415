"""What the sender of a message is told that became a dead letter."""

from liandong.bus.letters import Letter
from liandong.contracts import ContractError, Reason, Subject, to_token
from liandong.contracts.system import MessageRejected, RejectedFault


def rejection(letter: Letter) -> tuple[MessageRejected, str] | None:
    """Return what is said of a letter, and the area it is said in; None where nobody is told.

    Never about such a notice itself, and not where its subject names no sender.
    """
    try:
        subject = Subject.parse(letter.subject)
    except ContractError:
        return None
    if subject.type_name.startswith(f"{MessageRejected.event}."):
        return None
    told = MessageRejected(
        rejected_id=to_token(letter.identity or letter.id),
        raw_id=letter.identity,
        subject=letter.subject,
        type=subject.type_name,
        reason_number=letter.reason,
        reason_name=Reason(letter.reason).name,
        faults=tuple(RejectedFault(**fault) for fault in letter.faults),
        rejected_by=f"{letter.agency}/{letter.consumer}",
        sha256=letter.sha256,
        dead_letter=letter.id,
    )
    return told, subject.area
