"""Who commands a response, and from where: command posts and commanders.

A post is an addressable role. Orders go to its ``agency`` and ``role`` (`Addressee`) wherever it
stands and whoever sits there. Terms: Chinese emergency command (three kinds of post, four tiers);
EMSI (ISO/TR 22351) where it has one.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
    refuse_repeats,
)
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class CommandTier(Vocabulary):
    """The four tiers of command, highest first. Orders go down them and feedback comes up."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    STATION = "station"  # a fire, police or rescue station


class PostKind(Vocabulary):
    """The three kinds of command post, from the rear to the front (EMSI ``CONTEXT/LEVEL``)."""

    GENERAL = "general"  # 总指挥部: decides (EMSI STRTGC)
    FORWARD = "forward"  # 前方指挥部: coordinates near the scene (EMSI OPR)
    ON_SCENE = "on_scene"  # 现场指挥部: commands at the scene (EMSI TACTCL)


class HandoverReason(Vocabulary):
    """Why command passes from one to another."""

    RESPONSE_RAISED = "response_raised"  # a higher tier takes over
    RESPONSE_LOWERED = "response_lowered"  # a lower tier takes over
    LEAD_CHANGED = "lead_changed"  # another agency now leads
    SHIFT = "shift"  # the next shift of the same role
    UNABLE = "unable"  # the commander cannot go on


class Commander(Value):
    """Who commands, as an agency and a role; a person only where one must be named."""

    agency: AgencyName
    """The commander's agency (EMSI ``ORIGIN/ORG_ID``)."""
    role: ShortText
    """The commander's role, such as ``deputy mayor on duty``."""
    tier: CommandTier
    """The tier of command that the commander belongs to."""
    person: RestrictedText | None = None
    """The person's name and rank, where the response needs them."""


class _PostFacts(Value):
    """Which post it is."""

    post_id: Token
    """The post's name, unique in the region."""
    incident_id: Token | None = None
    """The incident it commands; absent for a standing post."""
    kind: PostKind
    """General, forward or on-scene."""


class CommandPostEstablished(
    _PostFacts,
    Event,
    event="command.post_established",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "post_id"),
):
    """A command post has been set up, and orders can be addressed to it."""

    name: ShortText
    """What people call it."""
    tier: CommandTier
    """The tier of command that set it up."""
    agency: AgencyName
    """The agency that commands there: the ``agency`` of its address."""
    role: ShortText
    """The ``role`` of its address, such as ``forward command post``."""
    location: Location
    """Where it stands."""
    contact: ShortText | None = None
    """Its office line or talk group (EMSI ``RESOURCE/CONTACT``), never a private number."""
    member_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=100)] = ()
    """The agencies that sit in it, besides the one that commands."""
    superior_post_id: Token | None = None
    """The post that commands this one."""
    supersedes: Token | None = None
    """The post whose work this one takes over."""
    since: Instant
    """From when it answers."""

    @model_validator(mode="after")
    def _seats_each_once(self) -> Self:
        refuse_repeats((self.agency, *self.member_agencies))
        return self

    @model_validator(mode="after")
    def _names_other_posts(self) -> Self:
        if self.post_id in {self.superior_post_id, self.supersedes}:
            raise ValueError(
                f"post {self.post_id} commands or supersedes itself "
                f"(superior {self.superior_post_id}, supersedes {self.supersedes})"
            )
        return self


class CommandPostMoved(
    _PostFacts,
    Event,
    event="command.post_moved",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "post_id"),
):
    """A command post has moved. Its address is the same: orders still reach it."""

    previous_location: Location
    """Where it stood before."""
    location: Location
    """Where it stands now."""
    reason: ShortText | None = None
    """Why it moved, in one line that names no private person."""
    since: Instant
    """From when it answers at its new place."""

    @model_validator(mode="after")
    def _is_elsewhere(self) -> Self:
        if self.location == self.previous_location:
            raise ValueError(
                f"moved from {_place(self.previous_location)} to {_place(self.location)}"
            )
        return self


def _place(location: Location) -> str:
    """Return a location as one short line."""
    return str(location.place or location.address or location.point)


class CommandPostClosed(
    _PostFacts,
    Event,
    event="command.post_closed",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "post_id"),
):
    """A command post has closed. The envelope's time is when."""

    successor_post_id: Token | None = None
    """The post that its orders now go to; absent where the response is over."""
    reason: ShortText | None = None
    """Why it closed, in one line that names no private person."""

    @model_validator(mode="after")
    def _leaves_it_to_another(self) -> Self:
        if self.successor_post_id == self.post_id:
            raise ValueError(f"post {self.post_id} is followed by itself, {self.successor_post_id}")
        return self


class CommandCommanderAssigned(
    _PostFacts,
    Event,
    event="command.commander_assigned",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "post_id"),
):
    """Somebody commands at a post. It ends with a handover, or with the post."""

    commander: Commander
    """Who commands."""
    deputies: Annotated[tuple[Commander, ...], Field(max_length=20)] = ()
    """Who stands in, in order."""
    assigned_by: Commander
    """Who gave the command; of a post's first commander on scene, the commander."""
    since: Instant
    """From when."""


class CommandCommanderHandedOver(
    _PostFacts,
    Event,
    event="command.commander_handed_over",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.COMMANDER,
    key=("incident_id", "post_id"),
):
    """Command at a post has passed on: both agreed, and the new commander answers."""

    from_commander: Commander
    """Who commanded."""
    to_commander: Commander
    """Who commands now."""
    reason_code: HandoverReason
    """Why."""
    briefing: RestrictedText | None = None
    """What was handed over: situation, forces, dangers, orders that are open."""
    since: Instant
    """From when the new commander answers."""

    @model_validator(mode="after")
    def _passes_to_another(self) -> Self:
        """Names may have been withheld, so agency and role must tell the two apart."""
        before, after = (f"{c.agency} {c.role}" for c in (self.from_commander, self.to_commander))
        same_desk = {HandoverReason.SHIFT, HandoverReason.UNABLE}
        code = self.reason_code
        if before == after and code.recognised and code not in same_desk:
            raise ValueError(f"reason_code is {code}, but {before} hands over to {after}")
        return self
