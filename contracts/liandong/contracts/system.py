"""What the bus says of itself: a message it could not take, how an adapter is, what is wrong."""

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


class AlarmName(Vocabulary):
    """What is wrong with the bus or what runs on it."""

    CONNECTION_LOST = "connection_lost"
    """A process has no way to the broker."""
    CONNECTION_DEAF = "connection_deaf"
    """It is connected, and nothing comes through."""
    CREDENTIALS_REFUSED = "credentials_refused"
    """The broker does not take its credentials."""
    BROKER_TOO_OLD = "broker_too_old"
    """Such a broker can lose what it has confirmed."""
    BROKER_DIED = "broker_died"
    """The server process ended by itself."""
    BROKER_UNHEALTHY = "broker_unhealthy"
    """The server runs and says that it is not well."""
    DISK_FULL = "disk_full"
    """The server's disk has no room left."""
    STREAM_MISSING = "stream_missing"
    """Nothing stores what is published."""
    STREAM_FULL = "stream_full"
    """A stream takes no more."""
    CONFIRMATIONS_SLOW = "confirmations_slow"
    """The broker confirms late, or not at all."""
    NOT_PERMITTED = "not_permitted"
    """The broker refused a publish or a subscription."""
    CONSUMER_DELETED = "consumer_deleted"
    """Somebody deleted a subscription at the broker."""
    HANDLER_FAILING = "handler_failing"
    """An event is tried again and again."""
    DEAD_LETTERS = "dead_letters"
    """Messages could not be read or handled."""
    MESSAGE_SHED = "message_shed"
    """Telemetry was left out: more came than passes."""
    GATEWAY_CUT = "gateway_cut"
    """Nothing passes between two buses."""
    PROCESS_DIED = "process_died"
    """An adapter ended without a goodbye, and runs again."""
    PROCESS_STALLED = "process_stalled"
    """A process stood still and goes on."""
    REFERRAL_OVERDUE = "referral_overdue"
    """Nobody has said in time what becomes of a citizen's request."""


class _AlarmFacts(Value):
    """Which alarm it is."""

    alarm_id: Token
    """This one from its rise to its end: the same when it is raised, said again and cleared."""
    name: AlarmName
    """What is wrong."""
    about: Annotated[str, Field(max_length=200)] = ""
    """The stream, consumer, server or adapter concerned; empty for the process itself."""
    said_by: ShortText
    """The process that says so: the name of its connection, as the broker shows it."""
    since: Instant
    """When it began."""
    risen_count: Count = 1
    """How often it has risen so far: what comes and goes within seconds is one alarm."""


class AlarmRaised(
    _AlarmFacts,
    Event,
    event="alarm.raised",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("alarm_id",),
):
    """Something is wrong. Said again every few minutes for as long as it lasts."""

    problem: Annotated[str, Field(min_length=1, max_length=500)]
    """What is wrong, in one line that quotes nobody."""
    valid_until: Instant
    """It is said again before then if it lasts; afterwards nobody answers for it any more."""

    @model_validator(mode="after")
    def _is_valid_after_it_began(self) -> Self:
        if self.valid_until <= self.since:
            raise ValueError(f"valid_until {self.valid_until} is not after since {self.since}")
        return self


class AlarmCleared(
    _AlarmFacts,
    Event,
    event="alarm.cleared",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.BUS,
    key=("alarm_id",),
):
    """What was wrong is well again, or the process that said so has ended in good order."""

    until: Instant
    """When it ended."""

    @model_validator(mode="after")
    def _ended_after_it_began(self) -> Self:
        if self.until < self.since:
            raise ValueError(f"until {self.until} is before since {self.since}")
        return self
