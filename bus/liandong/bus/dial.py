"""Dialling a broker with nats-py: its options, and its refusals as errors of ours."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import nats.errors
from nats.aio.client import Client

from liandong.bus.settings import BusSettings
from liandong.contracts import ConfigurationError, Reason, TransportError

MINIMUM_SERVER = (2, 15, 1)  # older ones can lose confirmed messages in a power loss
_PING_SECONDS = 2
_LOST_PINGS = 2
_BUFFER_BYTES = 4 * 1024 * 1024


class Refused(ConfigurationError):  # noqa: N818  it says what happened
    """The broker does not take our credentials."""


class TooOld(ConfigurationError):  # noqa: N818
    """The broker is too old to rely on."""


async def dial(
    client: Client,
    settings: BusSettings,
    servers: list[str],
    *,
    on_error: Callable[[Exception], Awaitable[None]],
    on_closed: Callable[[], Awaitable[None]],
) -> str:
    """Connect a client to the first server that answers; return that server's address.

    Raises:
        Refused: It did not take our credentials.
        TooOld: It is too old.
        TransportError: None answered.
    """
    who = _credentials(settings)
    try:
        async with asyncio.timeout(settings.connect_timeout):
            await client.connect(
                servers=servers,
                name=f"{settings.agency}/{settings.name}",
                allow_reconnect=False,  # a session ends with its connection
                max_reconnect_attempts=1,
                reconnect_time_wait=0,
                connect_timeout=max(1, round(settings.connect_timeout)),
                ping_interval=_PING_SECONDS,
                max_outstanding_pings=_LOST_PINGS,
                pending_size=_BUFFER_BYTES,
                flush_timeout=settings.connect_timeout,
                inbox_prefix=settings.inbox_prefix,
                error_cb=on_error,
                closed_cb=on_closed,
                **who,
            )
    except Exception as error:
        raise _refusal(error, servers) from error
    _check_version(client)
    return _without_password(client.connected_url.geturl() if client.connected_url else "")


def _credentials(settings: BusSettings) -> dict[str, Any]:
    """Return nats-py's options for who we are; files are read again at each connection."""
    options: dict[str, Any] = {}
    if settings.credentials:
        if not settings.credentials.is_file():
            raise ConfigurationError(f"no credentials at {settings.credentials}: check the path")
        options["user_credentials"] = str(settings.credentials)
    if settings.user:
        options["user"] = settings.user
        options["password"] = settings.password.get_secret_value() if settings.password else None
    if tls := settings.tls():
        options["tls"] = tls
    return options


def _check_version(client: Client) -> None:
    found = client.connected_server_version
    version = (found.major, found.minor, found.patch)
    if version < MINIMUM_SERVER:
        raise TooOld(
            f"the NATS server is {'.'.join(map(str, version))}; at least "
            f"{'.'.join(map(str, MINIMUM_SERVER))} is needed: upgrade it"
        )


def _refusal(error: Exception, servers: list[str]) -> Exception:
    text = str(error) or type(error).__name__
    where = ", ".join(map(_without_password, servers))
    if isinstance(error, nats.errors.AuthorizationError) or "authoriz" in text.lower():
        return Refused(
            f"{where} refused our credentials ({text}): check credentials, user and password"
        )
    return TransportError(f"cannot reach {where}: {text}", reason=Reason.NO_CONNECTION)


def _without_password(url: str) -> str:
    scheme, mark, rest = url.rpartition("://")
    return f"{scheme}{mark}{rest.rpartition('@')[2]}"
