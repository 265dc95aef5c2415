"""The resources of GeoReport v2, each in JSON and XML."""

import secrets
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liandong.adapters.codecs.open311 import (
    STANDARD,
    Format,
    NewRequest,
    Problem,
    Receipt,
    ServiceType,
    form,
    query,
    write,
)
from liandong.adapters.municipal.register import Register, key_of
from liandong.adapters.municipal.requests import check, defined, listed, new_id, public
from liandong.adapters.municipal.settings import GeoReportSettings, OfferedService
from liandong.adapters.sdk import Counters
from liandong.adapters.sdk.http import Inbox, Posted, read_body, try_again
from liandong.contracts import DocumentError, LiandongError, Reason, Unavailable

_OK, _CREATED = 200, 201
_BAD_REQUEST, _FORBIDDEN, _NOT_FOUND = 400, 403, 404


class Desk:
    """Answers what may be answered from the register, and takes new requests in.

    Attributes:
        inbox: New requests on their way to the bus.
    """

    def __init__(self, settings: GeoReportSettings, register: Register, counters: Counters) -> None:
        self.inbox = Inbox()
        self._settings, self._register, self._counters = settings, register, counters

    def application(self) -> Starlette:
        """Return the application that serves it."""
        resources = (
            ("GET", "/services", self.services),
            ("GET", "/services/{code}", self.definition),
            ("GET", "/requests", self.requests),
            ("POST", "/requests", self.post),
            ("GET", "/requests/{id}", self.request),
            ("GET", "/tokens/{id}", self.token),
        )
        return Starlette(
            routes=[
                Route(f"{path}.{{form}}", _in_format(resource), methods=[method])
                for method, path, resource in resources
            ],
            exception_handlers={HTTPException: _http_problem, DocumentError: _document_problem},
        )

    async def services(self, request: Request, form_: Format) -> Response:
        """GET Service List."""
        self._check_jurisdiction(request.query_params.get("jurisdiction_id"))
        return _respond(write.services(map(listed, self._settings.services), form_), form_)

    async def definition(self, request: Request, form_: Format) -> Response:
        """GET Service Definition."""
        self._check_jurisdiction(request.query_params.get("jurisdiction_id"))
        service = self._service(request.path_params["code"])
        return _respond(write.definition(defined(service), form_), form_)

    async def requests(self, request: Request, form_: Format) -> Response:
        """GET Service Requests."""
        self._check_jurisdiction(request.query_params.get("jurisdiction_id"))
        asked = query.parse(request.query_params, datetime.now(UTC), self._settings.zone)
        return _respond(write.requests(self._register.search(asked), form_), form_)

    async def request(self, request: Request, form_: Format) -> Response:
        """GET Service Request."""
        self._check_jurisdiction(request.query_params.get("jurisdiction_id"))
        found = self._register.find(request.path_params["id"])
        if found is None:
            raise HTTPException(_NOT_FOUND, "service_request_id not found")
        return _respond(write.requests([found], form_), form_)

    async def token(self, request: Request, form_: Format) -> Response:
        """GET service_request_id from a token: our tokens are the ids themselves."""
        self._check_jurisdiction(request.query_params.get("jurisdiction_id"))
        token = request.path_params["id"]
        if self._register.find(token) is None:
            raise HTTPException(_NOT_FOUND, "token not found")
        receipt = Receipt(service_request_id=token, token=token)
        return _respond(write.receipts([receipt], form_), form_)

    async def post(self, request: Request, form_: Format) -> Response:
        """POST Service Request: answered once the bus has what is to be said of it."""
        _check_media_type(request.headers.get("content-type", form.MEDIA_TYPE))
        body = await read_body(request, form.MAX_BYTES)
        new = form.parse(body).value
        self._check_jurisdiction(new.jurisdiction_id)
        self._check_key(new.api_key or request.query_params.get("api_key"))
        service = self._service(new.service_code)
        check(new, service)
        peer = request.client.host if request.client else "unknown"
        request_id = self._enter(new, service, key_of(new, peer))
        if self._register.find(request_id):
            self._counters.duplicates += 1
            return _receipt(service, request_id, form_, _OK)
        return await self.inbox.offer(
            Posted(
                body,
                identity=request_id,
                peer=f"http:{peer}",
                media_type=form.MEDIA_TYPE,
                taken=lambda: self._taken(service, request_id, form_),
                refused=lambda error: _refused(error, form_),
                wait=self._settings.answer_within,
            )
        )

    def _enter(self, new: NewRequest, service: OfferedService, key: str) -> str:
        """Return the id of a request: the one it was given before, or else a new one."""
        now = datetime.now(UTC).replace(microsecond=0)
        known = self._register.known(key, now, self._settings.repeat_within)
        if known:
            return known
        request_id = new_id(now)
        self._register.open(key, public(new, service, request_id, now))
        return request_id

    def _taken(self, service: OfferedService, request_id: str, form_: Format) -> Response:
        self._register.make_safe(request_id)
        return _receipt(service, request_id, form_, _CREATED)

    def _service(self, code: str) -> OfferedService:
        service = self._settings.service(code)
        if service is None:
            raise HTTPException(_NOT_FOUND, "service_code not found")
        return service

    def _check_jurisdiction(self, given: str | None) -> None:
        if given and self._settings.jurisdiction_id not in (None, given):
            raise HTTPException(_NOT_FOUND, "jurisdiction_id not found")

    def _check_key(self, given: str | None) -> None:
        expected = self._settings.api_key
        if expected and not secrets.compare_digest(
            (given or "").encode(), expected.get_secret_value().encode()
        ):
            raise HTTPException(_FORBIDDEN, "missing or invalid api_key")


def _check_media_type(declared: str) -> None:
    if declared.partition(";")[0].strip().lower() != form.MEDIA_TYPE:
        raise DocumentError(
            STANDARD,
            form.MEDIA_TYPE,
            where="Content-Type",
            found=declared,
            reason=Reason.UNSUPPORTED,
        )


def _in_format(
    resource: Callable[[Request, Format], Awaitable[Response]],
) -> Callable[[Request], Awaitable[Response]]:
    """Return an endpoint that answers in the format at the end of its name."""

    async def endpoint(request: Request) -> Response:
        if request.path_params["form"] not in set(Format):
            raise HTTPException(_NOT_FOUND, "no such format: ask for .xml or .json")
        return await resource(request, Format(request.path_params["form"]))

    return endpoint


def _respond(
    body: bytes, form_: Format, status: int = _OK, headers: dict[str, str] | None = None
) -> Response:
    return Response(body, status, headers, media_type=form_.media_type)


def _receipt(service: OfferedService, request_id: str, form_: Format, status: int) -> Response:
    receipt = Receipt(
        service_request_id=request_id if service.type is ServiceType.REALTIME else None,
        token=request_id if service.type is ServiceType.BATCH else None,
        service_notice=service.notice,
    )
    return _respond(write.receipts([receipt], form_), form_, status)


def _refused(error: LiandongError, form_: Format) -> Response:
    """Answer a request that is not taken: try again later, or it is wrong."""
    if not isinstance(error, Unavailable):
        return _complaint(_BAD_REQUEST, str(error), form_)
    status, headers = try_again(error)
    return _complaint(status, "not stored yet: send the same form again", form_, headers)


def _complaint(
    status: int, description: str, form_: Format, headers: dict[str, str] | None = None
) -> Response:
    body = write.problems([Problem(status, form.printable(description))], form_)
    return _respond(body, form_, status, headers)


def _http_problem(request: Request, error: Exception) -> Response:
    refused = cast("HTTPException", error)
    return _complaint(refused.status_code, refused.detail, _format_of(request))


def _document_problem(request: Request, error: Exception) -> Response:
    return _complaint(_BAD_REQUEST, str(error), _format_of(request))


def _format_of(request: Request) -> Format:
    """Return the format that was asked for; XML, the required one, where none was."""
    return Format.JSON if request.url.path.endswith(".json") else Format.XML
