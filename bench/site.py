"""The broker that all is measured on: the embedded nats-server with the bus's own streams."""

import json
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client

from bench.event import STREAM
from bench.lines import ours
from liandong.bus import Server

DEFAULT_FSYNC = "2m"  # nats-server's own default
ALWAYS = "always"  # ours: nothing is confirmed before it is on disk


@asynccontextmanager
async def started(sync: str) -> AsyncIterator[Server]:
    """Run a broker on an empty folder, streams in place.

    The incidents' stream takes the server's batches of both kinds, whoever sends them.
    """
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        async with Server(Path(folder), sync=sync) as server:
            async with ours.opened(server.url) as bus:
                await bus.apply()
            async with plain(server.url) as client:
                config = (await api(client, f"STREAM.INFO.{STREAM}"))["config"]
                config |= {"allow_batched": True, "allow_atomic": True}
                await api(client, f"STREAM.UPDATE.{STREAM}", config)
            yield server


@asynccontextmanager
async def plain(url: str) -> AsyncIterator[Client]:
    """Connect plain nats-py."""
    client = await nats.connect(url)
    yield client
    await client.close()


async def api(client: Client, name: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """Call one method of JetStream's API."""
    payload = json.dumps(body).encode() if body else b""
    answer = json.loads((await client.request(f"$JS.API.{name}", payload, timeout=60)).data)
    if "error" in answer:
        raise RuntimeError(f"{name}: {answer['error']['description']}")
    return answer


async def messages(client: Client, stream: str) -> int:
    """Return how many messages a stream holds."""
    return int((await api(client, f"STREAM.INFO.{stream}"))["state"]["messages"])
