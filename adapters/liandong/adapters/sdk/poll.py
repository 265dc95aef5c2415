"""HTTP out, by asking: GET with conditions, bounded, to named hosts only."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import httpx

from liandong.contracts import AgencyUnavailable, DocumentError, Reason

_STEP_S, _WHOLE_S = 20.0, 120.0
_ASK_AGAIN = {401, 403, 407, 408, 425, 429}  # our fault or a busy moment: the document is there
_REDIRECTS = 5
_REMEMBERED = 1_000  # addresses: a feed links to new ones for ever
_USER_AGENT = "liandong"


@dataclass(frozen=True)
class Fetched:
    """What an address answered.

    Attributes:
        body: The bytes, uncompressed.
        media_type: As the server declared it, without parameters.
    """

    body: bytes
    media_type: str


class Fetcher:
    """Fetches documents, and asks for one it has seen only if it changed (RFC 9110 §13)."""

    def __init__(self, hosts: Collection[str], *, limit_bytes: int) -> None:
        """Prepare.

        Args:
            hosts: The hosts it may ask, redirections included: an address read from a document
                must not lead into our own network.
            limit_bytes: The largest answer that is read.
        """
        self._hosts = set(hosts)
        self._limit = limit_bytes
        self._seen: dict[str, dict[str, str]] = {}
        self._client = httpx.AsyncClient(
            follow_redirects=True,
            max_redirects=_REDIRECTS,
            timeout=_STEP_S,
            headers={"User-Agent": _USER_AGENT},
            event_hooks={"request": [self._check_host]},
        )

    async def __aenter__(self) -> Self:
        """Return itself; leaving closes its connections."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def fetch(self, url: str) -> Fetched | None:
        """Return what the address answers; None where it has not changed since the last time.

        Raises:
            AgencyUnavailable: It does not answer, or not now; with how long it asks us to wait.
            DocumentError: There is no such document, it is too large, or its host is not one that
                may be asked.
        """
        try:
            async with asyncio.timeout(_WHOLE_S):
                return await self._get(url)
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise _fault(url, "an address", str(error), Reason.BREAKS_STANDARD) from None
        except (httpx.TransportError, httpx.TooManyRedirects, TimeoutError) as error:
            raise AgencyUnavailable(f"{url}: {str(error) or type(error).__name__}") from None

    async def _get(self, url: str) -> Fetched | None:
        async with self._client.stream("GET", url, headers=self._seen.get(url)) as answer:
            if answer.status_code == HTTPStatus.NOT_MODIFIED:
                return None
            check_answer(answer)
            body = await self._read(answer)
        self._remember(url, _conditions(answer.headers))
        return Fetched(body, answer.headers.get("Content-Type", "").partition(";")[0].strip())

    def _remember(self, url: str, conditions: dict[str, str]) -> None:
        """Keep what to ask with next time; of a thousand addresses the oldest is forgotten."""
        self._seen.pop(url, None)
        self._seen[url] = conditions
        if len(self._seen) > _REMEMBERED:
            del self._seen[next(iter(self._seen))]

    async def _check_host(self, request: httpx.Request) -> None:
        if request.url.host not in self._hosts:
            expected = "a host that the settings name"
            raise _fault(str(request.url), expected, request.url.host, Reason.NOT_PERMITTED)

    async def _read(self, answer: httpx.Response) -> bytes:
        body = bytearray()
        async for chunk in answer.aiter_bytes():
            body += chunk
            if len(body) > self._limit:
                raise _fault(
                    str(answer.url), f"at most {self._limit} bytes", "more", Reason.OVERSIZE
                )
        return bytes(body)


def host_of(url: str) -> str:
    """Return the host of an address; empty where it names none."""
    return urlsplit(url).hostname or ""


def check_answer(answer: httpx.Response) -> None:
    """Check that a server took a request.

    Raises:
        AgencyUnavailable: Not now; with how long it asks us to wait.
        DocumentError: Not at all.
    """
    if answer.is_success:
        return
    where, found = str(answer.url), f"HTTP {answer.status_code} {answer.reason_phrase}"
    if answer.is_server_error or answer.status_code in _ASK_AGAIN:
        raise AgencyUnavailable(f"{where}: {found}", after=_retry_after(answer.headers))
    raise _fault(where, "success", found, Reason.HANDLER_REFUSED)


def _retry_after(headers: httpx.Headers) -> float | None:
    """Return the seconds that a server asks us to wait (RFC 9110 §10.2.3); dates are left out."""
    text = headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None


def _conditions(headers: httpx.Headers) -> dict[str, str]:
    pairs = (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since"))
    return {condition: headers[name] for name, condition in pairs if name in headers}


def _fault(where: str, expected: str, found: str, reason: Reason) -> DocumentError:
    return DocumentError("HTTP", expected, where=where, found=found, reason=reason)
