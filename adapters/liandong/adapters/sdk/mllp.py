"""HL7 over MLLP in: listen, take one message a connection at a time, answer once the bus has it.

async with listen("127.0.0.1", 2575, charset="gb18030", on_fault=note) as listener:
    async for document in listener:
        yield document
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from liandong.adapters.codecs import hl7v2, mllp
from liandong.adapters.sdk.document import Document
from liandong.contracts import ConfigurationError, DocumentError, LiandongError

IDLE = timedelta(seconds=30)
MAX_CONNECTIONS = 64
MEDIA_TYPE = "application/hl7-v2+er7"

_READ_BYTES = 64 * 1024
_LAST_BYTES_S = 2
_CONTROL_ID_CHARS = 20  # as long as MSH-10 may be before HL7 2.7

Fault = Callable[[DocumentError, str], None]
"""Told of a connection that broke the framing, and of its peer."""


@dataclass(frozen=True, kw_only=True)
class Message(Document):
    """An HL7 message whose sender waits for its acknowledgement, and sends nothing else until then.

    Attributes:
        header: Its MSH, as far as it can be read.
        reply: Sends an acknowledgement; the first one counts.
    """

    header: hl7v2.Header
    reply: Callable[[bytes], Awaitable[None]] = field(compare=False)

    async def accept(self) -> None:
        """Acknowledge it: AA, or CA in enhanced mode."""
        await self.reply(_ack(self.header, None))

    async def refuse(self, error: LiandongError) -> None:
        """Tell the sender why not: AE or AR (`hl7v2.ack` says which), or CE, CR."""
        await self.reply(_ack(self.header, error))

    @property
    def patience(self) -> timedelta:
        """Twenty seconds: senders commonly give up after thirty."""
        return timedelta(seconds=20)


class Listener:
    """Messages as they come, from all connections.

    Attributes:
        address: The bound ``host:port``.
    """

    def __init__(self, charset: str, idle: timedelta, on_fault: Fault) -> None:
        self.address = ""
        self._charset = charset
        self._idle = idle.total_seconds()
        self._on_fault = on_fault
        self._connections = set[asyncio.Task[None]]()
        self._messages = asyncio.Queue[Message]()  # bounded by the connections: one message each

    async def __aiter__(self) -> AsyncIterator[Message]:
        """Yield each message as it comes, for ever."""
        while True:
            yield await self._messages.get()

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until it ends, breaks the framing or is silent too long."""
        task = asyncio.current_task()
        try:
            if task and len(self._connections) < MAX_CONNECTIONS:
                self._connections.add(task)
                task.add_done_callback(self._connections.discard)
                with contextlib.suppress(OSError):  # cut, timed out, or a fault of TLS
                    await self._converse(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                async with asyncio.timeout(_LAST_BYTES_S):
                    await writer.wait_closed()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = mllp.Decoder()
        peer = f"mllp:{(writer.get_extra_info('peername') or ['gone'])[0]}"
        try:
            while (body := await self._next_message(reader, decoder)) is not None:
                answered = asyncio.Event()
                header = hl7v2.read_header(body, self._charset)
                message = Message(
                    body=body,
                    identity=header.identity,
                    peer=peer,
                    media_type=MEDIA_TYPE,
                    header=header,
                    reply=self._reply(writer, answered),
                )
                self._messages.put_nowait(message)
                await answered.wait()
        except DocumentError as fault:
            self._on_fault(fault, peer)
            header = hl7v2.read_header(decoder.partial, self._charset)
            await self._send(writer, _ack(header, fault))
            await _hear_out(reader, writer)

    async def _next_message(
        self, reader: asyncio.StreamReader, decoder: mllp.Decoder
    ) -> bytes | None:
        """Return the next message; None at the end of the connection.

        The time allowed is for the whole message, so that one byte now and then holds nothing open.
        """
        async with asyncio.timeout(self._idle):
            while (body := decoder.next_message()) is None:
                data = await reader.read(_READ_BYTES)
                if not data:
                    return None
                decoder.feed(data)
        return body

    def _reply(
        self, writer: asyncio.StreamWriter, answered: asyncio.Event
    ) -> Callable[[bytes], Awaitable[None]]:
        async def reply(acknowledgement: bytes) -> None:
            if not answered.is_set():
                await self._send(writer, acknowledgement)
                answered.set()

        return reply

    async def _send(self, writer: asyncio.StreamWriter, acknowledgement: bytes) -> None:
        """Send it; a sender who is gone will send its message again and be known."""
        with contextlib.suppress(OSError):
            async with asyncio.timeout(self._idle):
                writer.write(mllp.frame(acknowledgement))
                await writer.drain()

    async def close(self) -> None:
        """End every connection; who still waits for an answer will send again."""
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)


async def _hear_out(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """End our side, and read on a little: closing on unread bytes would cut our answer."""
    if writer.can_write_eof():
        writer.write_eof()
    async with asyncio.timeout(_LAST_BYTES_S):
        while await reader.read(_READ_BYTES):
            pass


@contextlib.asynccontextmanager
async def listen(
    host: str,
    port: int,
    *,
    on_fault: Fault,
    charset: str,
    tls: ssl.SSLContext | None = None,
    idle: timedelta = IDLE,
) -> AsyncGenerator[Listener]:
    """Listen until the block is left.

    A connection that breaks the framing is told so (AE) and closed: its stream is out of step.
    More than 64 connections at once are closed unheard.

    Args:
        host: An address of this machine.
        port: A TCP port; 0 takes a free one.
        on_fault: Told of each connection that breaks the framing.
        charset: Python's name of the character set of messages that name none.
        tls: As `server_tls` makes it; None is for loopback and tunnels.
        idle: How long a connection may take for its next message.

    Raises:
        ConfigurationError: The address cannot be bound.
    """
    listener = Listener(charset, idle, on_fault)
    try:
        server = await asyncio.start_server(listener.connected, host, port, ssl=tls)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "set another host or port, or stop what holds it"
        ) from None
    bound, number = server.sockets[0].getsockname()[:2]
    listener.address = f"[{bound}]:{number}" if ":" in bound else f"{bound}:{number}"
    try:
        yield listener
    finally:
        server.close()
        await listener.close()
        await server.wait_closed()


def server_tls(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """Return what TLS 1.2 or later needs.

    Args:
        certificate: The server's certificate chain (PEM).
        key: Its private key (PEM).
        client_ca: Who signs the certificates that senders must show; None asks for none.

    Raises:
        ConfigurationError: A file is missing or holds something else.
    """
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
    except OSError as error:
        raise ConfigurationError(
            f"cannot use the TLS files ({error}); see the tls_… settings"
        ) from None
    return context


def _ack(header: hl7v2.Header, error: LiandongError | None) -> bytes:
    control_id = uuid4().hex[:_CONTROL_ID_CHARS]
    return hl7v2.ack(header, error, control_id=control_id, now=datetime.now(UTC))
