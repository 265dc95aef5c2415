"""What neighbours have agreed to lend each other: a data file, in the words of sharing agreements.

Each entry is one way, as in `SharedTerms`: ``from_region`` may ask ``to_region``. Neighbours stand
in rings: those of ring 1 are asked first, the next ring where that was not enough. Pure, but for
`read_agreements`.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from liandong.contracts import (
    AgreementChanged,
    AidRequested,
    SharedTerms,
)
from liandong.contracts.base import Token
from liandong.contracts.codes import Seconds, SecondsAllowed
from liandong.contracts.links import ContractPattern
from liandong.contracts.subjects import AgencyName
from liandong.response.rule_file import read_rules

_AID = "aid.*"


class AidTerms(SharedTerms):
    """Whom a region may ask for aid, and how soon."""

    agreement_id: Token
    """The agreement's name, the same in all its regions, as `AgreementChanged` tells it."""
    contracts: Annotated[tuple[ContractPattern, ...], Field(min_length=1, max_length=100)] = (_AID,)
    """The contracts that cross; without ``aid.requested`` among them nobody is asked."""
    ring: Annotated[int, Field(ge=1, le=9)] = 1
    """When it is asked: the neighbours of ring 1 first."""
    agencies: Annotated[tuple[AgencyName, ...], Field(max_length=100)] = ()
    """The agencies that answer there; the region as a whole where none is named."""
    travel_s: Seconds | None = None
    """How long the way takes, in seconds: counts where an offer does not say when it arrives."""

    @property
    def neighbours(self) -> tuple[str, ...]:
        """Who is asked: the agencies, or the region."""
        return self.agencies or (self.to_region,)

    def covers(self, area: str, moment: datetime) -> bool:
        """Say whether a request from an area may cross at a moment."""
        return (
            any(fnmatchcase(AidRequested.event, pattern) for pattern in self.contracts)
            and (not self.areas or any(f"{area}.".startswith(f"{a}.") for a in self.areas))
            and (self.since is None or moment >= self.since)
            and (self.until is None or moment < self.until)
        )


class Agreements(BaseModel):
    """All that a site knows of who lends to whom."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    answer_within_s: SecondsAllowed = 900.0
    """How long an answer may take where nobody said, in seconds."""
    agreement: tuple[AidTerms, ...] = ()
    """Each one way."""

    def next_ring(
        self, region: str, area: str, moment: datetime, asked: Collection[str]
    ) -> tuple[AidTerms, ...]:
        """Return whom to ask next: the nearest ring with a neighbour who was not asked.

        Args:
            region: Who needs aid.
            area: Where.
            moment: When.
            asked: Agencies and regions that were asked.
        """
        open_ = [
            terms
            for terms in self.agreement
            if terms.from_region == region
            and terms.covers(area, moment)
            and not all(was_asked(name, asked) for name in terms.neighbours)
        ]
        nearest = min((terms.ring for terms in open_), default=0)
        return tuple(terms for terms in open_ if terms.ring == nearest)

    def travel_s(self, region: str, lender: str) -> float | None:
        """Return how many seconds the way from a lender takes; None where no agreement says."""
        ways = (
            terms.travel_s
            for terms in self.agreement
            if terms.from_region == region
            and (lender in terms.agencies or terms.to_region == _region(lender))
        )
        return next((way for way in ways if way is not None), None)

    def after(self, changes: Iterable[AgreementChanged]) -> "Agreements":
        """Return what is left of them after what was agreed since, oldest first.

        An agreement that does not share requests for aid any more is asked nothing; one that does
        keeps its rings, with the areas and times now in force.
        """
        latest = {change.agreement_id: change for change in changes}
        kept = [
            one for terms in self.agreement for one in _now(terms, latest.get(terms.agreement_id))
        ]
        return self.model_copy(update={"agreement": tuple(kept)})


def was_asked(name: str, asked: Collection[str]) -> bool:
    """Say whether an agency or region was asked, by itself or with its region, or in part."""
    return any(name == other or _region(name) == other or name == _region(other) for other in asked)


def read_agreements(path: Path | None = None) -> Agreements:
    """Read a file of agreements; without one, the made-up sample that comes along.

    Raises:
        ConfigurationError: It is no such file; says where.
    """
    return read_rules(Agreements, "agreements.toml", path)


def _now(terms: AidTerms, change: AgreementChanged | None) -> tuple[AidTerms, ...]:
    if change is None:
        return (terms,)
    ways = (terms.from_region, terms.to_region)
    limits = ("contracts", "areas", "since", "until")
    return tuple(
        terms.model_copy(update={name: getattr(new, name) for name in limits})
        for new in change.terms
        if (new.from_region, new.to_region) == ways
    )


def _region(name: str) -> str:
    return name.partition("/")[0]
