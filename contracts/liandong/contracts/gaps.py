"""What was left out under load: how much, of what, from when to when, and why."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    Role,
    ShortText,
    Token,
    Value,
    Vocabulary,
    refuse_repeats,
)

Dropped = Annotated[int, Field(ge=1, le=1_000_000_000)]
"""How many are missing: 1 to 1,000,000,000."""


class GapCause(Vocabulary):
    """Why something was left out."""

    BUS_AWAY = "bus_away"  # the broker could not be reached
    BUS_SLOW = "bus_slow"  # more came in than the broker took


class GapPart(Value):
    """What is missing of one thing."""

    contract: Annotated[str, Field(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=100)]
    """The contract without its version: ``unit.position``."""
    about: ShortText
    """The thing: the key of the events; of what was never read, its source's name for it."""
    dropped_count: Dropped
    """How many are missing."""


class TelemetryGap(
    Event,
    event="telemetry.gap",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("publisher",),
):
    """Positions, observations, or states that were soon replaced, were left out under load."""

    publisher: Token
    """The adapter or program that left them out."""
    cause: GapCause
    """Why."""
    since: Instant
    """When the first of what is missing happened, or came in where it was never read."""
    until: Instant
    """When the last did."""
    dropped_count: Dropped
    """How many are missing in all."""
    parts: Annotated[tuple[GapPart, ...], Field(max_length=100)] = ()
    """Of which things, those that miss most first; of many things only the first hundred."""

    @model_validator(mode="after")
    def _counts_add_up(self) -> Self:
        refuse_repeats(f"{part.contract} of {part.about}" for part in self.parts)
        named = sum(part.dropped_count for part in self.parts)
        if named > self.dropped_count:
            raise ValueError(f"dropped_count is {self.dropped_count}, and its parts are {named}")
        return self

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Self:
        if self.until < self.since:
            raise ValueError(f"until {self.until} is before since {self.since}")
        return self
