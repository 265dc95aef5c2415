"""The door of an HTTP server: so many at once, and none that stands in it and says nothing.

uvicorn waits for ever for a request that drips in byte by byte, on as many connections as come.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

MAX_CONNECTIONS = 128
"""How many may be connected at once; as many more are told to come back, others are cut."""
HEAD_SECONDS = 10.0
"""How long a request may take until its headers are there."""
RETRY_AFTER_S = 5
"""When to come back."""

_LAST_BYTES_S = 2.0
_BUSY = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: %d\r\n"
    b"Connection: close\r\nContent-Length: 0\r\n\r\n" % RETRY_AFTER_S
)


class Door(H11Protocol):
    """One connection."""

    _hurry: asyncio.TimerHandle | None = None
    _sent_away = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Let in who comes, or send away."""
        super().connection_made(transport)
        if len(self.connections) > 2 * MAX_CONNECTIONS:
            transport.abort()
        elif len(self.connections) > MAX_CONNECTIONS:
            self._send_away()
        else:
            self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a request is under way from when its headers are there."""
        if self._sent_away:
            return
        super().data_received(data)
        if self._is_answering():
            self._stop_waiting()
        elif self._hurry is None:
            self._expect_request()

    def handle_websocket_upgrade(self, event: object) -> None:
        """Hand over to who speaks WebSocket, who has time limits of his own."""
        self._stop_waiting()
        super().handle_websocket_upgrade(event)  # type: ignore[arg-type]

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]

    def _send_away(self) -> None:
        """Say so, and hear out for a moment: to close on unread bytes would cut our answer."""
        self._sent_away = True
        self.transport.write(_BUSY)
        self.transport.write_eof()
        self._hurry = self.loop.call_later(_LAST_BYTES_S, self.transport.close)

    def _expect_request(self) -> None:
        self._hurry = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._hurry:
            self._hurry.cancel()
            self._hurry = None
