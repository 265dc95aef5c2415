"""What a site decides about its municipal line: the services it offers, whom it speaks to."""

from datetime import timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from liandong.adapters.codecs.open311 import Datatype, Format, ServiceType
from liandong.adapters.sdk import Settings
from liandong.contracts import (
    Discipline,
    OrderState,
    ReferralUrgency,
    ShortText,
    Token,
)


class _Table(BaseModel):
    """A table of the settings file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Question(_Table):
    """A further question that a service asks (Open311 ``attribute``)."""

    code: ShortText
    """Its name in a form: ``attribute[code]``."""
    datatype: Datatype = Datatype.STRING
    """What it asks for."""
    required: bool = False
    """Whether a request without an answer is refused."""
    description: str | None = None
    """The question itself."""
    values: dict[str, str] = {}
    """The answers to choose from, by key, where ``datatype`` is a list."""


class OfferedService(_Table):
    """A service that citizens may ask for, and what becomes of a request for it."""

    code: ShortText
    """Open311 ``service_code``."""
    name: ShortText
    """Open311 ``service_name``."""
    description: str | None = None
    """Open311 ``description``."""
    group: str | None = None
    """Open311 ``group``."""
    keywords: tuple[str, ...] = ()
    """Open311 ``keywords``."""
    type: ServiceType = ServiceType.REALTIME
    """Whether a request is answered with its id, with a token, or with neither."""
    notice: str | None = None
    """Open311 ``service_notice``: what the citizen is told at once."""
    expected_hours: Annotated[float, Field(gt=0, le=8760)] | None = None
    """Hours after which the request should be done; gives Open311 ``expected_datetime``."""
    questions: Annotated[tuple[Question, ...], Field(max_length=100)] = ()
    """Open311 ``attributes``."""
    refer_to: Discipline | None = None
    """The emergency service that an urgent request is handed to; None keeps it municipal."""
    urgency: ReferralUrgency = ReferralUrgency.EMERGENCY
    """How urgent a request that is handed over is."""
    publish: bool = False
    """Whether a request that stays municipal is reported on the bus as an incident."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.refer_to is Discipline.MUNICIPAL:
            raise ValueError(f"service {self.code}: refer_to names the municipal side itself")
        if self.refer_to and self.publish:
            raise ValueError(f"service {self.code}: refer_to and publish exclude each other")
        return self


class GeoReportSettings(Settings):
    """The GeoReport endpoint that this site offers."""

    host: str = "127.0.0.1"
    """The address to listen on."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8311
    """The port to listen on; 0 takes a free one."""
    jurisdiction_id: str | None = None
    """Open311 ``jurisdiction_id``; requests that name another are refused."""
    api_key: SecretStr | None = None
    """What a client must send to post a request; None lets everybody."""
    answer_within: timedelta = timedelta(seconds=30)
    """How long a client that posts waits for its answer."""
    repeat_within: timedelta = timedelta(hours=24)
    """Within this time the same form from the same client is the same request."""
    services: Annotated[tuple[OfferedService, ...], Field(min_length=1)]
    """The services offered."""

    def service(self, code: str) -> OfferedService | None:
        """Return the service of a code."""
        return next((service for service in self.services if service.code == code), None)


class Progress(_Table):
    """What one status of the other system means here. The first row that fits counts."""

    status: str
    """Its ``status``, lower case: ``open``, ``closed``, or a word of its own."""
    notes: str = ""
    """Text that its ``status_notes`` must hold, in any case; empty fits all."""
    state: Literal[
        OrderState.SEEN,
        OrderState.ACCEPTED,
        OrderState.REFUSED,
        OrderState.IN_PROGRESS,
        OrderState.DONE,
        OrderState.FAILED,
    ]
    """How far an order is then; a referral comes as far accordingly."""


_USUAL_PROGRESS = (Progress(status="closed", state=OrderState.DONE),)


class BackOfficeSettings(Settings):
    """A municipal system that offers a GeoReport endpoint, to which orders and referrals go."""

    endpoint: Annotated[str, Field(pattern=r"^https?://[^/]+(/.*)?[^/]$")]
    """Where its resources begin, without a slash at the end: ``https://city.example/v2``."""
    format: Format = Format.XML
    """What it is asked for: the standard requires XML and allows JSON."""
    jurisdiction_id: str | None = None
    """Open311 ``jurisdiction_id``, where it serves several."""
    api_key: SecretStr | None = None
    """What it asks of clients that post."""
    every: timedelta = timedelta(seconds=60)
    """How often it is asked how its requests are."""
    next_report: timedelta = timedelta(hours=1)
    """When the next report on work in progress is due, where it names no expected time."""
    orders: dict[Token, ShortText] = Field(default_factory=dict[str, str])
    """Its ``service_code`` for each action of an order: ``close_road = "ROADCLOSE"``."""
    referrals: dict[str, ShortText] = Field(default_factory=dict[str, str])
    """Its ``service_code`` for each of ours in a referral."""
    other_referrals: ShortText | None = None
    """Its ``service_code`` for all other referrals; None takes those listed, and those to us."""
    id_attribute: ShortText | None = None
    """Its attribute that takes our id, where it has one; the description carries it always."""
    progress: tuple[Progress, ...] = _USUAL_PROGRESS
    """What its statuses mean; what fits no row says nothing."""
