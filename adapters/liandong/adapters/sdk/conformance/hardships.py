"""What the conformance kit puts an adapter through, and what it then demands."""

from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Generator,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from liandong.adapters.sdk.adapter import Adapter, Sink, Source
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.intake import Intake
from liandong.adapters.sdk.journal import Journal
from liandong.adapters.sdk.watcher import Watcher
from liandong.bus import Bus, Entry, Stored
from liandong.contracts import Envelope, Filter, LiandongError, OrderReported, OrderState

SECRET = b"kit"
_HUGE = 4_000_000
_BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'
_NOISE = bytes(range(256)) * 8
_OTHER_STANDARD = b"%PDF-1.7\n1 0 obj << /Type /Catalog >> endobj\n"
_FINAL = {OrderState.DONE, OrderState.FAILED, OrderState.REFUSED}


class Crash(BaseException):
    """The process dies here. No adapter can catch it by mistake."""


class CrashingJournal(Journal):
    """Dies with the first outcome that it should make durable."""

    def settle(self, outcomes: Iterable[tuple[Document, str]]) -> None:
        """Die before the outcomes of documents are noted."""
        del outcomes
        raise Crash

    def write(self, name: str, value: str) -> None:
        """Die before a delivery is noted."""
        if name.startswith("delivered/"):
            raise Crash
        super().write(name, value)


class Witness(Watcher):
    """Remembers what passed through an intake.

    Attributes:
        ids: Every event that was said.
        new: Those that the broker had not stored before.
        documents: How many documents have an outcome.
    """

    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.new: set[str] = set()
        self.documents = 0

    def said(self, document: Document, envelope: Envelope, *, new: bool) -> None:
        """Remember an event."""
        del document
        self.ids.add(envelope.id)
        if new:
            self.new.add(envelope.id)

    def settled(self, document: Document, error: LiandongError | None) -> None:
        """Count a document."""
        del document, error
        self.documents += 1


def hostile(body: bytes) -> Iterator[tuple[str, bytes, bool]]:
    """Yield documents made from a good one: what was done to it, the bytes, must it be refused."""
    yield "empty", b"", True
    yield "noise", _NOISE, True
    yield "entity bomb", _BOMB, True
    yield "of another standard", _OTHER_STANDARD, True
    yield "cut in half", body[: len(body) // 2], False
    yield "in UTF-16", body.decode("utf-8", "replace").encode("utf-16"), False
    yield "with bytes of no charset", body.replace(b"e", b"\xff\xfe"), False
    yield "huge", (body or b"x") * (_HUGE // max(1, len(body))), False


async def feed(
    adapter: Source[Any], documents: Sequence[Document], bus: Bus, secret: bytes = SECRET
) -> Witness:
    """Take documents through the adapter to the bus, in place of its own transport.

    Args:
        adapter: The adapter.
        documents: The documents.
        bus: Where to.
        secret: Keys the ids: another one gives other events.
    """

    async def documents_given() -> AsyncIterator[Document]:
        for document in documents:
            yield document

    witness = Witness()
    adapter.documents = documents_given
    try:
        await Intake(adapter, bus, secret, witness).run()
    except BaseExceptionGroup as group:
        if not group.subgroup(Crash):
            raise
    return witness


@contextmanager
def dying(bus: Bus) -> Generator[None]:
    """Have the process die whenever something is to be published."""

    async def die(*_: Any, **__: Any) -> list[Stored]:
        raise Crash

    publishes = bus.send_many
    bus.send_many = die
    try:
        yield
    finally:
        bus.send_many = publishes


async def hear(sink: Sink[Any], envelope: Envelope) -> list[Draft]:
    """Deliver an event; return what the sink says about it, in order."""
    said: list[Draft] = []

    async def say(draft: Draft, _: Envelope) -> None:
        said.append(draft)

    async def log(_: Filter) -> AsyncGenerator[Entry, None]:
        for entry in list[Entry]():  # nothing was said before
            yield entry

    sink.say, sink.log = say, log
    said.extend(await sink.deliver(envelope))
    return said


def must(holds: bool, otherwise: str) -> None:  # noqa: FBT001  it reads as a sentence
    """Fail the check with what was found instead."""
    if not holds:
        raise AssertionError(otherwise)


def must_survive(envelope: Envelope) -> None:
    """Demand that an event is the same after the wire."""
    body = envelope.encode()
    read = Envelope.decode(body, strict=True)
    must(read.encode() == body and read.data == envelope.data, f"{envelope.type} changed: {read}")


def must_hide(adapter: Adapter[Any], text: str) -> None:
    """Demand that no secret of the adapter's settings stands in a text."""
    for secret in _secrets(adapter.settings):
        must(secret not in text, "a secret of its settings is shown")


def must_report(reports: Sequence[OrderReported]) -> None:
    """Demand that an order's reports begin with its receipt and end with at most one final one."""
    states = [report.state for report in reports]
    must(bool(states) and states[0] is OrderState.RECEIVED, f"reported first: {states[:1]}")
    must(not _FINAL & set(states[:-1]), f"said something after a final state: {states}")


def made(
    settings: Mapping[str, Any] | Callable[[Path], Mapping[str, Any]],
) -> Callable[[Path], dict[str, Any]]:
    """Return what makes settings from a folder."""
    if callable(settings):
        return lambda folder: dict(settings(folder))
    return lambda _: dict(settings)


def _secrets(value: Any) -> Iterator[str]:
    """Yield every secret in settings, however deep."""
    match value:
        case SecretStr():
            yield value.get_secret_value()
        case BaseModel():
            for name in type(value).model_fields:
                yield from _secrets(getattr(value, name))
        case list() | tuple():
            for item in value:  # pyright: ignore[reportUnknownVariableType]
                yield from _secrets(item)
        case _:
            pass
