"""What the bus says of itself: a message it could not take, and how an adapter is."""

from typing import Annotated, Self

from pydantic import Field, model_validator

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
from liandong.contracts.codes import Count
from liandong.contracts.errors import Reason

Found = Annotated[str, Field(max_length=200, json_schema_extra={"restricted": True})]
"""What stood there, shortened to 200 characters: it may be anybody's words."""


class RejectedFault(Value):
    """One thing that was wrong (`liandong.contracts.Fault`)."""

    path: Annotated[str, Field(max_length=500)] = ""
    """Where, from the document's root; empty for the document as a whole."""
    expected: Annotated[str, Field(max_length=500)]
    """What the contract or standard asks for."""
    found: Found = ""
    """What stood there, shortened."""


class MessageRejected(
    Event,
    event="message.rejected",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("rejected_id",),
):
    """A message was not taken, and its sender is told why. Never about a message.rejected."""

    rejected_id: Token
    """The rejected message's id as a token (`to_token`)."""
    raw_id: Annotated[str, Field(max_length=200)] = ""
    """The rejected message's id as it stood; empty where none could be read."""
    subject: Annotated[str, Field(max_length=1_000)] = ""
    """The NATS subject it came on."""
    type: Annotated[str, Field(max_length=200)] = ""
    """The CloudEvents ``type`` it gave; empty where none could be read."""
    reason_number: Annotated[int, Field(ge=100, le=999)]
    """Why, as a number that never changes its meaning (`Reason`); open to later numbers."""
    reason_name: ShortText
    """The name of ``reason_number``."""
    faults: Annotated[tuple[RejectedFault, ...], Field(max_length=100)] = ()
    """What was wrong with it."""
    rejected_by: ShortText
    """The consumer, adapter or bus that rejected it."""
    sha256: Sha256
    """Digest of the rejected bytes."""
    dead_letter: ShortText | None = None
    """The dead letter's id, which an operator can show and re-drive."""

    @model_validator(mode="after")
    def _name_fits_number(self) -> Self:
        known = {reason.value: reason.name for reason in Reason}
        name = known.get(self.reason_number, self.reason_name)
        if name != self.reason_name:
            raise ValueError(f"reason {self.reason_number} is {name}, not {self.reason_name}")
        return self


class AdapterState(Vocabulary):
    """How an adapter is."""

    OK = "ok"
    DEGRADED = "degraded"  # it works, but something is wrong
    DOWN = "down"  # its foreign system does not answer


class AdapterHeartbeat(
    Event,
    event="adapter.heartbeat",
    version=1,
    lane=Lane.TELEMETRY,
    owner=Role.BUS,
    key=("adapter",),
):
    """An adapter is alive. Only the latest of an adapter is kept."""

    adapter: Token
    """The adapter's name, unique on its site."""
    kind: ShortText
    """What it is: ``medical.hl7``, ``region.cap``."""
    program_version: ShortText
    """The version of the program it runs."""
    started: Instant
    """When it started."""
    state: AdapterState
    """How it is."""
    problem: Annotated[str, Field(max_length=500)] = ""
    """What is wrong, in one line; empty while all is well."""
    counters: Annotated[dict[Token, Count], Field(max_length=64)] = Field(default_factory=dict)
    """What has passed since ``started``, by name; none ever goes down."""
    address: ShortText | None = None
    """Where it listens: ``host:port`` or a path."""

    @model_validator(mode="after")
    def _says_what_is_wrong(self) -> Self:
        if (self.state is AdapterState.OK) != (not self.problem):
            raise ValueError(f"state is {self.state} and problem is {self.problem!r}")
        return self
