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

from frozen import until
from liandong.adapters.sdk import door
from liandong.adapters.sdk.http import Inbox, Posted, read_body, serve, try_again
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


def posted(peer: str, body: bytes = b"hello", wait: timedelta = timedelta(seconds=20)) -> Posted:
    """Return a request as an application hands it over."""

    def refuse(error: LiandongError) -> Response:
        status, headers = try_again(error)
        return Response(status_code=status, headers=headers)

    return Posted(body, "one", peer, refused=refuse, wait=wait)


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


async def test_one_sender_cannot_take_all_the_room() -> None:
    """A quarter of it; the next request is told that it is too many, another sender is let in."""
    inbox = Inbox(size=8)
    first, second = (asyncio.create_task(inbox.offer(posted("a"))) for _ in range(2))
    await until(lambda: inbox.under_way == 2)
    assert (await inbox.offer(posted("a"))).status_code == httpx.codes.TOO_MANY_REQUESTS
    third = asyncio.create_task(inbox.offer(posted("b")))
    for _ in range(3):
        await (await anext(aiter(inbox))).accept()
    answers = await asyncio.gather(first, second, third)
    assert {answer.status_code for answer in answers} == {httpx.codes.OK}
    assert inbox.under_way == 0


async def test_many_bytes_are_as_much_as_many_requests() -> None:
    """What would not fit in memory is told when to come back."""
    inbox = Inbox(size_bytes=10)
    held = asyncio.create_task(inbox.offer(posted("a", b"12345678")))
    await until(lambda: inbox.under_way == 1)
    refusal = await inbox.offer(posted("b", b"123"))
    assert refusal.status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert int(refusal.headers["Retry-After"]) > 0
    await (await anext(aiter(inbox))).accept()
    await held


async def test_what_was_given_up_still_takes_room_until_it_has_its_outcome() -> None:
    """The sender has gone; its request is in our memory all the same."""
    inbox = Inbox(size=1)
    await inbox.offer(posted("a", wait=timedelta(0)))
    assert (await inbox.offer(posted("b"))).status_code == httpx.codes.SERVICE_UNAVAILABLE
    await (await anext(aiter(inbox))).accept()
    await until(lambda: inbox.under_way == 0)


@pytest.mark.parametrize("said", [b"", b"POST / HTTP/1.1\r\nHost: a\r\n"], ids=["mute", "slow"])
async def test_who_does_not_finish_his_headers_is_closed(
    address: str, said: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However long he drips: the time is for all of them."""
    monkeypatch.setattr(door, "HEAD_SECONDS", 0.3)
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(said)
    assert await reader.read() == b""
    writer.close()


async def test_who_drips_a_second_request_is_closed_too(
    address: str, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A connection that was served once has no more time than a new one."""
    monkeypatch.setattr(door, "HEAD_SECONDS", 0.3)
    host, port = address.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    request = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"
    writer.write(request)
    await (await anext(aiter(inbox))).accept()
    assert b"safe" in await reader.readuntil(b"safe")
    writer.write(request[:9])
    assert await reader.read() == b""
    writer.close()


async def test_more_connections_than_allowed_are_told_to_come_back(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first stay."""
    monkeypatch.setattr(door, "MAX_CONNECTIONS", 2)
    host, port = address.split(":")
    held = [await asyncio.open_connection(host, int(port)) for _ in range(2)]
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + b"x" * 50_000)
    answer = await reader.read()
    assert answer.startswith(b"HTTP/1.1 503")
    assert b"Retry-After: 5\r\n" in answer
    for _, one in [*held, (reader, writer)]:
        one.close()


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
