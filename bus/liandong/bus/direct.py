"""Few stored messages out of many, by the broker's direct get (ADR-31): no consumer is made.

The broker finds what a wildcard matches by its tree of subjects and sends as much as fits one
answer; for the rest it is asked again. On a cluster any replica answers, and may be a moment behind
the leader.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from datetime import datetime
from typing import Any

from liandong.bus.pipe import Message
from liandong.bus.pull import Raw
from liandong.bus.session import Session
from liandong.contracts import Reason, TransportError

_BATCH = 512
_BYTES = 4 * 1024 * 1024  # of one answer, which the broker sends without waiting for its reader
_SILENCE_S = 10.0
_NANO_DIGITS = 9


def read(
    session: Session, stream: str, subject: str, *, since: datetime | None = None
) -> AsyncGenerator[Raw, None]:
    """Yield what a stream holds now on a wildcard, in order. What is purged meanwhile is left out.

    Args:
        session: The session to read on.
        stream: The stream.
        subject: The wildcard.
        since: Leave out what was stored before.

    Raises:
        NotPermitted: The broker refused it.
        TransportError: There is no such stream, the session is lost, or the broker fell silent.
    """
    begin = {"start_time": since.isoformat()} if since else {"seq": 1}
    return _pages(session, stream, begin, {"next_by_subj": subject})


def latest(session: Session, stream: str, subjects: tuple[str, ...]) -> AsyncGenerator[Raw, None]:
    """Yield the last message on each subject that wildcards match, in stored order.

    Raises:
        ValueError: They match more than 1,024 subjects.
        NotPermitted: As `read`.
        TransportError: As `read`.
    """
    return _pages(session, stream, {}, {"multi_last": list(subjects)})


async def _pages(
    session: Session, stream: str, begin: dict[str, Any], which: dict[str, Any]
) -> AsyncGenerator[Raw, None]:
    more = True
    while more:
        page, end = await _page(session, stream, which | begin)
        for raw in page:
            yield raw
        more = bool(page) and int(end["Nats-Num-Pending"]) > 0
        if more:
            begin = {"seq": page[-1].sequence + 1}
            if point := end.get("Nats-UpTo-Sequence"):  # so that the pages are of one moment
                begin["up_to_seq"] = int(point)


async def _page(
    session: Session, stream: str, request: dict[str, Any]
) -> tuple[list[Raw], dict[str, str]]:
    """Return the messages of one answer, and the headers of its end."""
    api = f"$JS.API.DIRECT.GET.{stream}"
    await session.request(api)  # asks for nothing: a right or stream that is missing shows at once
    arrived: asyncio.Queue[Message | None] = asyncio.Queue()
    inbox = session.new_inbox()
    close = await session.subscribe(inbox, arrived.put_nowait)
    forget = session.when_lost(lambda: arrived.put_nowait(None))
    page: list[Raw] = []
    try:
        limits = {"batch": _BATCH, "max_bytes": _BYTES}
        await session.publish(api, json.dumps(request | limits).encode(), reply=inbox)
        while not (headers := (message := await _next(arrived)).headers).get("Status"):
            page.append(_raw(session, message, headers))
    finally:
        forget()
        await close()
    match headers["Status"]:
        case "204" | "404":
            return page, headers
        case "413":
            raise ValueError(f"more than 1,024 subjects of {stream} match: ask for less")
        case status:
            problem = f"{stream}: {status} {headers['Description']}"
            raise TransportError(problem, reason=Reason.NO_CONFIRMATION)


async def _next(arrived: asyncio.Queue[Message | None]) -> Message:
    try:
        async with asyncio.timeout(_SILENCE_S):
            message = await arrived.get()
    except TimeoutError:
        raise TransportError("the broker fell silent", reason=Reason.NO_CONNECTION) from None
    if message is None:
        raise TransportError("connection lost", reason=Reason.NO_CONNECTION)
    return message


def _raw(session: Session, message: Message, headers: dict[str, str]) -> Raw:
    moment = headers["Nats-Time-Stamp"]
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    seconds = int(datetime.fromisoformat(f"{whole}Z").timestamp())
    stored = f"{seconds}{fraction.ljust(_NANO_DIGITS, '0')}"
    stream, sequence = headers["Nats-Stream"], headers["Nats-Sequence"]
    place = [stream, "", "1", sequence, "0", stored, headers["Nats-Num-Pending"]]
    return Raw(
        headers["Nats-Subject"], message.data, stream, int(sequence), place, message, session
    )
