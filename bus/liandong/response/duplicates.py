"""Which open incidents of different agencies are likely one and the same. Pure; a person decides.

Nobody shares numbers across agencies, so two reports of one event are told by when, where and what.
Each of the three is judged for itself and said in words. Whoever judges that two are one merges or
links them; whoever judges that they are not says so by a link UNLINK: neither pair is proposed
again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from liandong.contracts import Location
from liandong.response.incident_state import Incident
from liandong.response.register_match import distance_m

WITHIN = timedelta(minutes=30)
"""How far apart in time two reports of one event may be."""
NEAR_M = 1_000.0
"""How far apart two places of one event may be, in metres, beyond what each is uncertain by."""
LIKELY = 0.4
"""From this score on a pair is proposed."""
_ALIKE, _UNKNOWN, _UNLIKE = 0.8, 0.6, 0.3  # of kinds: services in common; not known; neither


@dataclass(frozen=True, slots=True)
class Likeness:
    """Why two incidents may be one.

    Attributes:
        first: The one that was known first.
        second: The other one.
        apart: How far apart they are in time.
        apart_m: How far apart they are, in metres; None where only their addresses are the same.
        kind: How alike they are in kind: 1 for one type, 0.8 for services in common, 0.6 where a
            kind is not known, 0.3 for neither.
        score: How likely it is that they are one, 0 to 1: the product of the three.
    """

    first: Incident
    second: Incident
    apart: timedelta
    apart_m: float | None
    kind: float
    score: float

    def in_words(self, language: str = "en") -> str:
        """Return why, in English or Chinese."""
        minutes = round(self.apart.total_seconds() / 60)
        kinds = {1.0: _SAME, _ALIKE: _SHARED, _UNKNOWN: _NOT_KNOWN}.get(self.kind, _OTHER)
        if language == "zh":
            place = "地址相同" if self.apart_m is None else f"相距约{self.apart_m:.0f}米"
            return f"时间相差{minutes}分钟，{place}，{kinds[1]}"
        place = "same address" if self.apart_m is None else f"{self.apart_m:.0f} m apart"
        return f"{minutes} min apart, {place}, {kinds[0]}"


_SAME = ("same kind", "警情类型相同")
_SHARED = ("services in common", "所需专业力量相同")
_NOT_KNOWN = ("kind of one not known", "其中一起类型不明")
_OTHER = ("different kinds", "警情类型不同")


def likely_duplicates(incidents: Iterable[Incident]) -> list[Likeness]:
    """Return the pairs of open incidents that are likely one, the likeliest first."""
    found = [likeness(*pair) for pair in _pairs(incidents)]
    likely = [one for one in found if one and one.score >= LIKELY]
    return sorted(likely, key=lambda one: (-one.score, one.first.opened, one.first.incident_id))


def likeness(first: Incident, second: Incident) -> Likeness | None:
    """Return how alike two incidents are; None where they are too far apart in time or place."""
    apart = abs(second.opened - first.opened)
    place = _place(first.facts.location, second.facts.location)
    if place is None or apart >= WITHIN:
        return None
    apart_m, nearness = place
    kind = _kind(first, second)
    score = (1 - apart / WITHIN) * nearness * kind
    return Likeness(first, second, apart, apart_m, kind, round(score, 3))


def _pairs(incidents: Iterable[Incident]) -> Iterator[tuple[Incident, Incident]]:
    """Yield the pairs to judge: open, of two agencies, near in time, not judged by anybody yet."""
    waiting = sorted(
        (one for one in incidents if not one.ended), key=lambda one: (one.opened, one.incident_id)
    )
    begin = 0
    for number, second in enumerate(waiting):
        while second.opened - waiting[begin].opened >= WITHIN:
            begin += 1
        for first in waiting[begin:number]:
            if first.owner != second.owner and not (
                _is_judged(first, second) or _is_judged(second, first)
            ):
                yield first, second


def _is_judged(one: Incident, other: Incident) -> bool:
    name = other.incident_id
    return name in one.links or name in one.took_in or name in one.split_off


def _place(one: Location | None, other: Location | None) -> tuple[float | None, float] | None:
    """Return how far apart two places are, and how near that is, 0 to 1; None for too far."""
    if one is None or other is None:
        return None
    if one.point and other.point:
        apart_m = distance_m(one.point, other.point)
        beyond = max(0.0, apart_m - (one.uncertainty_m or 0) - (other.uncertainty_m or 0))
        return (apart_m, 1 - beyond / NEAR_M) if beyond < NEAR_M else None
    address = _plain(one.address)
    same = address and (address, _plain(one.place)) == (_plain(other.address), _plain(other.place))
    return (None, 1.0) if same else None


def _plain(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


def _kind(one: Incident, other: Incident) -> float:
    here, there = one.facts, other.facts
    if here.incident_type and here.incident_type == there.incident_type:
        return 1.0
    if set(here.disciplines) & set(there.disciplines):
        return _ALIKE
    if not (here.incident_type and there.incident_type):
        return _UNKNOWN
    return _UNLIKE
