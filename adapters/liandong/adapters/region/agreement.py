"""What two regions have agreed to share, as data: which events may cross, and which way. Pure."""

from fnmatch import fnmatchcase
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from liandong.contracts import (
    Agency,
    AidRequested,
    AnyAlert,
    AvailabilityAsked,
    Envelope,
    Event,
    Filter,
    IncidentCategory,
    PlanActivated,
    ResponseGrade,
    RiskWarningProposed,
    SharedTerms,
    Vocabulary,
)
from liandong.contracts.restricted import holds_restricted


class Share(SharedTerms):
    """What crosses one way, as `AgreementChanged` tells it, applied to events."""

    @field_validator("contracts")
    @classmethod
    def _known(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            if not _contracts(pattern):
                raise ValueError(f"no contract is called {pattern}")
        return patterns

    def allows(self, envelope: Envelope) -> bool:
        """Say whether an event may cross."""
        return (
            self._may_come_from(envelope.source.region)
            and any(fnmatchcase(envelope.data.event, name) for name in self.contracts)
            and (not self.areas or any(_lies_in(envelope.area, area) for area in self.areas))
            and (self.since is None or envelope.time >= self.since)
            and (self.until is None or envelope.time < self.until)
            and _fits(_named(envelope.data, IncidentCategory), self.categories)
            and _fits(_alert_categories(envelope.data), self.alert_categories)
            and _fits(_named(envelope.data, ResponseGrade), self.grades)
            and self._is_asked(envelope.data)
            and (self.restricted or not holds_restricted(envelope.data))
        )

    def _may_come_from(self, region: str) -> bool:
        """Refuse to tell a region its own, and what is not ours to tell."""
        return region != self.to_region and (self.transit or region == self.from_region)

    def _is_asked(self, event: Event) -> bool:
        """Say whether a request or question that names whom it asks names this region."""
        if not isinstance(event, AidRequested | AvailabilityAsked):
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


def _named(event: Event, kind: type[Vocabulary]) -> set[Any]:
    """Return what an event says of a kind, now or before.

    A response that falls from II to III is told to whom it was told of at II.
    """
    parts = (event, event.trigger) if isinstance(event, PlanActivated) else (event,)
    return {value for part in parts for _, value in part if isinstance(value, kind)}


def _alert_categories(event: Event) -> set[Any]:
    if isinstance(event, AnyAlert):
        return {category for info in event.info for category in info.categories}
    return set(event.categories) if isinstance(event, RiskWarningProposed) else set()
