"""What stands before every request: who may ask, and what a browser may do with the answer."""

from collections.abc import Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "::1")

_POLICY = (
    "default-src 'self'",
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
)
HEADERS = {
    "Content-Security-Policy": "; ".join(_POLICY),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-cache",
}
"""What every answer carries."""


class Guard:
    """Lets in only what asks for this console by its own name, from its own page.

    A page elsewhere could otherwise read the bus through the browser of whoever may reach it: by
    a name of its own that resolves to this machine, or by a WebSocket, which no browser stops.
    """

    def __init__(self, app: ASGIApp, hosts: Iterable[str]) -> None:
        """Stand before an application.

        Args:
            app: The application.
            hosts: The names and addresses by which it may be asked for.
        """
        self._app = app
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        headers = Headers(scope=scope)
        if self._is_ours(headers):
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})
        else:
            refusal = PlainTextResponse("this console goes by another name\n", status_code=421)
            await refusal(scope, receive, _with_headers(send))

    def _is_ours(self, headers: Headers) -> bool:
        host = headers.get("host", "")
        origin = headers.get("origin")
        same = origin is None or urlsplit(origin).netloc == host
        return same and _name(host) in self._hosts


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # an IPv6 address without its bracket
        return ""


def _with_headers(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            found: MutableMapping[str, Any] = message
            found.setdefault("headers", [])
            MutableHeaders(scope=found).update(HEADERS)
        await send(message)

    return send_on
