"""The city: its works department's own Open311 endpoint, and a citizen who uses ours."""

import asyncio
from typing import Any
from urllib.parse import parse_qsl

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from liandong.adapters.sdk.http import serve
from liandong.bus.server import LOOPBACK
from liandong.ops.demo.actors.actor import Actor, Caller, Tell
from liandong.ops.demo.clock import now

_WRITES_EVERY_S = 1.2


class WorksDepartment(Actor):
    """Takes GeoReport requests; its clerk writes under each how far it is.

    Attributes:
        address: Where it listens, once `ready`.
    """

    def __init__(self, name: str, tell: Tell, clerk: tuple[tuple[str, str], ...]) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            clerk: What is written under each request, one after the other: status and notes.
        """
        super().__init__(name, tell)
        self.address = ""
        self._clerk = clerk
        self._requests: dict[str, dict[str, Any]] = {}
        self._arrived: asyncio.Queue[str] = asyncio.Queue()

    async def run(self) -> None:
        """Serve, and have the clerk work."""
        routes = [
            Route("/requests.json", self._post, methods=["POST"]),
            Route("/requests.json", self._list, methods=["GET"]),
        ]
        async with serve(Starlette(routes=routes), LOOPBACK, 0) as self.address:
            self.ready.set()
            async with asyncio.TaskGroup() as tasks:
                while True:
                    tasks.create_task(self._work_on(await self._arrived.get()))

    async def _work_on(self, number: str) -> None:
        for status, notes in self._clerk:
            await asyncio.sleep(_WRITES_EVERY_S)
            moment = now().isoformat()
            self._requests[number] |= {
                "status": status,
                "status_notes": notes,
                "updated_datetime": moment,
            }
            self.say(f"the clerk writes under request {number}: {status}, {notes}")

    async def _post(self, request: Request) -> Response:
        form = dict(parse_qsl((await request.body()).decode()))
        number = f"{len(self._requests) + 1:03}"
        self._requests[number] = {
            "service_request_id": number,
            "service_code": form["service_code"],
            "description": form.get("description"),
            "status": "open",
            "requested_datetime": now().isoformat(),
        }
        self._arrived.put_nowait(number)
        self.say(f"Open311 POST: request {number}, {form['service_code']}")
        return JSONResponse([{"service_request_id": number}], 201)

    async def _list(self, request: Request) -> Response:
        asked = request.query_params.get("service_request_id", "").split(",")
        return JSONResponse([self._requests[n] for n in asked if n in self._requests])


class Citizen(Caller):
    """Posts a request, and asks what became of it."""

    def __init__(self, name: str, tell: Tell, address: str) -> None:
        """Prepare.

        Args:
            name: Who it is to the audience.
            tell: Tells the audience.
            address: The municipal line's, ``host:port``.
        """
        super().__init__(name, tell)
        self._url = f"http://{address}"
        self._request = ""

    async def post(self, form: dict[str, str]) -> None:
        """Post a request and keep its number."""
        async with httpx.AsyncClient() as client:
            answer = (await client.post(f"{self._url}/requests.json", data=form)).raise_for_status()
        self._request = answer.json()[0]["service_request_id"]
        self.say(f"Open311 POST /requests.json: {form['service_code']}, number {self._request}")

    async def ask_until(self, status: str) -> None:
        """Ask until the request has a status."""
        url = f"{self._url}/requests/{self._request}.json"
        async with httpx.AsyncClient() as client:
            while True:
                (found,) = (await client.get(url)).raise_for_status().json()
                if found["status"] == status:
                    break
                await asyncio.sleep(0.2)
        self.say(f"Open311 GET: the request is {status}, {found['status_notes']}")
