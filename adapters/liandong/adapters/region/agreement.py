"""What two regions have agreed to share, as data: which events may cross, and which way. Pure."""

from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from liandong.contracts import (
    Agency,
    AidRequested,
    AlertCategory,
    AnyAlert,
    Area,
    Envelope,
    Event,
    Filter,
    IncidentCategory,
    ResponseGrade,
    Token,
)
from liandong.contracts.base import Instant
from liandong.contracts.restricted import holds_restricted


def _known(pattern: str) -> str:
    if not _contracts(pattern):
        raise ValueError(f"no contract is called {pattern}")
    return pattern


class Share(BaseModel):
    """What crosses one way. A limit that is left out does not limit."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    from_region: Token
    """The region that tells."""
    to_region: Token
    """The region that is told; never of what was born there."""
    contracts: Annotated[tuple[Annotated[str, AfterValidator(_known)], ...], Field(min_length=1)]
    """Names of contracts without version: ``aid.requested``, or ``aid.*``."""
    areas: tuple[Area, ...] = ()
    """Areas, each with everything inside it."""
    categories: tuple[IncidentCategory | AlertCategory, ...] = ()
    """Categories; an event that names none passes, as most updates name none."""
    grades: tuple[ResponseGrade, ...] = ()
    """Grades of the response; an event that names none passes."""
    since: Instant | None = None
    """Events that happened before do not cross."""
    until: Instant | None = None
    """Events that happened then or later do not cross."""
    restricted: bool = False
    """Whether events may cross that hold free text which may name people."""
    transit: bool = False
    """Whether events may cross that were born in a third region."""

    def allows(self, envelope: Envelope) -> bool:
        """Say whether an event may cross."""
        return (
            self._may_come_from(envelope.source.region)
            and any(fnmatchcase(envelope.data.event, name) for name in self.contracts)
            and (not self.areas or any(_lies_in(envelope.area, area) for area in self.areas))
            and (self.since is None or envelope.time >= self.since)
            and (self.until is None or envelope.time < self.until)
            and _fits(_categories(envelope.data), self.categories)
            and _fits(_grades(envelope.data), self.grades)
            and self._is_asked(envelope.data)
            and (self.restricted or not holds_restricted(envelope.data))
        )

    def _may_come_from(self, region: str) -> bool:
        """Refuse to tell a region its own, and what is not ours to tell."""
        return region != self.to_region and (self.transit or region == self.from_region)

    def _is_asked(self, event: Event) -> bool:
        """Say whether a request for aid that names whom it asks names this region."""
        if not isinstance(event, AidRequested):
            return True
        agencies = {Agency.parse(name).region for name in event.asked_agencies}
        asked = agencies | set(event.asked_regions)
        return not asked or self.to_region in asked


class Agreement(BaseModel):
    """All that two or more regions share."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    share: Annotated[tuple[Share, ...], Field(min_length=1)]
    """What crosses, each one way; an event crosses where any of them allows it."""

    def between(self, from_region: str, to_region: str) -> tuple[Share, ...]:
        """Return what crosses from one region to another."""
        ways = (from_region, to_region)
        return tuple(s for s in self.share if (s.from_region, s.to_region) == ways)


def filter_of(shares: tuple[Share, ...]) -> Filter:
    """Return the narrowest filter of subjects that lets all of these shares through."""
    names = dict.fromkeys(
        contract for s in shares for name in s.contracts for contract in _contracts(name)
    )
    return Filter(
        contracts=tuple(names),
        areas=tuple(a for s in shares for a in s.areas) if all(s.areas for s in shares) else (),
        region=None if any(s.transit for s in shares) else shares[0].from_region,
    )


def _contracts(pattern: str) -> list[type[Event]]:
    return [c for c in Event.known.values() if fnmatchcase(c.event, pattern)]


def _lies_in(area: str, outer: str) -> bool:
    return area == outer or area.startswith(f"{outer}.")


def _fits(found: set[Any], allowed: tuple[Any, ...]) -> bool:
    return not found or not allowed or not found.isdisjoint(allowed)


def _categories(event: Event) -> set[Any]:
    if isinstance(event, AnyAlert):
        return {category for info in event.info for category in info.categories}
    return {getattr(event, "category", None)} - {None}


def _grades(event: Event) -> set[Any]:
    return {getattr(event, "grade", None)} - {None}
