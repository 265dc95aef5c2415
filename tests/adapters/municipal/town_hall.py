"""A town hall's own GeoReport server, in memory: what our client speaks to in tests.

It takes forms, gives ids or tokens, and answers with whatever a clerk (the test) set.
"""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liandong.adapters.codecs.open311 import (
    Format,
    NewRequest,
    Problem,
    Receipt,
    ServiceRequest,
    form,
    write,
)


class TownHall:
    """The server's state, and what a clerk does.

    Attributes:
        address: Where its resources begin, once it is served.
        posted: The forms, by the id that each was given.
        arrived: The ids of new requests, for a test to wait on.
        trouble: HTTP statuses to answer the next posts with; with 200 the form is taken, and
            the answer is 503 all the same.
        by_token: Whether posts are answered with a token.
        looked: Whether tokens have their id yet.
        unchanged: Set once statuses were asked for on condition that they have changed.
    """

    def __init__(self) -> None:
        self.address = ""
        self.posted: dict[str, NewRequest] = {}
        self.arrived: asyncio.Queue[str] = asyncio.Queue()
        self.requests: dict[str, ServiceRequest] = {}
        self.trouble: list[int] = []
        self.by_token = False
        self.looked = False
        self.unchanged = asyncio.Event()

    def application(self) -> Starlette:
        """Return the application that serves it."""
        return Starlette(
            routes=[
                Route("/v2/requests.{form}", self._list, methods=["GET"]),
                Route("/v2/requests.{form}", self._post, methods=["POST"]),
                Route("/v2/tokens/{token}.{form}", self._token),
            ]
        )

    def says(self, request_id: str, status: str, notes: str, **changes: Any) -> None:
        """Change a request as a clerk does."""
        self.requests[request_id] = replace(
            self.requests[request_id],
            status=status,
            status_notes=notes,
            updated_datetime=datetime.now(UTC),
            **changes,
        )

    async def _post(self, request: Request) -> Response:
        form_ = Format(request.path_params["form"])
        trouble = self.trouble.pop(0) if self.trouble else None
        if trouble and trouble >= 400:
            body = write.problems([Problem(trouble, "made-up trouble")], form_)
            return Response(body, trouble, {"Retry-After": "0"})
        request_id = self._take(form.parse(await request.body()).value)
        if trouble:
            return Response(status_code=503, headers={"Retry-After": "0"})
        receipt = Receipt(token=f"T{request_id}") if self.by_token else Receipt(request_id)
        return Response(write.receipts([receipt], form_), 201)

    def _take(self, new: NewRequest) -> str:
        request_id = f"{len(self.posted) + 1:03}"
        self.posted[request_id] = new
        self.requests[request_id] = ServiceRequest(
            request_id,
            "open",
            new.service_code,
            datetime.now(UTC).replace(microsecond=0),
            description=new.description,
        )
        self.arrived.put_nowait(request_id)
        return request_id

    async def _list(self, request: Request) -> Response:
        asked = request.query_params
        ids = asked["service_request_id"].split(",") if "service_request_id" in asked else None
        found = [one for name, one in self.requests.items() if ids is None or name in ids]
        body = write.requests(found, Format(request.path_params["form"]))
        tag = f'"{hash(body)}"'
        if request.headers.get("if-none-match") == tag:
            self.unchanged.set()
            return Response(status_code=304)
        return Response(body, headers={"ETag": tag})

    async def _token(self, request: Request) -> Response:
        form_, token = Format(request.path_params["form"]), request.path_params["token"]
        if not self.looked:
            return Response(write.problems([Problem(404, "not yet")], form_), 404)
        return Response(write.receipts([Receipt(token.removeprefix("T"), token)], form_))
