"""What joins buses: links that are up or down, and what two regions have agreed to share."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.alert_codes import AlertCategory
from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    Role,
    Sha256,
    ShortText,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import Count, IncidentCategory, ResponseGrade, Seconds
from liandong.contracts.subjects import AgencyName, Area


class LinkKind(Vocabulary):
    """What a link joins."""

    REGIONS = "regions"  # two regions, by a sharing agreement
    SITE = "site"  # an agency's own bus and the centre's


class _LinkFacts(Value):
    """Which link it is, and which way it carries."""

    link_id: Token
    """The link's name, the same at both ends."""
    kind: LinkKind
    """What it joins."""
    from_bus: Token
    """The region or bus that it carries from."""
    to_bus: Token
    """The region or bus that it carries to."""

    @model_validator(mode="after")
    def _joins_two(self) -> Self:
        if self.from_bus == self.to_bus:
            raise ValueError(f"a link from {self.from_bus} to {self.to_bus}")
        return self


class LinkUp(
    _LinkFacts,
    Event,
    event="link.up",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("link_id",),
):
    """A link carries events."""

    since: Instant
    """From when."""
    down_s: Seconds | None = None
    """For how long it was down, in seconds; absent the first time."""
    waiting_count: Count | None = None
    """Events that waited and now cross."""


class LinkDownCause(Vocabulary):
    """Why a link is down."""

    UNREACHABLE = "unreachable"  # the other end does not answer
    REFUSED = "refused"  # it does not take our credentials
    NOT_STORED = "not_stored"  # it answers, but cannot store
    NO_AGREEMENT = "no_agreement"  # nothing may cross any more
    STOPPED = "stopped"  # by its operator


class LinkDown(
    _LinkFacts,
    Event,
    event="link.down",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("link_id",),
):
    """A link carries nothing. Events wait, and cross in order when it is up again."""

    since: Instant
    """When it last carried something, or was last known to be up."""
    cause: LinkDownCause
    """Why."""
    detail: ShortText | None = None
    """What the other end or the network said."""
    waiting_count: Count | None = None
    """Events that wait to cross."""


ContractPattern = Annotated[str, Field(pattern=r"^([a-z_]+|\*)\.([a-z_]+|\*)$", max_length=100)]
"""Names of contracts without version: ``aid.requested``, ``aid.*``, ``*.*``."""


class SharedTerms(Value):
    """What crosses one way. A limit that is left out does not limit."""

    from_region: Token
    """The region that tells."""
    to_region: Token
    """The region that is told; never of what was born there."""
    contracts: Annotated[tuple[ContractPattern, ...], Field(min_length=1, max_length=100)]
    """The contracts that cross."""
    areas: Annotated[tuple[Area, ...], Field(max_length=100)] = ()
    """Areas, each with everything inside it."""
    categories: Annotated[tuple[IncidentCategory, ...], Field(max_length=10)] = ()
    """Categories of emergency; an event that names none passes."""
    alert_categories: Annotated[tuple[AlertCategory, ...], Field(max_length=20)] = ()
    """CAP categories of alerts and proposed warnings; an event that names none passes."""
    grades: Annotated[tuple[ResponseGrade, ...], Field(max_length=4)] = ()
    """Grades, and levels of a response before and after; an event that names none passes."""
    since: Instant | None = None
    """Events that happened before do not cross."""
    until: Instant | None = None
    """Events that happened then or later do not cross."""
    restricted: bool = False
    """Whether events may cross that hold free text which may name people."""
    transit: bool = False
    """Whether events may cross that were born in a third region."""

    @model_validator(mode="after")
    def _crosses(self) -> Self:
        if self.from_region == self.to_region:
            raise ValueError(f"shared from {self.from_region} with {self.to_region}")
        if self.since and self.until and self.until <= self.since:
            raise ValueError(f"until {self.until} is not after since {self.since}")
        return self


class AgreementChanged(
    Event,
    event="agreement.changed",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("agreement_id",),
):
    """Regions share other things than before: a sharing agreement was replaced, or has ended."""

    agreement_id: Token
    """The agreement's name, the same in all its regions."""
    version_number: Annotated[int, Field(ge=1, le=1_000_000)]
    """The version now in force, from 1."""
    previous_version_number: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    """The version it replaced; absent for the first."""
    sha256: Sha256
    """Digest of the agreement in force: both sides can see that they hold the same."""
    previous_sha256: Sha256 | None = None
    """Digest of the one it replaced."""
    since: Instant
    """From when it is in force."""
    terms: Annotated[tuple[SharedTerms, ...], Field(max_length=1_000)] = ()
    """All that is shared now; nothing where it has ended."""
    changed_by: AgencyName
    """The agency that put it into force on this side."""
    changed_by_role: ShortText
    """The role that did."""
    reason: ShortText | None = None
    """Why, in one line that names no private person."""

    @model_validator(mode="after")
    def _replaces_an_earlier(self) -> Self:
        before, now = self.previous_version_number, self.version_number
        if (now == 1) != (before is None) or (before or 0) >= now:
            raise ValueError(f"version_number {now} replaces {before}")
        if (self.previous_sha256 is None) != (before is None):
            raise ValueError(f"previous_sha256 is {self.previous_sha256} of version {before}")
        return self
