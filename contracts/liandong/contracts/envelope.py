"""The message body: one CloudEvents 1.0 JSON document in structured mode (docs/adr/0001).

One document is the whole body, so any language reads it with one JSON parse and a signature covers
the exact bytes. NATS headers carry transport matters only.
"""

import os
from collections.abc import Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from liandong.contracts import canonical, wire
from liandong.contracts.base import Event, Instant, contract, reading
from liandong.contracts.codes import Precedence
from liandong.contracts.errors import ContractError, Fault, Reason
from liandong.contracts.subjects import ROOT, Agency, Area, Mode, Subject, is_area

M = TypeVar("M", bound=BaseModel)

SPECVERSION = "1.0"
MEDIA_TYPE = "application/json"
SCHEMA_ROOT = "urn:liandong:schema:"
MAX_FAULTS = 50  # of one message: enough to mend it, too few to flood a log with
_MANY_CODES = 50
_TIME = "a time as RFC 3339 writes it, with its offset"

EventId = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]{16,128}$")]
"""CloudEvents ``id``: 128 bits that nobody else can guess, written so that a header can hold it."""


def new_id() -> str:
    """Return a random event id, 32 hexadecimal digits."""
    return os.urandom(16).hex()


class Envelope(BaseModel):
    """An event and its CloudEvents attributes.

    The attributes beyond CloudEvents' own (``mode``, ``area``, ``correlation``, ``causation``,
    ``precedence``, ``expires``) are CloudEvents extension attributes.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        arbitrary_types_allowed=True,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )

    id: EventId = Field(default_factory=new_id)
    """The event's identity; the same document translated twice has the same one."""
    source: Agency
    """Who speaks."""
    time: Instant = Field(default_factory=lambda: datetime.now(UTC))
    """When it happened (UTC); the broker's own time says when it was stored."""
    mode: Mode = Mode.LIVE
    """Live, exercise or test."""
    area: Area
    """Where, as a path of administrative codes."""
    precedence: Precedence = Precedence.ROUTINE
    """How soon people must look at it."""
    correlation: EventId | None = None
    """The id shared by everything that belongs together, from clue to after-action."""
    causation: EventId | None = None
    """The id of the event that this one answers."""
    expires: Instant | None = None
    """After this (UTC) it must not be acted on any more."""
    data: Event
    """The fact itself."""

    @model_validator(mode="after")
    def _no_drill_is_live(self) -> Self:
        if self.data.drill and self.mode is Mode.LIVE:
            raise ValueError(f"mode is {self.mode}, but {self.type} belongs to an exercise")
        return self

    @classmethod
    def of(cls, data: Event, *, source: Agency, mode: Mode, area: str) -> Self:
        """Return an event of now in an envelope: `Envelope` itself, but quickly.

        Raises:
            ValidationError: It does not fit; says what.
        """
        known = isinstance(data, Event)  # pyright: ignore[reportUnnecessaryIsInstance]  not by all
        if not known or not is_area(area) or (data.drill and mode is Mode.LIVE):
            return cls(source=source, mode=mode, area=area, data=data)  # which says what is wrong
        return cls._of_checked(
            {
                "id": new_id(),
                "source": source,
                "time": datetime.now(UTC),
                "mode": mode,
                "area": area,
                "precedence": Precedence.ROUTINE,
                "correlation": None,
                "causation": None,
                "expires": None,
                "data": data,
            }
        )

    @property
    def type(self) -> str:
        """The CloudEvents ``type``: ``incident.reported.v1``."""
        return self.data.type_name()

    @property
    def key(self) -> str:
        """The CloudEvents ``subject``: what the events are kept in order by."""
        return self.data.key()

    @property
    def subject(self) -> Subject:
        """The NATS subject it travels on."""
        return Subject(self.mode, self.source, self.type, self.key, self.area)

    @property
    def nats_subject(self) -> str:
        """The same as a text: what `subject` is rendered as, at less cost."""
        mode, sender, what = self.mode._value_, self.source.tokens, self.data
        return f"{ROOT}.{mode}.{sender}.{what.type_name()}.{what.key()}.{self.area}"

    def newest(self) -> "Envelope":
        """Return it with its data in the newest version of the contract; itself where it is."""
        data = self.data.newest()
        return self if data is self.data else self.model_copy(update={"data": data})

    def answer(self, data: Event, *, source: Agency, **changes: Any) -> "Envelope":
        """Return an envelope for an event that this one caused: same mode, area, correlation.

        Args:
            data: The new event.
            source: Who speaks.
            changes: Attributes that differ from this envelope's: ``time``, ``precedence``, ….
        """
        inherited: dict[str, Any] = {
            "mode": self.mode,
            "area": self.area,
            "precedence": self.precedence,
            "correlation": self.correlation or self.id,
            "causation": self.id,
        }
        return Envelope(source=source, data=data, **inherited | changes)

    def encode(self) -> bytes:
        """Return the message body: UTF-8 JSON, no blanks, absent attributes left out.

        Raises:
            ContractError: It is longer than a reader would take.
        """
        data, name = self.data, self.data.type_name()
        # Every value matched a pattern without quote or backslash: it stands as it is.
        head = (
            f'{{"specversion":"{SPECVERSION}","id":"{self.id}","source":"{self.source.uri}",'
            f'"type":"{name}","subject":"{data.key()}","time":"{_utc(self.time)}",'
            f'"datacontenttype":"{MEDIA_TYPE}","dataschema":"{SCHEMA_ROOT}{name}",'
            f'"mode":"{self.mode._value_}","area":"{self.area}",'
            f"{_given('correlation', self.correlation)}{_given('causation', self.causation)}"
            f'"precedence":"{self.precedence._value_}",'
            f'{_given("expires", self.expires and _utc(self.expires))}"data":'
        )
        body = head.encode() + canonical.write(data) + b"}"
        wire.check_size(body)
        return body

    @classmethod
    def decode(cls, body: bytes, *, strict: bool = False) -> Self:
        """Read a message body.

        Args:
            body: UTF-8 JSON.
            strict: Refuse fields and codes that the contract does not know. A reader does not: a
                later publisher may have added one. It ignores the field and keeps the code
                (`Vocabulary`).

        Raises:
            UnknownContract: Its ``type`` is not known here.
            ContractError: Anything else is wrong: all faults of the data at once, or all of the
                attributes.
        """
        if len(body) <= wire.MAX_BYTES and (attributes := canonical.attributes(body)):
            return cls._of_checked(attributes)
        return cls.from_document(wire.loads(body), strict=strict)

    @classmethod
    def _of_checked(cls, attributes: dict[str, Any]) -> Self:
        """Return an envelope of attributes that were checked: `model_construct`, but quickly."""
        envelope = cls.__new__(cls)
        object.__setattr__(envelope, "__dict__", attributes)
        object.__setattr__(envelope, "__pydantic_fields_set__", _ALL)
        object.__setattr__(envelope, "__pydantic_extra__", None)
        object.__setattr__(envelope, "__pydantic_private__", None)
        return envelope

    @classmethod
    def from_document(cls, document: Mapping[str, Any], *, strict: bool = False) -> Self:
        """Read a parsed CloudEvents document; see `decode`."""
        _check_cloudevent(document)
        event_type = contract(str(document["type"]))
        with nullcontext() if strict else reading():
            data = validated(event_type, document["data"], "data", strict=strict)
        envelope = validated(
            cls,
            {name: document[name] for name in _READ if name in document}
            | {"source": Agency.parse(str(document["source"])), "data": data},
            "",
            strict=strict,
        )
        _check_key(envelope, document.get("subject"))
        return envelope


def _check_key(envelope: Envelope, subject: object) -> None:
    if subject not in (None, envelope.key):
        fault = Fault("subject", f"the event's key {envelope.key}", str(subject)[:80])
        raise ContractError("bad envelope", (fault,), reason=Reason.BAD_ENVELOPE)


_ALL = set(Envelope.model_fields)
_READ = _ALL - {"source", "data"}
_KINDS: Mapping[str, str] = {
    "dict": "an object",
    "list": "an array",
    "str": "a string",
    "bool": "a truth value",
    "int": "an integer",
    "float": "a number",
    "NoneType": "null",
}
_NEEDED = ("id", "source", "type", "time", "mode", "area", "data")


def _check_cloudevent(document: Mapping[str, Any]) -> None:
    """Check what must hold before the rest can be read (CloudEvents 1.0 §3.1)."""
    faults = [Fault(name, "this attribute", "nothing") for name in _NEEDED if name not in document]
    if (version := document.get("specversion")) != SPECVERSION:
        faults.append(Fault("specversion", SPECVERSION, str(version)[:80]))
    if (media_type := document.get("datacontenttype")) not in (None, MEDIA_TYPE):
        faults.append(Fault("datacontenttype", MEDIA_TYPE, str(media_type)[:80]))
    if faults:
        raise ContractError("bad envelope", tuple(faults), reason=Reason.BAD_ENVELOPE)


def validated(model: type[M], data: Any, root: str = "data", *, strict: bool = True) -> M:
    """Return data as a model.

    Args:
        model: A contract, or a part of one.
        data: Parsed JSON.
        root: What the paths of faults begin with.
        strict: Refuse unknown fields.

    Raises:
        ContractError: It does not fit; all faults at once.
    """
    try:
        return model.model_validate(data, extra="forbid" if strict else "ignore")
    except ValidationError as error:
        reason = Reason.BAD_PAYLOAD if root else Reason.BAD_ENVELOPE
        raise ContractError(
            f"not a valid {model.__name__}", faults_of(error, root), reason=reason
        ) from None


def faults_of(error: ValidationError, root: str = "data") -> tuple[Fault, ...]:
    """Return pydantic's findings as faults with a path from the document's root, at most 50.

    They name the kind of what stood there, never the words: those may be about people.
    """
    items = error.errors(include_url=False, include_context=False)
    return tuple(_fault(_path(root, item["loc"]), item) for item in items[:MAX_FAULTS])


def _fault(path: str, item: ErrorDetails) -> Fault:
    message = item["msg"].removeprefix("Input should be ")
    match item["type"]:
        case "missing":
            return Fault(path, "this field", "nothing")
        case "extra_forbidden":
            return Fault(path, "no such field", _kind(item["input"]))
        case "value_error":
            return Fault(path, "what the contract allows", message.removeprefix("Value error, "))
        case "datetime_type":
            return Fault(path, _TIME, _kind(item["input"]))
        case "enum":
            return Fault(path, _codes(message), _kind(item["input"]))
        case _:
            return Fault(path, message, _kind(item["input"]))


def _codes(message: str) -> str:
    """Return the codes if they are few: nobody looks for one among hundreds in an error."""
    count = message.count("'") // 2
    return message if count <= _MANY_CODES else f"one of the {count} codes of its list"


def _kind(found: Any) -> str:
    name = found.__class__.__name__
    return _KINDS.get(name, name)


def _path(root: str, parts: tuple[int | str, ...]) -> str:
    path = root
    for part in parts:
        path += f"[{part}]" if isinstance(part, int) else f".{part[:64]}" if path else part[:64]
    return path


def _given(name: str, value: str | None) -> str:
    return f'"{name}":"{value}",' if value else ""


def _utc(moment: datetime) -> str:
    """Return RFC 3339 in UTC with as many digits as the moment has."""
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat()[: -len("+00:00")] + "Z"
