"""A TCP proxy that misbehaves as networks do, and that notices what passes through it.

It stalls one way, holds bytes back and lets them go late, resets, or forgets a side. A `Trip` does
something at the very moment when given words pass, which no look at a process from outside can.
"""

import asyncio
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

_CHUNK = 65536


@dataclass(slots=True)
class Trip:
    """A wire across the line.

    Attributes:
        words: What sets it off.
        from_client: Which way they pass: from the client, else from the server.
        nth: How often they must have passed.
        let_through: Let the words through first; else they, and what follows, are swallowed.
        then: What is done.
    """

    words: bytes
    from_client: bool
    nth: int
    let_through: bool
    then: Callable[[], None]
    _seen: int = 0
    _tail: dict[int, bytes] = field(default_factory=dict)

    def sees(self, line: int, chunk: bytes, *, from_client: bool) -> bool:
        """Say whether it is set off; words may lie across two chunks of one line."""
        if from_client is not self.from_client:
            return False
        text = self._tail.get(line, b"") + chunk
        self._tail[line] = text[len(text) - len(self.words) + 1 :]
        self._seen += text.count(self.words)
        return self._seen >= self.nth


class Proxy:
    """Stands between a client and a server.

    Attributes:
        to_client: While clear, nothing the server says comes through; it is held back, not dropped.
        to_server: While clear, nothing the client says comes through.
        accepting: While clear, a new connection is taken and left unanswered.
        trip: What waits for words to pass; None where nothing does.
    """

    def __init__(self, port: int) -> None:
        """Describe it.

        Args:
            port: Where the server listens on the loopback.
        """
        self.to_client, self.to_server, self.accepting = (asyncio.Event() for _ in range(3))
        self.heal()
        self.trip: Trip | None = None
        self._port = port
        self._clients: set[asyncio.StreamWriter] = set()
        self._servers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        """Listen on a free port."""
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"nats://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        """Hang up on everyone."""
        self._listener.close()
        self.reset()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.reset()  # whoever was let in meanwhile
        await self._listener.wait_closed()

    def heal(self) -> None:
        """Let everything through."""
        for gate in (self.to_client, self.to_server, self.accepting):
            gate.set()

    def partition(self) -> None:
        """Let nothing through, and tell nobody."""
        for gate in (self.to_client, self.to_server, self.accepting):
            gate.clear()

    def reset(self) -> None:
        """Break every connection as a dying router does: RST, no goodbye."""
        for writer in self._clients | self._servers:
            with suppress(OSError):  # hung up already
                linger = struct.pack("ii", 1, 0)
                line = writer.get_extra_info("socket")
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()

    def forget_servers(self) -> None:
        """Leave the clients half open: the server has hung up and they are not told."""
        for writer in self._servers:
            writer.transport.abort()

    def say(self, words: bytes) -> None:
        """Say something to every client as if the server had."""
        for writer in self._clients:
            if not writer.is_closing():
                writer.write(words)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._tasks.add(asyncio.current_task())
        self._clients.add(writer)
        await self.accepting.wait()
        try:
            upstream_reader, upstream = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError:
            writer.transport.abort()
            return
        self._servers.add(upstream)
        down = asyncio.create_task(self._pump(upstream_reader, writer, from_client=False))
        self._tasks.add(down)
        await self._pump(reader, upstream, from_client=True)

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, from_client: bool
    ) -> None:
        """Carry bytes one way; only the server is told when its peer hangs up."""
        gate = self.to_server if from_client else self.to_client
        with suppress(OSError):
            while chunk := await reader.read(_CHUNK):
                await gate.wait()
                trip = self.trip
                if trip and trip.sees(id(writer), chunk, from_client=from_client):
                    self.trip = None
                    if trip.let_through:
                        await _carry(writer, chunk)
                    trip.then()
                    if not trip.let_through:
                        break
                else:
                    await _carry(writer, chunk)
        if from_client:
            writer.close()


async def _carry(writer: asyncio.StreamWriter, chunk: bytes) -> None:
    """Write a chunk; to a side that has hung up it is lost, and the other is not told."""
    if not writer.is_closing():
        writer.write(chunk)
        await writer.drain()
