"""How a handler ends decides what happens to its message."""

from dataclasses import dataclass
from enum import Enum

from liandong.contracts import LiandongError, Reason, Recovery, Unavailable

RETRY_DELAYS_S = (0.2, 1.0, 5.0, 15.0, 30.0)
"""Seconds before the second, third, … attempt. After the last one the message is a dead letter."""

MAX_ATTEMPTS = len(RETRY_DELAYS_S) + 1


class Verdict(Enum):
    """What to do with a message."""

    ACK = "ack"
    RETRY = "retry"
    DEAD_LETTER = "dead_letter"


@dataclass(frozen=True, slots=True)
class Settlement:
    """The decision on one attempt.

    Attributes:
        verdict: What to do.
        delay_s: Seconds to wait before the next attempt; 0 unless it is a retry.
        reason: The numbered reason; None after success.
    """

    verdict: Verdict
    delay_s: float = 0.0
    reason: Reason | None = None


def settle(error: Exception | None, attempt: int) -> Settlement:
    """Decide after one attempt.

    Args:
        error: What the handler raised; None where it returned.
        attempt: Which attempt it was, from 1.
    """
    if error is None:
        return Settlement(Verdict.ACK)
    recovery = error.recovery if isinstance(error, LiandongError) else Recovery.RETRY
    if recovery is Recovery.STOP:  # we are misconfigured: the message is not to blame
        return Settlement(Verdict.RETRY, delay_s=RETRY_DELAYS_S[-1], reason=Reason.MISCONFIGURED)
    if recovery is Recovery.DEAD_LETTER or attempt >= MAX_ATTEMPTS:
        reason = error.reason if isinstance(error, LiandongError) else Reason.ATTEMPTS_EXHAUSTED
        return Settlement(Verdict.DEAD_LETTER, reason=reason)
    asked = error.after if isinstance(error, Unavailable) else None
    reason = error.reason if isinstance(error, LiandongError) else Reason.HANDLER_REFUSED
    return Settlement(Verdict.RETRY, delay_s=asked or RETRY_DELAYS_S[attempt - 1], reason=reason)
