"""Alerts come in by folder, push and feed, on the real bus; each transport is answered last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from liandong.adapters.region.alert_feed import AlertFeed
from liandong.adapters.region.alerts import AlertFolder, AlertPush
from liandong.adapters.sdk.folder import drop
from liandong.adapters.sdk.http import serve
from liandong.bus import Bus, Server
from liandong.bus.testing import Recorder
from liandong.contracts import AlertIssued, Reason

Running = Callable[..., AbstractAsyncContextManager[Any]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


@pytest.fixture
def plain(samples: Path) -> bytes:
    """Return the shortest useful alert."""
    return (samples / "plain.xml").read_bytes()


# Folder ------------------------------------------------------------------------------------------


async def test_a_dropped_alert_is_published_and_its_file_put_away(
    running: Running, until: Until, recorder: Recorder, tmp_path: Path, plain: bytes
) -> None:
    """It goes to done/ once the bus has it."""
    async with running(AlertFolder, folder=tmp_path / "cap", settled_s=0):
        drop(tmp_path / "cap" / "inbox", "fog.xml", plain)
        (envelope,) = await recorder.wait_for(1, AlertIssued)
        await until(lambda: list((tmp_path / "cap" / "done").glob("*fog.xml")))
    assert envelope.data.provenance is not None
    assert envelope.data.provenance.document == "s.example,a-1,2026-11-21T08:00:00+08:00"


async def test_a_hostile_file_is_a_dead_letter_with_its_reason(
    running: Running, until: Until, bus: Bus, tmp_path: Path
) -> None:
    """It goes to rejected/, with the reason beside it."""
    async with running(AlertFolder, folder=tmp_path / "cap", settled_s=0):
        drop(tmp_path / "cap" / "inbox", "bad.xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><alert/>")
        await until(lambda: list((tmp_path / "cap" / "rejected").glob("*bad.xml")))
    (found,) = await bus.dead_letters.list()
    assert found.letter.reason == Reason.UNSAFE
    assert found.original.startswith(b"<!DOCTYPE")


# Push --------------------------------------------------------------------------------------------


async def test_a_pushed_alert_is_accepted_once_the_bus_has_it(
    running: Running, recorder: Recorder, plain: bytes
) -> None:
    """202, and the event is there; sent again it is accepted and is no second event."""
    async with running(AlertPush, port=0) as adapter, httpx.AsyncClient() as sender:
        url = f"http://{adapter.address}/cap"
        first = await sender.post(url, content=plain)
        (envelope,) = await recorder.wait_for(1, AlertIssued)
        second = await sender.post(url, content=plain)
        assert [first.status_code, second.status_code] == [202, 202]
        assert adapter.health.counters.duplicates == 1
    assert envelope.data.key() == "a-1"


async def test_an_exercise_stays_an_exercise(running: Running, bus: Bus, plain: bytes) -> None:
    """A drill that is pushed to a live adapter reaches nobody who listens to live events."""
    drill = plain.replace(b"Actual", b"Exercise")
    async with running(AlertPush, port=0) as adapter, httpx.AsyncClient() as sender:
        answer = await sender.post(f"http://{adapter.address}/cap", content=drill)
    assert answer.status_code == 202
    live = [e async for e in bus.history() if e.envelope and e.envelope.type == "alert.issued.v1"]
    assert live == []


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        (b"<alert/>", 422, Reason.BREAKS_STANDARD),
        (b"<feed/>", 415, Reason.UNSUPPORTED),
        (b"no XML", 422, Reason.NOT_WELL_FORMED),
        (b"<!DOCTYPE alert><alert/>", 422, Reason.UNSAFE),
        (b"<alert>" + b" " * 3_000_000, 413, Reason.OVERSIZE),
    ],
)
async def test_a_refusal_says_why(
    running: Running, body: bytes, status: int, reason: Reason
) -> None:
    """4xx with a problem document and the numbered reason."""
    async with running(AlertPush, port=0) as adapter, httpx.AsyncClient() as sender:
        answer = await sender.post(f"http://{adapter.address}/cap", content=body)
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_who_does_not_show_the_token_is_not_heard(running: Running, plain: bytes) -> None:
    """An open door would let anyone alert the region."""
    async with running(AlertPush, port=0, token="s3") as adapter, httpx.AsyncClient() as sender:
        url = f"http://{adapter.address}/cap"
        without = await sender.post(url, content=plain)
        shown = await sender.post(url, content=plain, headers={"Authorization": "Bearer s3"})
    assert [without.status_code, shown.status_code] == [403, 202]


async def test_a_sender_is_told_to_try_again_while_the_bus_is_down(
    running: Running, nats_server: Server, plain: bytes
) -> None:
    """503 with Retry-After, and nothing is said to be safe that is not."""
    async with running(AlertPush, port=0, patience=1) as adapter, httpx.AsyncClient() as sender:
        await nats_server.kill()
        answer = await sender.post(f"http://{adapter.address}/cap", content=plain)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0


# Feed --------------------------------------------------------------------------------------------


class Neighbour:
    """Another region's web server: a feed that links to alerts, with ETags."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.down: set[str] = set()
        self.asked: list[tuple[str, int]] = []
        self.url = ""

    async def answer(self, request: Request) -> Response:
        """Answer a request, with 304 where the asker has the page already."""
        path = request.url.path
        response = self._response(path, request.headers.get("If-None-Match"))
        self.asked.append((path, response.status_code))
        return response

    def _response(self, path: str, known: str | None) -> Response:
        etag = f'"{hash(self.pages.get(path))}"'
        if path in self.down:
            return Response(status_code=503, headers={"Retry-After": "0"})
        if path not in self.pages:
            return Response(status_code=404)
        if known == etag:
            return Response(status_code=304)
        return Response(self.pages[path], headers={"ETag": etag})

    def list(self, *links: str) -> None:
        """Make the feed list these links, changed now."""
        entries = "".join(
            f"<entry><id>{link}</id><updated>2026</updated><link href='{link}'/></entry>"
            for link in links
        )
        feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>"
        self.pages["/feed"] = feed.encode()


@pytest_asyncio.fixture
async def neighbour() -> AsyncIterator[Neighbour]:
    """Run a web server of another region."""
    served = Neighbour()
    app = Starlette(routes=[Route("/{path:path}", served.answer)])
    async with serve(app, "127.0.0.1", 0) as address:
        served.url = f"http://{address}"
        yield served


async def test_a_feed_is_followed_to_its_alerts(
    running: Running, until: Until, recorder: Recorder, neighbour: Neighbour, plain: bytes
) -> None:
    """What is listed is published once; what appears later is too; unchanged is not read again."""
    neighbour.list("a-1.xml")
    neighbour.pages["/a-1.xml"] = plain
    async with running(AlertFeed, url=f"{neighbour.url}/feed", every=0.05):
        await recorder.wait_for(1, AlertIssued)
        await until(lambda: ("/feed", 304) in neighbour.asked)
        neighbour.pages["/a-2.xml"] = plain.replace(b"a-1", b"a-2")
        neighbour.list("a-1.xml", "a-2.xml")
        events = await recorder.wait_for(2, AlertIssued)
    assert [event.key for event in events] == ["a-1", "a-2"]
    assert [path for path, _ in neighbour.asked].count("/a-1.xml") == 1


async def test_one_alert_that_cannot_be_had_does_not_hold_up_others(
    running: Running, until: Until, recorder: Recorder, neighbour: Neighbour, plain: bytes
) -> None:
    """The adapter says that something is wrong, goes on, and gets it when it is there again."""
    neighbour.list("a-1.xml", "a-2.xml")
    neighbour.pages["/a-1.xml"] = plain
    neighbour.pages["/a-2.xml"] = plain.replace(b"a-1", b"a-2")
    neighbour.down.add("/a-1.xml")
    async with running(AlertFeed, url=f"{neighbour.url}/feed", every=0.05) as adapter:
        (first,) = await recorder.wait_for(1, AlertIssued)
        await until(lambda: "503" in adapter.health.problem)
        neighbour.down.clear()
        events = await recorder.wait_for(2, AlertIssued)
        await until(lambda: not adapter.health.problem)
    assert first.key == "a-2"
    assert [event.key for event in events] == ["a-2", "a-1"]


async def test_a_feed_that_is_down_is_told_and_recovered_from(
    running: Running, until: Until, recorder: Recorder, neighbour: Neighbour, plain: bytes
) -> None:
    """Health says so while it lasts; nothing listed meanwhile is lost."""
    neighbour.list("a-1.xml")
    neighbour.pages["/a-1.xml"] = plain
    neighbour.down.add("/feed")
    feed = running(AlertFeed, url=f"{neighbour.url}/feed", every=0.05)
    opening = asyncio.create_task(feed.__aenter__())
    await until(lambda: ("/feed", 503) in neighbour.asked)
    neighbour.down.clear()
    await opening
    await recorder.wait_for(1, AlertIssued)
    await feed.__aexit__(None, None, None)


async def test_a_link_that_leads_nowhere_is_a_dead_letter(
    running: Running, until: Until, bus: Bus, neighbour: Neighbour
) -> None:
    """404 and hosts that nobody named: an operator sees which link, and why."""
    neighbour.list("gone.xml", "http://169.254.0.1/secret")
    async with running(AlertFeed, url=f"{neighbour.url}/feed", every=0.05) as adapter:
        await until(lambda: adapter.health.counters.rejected >= 2)
    letters = [found.letter for found in await bus.dead_letters.list()]
    assert [letter.reason for letter in letters] == [Reason.UNSUPPORTED] * 2
    assert "404" in letters[0].message
    assert "a host that the settings name" in letters[1].message
