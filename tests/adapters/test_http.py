"""The shared HTTP server of adapters: ready when it says so, bounded, answered last."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from liandong.adapters.sdk.http import Inbox, Posted, read_body, serve
from liandong.contracts import ConfigurationError, DocumentError, LiandongError, Reason


def refused(error: LiandongError) -> Response:
    """Say the reason and whether to try again."""
    return PlainTextResponse(f"{error.reason} {error.recovery.value}", status_code=503)


def application(inbox: Inbox, wait: timedelta = timedelta(seconds=20)) -> Starlette:
    """Return an application that offers what is posted to it."""

    async def post(request: Request) -> Response:
        try:
            body = await read_body(request, limit_bytes=10)
        except DocumentError as error:
            return PlainTextResponse(str(error), status_code=413)
        return await inbox.offer(
            Posted(
                body,
                "one",
                "http:test",
                taken=lambda: Response(b"safe"),
                refused=refused,
                wait=wait,
            )
        )

    return Starlette(routes=[Route("/", post, methods=["POST"])])


@pytest.fixture
def inbox() -> Inbox:
    """Return an inbox whose senders wait for long."""
    return Inbox()


@pytest.fixture
async def address(inbox: Inbox) -> AsyncIterator[str]:
    """Serve the application on a free port."""
    async with serve(application(inbox), "127.0.0.1", 0) as bound:
        yield bound


async def post(address: str, body: bytes) -> httpx.Response:
    """Post a body from a client of its own."""
    async with httpx.AsyncClient() as client:
        return await client.post(f"http://{address}/", content=body)


async def test_a_sender_is_answered_only_after_accept(address: str, inbox: Inbox) -> None:
    """The answer comes from `accept`, not from having been read."""
    sending = asyncio.create_task(post(address, b"hello"))
    document = await anext(aiter(inbox))
    assert not sending.done()
    await document.accept()
    answer = await sending
    assert (document.body, answer.content) == (b"hello", b"safe")


async def test_a_refusal_carries_its_reason(address: str, inbox: Inbox) -> None:
    """What `refuse` was given is what the sender reads."""
    sending = asyncio.create_task(post(address, b"hello"))
    document = await anext(aiter(inbox))
    await document.refuse(DocumentError("X", "y"))
    answer = await sending
    assert answer.text == f"{Reason.BREAKS_STANDARD} dead_letter"


async def test_a_long_body_is_not_read_to_its_end(address: str) -> None:
    """Eleven bytes where ten are allowed are refused with the reason."""
    answer = await post(address, b"01234567890")
    assert answer.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert "at most 10 bytes" in answer.text


async def test_a_sender_that_waits_too_long_is_told_to_try_again() -> None:
    """Without an outcome in time the answer is retryable."""
    async with serve(application(Inbox(), wait=timedelta(0)), "127.0.0.1", 0) as bound:
        answer = await post(bound, b"hello")
    assert answer.text == f"{Reason.NO_CONFIRMATION} retry"


async def test_a_full_inbox_tells_the_next_sender_to_try_again() -> None:
    """What does not fit is refused at once rather than kept in memory."""
    full = Inbox(size=1)
    async with serve(application(full), "127.0.0.1", 0) as bound:
        both = {asyncio.create_task(post(bound, body)) for body in (b"one", b"two")}
        (refused_one,), (kept,) = await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        assert refused_one.result().text == f"{Reason.NO_CONFIRMATION} retry"
        await (await anext(aiter(full))).accept()
        assert (await kept).content == b"safe"


async def test_a_taken_port_names_the_address_and_the_remedy(address: str, inbox: Inbox) -> None:
    """An operator reads what to change."""
    port = int(address.rpartition(":")[2])
    with pytest.raises(ConfigurationError, match=f"127.0.0.1:{port} .*another host or port"):
        async with serve(application(inbox), "127.0.0.1", port):
            pass


async def test_signal_handlers_stay_as_they_were(inbox: Inbox) -> None:
    """The program around it decides what SIGTERM does."""
    before = signal.getsignal(signal.SIGTERM)
    async with serve(application(inbox), "127.0.0.1", 0):
        assert signal.getsignal(signal.SIGTERM) is before
