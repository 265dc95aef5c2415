"""A TCP proxy that misbehaves as networks do: it stalls one way, resets, or forgets a side."""

import asyncio
import socket
import struct
from contextlib import suppress
from typing import Self

_CHUNK = 65536


class Proxy:
    """Stands between a client and a server.

    Attributes:
        to_client: While clear, nothing the server says comes through.
        to_server: While clear, nothing the client says comes through.
        accepting: While clear, a new connection is taken and left unanswered.
    """

    def __init__(self, port: int) -> None:
        """Describe it.

        Args:
            port: Where the server listens on the loopback.
        """
        self.to_client, self.to_server, self.accepting = (asyncio.Event() for _ in range(3))
        self.heal()
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
        down = asyncio.create_task(_pump(upstream_reader, writer, self.to_client, told=False))
        self._tasks.add(down)
        await _pump(reader, upstream, self.to_server, told=True)


async def _pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gate: asyncio.Event, *, told: bool
) -> None:
    """Carry bytes one way; only the server is told when its peer hangs up."""
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            await gate.wait()
            writer.write(chunk)
            await writer.drain()
    if told:
        writer.close()
