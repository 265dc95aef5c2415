"""HTTP while the bus takes nothing: told when to come back, in bounded memory, and nothing lost."""

import asyncio
import re
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

import httpx
import pytest

from frozen import frozen, resident_bytes
from liandong.adapters.region.alerts import AlertPush
from liandong.adapters.sdk import door
from liandong.bus import Server
from liandong.bus.testing import Recorder
from liandong.contracts import AlertIssued

ALERTS = door.MAX_CONNECTIONS + 32
ROOM_BYTES = 80_000_000  # for the process, which the senders share with the adapter
PADDING = b"<!--" + b"x" * 50_000 + b"-->"

Running = Callable[..., AbstractAsyncContextManager[Any]]


@pytest.fixture
def alerts(samples: Path) -> list[bytes]:
    """Return many alerts, each long and of its own number."""
    plain = (samples / "plain.xml").read_bytes()
    number = re.compile(rb"(<identifier>)[^<]*")
    return [number.sub(rb"\g<1>flood-%d" % n, plain) + PADDING for n in range(ALERTS)]


async def push_until_taken(sender: httpx.AsyncClient, url: str, alert: bytes) -> None:
    """Push an alert as often as it takes."""
    while (await sender.post(url, content=alert)).status_code != httpx.codes.ACCEPTED:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


async def test_a_flood_into_a_frozen_bus_is_sent_away_and_comes_back_whole(
    running: Running, nats_server: Server, recorder: Recorder, alerts: list[bytes]
) -> None:
    """Nobody is told 202 who is not safe; who comes again is taken once."""
    unbounded = httpx.Limits(max_connections=None)
    async with (
        running(AlertPush, port=0, patience=2) as adapter,
        httpx.AsyncClient(timeout=30, limits=unbounded) as sender,
    ):
        url, before = f"http://{adapter.address}/cap", resident_bytes()
        async with frozen(nats_server):
            answers = await asyncio.gather(*(sender.post(url, content=one) for one in alerts))
            assert resident_bytes() - before < ROOM_BYTES
        assert {answer.status_code for answer in answers} <= {429, 503}
        assert all(int(answer.headers["Retry-After"]) > 0 for answer in answers)
        for first in range(0, ALERTS, 32):
            group = alerts[first : first + 32]
            await asyncio.gather(*(push_until_taken(sender, url, one) for one in group))
        said = await recorder.wait_for(ALERTS, AlertIssued)
    assert len({envelope.data.identifier for envelope in said}) == len(said) == ALERTS
