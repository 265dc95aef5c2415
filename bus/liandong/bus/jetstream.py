"""JetStream's JSON API, as far as the bus uses it: `$JS.API.…` by plain requests.

By hand rather than by nats-py's manager, whose calls turn a refused permission into a time-out and
whose types lag behind the server's.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any, cast

from liandong.bus.pipe import Message
from liandong.bus.session import Session
from liandong.contracts import Reason, TransportError

STREAM_NOT_FOUND = 10059
CONSUMER_NOT_FOUND = 10014
MESSAGE_NOT_FOUND = 10037
WRONG_LAST_SEQUENCE = 10071
BATCH_DUPLICATE = 10201
_FULL = {10047, 10077, 10023, 10122}  # no room: storage, messages or bytes, resources
_WRONG_STREAM = 10060
_TOO_LARGE = 10054  # more than the stream takes


class ApiError(TransportError):
    """JetStream said no.

    Attributes:
        code: Its ``err_code`` (``nats errors lookup`` explains it).
    """

    def __init__(self, what: str, code: int, description: str) -> None:
        reason = Reason.STREAM_FULL if code in _FULL else Reason.NO_CONFIRMATION
        if code in {_WRONG_STREAM, STREAM_NOT_FOUND}:
            reason = Reason.NO_STREAM
        if code == _TOO_LARGE:
            reason = Reason.TOO_LARGE
        super().__init__(f"{what}: {description} ({code})", reason=reason)
        self.code = code


@dataclass(frozen=True, slots=True)
class PubAck:
    """The broker's word that it has stored a message (or that it had it already)."""

    stream: str
    sequence: int
    duplicate: bool = False


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """A message as the stream holds it."""

    subject: str
    sequence: int
    body: bytes
    time: str


async def call(session: Session, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call one API method.

    Raises:
        ApiError: JetStream said no.
        NotPermitted: The broker refused the call.
        TransportError: No answer.
    """
    payload = json.dumps(body).encode() if body is not None else b""
    return answer_of(name, await session.request(f"$JS.API.{name}", payload))


def answer_of(what: str, message: Message) -> dict[str, Any]:
    """Return an API answer's document, or raise what it says."""
    document = cast("dict[str, Any]", json.loads(message.data))
    if error := document.get("error"):
        raise ApiError(what, int(error.get("err_code", error.get("code", 0))), error["description"])
    return document


def pub_ack(subject: str, message: Message) -> PubAck:
    """Return what a publish was answered, or raise what it says."""
    document = answer_of(f"publish to {subject}", message)
    return PubAck(document["stream"], int(document["seq"]), bool(document.get("duplicate")))


async def message_at(session: Session, stream: str, **which: Any) -> StoredMessage:
    """Return one stored message.

    Args:
        session: The session to ask on.
        stream: The stream.
        which: ``seq=17`` or ``last_by_subj="ld.dead.…"``.

    Raises:
        ApiError: There is none (`MESSAGE_NOT_FOUND`).
    """
    found = (await call(session, f"STREAM.MSG.GET.{stream}", which))["message"]
    return StoredMessage(
        found["subject"], int(found["seq"]), base64.b64decode(found.get("data", "")), found["time"]
    )
