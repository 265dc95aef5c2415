"""What becomes of an order that nobody takes on: passed to the next in line, or expired.

Both are said by who watches the deadlines, never by who ordered or was ordered.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Event, Instant, Lane, Role, Token
from liandong.contracts.orders import (
    Addressee,
    Deadline,
    Deadlines,
    NextInLine,
    OrderState,
    check_distinct,
)


class OrderEscalated(
    Deadlines,
    Event,
    event="order.escalated",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BUS,
    key=("incident_id", "order_id"),
):
    """An order goes to the next in line, with new deadlines. What it asks stays as it was issued.

    The envelope's time is when.
    """

    order_id: Token
    """The order."""
    incident_id: Token | None = None
    """The incident it serves: the same as in the order, which it keeps in order with."""
    step_number: Annotated[int, Field(ge=1, le=20)]
    """Which escalation of this order it is: 1 for the first."""
    missed: Deadline | None = None
    """The deadline that passed; absent where the order was refused or failed."""
    due: Instant | None = None
    """When it was due, with ``missed``."""
    state: OrderState | None = None
    """How far the one it leaves had come; absent where nothing was ever reported."""
    escalated_from: Addressee
    """Who did not answer, or refused."""
    addressee: Addressee
    """Who must act now."""
    next_in_line: NextInLine = ()
    """Who comes after, in order."""

    @model_validator(mode="after")
    def _has_a_cause(self) -> Self:
        if (self.missed is None) != (self.due is None):
            raise ValueError(f"missed is {self.missed} and due is {self.due}: both or neither")
        unwilling = self.state in {OrderState.REFUSED, OrderState.FAILED}
        known = self.state is None or self.state.recognised
        if known and self.missed is None and not unwilling:
            raise ValueError(f"missed is {self.missed} and state is {self.state}: nothing to chase")
        return self

    @model_validator(mode="after")
    def _asks_each_once(self) -> Self:
        check_distinct((self.escalated_from, self.addressee, *self.next_in_line))
        return self


class OrderExpired(
    Event,
    event="order.expired",
    version=1,
    lane=Lane.ORDERS,
    owner=Role.BUS,
    key=("incident_id", "order_id"),
):
    """An order is over because a deadline passed and nobody is left to ask: a person must decide.

    The envelope's time is when.
    """

    order_id: Token
    """The order."""
    incident_id: Token | None = None
    """The incident it served: the same as in the order, which it keeps in order with."""
    missed: Deadline
    """The deadline that passed last."""
    due: Instant
    """When it was due."""
    state: OrderState | None = None
    """How far the last one asked had come; absent where nothing was ever reported."""
    asked: Annotated[tuple[Addressee, ...], Field(min_length=1, max_length=21)]
    """Everyone who was asked, in the order in which they were."""

    @model_validator(mode="after")
    def _asked_each_once(self) -> Self:
        check_distinct(self.asked)
        return self
