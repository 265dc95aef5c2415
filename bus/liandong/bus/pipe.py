"""nats-py's client with its two busiest roads straightened: what comes in, and what goes out.

nats-py takes each message through two patterns, a header map, an object, a queue and a task, and
writes each publish through a queue of its own. Here a message goes from the socket's bytes to
whoever takes it in one call, its headers are read when somebody asks for them, and what is written
in one turn of the event loop leaves in one piece (docs/adr/0014). Dialling, TLS, credentials,
pings and the broker's errors stay nats-py's.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import structlog
from nats.aio.client import Client
from nats.errors import ProtocolError
from nats.protocol.parser import MAX_CONTROL_LINE_SIZE, Parser

log = structlog.get_logger()

_CROWDED_BYTES = 1024 * 1024
_SUBJECT = re.compile(r"[!-~]+").fullmatch
_STATUS_LINE = "NATS/1.0"
_ONE_LINE = str.maketrans("\r\n", "  ")
_MESSAGES = {b"MSG": 4, b"HMSG": 5}  # and how many words follow where a reply is wanted


class Message:
    """A message as it came over the connection.

    Attributes:
        subject: Where it was published; for the answers of a pull, where the stream took it.
        reply: Where an answer goes; empty where none is wanted.
        data: Its body.
    """

    __slots__ = ("_head", "data", "reply", "subject")

    def __init__(self, subject: str, reply: str, data: bytes, head: bytes = b"") -> None:
        self.subject, self.reply, self.data, self._head = subject, reply, data, head

    @property
    def headers(self) -> dict[str, str]:
        """Its headers (ADR-4), the broker's status as ``Status`` and ``Description``."""
        first, *lines = self._head.decode(errors="replace").split("\r\n")
        status, _, text = first.removeprefix(_STATUS_LINE).strip().partition(" ")
        found = {"Status": status, "Description": text} if status else {}
        for line in lines:
            name, colon, value = line.partition(":")
            if colon:
                found[name] = value.strip()
        return found


Taker = Callable[[Message], None]
"""Takes a message at once: it runs where the socket is read, so it only notes and wakes."""


class Pipe(Client):
    """One connection that carries messages and does nothing else with them."""

    def __init__(self) -> None:
        super().__init__()
        self._ps: Parser = _Reader(self)
        self._takers: dict[int, Taker] = {}
        self._leaving: list[bytes] = []
        self._unsettled = 0

    def listen(self, subject: str, taker: Taker) -> int:
        """Have a taker called with what is published on a subject; return the number of this.

        Raises:
            ValueError: It is no subject.
        """
        self._sid: int = self._sid + 1
        self._takers[self._sid] = taker
        self.write(f"SUB {_checked(subject)} {self._sid}\r\n".encode())
        return self._sid

    def end(self, number: int) -> None:
        """Ask for no more; what is on its way still comes until `forget`."""
        self.write(f"UNSUB {number}\r\n".encode())

    def forget(self, number: int) -> None:
        """Call its taker no more."""
        self._takers.pop(number, None)

    def write(self, command: bytes) -> None:
        """Have bytes leave at the end of this turn of the event loop, behind those before."""
        if not self._leaving:
            asyncio.get_running_loop().call_soon(self.push)
        self._leaving.append(command)
        self._unsettled += len(command)

    @property
    def crowded(self) -> bool:
        """Whether so much was written that one should wait for `room` before going on."""
        return self._unsettled > _CROWDED_BYTES

    async def room(self) -> None:
        """Wait until most of what was written has left. A frozen broker makes this endless."""
        self.push()
        if self._transport is not None:
            await self._transport.drain()
        self._unsettled = 0

    def abort(self) -> None:
        """Throw away what has not left: its sender has been told that the connection is gone."""
        self._leaving.clear()
        self._takers.clear()
        writer: Any = getattr(self._transport, "_io_writer", None)
        if writer is not None:
            writer.transport.abort()

    def push(self) -> None:
        """Have the transport send what was written."""
        pieces, self._leaving = self._leaving, []
        if pieces and self._transport is not None:
            with suppress(OSError, RuntimeError):  # closed just now: the session is about to hear
                self._transport.write(b"".join(pieces))

    def deliver(self, number: int, message: Message) -> None:
        """Hand a message to its taker. A taker that raises must not end the reading."""
        if taker := self._takers.get(number):
            try:
                taker(message)
            except Exception:
                log.exception("message_not_taken", subject=message.subject)


class _Reader(Parser):
    """nats-py's parser, but for messages: those are handed over as they stand in the buffer."""

    nc: Pipe

    def reset(self) -> None:
        """Begin anew."""
        super().reset()
        self._come = bytearray()

    async def parse(self, data: bytes = b"") -> None:
        """Read what has come; what has not come whole waits for the rest."""
        self._come += data
        while line := self._deliver_up_to_a_line():
            await super().parse(line)  # INFO, PING, PONG, -ERR and +OK stay nats-py's

    def _deliver_up_to_a_line(self) -> bytes:
        """Hand over the messages at the front, then return the line behind them if it is whole."""
        come, deliver, at = self._come, self.nc.deliver, 0
        try:
            while (end := come.find(b"\r\n", at)) >= 0:
                word, *words = bytes(come[at:end]).split(b" ")
                if word not in _MESSAGES:
                    line = bytes(come[at : end + 2])
                    at = end + 2
                    return line
                head = int(words[-2]) if word == b"HMSG" else 0
                body, after = end + 2 + head, end + 2 + int(words[-1])
                if len(come) < after + 2:
                    return b""
                number = int(words[1])
                message = Message(
                    words[0].decode(errors="replace"),
                    words[2].decode(errors="replace") if len(words) == _MESSAGES[word] else "",
                    bytes(come[body:after]),
                    bytes(come[end + 2 : body]),
                )
                at = after + 2
                deliver(number, message)
        finally:
            del come[:at]
        if len(come) > MAX_CONTROL_LINE_SIZE:
            raise ProtocolError("nats: a control line without an end")
        return b""


def _checked(subject: str) -> str:
    if not _SUBJECT(subject):
        raise ValueError(f"{subject!r} is no subject")
    return subject


def header_lines(headers: Mapping[str, str] | None) -> str:
    """Return headers as ``Name: value`` lines, each with its line end; a value has none inside."""
    return "".join(
        f"{name}: {value.translate(_ONE_LINE)}\r\n" for name, value in (headers or {}).items()
    )


def publication(subject: str, body: bytes, reply: str = "", head: str = "") -> bytes:
    """Return the command that publishes a message.

    Args:
        subject: Where to.
        body: What.
        reply: Where an answer goes.
        head: Headers as lines (`header_lines`).

    Raises:
        ValueError: A subject is none.
    """
    to = f"{_checked(subject)} {_checked(reply)}" if reply else _checked(subject)
    if not head:
        return b"PUB %b %d\r\n%b\r\n" % (to.encode(), len(body), body)
    block = f"{_STATUS_LINE}\r\n{head}\r\n".encode()
    size = len(block)
    return b"HPUB %b %d %d\r\n%b%b\r\n" % (
        to.encode(), size, size + len(body), block, body,
    )  # fmt: skip
