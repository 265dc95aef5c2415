"""Alerts of the region go out as CAP: whole files, posts that are repeated, originals untouched."""

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

from liandong.adapters.codecs import cap
from liandong.adapters.region import alert_cap, alert_read
from liandong.adapters.region.alert_out import AlertOut, AlertOutSettings
from liandong.adapters.region.alerts import AlertPush
from liandong.adapters.sdk import Document, Journal
from liandong.adapters.sdk.http import serve
from liandong.bus import Bus
from liandong.bus.testing import Recorder
from liandong.contracts import (
    Agency,
    AlertIssued,
    AnyAlert,
    Envelope,
    MessageRejected,
    Mode,
    Provenance,
    Reason,
)

AREA = "cn.99.01"
Running = Callable[..., AbstractAsyncContextManager[Any]]
Until = Callable[[Callable[[], object]], Awaitable[None]]


class Receiver:
    """Another authority's server, which takes alerts after a while."""

    def __init__(self) -> None:
        self.answers = [503, 202]
        self.bodies: list[bytes] = []
        self.ids: list[str] = []
        self.url = ""

    async def take(self, request: Request) -> Response:
        """Note a post and answer it."""
        self.bodies.append(await request.body())
        self.ids.append(request.headers["Idempotency-Key"])
        return Response(status_code=self.answers.pop(0), headers={"Retry-After": "0"})


@pytest_asyncio.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Run another authority's server."""
    served = Receiver()
    app = Starlette(routes=[Route("/in", served.take, methods=["POST"])])
    async with serve(app, "127.0.0.1", 0) as address:
        served.url = f"http://{address}/in"
        yield served


def event(body: bytes, **changes: Any) -> AnyAlert:
    """Return the event of an alert, as the desk would issue it."""
    said = alert_read.draft(cap.parse(body)).event.model_copy(update=changes)
    assert isinstance(said, AnyAlert)
    return said


async def test_an_alert_is_written_as_a_file(
    running: Running, until: Until, bus: Bus, samples: Path, tmp_path: Path
) -> None:
    """What the desk issues appears as CAP 1.2 that says the same."""
    plain = (samples / "plain.xml").read_bytes()
    async with running(AlertOut, folder=tmp_path / "out"):
        await bus.publish(event(plain), area=AREA)
        await until(lambda: list((tmp_path / "out").glob("*.xml")))
    (path,) = (tmp_path / "out").iterdir()
    assert path.name.startswith("a-1.")
    assert cap.render(cap.parse(path.read_bytes())) == path.read_bytes()
    assert cap.parse(path.read_bytes()).reference == cap.parse(plain).reference


async def test_a_post_is_repeated_until_it_is_taken(
    running: Running, until: Until, bus: Bus, samples: Path, receiver: Receiver
) -> None:
    """The receiver knows the repeat by its key."""
    plain = (samples / "plain.xml").read_bytes()
    async with running(AlertOut, url=receiver.url) as adapter:
        stored = await bus.publish(event(plain), area=AREA)
        await until(lambda: adapter.health.counters.delivered)
    assert receiver.ids == [stored.envelope.id] * 2
    assert receiver.bodies[0] == receiver.bodies[1]


async def test_a_post_that_is_refused_for_good_is_a_dead_letter(
    running: Running, bus: Bus, recorder: Recorder, samples: Path, receiver: Receiver
) -> None:
    """4xx: sending it again would not help, so an operator sees it."""
    receiver.answers = [422]
    plain = (samples / "plain.xml").read_bytes()
    async with running(AlertOut, url=receiver.url):
        await bus.publish(event(plain), area=AREA)
        await recorder.wait_for(1, MessageRejected)
    letters = await bus.dead_letters.list()
    assert letters[0].letter.reason == Reason.HANDLER_REFUSED
    assert "422" in letters[0].letter.message


async def test_what_came_from_there_does_not_go_back(
    running: Running, recorder: Recorder, samples: Path, tmp_path: Path
) -> None:
    """An adapter that speaks for the neighbour never tells the neighbour its own alerts."""
    plain = (samples / "plain.xml").read_bytes()
    async with (
        running(AlertOut, name="out", folder=tmp_path / "out"),
        running(AlertPush, name="in", port=0) as push,
        httpx.AsyncClient() as sender,
    ):
        await sender.post(f"http://{push.address}/cap", content=plain)
        (envelope,) = await recorder.wait_for(1, AlertIssued)
    settings = AlertOutSettings(
        name="out", agency=str(envelope.source), area=AREA, folder=tmp_path / "out"
    )
    with Journal(tmp_path / "out.journal") as journal:
        assert not AlertOut(settings, journal).wants(envelope)


@pytest.fixture
def kept(tmp_path: Path, samples: Path) -> tuple[Path, Document]:
    """Return a journal that holds a signed alert, and the alert."""
    signature = b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><x/></Signature></alert>'
    body = (samples / "plain.xml").read_bytes().replace(b"</alert>", signature)
    document = Document(body, "s.example,a-1", "test")
    path = tmp_path / "in.journal"
    with Journal(path) as journal:
        journal.keep([document])
        journal.commit()
    return path, document


def envelope_of(document: Document, mode: Mode) -> Envelope:
    """Return the event that the alert in adapter made of a document."""
    provenance = Provenance(
        system="in",
        document=document.identity,
        sha256=document.sha256,
        received=document.received,
    )
    said = event(document.body, provenance=provenance)
    return Envelope(source=Agency("lz", "region", "in"), mode=mode, area=AREA, data=said)


@pytest.mark.parametrize("mode", [Mode.LIVE, Mode.EXERCISE])
async def test_a_signed_original_goes_out_byte_for_byte_unless_in_a_drill(
    kept: tuple[Path, Document], tmp_path: Path, mode: Mode
) -> None:
    """Its signature would not survive writing; in an exercise it must not say Actual."""
    path, document = kept
    settings = AlertOutSettings(
        name="out",
        agency="lz/region/out",
        area=AREA,
        mode=mode,
        folder=tmp_path / "out",
        originals=(tmp_path / "missing.journal", path),
    )
    with Journal(tmp_path / "out.journal") as journal:
        await AlertOut(settings, journal).deliver(envelope_of(document, mode))
    (file,) = (tmp_path / "out").iterdir()
    assert (file.read_bytes() == document.body) is (mode is Mode.LIVE)
    assert (cap.parse(file.read_bytes()).status is cap.Status.ACTUAL) is (mode is Mode.LIVE)


async def test_a_region_that_never_saw_a_signed_document_passes_it_on_byte_for_byte(
    kept: tuple[Path, Document], tmp_path: Path
) -> None:
    """It came over a gateway, as a message and nothing else."""
    _, document = kept
    told = {"original": alert_cap.read(document.body).event.model_dump()["original"]}
    sent = envelope_of(document, Mode.LIVE)
    sent = sent.model_copy(update={"data": sent.data.model_copy(update=told)})
    settings = AlertOutSettings(name="out", agency="zj/out/tv", area="cn", folder=tmp_path / "out")
    with Journal(tmp_path / "out.journal") as journal:
        await AlertOut(settings, journal).deliver(Envelope.decode(sent.encode()))
    (file,) = (tmp_path / "out").iterdir()
    assert file.read_bytes() == document.body


async def test_an_alert_for_a_few_stays_here(tmp_path: Path, samples: Path) -> None:
    """Only public alerts go out unless the settings say otherwise."""
    said = event((samples / "full.xml").read_bytes())
    envelope = Envelope(source=Agency("lz", "centre", "desk"), area=AREA, data=said)
    settings = {"name": "out", "agency": "lz/region/out", "area": AREA, "folder": tmp_path}
    with Journal(tmp_path / "out.journal") as journal:
        public = AlertOut(AlertOutSettings(**settings), journal)
        private = AlertOut(AlertOutSettings(**settings, scopes=("Private",)), journal)
        assert [public.wants(envelope), private.wants(envelope)] == [False, True]
