"""What every contract is made of: `Value` for parts, `Event` for facts, and their registry."""

from collections import Counter
from collections.abc import Iterable
from contextvars import ContextVar
from enum import StrEnum
from operator import attrgetter
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from liandong.contracts.docstrings import field_docstrings
from liandong.contracts.errors import UnknownContract
from liandong.contracts.instant import Instant
from liandong.contracts.registry import Registry

Token = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
"""One part of a NATS subject: letters, digits, ``_`` and ``-``, at most 64 of them."""

ShortText = Annotated[str, Field(min_length=1, max_length=200)]
"""One line for people to read, at most 200 characters."""

Text = Annotated[str, Field(max_length=4000)]
"""Some sentences, at most 4,000 characters, that name no private person."""

RestrictedText = Annotated[str, Field(max_length=4000, json_schema_extra={"restricted": True})]
"""Free text that may name people: delivered only to agencies cleared for it."""

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256 digest, 64 lower-case hexadecimal digits."""


class Value(BaseModel):
    """A part of a contract: immutable, closed to unknown fields, finite numbers only."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        defer_build=True,  # a validator is built when first used: importing stays cheap
        allow_inf_nan=False,
        ser_json_inf_nan="null",
        hide_input_in_errors=True,  # an error must not carry a caller's words into a log
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe each field by the docstring under it."""
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema).get("properties", {})
        for name, text in field_docstrings(cls).items():
            properties[name].setdefault("description", text)
        return schema


def refuse_repeats(names: Iterable[str]) -> None:
    """Let a list pass that names nothing twice.

    Raises:
        ValueError: It does; says what.
    """
    repeated = sorted(name for name, times in Counter(names).items() if times > 1)
    if repeated:
        raise ValueError(f"named twice: {', '.join(repeated)}")


_LONGEST_CODE = 100  # characters: a code, not a text in its place
_reading: ContextVar[bool] = ContextVar("_reading", default=False)


class reading:  # noqa: N801  used as a statement: `with reading():`
    """Take values that a code list does not have yet: a later publisher may have added one."""

    def __enter__(self) -> None:
        """Begin."""
        self._token = _reading.set(True)

    def __exit__(self, *_: object) -> None:
        """End."""
        _reading.reset(self._token)


class Vocabulary(StrEnum):
    """A code list. Closed to who publishes, open to who reads.

    A value that a reader does not know becomes a member named ``UNRECOGNISED`` that keeps it: it
    equals no known member, and is written again as it was read.
    """

    # Enum's own is a call into Python for each code that is written.
    value = property(attrgetter("_value_"))  # pyright: ignore[reportIncompatibleMethodOverride]

    @property
    def recognised(self) -> bool:
        """Whether it is a value of this code list as it is known here."""
        return self.name in type(self).__members__

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not (_reading.get() and isinstance(value, str) and len(value) <= _LONGEST_CODE):
            return None
        member = str.__new__(cls, value)
        member._name_, member._value_ = "UNRECOGNISED", value
        return member


class Lane(Vocabulary):
    """How an event travels. It follows from the contract, never from the publisher."""

    ORDERS = "orders"  # never shed, kept
    EVENTS = "events"  # kept for the site's retention
    TELEMETRY = "telemetry"  # latest per key, old ones dropped and the gap counted


class Role(Vocabulary):
    """The part an agency plays when it says something: who owns the contract."""

    AGENCY = "agency"  # any agency
    INCIDENT_OWNER = "incident_owner"  # who answers for the incident
    COMMANDER = "commander"  # who commands the response, at one of the three posts
    ORDERER = "orderer"
    ADDRESSEE = "addressee"
    BORROWER = "borrower"  # who asks for aid
    LENDER = "lender"  # who gives it
    REFERRER = "referrer"  # who hands a citizen's request on
    RECEIVER = "receiver"  # who is to take it
    ALERTING_AUTHORITY = "alerting_authority"
    ASSESSOR = "assessor"  # who judges a risk
    UNIT_OWNER = "unit_owner"
    REGISTER_KEEPER = "register_keeper"  # who answers for a register's entry
    OBSERVER = "observer"  # whose instrument measures
    DUTY_CENTRE = "duty_centre"  # the linkage centre that watches over the region
    DRILL_DIRECTOR = "drill_director"
    BUS = "bus"  # the bus itself


class Code(Value):
    """A code as its owner wrote it, beside the common one. Unmapped is not dropped."""

    local: ShortText
    """The code in the owner's own system."""
    system: ShortText
    """The code system that ``local`` belongs to: a name, URI or OID."""
    text: Annotated[str, Field(max_length=200)] | None = None
    """The owner's label for it."""


class Provenance(Value):
    """Where an event translated from a foreign system came from."""

    system: ShortText
    """The foreign system or feed."""
    document: Annotated[str, Field(min_length=1, max_length=500)]
    """The foreign system's own identity of the document: MSH-10, CAP key, file and row."""
    sha256: Sha256
    """Digest of the original bytes, which the adapter keeps."""
    received: Instant
    """When the adapter received it (UTC)."""
    defects: tuple[Annotated[str, Field(max_length=200)], ...] = Field(default=(), max_length=100)
    """What was wrong with the document and read leniently all the same."""


class Event(Value):
    """A fact that one agency tells the others. Never edited once published.

    A subclass names its contract: ``class IncidentReported(Event, event="incident.reported",
    version=1, lane=Lane.EVENTS, owner=Role.INCIDENT_OWNER, key=("incident_id",))``.
    """

    known: ClassVar[Registry[type["Event"]]] = Registry()
    event: ClassVar[str]
    version: ClassVar[int]
    lane: ClassVar[Lane]
    owner: ClassVar[Role]
    key_fields: ClassVar[tuple[str, ...]]
    _type_name: ClassVar[str]
    drill: ClassVar[bool]  # it belongs to an exercise and never travels live
    state_of: ClassVar[tuple[str, ...]]  # the fields that name whose whole state it is; else none

    provenance: Provenance | None = None
    """Where it was translated from; absent for events born on the bus."""

    def __init_subclass__(
        cls,
        *,
        event: str,
        version: int,
        lane: Lane,
        owner: Role,
        key: tuple[str, ...],
        drill: bool = False,
        state_of: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        """Register the contract; two of one name and version are a mistake."""
        super().__init_subclass__(**kwargs)
        cls.event, cls.version, cls.lane, cls.owner = event, version, lane, owner
        cls.key_fields, cls.drill, cls.state_of = key, drill, state_of
        cls._type_name = name = f"{event}.v{version}"
        if name in Event.known:
            raise TypeError(f"{name} is already {Event.known[name]}")
        Event.known[name] = cls

    @classmethod
    def type_name(cls) -> str:
        """Return the CloudEvents ``type``: ``incident.reported.v1``."""
        return cls._type_name

    @classmethod
    def versions(cls) -> tuple[type["Event"], ...]:
        """Return this version and the earlier ones that are known here, newest first.

        Who asks for a contract is given its past too, upcast (`newest`).
        """
        names = (f"{cls.event}.v{number}" for number in range(cls.version, 0, -1))
        return tuple(Event.known[name] for name in names if name in Event.known)

    def key(self) -> str:
        """Return the token that orders events: those of one key are delivered in order.

        It is the incident, or where there is none the unit, order, facility or datastream.
        """
        for name in self.key_fields:
            if value := getattr(self, name):
                return str(value)
        raise ValueError(f"{self.type_name()} without any of {self.key_fields}")

    def newest(self) -> "Event":
        """Return the same fact in the newest version of its contract.

        A contract that has a successor overrides this with a pure upcast that loses nothing and
        that no valid event can make fail.
        """
        return self


def contract(type_name: str) -> type[Event]:
    """Return the contract of a CloudEvents ``type``.

    Raises:
        UnknownContract: None of that name and version is known here.
    """
    try:
        return Event.known[type_name]
    except KeyError:
        raise UnknownContract(type_name) from None
