"""How services hand requests to each other, in figures: share diverted, times to take and close."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import quantiles

from liandong.response.referral import Phase, Referral

Direction = tuple[str, str, str]
"""The agency that offers, its service, and the service that it offers to."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What an agency handed to another service.

    Attributes:
        offerer: The agency that handed it over.
        from_service: Its service.
        to_service: The service that was to take it.
        requests: How many requests the agency had, as far as the log tells; 0 where it does not.
        offered: How many of them it offered to that service.
        taken: How many of those the other side took at some time.
        returned: How many were returned at least once.
        disputed: How many were disputed at least once.
        closed: How many are closed.
        dangerous: How many may turn dangerous.
        take_s: Seconds from the first offer until it was first taken: median and 90th percentile.
        close_s: Seconds from the first offer until it was closed: the same.
    """

    offerer: str
    from_service: str
    to_service: str
    requests: int
    offered: int
    taken: int
    returned: int
    disputed: int
    closed: int
    dangerous: int
    take_s: tuple[float, float] | None
    close_s: tuple[float, float] | None

    @property
    def share_diverted(self) -> float | None:
        """How much of its requests the other side took, from 0 to 1; None where none is known."""
        return self.taken / self.requests if self.requests else None


def flows(referrals: Iterable[Referral], own: Mapping[str, Iterable[str]]) -> list[Flow]:
    """Return the figures of each direction, the busiest first.

    Args:
        referrals: Those to count.
        own: The incidents that each agency reported itself. An agency's requests are these, and
            the referrals it offered that belong to none of them.
    """
    found: dict[Direction, list[Referral]] = {}
    offered_by: dict[str, list[Referral]] = {}
    for one in referrals:
        offer = one.offered
        found.setdefault((one.offerer, offer.from_service, offer.to_service), []).append(one)
        offered_by.setdefault(one.offerer, []).append(one)
    totals = {who: _requests(some, set(own.get(who, ()))) for who, some in offered_by.items()}
    every = [_flow(which, some, totals[which[0]]) for which, some in found.items()]
    return sorted(every, key=lambda flow: (-flow.offered, flow.offerer, flow.to_service))


def _requests(offered: Iterable[Referral], own: set[str]) -> int:
    """Return how many requests an agency had: its incidents, and what else it offered."""
    others = {one.referral_id for one in offered if one.offered.incident_id not in own}
    return len(own) + len(others)


def _flow(which: Direction, some: list[Referral], requests: int) -> Flow:
    offerer, from_service, to_service = which
    begun = [(one, one.first.time) for one in some]
    return Flow(
        offerer=offerer,
        from_service=from_service,
        to_service=to_service,
        requests=requests,
        offered=len(some),
        taken=sum(one.taken is not None for one in some),
        returned=sum(one.returns > 0 for one in some),
        disputed=sum(one.dispute is not None for one in some),
        closed=sum(one.phase is Phase.CLOSED for one in some),
        dangerous=sum(one.feared is not None for one in some),
        take_s=_middle([(one.taken - at).total_seconds() for one, at in begun if one.taken]),
        close_s=_middle([(one.heard - at).total_seconds() for one, at in begun if one.closed]),
    )


def _middle(values: list[float]) -> tuple[float, float] | None:
    """Return the median and the 90th percentile; None of nothing."""
    if not values:
        return None
    if len(values) == 1:
        return values[0], values[0]
    tenths = quantiles(values, n=10, method="inclusive")
    return tenths[4], tenths[8]
