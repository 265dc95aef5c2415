"""HTTP in: serve an application, read a bounded body, answer once the bus has it.

An adapter's `documents` is three lines: ``async with serve(app, host, port) as address:``, and in
it ``async for document in inbox: yield document``; the application's handler awaits `Inbox.offer`.
"""

import asyncio
import contextlib
import socket
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator
from dataclasses import dataclass, field
from datetime import timedelta
from math import ceil

import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from liandong.adapters.sdk.document import Document
from liandong.adapters.sdk.door import RETRY_AFTER_S, Door
from liandong.contracts import (
    ConfigurationError,
    DocumentError,
    LiandongError,
    Reason,
    TransportError,
    Unavailable,
)

BODY_SECONDS = 30
_LAST_ANSWERS_SECONDS = 5
_MESSAGE_BYTES = 64 * 1024
_TOO_MANY, _UNAVAILABLE = 429, 503


@contextlib.asynccontextmanager
async def serve(
    app: ASGIApp, host: str, port: int, *, websockets: bool = False
) -> AsyncGenerator[str]:
    """Serve an ASGI application until the block is left; give the bound ``host:port``.

    The process's signal handlers and logging stay as they are. No more than 128 may be connected at
    once, and a request's headers must be there within ten seconds (`door`). Answers under way when
    the block is left have five seconds to end.

    Args:
        app: The application; lifespan events are not sent.
        host: An address of this machine.
        port: A TCP port; 0 takes a free one.
        websockets: Whether it also speaks WebSocket, to clients that say little.

    Raises:
        ConfigurationError: The address cannot be bound.
    """
    listener = _listen(host, port)
    server = _Server(
        uvicorn.Config(
            app,
            http=Door,
            access_log=False,
            lifespan="off",
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
            ws="websockets-sansio" if websockets else "none",
            ws_max_size=_MESSAGE_BYTES,
        )
    )
    serving = asyncio.create_task(server.serve([listener]))
    try:
        await server.ready.wait()
        yield _address(listener)
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """A server that says when it is ready and leaves signals to the program it runs in."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}); "
            "set another host or port, or stop what holds it"
        ) from None


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def read_body(request: Request, limit_bytes: int) -> bytes:
    """Return the body of a request, read no further than its limit.

    Raises:
        DocumentError: It is longer, or did not come within 30 seconds.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit_bytes:
                    raise _body_fault(f"at most {limit_bytes} bytes", Reason.OVERSIZE)
    except TimeoutError:
        raise _body_fault(f"a body within {BODY_SECONDS} s", Reason.NOT_WELL_FORMED) from None
    return bytes(body)


def _body_fault(expected: str, reason: Reason) -> DocumentError:
    return DocumentError("HTTP", expected, where="body", reason=reason)


@dataclass(frozen=True)
class Posted(Document):
    """A request that is answered once it is known whether it is safe here.

    Attributes:
        taken: Makes the answer when the bus has it.
        refused: Makes the answer when it is not taken, or not in time.
        wait: How long the sender waits for its answer.
        answer: Resolved by `accept` or `refuse`.
    """

    taken: Callable[[], Response] = Response
    refused: Callable[[LiandongError], Response] = lambda _: Response(status_code=500)
    wait: timedelta = timedelta(seconds=30)
    answer: asyncio.Future[Response] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future(), compare=False
    )

    @property
    def patience(self) -> timedelta:
        """How long the sender waits for its answer."""
        return self.wait

    async def accept(self) -> None:
        """Answer that it is safe."""
        self._answer(self.taken())

    async def refuse(self, error: LiandongError) -> None:
        """Answer why it is not taken."""
        self._answer(self.refused(error))

    def _answer(self, response: Response) -> None:
        if not self.answer.done():
            self.answer.set_result(response)


class Inbox:
    """Requests on their way from the application to `Source.documents`, in order of arrival."""

    def __init__(self, size: int = 1000, size_bytes: int = 32 * 1024 * 1024) -> None:
        """Make an empty one.

        Args:
            size: How many requests may be under way, answered or not, until the bus has them or
                they are refused; one sender may have a quarter of it.
            size_bytes: How many bytes they may have together.
        """
        self._size, self._size_bytes = size, size_bytes
        self._share = max(1, size // 4)
        self._queue = asyncio.Queue[Posted]()  # bounded by what may be under way
        self._under_way: Counter[str] = Counter()
        self._bytes = 0

    @property
    def under_way(self) -> int:
        """How many requests have no outcome yet."""
        return self._under_way.total()

    async def offer(self, document: Posted) -> Response:
        """Hand a request over and return the answer to it.

        One that finds no room is told at once to try again. A sender that has waited too long is
        told so too; the document goes its way all the same, so that a repeat of it is known.
        """
        if refusal := self._refusal(document):
            return document.refused(refusal)
        self._enter(document)
        self._queue.put_nowait(document)
        try:
            async with asyncio.timeout(document.wait.total_seconds()):
                return await asyncio.shield(document.answer)
        except TimeoutError:
            late = TransportError("not confirmed in time", reason=Reason.NO_CONFIRMATION)
            return document.refused(late)

    async def __aiter__(self) -> AsyncIterator[Posted]:
        """Yield each request as it comes, for ever."""
        while True:
            yield await self._queue.get()

    def _refusal(self, document: Posted) -> TransportError | None:
        """Return why there is no room for a request."""
        full = self.under_way >= self._size
        if full or self._bytes + len(document.body) > self._size_bytes:
            return TransportError("too much is under way", reason=Reason.NO_CONFIRMATION)
        if self._under_way[document.peer] >= self._share:
            text = f"{self._share} of this sender's requests are under way"
            return TransportError(text, reason=Reason.OVER_SHARE)
        return None

    def _enter(self, document: Posted) -> None:
        self._under_way[document.peer] += 1
        self._bytes += len(document.body)
        document.answer.add_done_callback(lambda _: self._leave(document))

    def _leave(self, document: Posted) -> None:
        self._under_way[document.peer] -= 1
        if not self._under_way[document.peer]:
            del self._under_way[document.peer]
        self._bytes -= len(document.body)


def try_again(error: LiandongError) -> tuple[int, dict[str, str]]:
    """Return the status and headers of an answer to who may send the same again.

    429 is for who sends too much, 503 for what is not the sender's fault (RFC 6585 §4, RFC 9110
    §15.6.4); both say when to come back, in seconds (RFC 9110 §10.2.3).
    """
    status = _TOO_MANY if error.reason is Reason.OVER_SHARE else _UNAVAILABLE
    after = error.after if isinstance(error, Unavailable) else None
    return status, {"Retry-After": str(ceil(after or RETRY_AFTER_S))}
