"""A client of a GeoReport endpoint: post a request, ask for its id, ask how it is."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

import httpx

from liandong.adapters.codecs.open311 import STANDARD, NewRequest, Receipt, form, read
from liandong.adapters.municipal.settings import BackOfficeSettings
from liandong.adapters.sdk.poll import Fetcher, check_answer, host_of
from liandong.contracts import AgencyUnavailable, DocumentError

_TIMEOUT_S = 20.0
_LIMIT_BYTES = 1_000_000
_CLOCKS_DIFFER = timedelta(minutes=10)


class Client:
    """Speaks with one endpoint. Get one from `speaking`."""

    def __init__(self, settings: BackOfficeSettings, fetcher: Fetcher) -> None:
        self._settings, self._fetcher = settings, fetcher

    async def post(self, new: NewRequest) -> Receipt:
        """Post a request and return the other system's receipt.

        Raises:
            AgencyUnavailable: It does not take it now, or we do not know.
            DocumentError: It refuses it for good, or answers without an id or token.
        """
        headers = {"Content-Type": f"{form.MEDIA_TYPE}; charset=utf-8"}
        async with httpx.AsyncClient(timeout=_TIMEOUT_S) as client:
            try:
                answer = await client.post(
                    self._url("requests"), content=form.render(new), headers=headers
                )
            except httpx.TransportError as error:
                problem = str(error) or type(error).__name__
                raise AgencyUnavailable(f"{self._settings.endpoint}: {problem}") from None
        return _receipt(answer)

    async def id_of(self, token: str) -> str | None:
        """Return the id that a token stands for; None while there is none.

        Raises:
            AgencyUnavailable: The endpoint does not answer.
        """
        with suppress(DocumentError):  # the standard says 404 for a token without an id
            fetched = await self._fetcher.fetch(self._url(f"tokens/{quote(token, safe='')}"))
            if fetched:
                return _only(fetched.body).service_request_id
        return None

    async def find(self, text: str, code: str, since: datetime) -> str | None:
        """Return the id of a request of a service whose description holds a text.

        Raises:
            AgencyUnavailable: The endpoint does not answer with a list of requests.
        """
        earliest = (since - _CLOCKS_DIFFER).isoformat(timespec="seconds")
        for body in await self._list(service_code=code, start_date=earliest):
            with suppress(DocumentError):  # a broken request of somebody else
                for request in read.requests(body, self._settings.zone).value:
                    if text in (request.description or ""):
                        return request.service_request_id
        return None

    async def statuses(self, ids: Iterable[str]) -> tuple[bytes, ...]:
        """Return the requests of some ids, each as a document; nothing where none has changed.

        Raises:
            AgencyUnavailable: The endpoint does not answer with a list of requests.
        """
        return await self._list(service_request_id=",".join(ids))

    async def _list(self, **arguments: str) -> tuple[bytes, ...]:
        try:
            fetched = await self._fetcher.fetch(self._url("requests", **arguments))
            return read.split(fetched.body) if fetched else ()
        except DocumentError as error:
            raise AgencyUnavailable(str(error)) from None

    def _url(self, resource: str, **arguments: str) -> str:
        if self._settings.jurisdiction_id:
            arguments["jurisdiction_id"] = self._settings.jurisdiction_id
        url = f"{self._settings.endpoint}/{resource}.{self._settings.format}"
        return f"{url}?{urlencode(arguments)}" if arguments else url


@asynccontextmanager
async def speaking(settings: BackOfficeSettings) -> AsyncGenerator[Client]:
    """Give a client whose connections are closed when the block is left."""
    async with Fetcher({host_of(settings.endpoint)}, limit_bytes=_LIMIT_BYTES) as fetcher:
        yield Client(settings, fetcher)


def _receipt(answer: httpx.Response) -> Receipt:
    try:
        check_answer(answer)
    except DocumentError as error:
        raise DocumentError(
            STANDARD,
            "a request that the endpoint takes",
            where=error.where,
            found=f"{error.found}: {_reasons(answer.content)}",
            reason=error.reason,
        ) from None
    return _only(answer.content)


def _only(body: bytes) -> Receipt:
    receipts = read.receipts(body).value
    if len(receipts) != 1:
        raise DocumentError(STANDARD, "one request", found=f"{len(receipts)}")
    return receipts[0]


def _reasons(body: bytes) -> str:
    """Return what an answer says is wrong; empty where it says nothing that can be read."""
    try:
        return "; ".join(problem.description for problem in read.problems(body).value)
    except DocumentError:
        return ""
