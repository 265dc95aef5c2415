"""Alerts of other authorities -> alert events, from a folder or pushed to us.

Protocol: OASIS CAP 1.0, 1.1, 1.2. Direction: in; `alert_feed` polls, `alert_out` goes out. Nothing
is lost of an alert that fits the schema or is signed (`alert_cap`), as far as one message has room.
"""

import hmac
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Annotated

from pydantic import Field, SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liandong.adapters.codecs import cap, xml
from liandong.adapters.region.alert_source import AlertSource
from liandong.adapters.sdk import Document, Settings
from liandong.adapters.sdk.files import FileSettings, FileSource
from liandong.adapters.sdk.http import Inbox, Posted, read_body, serve, try_again
from liandong.contracts import (
    DocumentError,
    LiandongError,
    NotPermitted,
    Reason,
    Recovery,
)


class AlertFolderSettings(FileSettings):
    """Where alerts are dropped."""


class AlertFolder(AlertSource[AlertFolderSettings], FileSource[AlertFolderSettings]):
    """Publish each alert that is dropped as a file."""

    settings_type = AlertFolderSettings
    media_type = cap.MEDIA_TYPE
    max_bytes = xml.MAX_BYTES


class AlertPushSettings(Settings):
    """Where alerts are pushed to."""

    host: str = "127.0.0.1"
    """The address to listen on; put a proxy that ends TLS before it off this machine."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8312
    """The TCP port to listen on; 0 takes a free one."""
    token: SecretStr | None = None
    """What senders must show as ``Authorization: Bearer``; none lets everyone in who reaches us."""
    patience: Annotated[timedelta, Field(gt=timedelta(0))] = timedelta(seconds=30)
    """How long senders wait for an answer; 503 comes a little before."""


class AlertPush(AlertSource[AlertPushSettings]):
    """Publish each alert that is sent as ``POST /cap``.

    202 says that the bus has it; 503, and 429 to who sends too much at once, that the sender should
    try again, and when; any other 4xx that it is refused for good, and why. The same alert twice is
    one.
    """

    settings_type = AlertPushSettings
    _address: str = ""

    @property
    def address(self) -> str | None:
        """``host:port``, once `ready`."""
        return self._address or None

    async def documents(self) -> AsyncGenerator[Document, None]:
        """Yield alerts as they are sent, for ever.

        Raises:
            ConfigurationError: The address cannot be bound.
        """
        inbox = Inbox()
        app = Starlette(routes=[Route("/cap", self._take, methods=["POST"])])
        app.state.inbox = inbox
        async with serve(app, self.settings.host, self.settings.port) as self._address:
            self.ready.set()
            async for document in inbox:
                yield document

    async def _take(self, request: Request) -> Response:
        try:
            self._check_token(request)
            body = await read_body(request, xml.MAX_BYTES)
        except LiandongError as error:
            return problem(error)
        peer = f"http:{request.client.host}" if request.client else "http"
        return await request.app.state.inbox.offer(
            Posted(
                body,
                self.identity(body, "unreadable"),
                peer=peer,
                media_type=cap.MEDIA_TYPE,
                taken=lambda: Response(status_code=202),
                refused=problem,
                wait=self.settings.patience,
            )
        )

    def _check_token(self, request: Request) -> None:
        token = self.settings.token
        shown = request.headers.get("Authorization", "").encode()
        if token and not hmac.compare_digest(shown, f"Bearer {token.get_secret_value()}".encode()):
            raise NotPermitted("publish to", request.url.path)


_STATUSES = {Reason.OVERSIZE: 413, Reason.UNSUPPORTED: 415, Reason.NOT_PERMITTED: 403}


def problem(error: LiandongError) -> Response:
    """Return an error as a problem document (RFC 9457), with its numbered reason."""
    again = error.recovery is Recovery.RETRY
    status, headers = try_again(error) if again else (_STATUSES.get(error.reason, 422), None)
    faults = error.faults if isinstance(error, DocumentError) else ()
    return JSONResponse(
        {
            "title": error.reason.name.replace("_", " ").lower(),
            "status": status,
            "detail": str(error),
            "reason": error.reason,
            "where": [fault.path for fault in faults],
        },
        status_code=status,
        headers=headers,
        media_type="application/problem+json",
    )
