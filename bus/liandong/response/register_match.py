"""Which holdings fit a question: free now, in its area, within its distance; the nearest first.

Nothing is offered that is out of service, lent, closed or used up, whose message has expired, or of
which something later was said.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from math import asin, cos, inf, radians, sin, sqrt
from typing import NamedTuple

from liandong.contracts import (
    AvailabilityAsked,
    FacilityStatus,
    Holding,
    Location,
    Point,
    RegisterResource,
    SupplyStatus,
)
from liandong.response.register_offers import Entry, Offer, described, offers

MOST = 500
"""Holdings in one answer."""
_EARTH_M = 6_371_008.8  # its mean radius (IUGG)
_Places = dict[tuple[str, str], Location]


class Matches(NamedTuple):
    """What fits a question.

    Attributes:
        holdings: The nearest first; those of which nobody knows where they are come last.
        more: Whether there is more than one answer takes.
    """

    holdings: tuple[Holding, ...]
    more: bool


def match(question: AvailabilityAsked, entries: Iterable[Entry], now: datetime) -> Matches:
    """Return what fits a question.

    Args:
        question: What is asked for, where, and within how many metres. What nobody knows the place
            of fits only where no distance is asked for.
        entries: The entries of the registers that are asked.
        now: The moment at which it must be free.
    """
    entries = tuple(entries)
    offered = [one for one in offers(question, entries, now) if _is_free(one, now)]
    places = dict(_places(entries)) if any(one.location is None for one in offered) else {}
    away_from = _distances(question.near)
    limit = inf if question.within_m is None else question.within_m
    found: list[tuple[float, Offer]] = []
    for offer in offered:
        if lies_in(offer.said.area, question.area):
            away = away_from(_location(offer, places))
            if away <= limit:
                found.append((away, offer))
    found.sort(key=lambda one: (one[0], one[1][:3]))
    nearest = (_holding(offer, away, places, question.wanted) for away, offer in found[:MOST])
    return Matches(tuple(nearest), more=len(found) > MOST)


def distance_m(one: Point, other: Point) -> float:
    """Return how far apart two points are, in metres as the crow flies (haversine)."""
    return _distances(one)(Location(point=other))


def lies_in(area: str, outer: str | None) -> bool:
    """Say whether an area is another one, or inside it; no other is anywhere."""
    return outer is None or area == outer or area.startswith(f"{outer}.")


def _distances(near: Point | None) -> Callable[[Location | None], float]:
    """Return what tells how far a place is, in metres; without end where nobody knows."""
    if near is None:
        return lambda _: inf
    east, north = map(radians, near.coordinates)
    shrunk = cos(north)

    def away(location: Location | None) -> float:
        if location is None or location.point is None:
            return inf
        longitude, latitude = location.point.coordinates
        up = radians(latitude)
        across = sin((radians(longitude) - east) / 2) ** 2 * shrunk * cos(up)
        return 2 * _EARTH_M * asin(min(1.0, sqrt(sin((up - north) / 2) ** 2 + across)))

    return away


def _is_free(offer: Offer, now: datetime) -> bool:
    expires = offer.said.expires
    return offer.quantity > 0 and (expires is None or expires > now)


def _places(entries: Iterable[Entry]) -> Iterator[tuple[tuple[str, str], Location]]:
    """Yield where facilities are: only one of the reports on it may tell."""
    for entry in entries:
        status = entry.said.data
        if isinstance(status, FacilityStatus) and status.location:
            yield (str(entry.said.source), status.facility_id), status.location


def _location(offer: Offer, places: _Places) -> Location | None:
    return offer.location or places.get(offer[:2])


def _holding(offer: Offer, away: float, places: _Places, wanted: RegisterResource) -> Holding:
    name, resource = described(offer, wanted)
    status = offer.said.data
    return Holding(
        entry_id=offer.entry_id,
        name=name,
        resource=resource,
        available_quantity=offer.quantity,
        quantity_unit=status.quantity_unit if isinstance(status, SupplyStatus) else None,
        distance_m=None if away == inf else round(away, 1),
        location=_location(offer, places),
        holder=offer.owner,
        last_update=offer.true_at,
    )
