"""Orders that go down and what is reported back.

Receipt is not acceptance: a system says *received*, a person says *accepted*. Each has its own
deadline, and a deadline that passes is itself reported (`liandong.contracts.order_chasing`).
"""

from collections.abc import Iterable
from itertools import pairwise
from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Code,
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class Addressee(Value):
    """Whom an order is for: an agency, and within it a unit or a role."""

    agency: AgencyName
    """The agency that must act."""
    unit_id: Token | None = None
    """The unit that must act, where the order names one."""
    role: ShortText | None = None
    """The role that must act, such as ``duty officer`` or ``forward command post``."""


NextInLine = Annotated[tuple[Addressee, ...], Field(max_length=20)]
"""Addressees in the order in which they are asked."""


class OrderState(Vocabulary):
    """How far an order is, from its being stored to its end."""

    RECEIVED = "received"  # a machine of the addressee has it
    SEEN = "seen"  # a person has it
    ACCEPTED = "accepted"  # a person will do it
    REFUSED = "refused"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    FAILED = "failed"
    OVERDUE = "overdue"  # a deadline passed unanswered; said by the bus, not by the addressee


class Deadline(Vocabulary):
    """Which answer was due."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    COMPLETION = "completion"


class Deadlines(Value):
    """By when an order must be answered: receipt, then acceptance, then completion."""

    receipt_by: Instant | None = None
    """When a machine of the addressee must have it."""
    accept_by: Instant | None = None
    """When a person must have accepted or refused it."""
    complete_by: Instant | None = None
    """When it must be done."""

    @model_validator(mode="after")
    def _deadlines_in_order(self) -> Self:
        named = ("receipt_by", "accept_by", "complete_by")
        given = [(name, moment) for name in named if (moment := getattr(self, name))]
        for (earlier, first), (later, second) in pairwise(given):
            if second < first:
                raise ValueError(f"{later} {second} is before {earlier} {first}")
        return self


def check_distinct(addressees: Iterable[Addressee]) -> None:
    """Refuse a line in which someone stands twice: nobody is asked again who did not answer.

    Raises:
        ValueError: Someone does; says who, and at which places.
    """
    places: dict[Addressee, int] = {}
    for place, addressee in enumerate(addressees):
        first = places.setdefault(addressee, place)
        if first != place:
            raise ValueError(f"{addressee.agency} stands at {first} and again at {place}")


class OrderIssued(
    Deadlines,
    Event,
    event="order.issued",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.ORDERER,
    key=("incident_id", "order_id"),
):
    """Someone entitled to it has ordered someone to do something."""

    order_id: Token
    """The order's name, unique in the region."""
    incident_id: Token | None = None
    """The incident it serves."""
    addressee: Addressee
    """Who must act."""
    action: Token
    """What to do, as a word that systems know: ``dispatch``, ``close_road``, ``evacuate``; open."""
    action_text: ShortText | None = None
    """What to do, in one line that names no private person."""
    instructions: RestrictedText | None = None
    """How to do it, as free text."""
    location: Location | None = None
    """Where to do it."""
    issued_by: ShortText
    """The role that orders, such as ``incident commander``."""
    release_roles: Annotated[tuple[ShortText, ...], Field(max_length=10)] = ()
    """The roles any of which may let it go, where two must agree; empty where one may order."""
    released_by: ShortText | None = None
    """The second role that let it go: one of ``release_roles``, never the one that orders."""
    next_in_line: NextInLine = ()
    """Who is asked next, in order, when a deadline passes unanswered or the order is refused."""
    supersedes: Token | None = None
    """The order that this one replaces."""

    @model_validator(mode="after")
    def _released_by_another(self) -> Self:
        if self.release_roles and self.released_by not in self.release_roles:
            allowed = ", ".join(self.release_roles)
            raise ValueError(f"released by {self.released_by}, not by any of: {allowed}")
        if self.released_by == self.issued_by:
            raise ValueError(f"issued by {self.issued_by} and released by {self.released_by}")
        return self

    @model_validator(mode="after")
    def _asks_each_once(self) -> Self:
        check_distinct((self.addressee, *self.next_in_line))
        return self

    @model_validator(mode="after")
    def _replaces_another(self) -> Self:
        if self.supersedes == self.order_id:
            raise ValueError(f"order {self.order_id} supersedes itself ({self.supersedes})")
        return self


class OrderReported(
    Event,
    event="order.reported",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.ADDRESSEE,
    key=("incident_id", "order_id"),
):
    """An order has come into a new state. The envelope's time is when."""

    order_id: Token
    """The order."""
    incident_id: Token | None = None
    """The incident it serves: the same as in the order, which it keeps in order with."""
    state: OrderState
    """The state it is in now."""
    until: Instant | None = None
    """With ``in_progress``: when it will be done, or the next report will come."""
    reason: RestrictedText | None = None
    """Why it was refused or failed."""
    reason_code: Code | None = None
    """Why it was refused or failed, in the agency's own codes."""
    missed: Deadline | None = None
    """With ``overdue``: the deadline that passed."""
    reported_by: ShortText
    """The role or system that reports."""
    unit_id: Token | None = None
    """The unit that is carrying it out."""

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        unwilling = self.state in {OrderState.REFUSED, OrderState.FAILED}
        if unwilling and not (self.reason or self.reason_code):
            raise ValueError(f"state is {self.state} but neither reason nor reason_code says why")
        return self

    @model_validator(mode="after")
    def _times_fit_the_state(self) -> Self:
        if not self.state.recognised:
            return self
        if (self.state is OrderState.IN_PROGRESS) != (self.until is not None):
            raise ValueError(f"state is {self.state} and until is {self.until}: both or neither")
        if (self.state is OrderState.OVERDUE) != (self.missed is not None):
            raise ValueError(f"state is {self.state} and missed is {self.missed}: both or neither")
        return self


class OrderCancelled(
    Event,
    event="order.cancelled",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.ORDERER,
    key=("incident_id", "order_id"),
):
    """An order holds no more: whoever has it stops, and reports on it no further."""

    order_id: Token
    """The order."""
    incident_id: Token | None = None
    """The incident it served: the same as in the order, which it keeps in order with."""
    addressees: Annotated[tuple[Addressee, ...], Field(min_length=1, max_length=21)]
    """Everyone whom the order reached: its addressee, and whom it was passed on to."""
    cancelled_by: ShortText
    """The role that cancels, such as ``incident commander``."""
    reason: RestrictedText | None = None
    """Why it is cancelled."""
    reason_code: Code | None = None
    """Why it is cancelled, in the agency's own codes."""

    @model_validator(mode="after")
    def _reaches_each_once(self) -> Self:
        check_distinct(self.addressees)
        return self

    @model_validator(mode="after")
    def _explains_itself(self) -> Self:
        if not (self.reason or self.reason_code):
            raise ValueError(f"{self.order_id} cancelled without reason or reason_code")
        return self
