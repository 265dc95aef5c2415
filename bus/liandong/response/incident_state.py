"""How an incident stands: its owner, its parties, what it is joined to, how it ended."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from liandong.contracts import AgencyRole, IncidentStatus, LinkDirection
from liandong.response.incident_facts import Facts


class Outcome(StrEnum):
    """What became of an offer of ownership."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # another one took its place, or the incident was over


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer of ownership.

    Attributes:
        to: The agency asked.
        answer_by: By when it must have answered.
        outcome: What became of it; None while it waits for an answer.
        at: When that was.
        suggested: Whom the agency asked names instead, where it refused.
    """

    to: str
    answer_by: datetime
    outcome: Outcome | None = None
    at: datetime | None = None
    suggested: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """How an agency takes part; also how one did that has left.

    Attributes:
        since: From when.
        said: When that, or that it left, was said.
        roles: Its parts in EIDO's words; none for an agency that led it before.
        task: What it sees to.
        left: Until when; None while it takes part.
    """

    since: datetime
    said: datetime
    roles: tuple[AgencyRole, ...] = ()
    task: str = ""
    left: datetime | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """What another incident is to this one.

    Attributes:
        direction: In EIDO's words; UNLINK where somebody has judged that it is nothing to it.
        at: When that was said.
    """

    direction: LinkDirection
    at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """How an incident ended.

    Attributes:
        at: When it was over.
        said: When its owner said so.
        status: Closed, or Cancelled where it was none.
        into: The incident in which it goes on; None where it was cleared.
    """

    at: datetime
    said: datetime
    status: IncidentStatus = IncidentStatus.CLOSED
    into: str | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """How an incident stands.

    Attributes:
        incident_id: Its name for everyone.
        owner: The agency that answers for it: the "1" of 1+N.
        area: Where it is.
        opened: Since when it is known.
        heard: When the latest of what was said of it was so.
        facts: What is known of it.
        offers: The offers of ownership, by their names; at most one waits for its answer.
        parts: The agencies that take part beside its owner, or did, by name.
        links: What other incidents are to it, by their names.
        led_since: When its owner accepted it; None while it is who reported it.
        took_in: The incidents that its owner says go on in it.
        split_off: The incidents that were split off it.
        ended: How it ended; None while it is open.
        reopened: When it was opened again last.
        called_over: Who said that it is over without answering for it, and when it was.
    """

    incident_id: str
    owner: str
    area: str
    opened: datetime
    heard: datetime
    facts: Facts = field(default_factory=Facts)
    offers: dict[str, Offer] = field(default_factory=dict[str, Offer])
    parts: dict[str, Part] = field(default_factory=dict[str, Part])
    links: dict[str, Link] = field(default_factory=dict[str, Link])
    led_since: datetime | None = None
    took_in: frozenset[str] = frozenset()
    split_off: frozenset[str] = frozenset()
    ended: End | None = None
    reopened: datetime | None = None
    called_over: dict[str, datetime] = field(default_factory=dict[str, datetime])

    @property
    def phase(self) -> str:
        """Where it stands in the state diagram."""
        if self.ended:
            return "merged" if self.ended.into else "cleared"
        return "offered" if self.offer else "open"

    @property
    def offer(self) -> Offer | None:
        """The offer that waits for its answer."""
        return next((one for one in self.offers.values() if one.outcome is None), None)

    @property
    def agencies(self) -> frozenset[str]:
        """All that take part now, its owner among them."""
        return frozenset([self.owner, *(a for a, part in self.parts.items() if not part.left)])
