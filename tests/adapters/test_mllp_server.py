"""HL7 over real sockets: who speaks MLLP is answered, who does not is closed."""

import asyncio
import ssl
import subprocess
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from frozen import resident_bytes
from liandong.adapters.codecs import mllp as framing
from liandong.adapters.sdk import mllp
from liandong.contracts import ConfigurationError, DocumentError, Reason, TransportError

MADE_UP = b"MSH|^~\\&|HIS|FIRST|LD|C|20261121||ADT^A01^ADT_A01|%d|P|2.5\rEVN|A01|20261121\r"
FRAME = framing.frame(MADE_UP % 1)
LONG = framing.frame(MADE_UP % 2 + b"NTE|1||" + b"x" * 50_000 + b"\r")
FLOOD_BYTES = 100_000_000

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Site:
    """A listener under test, and connections to it."""

    def __init__(self, listener: mllp.Listener, stack: AsyncExitStack) -> None:
        """Keep what is needed to connect."""
        self.listener, self._stack = listener, stack
        self.messages = aiter(listener)

    async def connect(self, **options: ssl.SSLContext) -> Streams:
        """Open a connection that is closed with the test."""
        host, port = self.listener.address.split(":")
        reader, writer = await asyncio.open_connection(host, int(port), **options)
        self._stack.push_async_callback(_close, writer)
        return reader, writer


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


faults: list[DocumentError] = []


@asynccontextmanager
async def open_site(**options: Any) -> AsyncGenerator[Site]:
    """Listen on a free port and note the faults."""
    faults.clear()

    def note(fault: DocumentError, peer: str) -> None:
        assert peer == "mllp:127.0.0.1"
        faults.append(fault)

    async with (
        AsyncExitStack() as stack,
        mllp.listen("127.0.0.1", 0, charset="gb18030", on_fault=note, **options) as listener,
    ):
        yield Site(listener, stack)


@pytest_asyncio.fixture
async def site() -> AsyncIterator[Site]:
    """Listen as a site does."""
    async with open_site() as opened:
        yield opened


@pytest_asyncio.fixture
async def hasty_site() -> AsyncIterator[Site]:
    """Listen with little patience."""
    async with open_site(idle=timedelta(milliseconds=50)) as opened:
        yield opened


async def push_on(writer: asyncio.StreamWriter) -> None:
    """Write frame after frame, as fast as they go."""
    for _ in range(FLOOD_BYTES // len(LONG)):
        writer.write(LONG)
        await writer.drain()


async def read_ack(reader: asyncio.StreamReader) -> bytes:
    """Return the next acknowledgement's MSA, as sent."""
    frame = await reader.readuntil(b"\x1c\r")
    return next(line for line in frame.split(b"\r") if line.startswith(b"MSA"))


async def test_nothing_is_answered_before_it_is_accepted(site: Site) -> None:
    """The answer follows `accept`, and there is one however often that is called."""
    reader, writer = await site.connect()
    writer.write(FRAME)
    message = await anext(site.messages)
    waiting = asyncio.create_task(read_ack(reader))
    done, _ = await asyncio.wait({waiting}, timeout=0.05)
    assert not done
    await message.accept()
    await message.accept()
    assert await waiting == b"MSA|AA|1"
    writer.write(framing.frame(MADE_UP % 2))
    await (await anext(site.messages)).accept()
    assert await read_ack(reader) == b"MSA|AA|2"


async def test_a_message_arrives_as_it_was_sent(site: Site) -> None:
    """Bytes, sender and number are kept; the peer is named."""
    _, writer = await site.connect()
    writer.write(FRAME[:9])
    await writer.drain()
    writer.write(FRAME[9:])
    message = await anext(site.messages)
    assert (message.body, message.identity) == (MADE_UP % 1, "HIS/FIRST/1")
    assert message.peer == "mllp:127.0.0.1"


async def test_a_second_message_waits_for_the_first_answer(site: Site) -> None:
    """One message a connection at a time: that is all the waiting there can be."""
    _, writer = await site.connect()
    writer.write(FRAME + framing.frame(MADE_UP % 2))
    first = await anext(site.messages)
    second = asyncio.ensure_future(anext(site.messages))
    done, _ = await asyncio.wait({second}, timeout=0.05)
    assert not done
    await first.accept()
    assert (await second).identity == "HIS/FIRST/2"


async def test_a_sender_who_does_not_wait_for_answers_is_not_read_on(site: Site) -> None:
    """TCP holds him back: of what he writes only what fits the buffers leaves him."""
    _, writer = await site.connect()
    writer.transport.set_write_buffer_limits(0)
    writer.write(FRAME)
    await anext(site.messages)
    pushing = asyncio.create_task(push_on(writer))
    before = resident_bytes()
    done, _ = await asyncio.wait({pushing}, timeout=0.5)
    pushing.cancel()
    assert not done
    assert resident_bytes() - before < FLOOD_BYTES / 2


async def test_a_sender_is_told_that_it_may_try_again(site: Site) -> None:
    """What cannot be taken now is rejected, not called an error of the message."""
    reader, writer = await site.connect()
    writer.write(FRAME)
    message = await anext(site.messages)
    await message.refuse(TransportError("no broker", reason=Reason.NO_CONNECTION))
    assert (await read_ack(reader)).startswith(b"MSA|AR|1|no broker")


async def test_a_sender_who_left_does_not_disturb(site: Site) -> None:
    """Its answer goes nowhere; the next sender is served."""
    _, writer = await site.connect()
    writer.write(FRAME)
    message = await anext(site.messages)
    writer.transport.abort()
    await message.accept()
    reader, writer = await site.connect()
    writer.write(FRAME)
    await (await anext(site.messages)).accept()
    assert await read_ack(reader) == b"MSA|AA|1"


@pytest.mark.parametrize(
    "stream",
    [
        b"\x0bMSH|^~\\&|HIS|FIRST|||||ADT^A01|77|P|2.5\r\x0bMSH|^~\\&|smuggled\x1c\r",
        b"\x0bMSH|^~\\&|HIS|FIRST|||||ADT^A01|77|P|2.5\r\x1cmore\x1c\r",
        b"\x0bMSH|^~\\&|HIS|FIRST|||||ADT^A01|77|P|2.5\r" + b"A" * framing.MAX_MESSAGE_BYTES,
    ],
    ids=["a start inside", "an end inside", "too long"],
)
async def test_a_broken_frame_is_answered_and_the_connection_closed(
    site: Site, stream: bytes
) -> None:
    """The sender learns which message it was; nothing of it is taken."""
    reader, writer = await site.connect()
    writer.write(stream)
    assert (await read_ack(reader)).startswith(b"MSA|AE|77")
    assert await reader.read() == b""
    assert [fault.standard for fault in faults] == ["MLLP"]


async def test_another_protocol_is_closed(site: Site) -> None:
    """Who sends web requests to this port is not kept."""
    reader, writer = await site.connect()
    writer.write(b"GET / HTTP/1.1\r\nHost: liandong\r\n\r\n" * 200)
    await reader.read()
    assert reader.at_eof()
    assert len(faults) == 1


@pytest.mark.parametrize("stream", [b"", b"\x0bMSH", FRAME[:-1]], ids=["silent", "slow", "no CR"])
async def test_a_connection_that_brings_no_message_in_time_is_closed(
    hasty_site: Site, stream: bytes
) -> None:
    """A message must be whole within the time, however its bytes drip."""
    reader, writer = await hasty_site.connect()
    writer.write(stream)
    assert await reader.read() == b""


async def test_more_connections_than_allowed_are_closed_unheard(site: Site) -> None:
    """The first 64 stay; the next is closed at once."""
    held = [await site.connect() for _ in range(mllp.MAX_CONNECTIONS)]
    for _, writer in held:
        writer.write(FRAME)
    for _ in held:
        await anext(site.messages)
    reader, _ = await site.connect()
    assert await reader.read() == b""


async def test_closing_ends_every_connection() -> None:
    """Who waits for an answer sees the connection end, and will send again."""
    async with open_site() as site:
        reader, writer = await site.connect()
        writer.write(FRAME)
        await anext(site.messages)
        await site.listener.close()
        assert await reader.read() == b""


async def test_a_port_that_is_taken_is_said_so(site: Site) -> None:
    """The error names the address and what to do."""
    port = int(site.listener.address.split(":")[1])
    with pytest.raises(ConfigurationError, match="set another host or port"):
        async with mllp.listen("127.0.0.1", port, charset="ascii", on_fault=lambda *_: None):
            pass


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """Make a certificate and key for this machine."""
    made, key = tmp_path / "made.pem", tmp_path / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [*command, *names, "-out", made, "-keyout", key], check=True, capture_output=True
    )
    return made, key


async def test_a_sender_must_show_a_certificate_where_one_is_asked_for(
    certificate: tuple[Path, Path],
) -> None:
    """With TLS and a client authority, only who holds a certificate is heard."""
    server = mllp.server_tls(*certificate, client_ca=certificate[0])
    stranger = ssl.create_default_context(cafile=certificate[0])
    known = ssl.create_default_context(cafile=certificate[0])
    known.load_cert_chain(*certificate)
    async with open_site(tls=server) as site:
        reader, writer = await site.connect(ssl=stranger)
        writer.write(FRAME)
        with pytest.raises((OSError, asyncio.IncompleteReadError)):
            await read_ack(reader)
        reader, writer = await site.connect(ssl=known)
        writer.write(FRAME)
        await (await anext(site.messages)).accept()
        assert await read_ack(reader) == b"MSA|AA|1"


def test_missing_certificates_are_a_matter_of_configuration(tmp_path: Path) -> None:
    """The error says which settings to look at."""
    with pytest.raises(ConfigurationError, match="tls_"):
        mllp.server_tls(tmp_path / "none.pem", tmp_path / "none.key", None)
