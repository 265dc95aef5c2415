"""Consuming with plain nats-py: an own pull loop, as an expert would write it.

One inbox, the next request on its way before the last one is used up, the body validated by
pydantic, a handler for each event, an acknowledgement by a plain publish.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription

from bench.event import STREAM, SUBJECTS, Message

Handler = Callable[[Message], Awaitable[None]]

BATCH = 1024
UNSETTLED = 4096
_EXPIRES_NS = 30_000_000_000


@asynccontextmanager
async def reading(client: Client, name: str, handler: Handler) -> AsyncIterator[str]:
    """Read incidents from the first on; gives the consumer's name."""
    config = {
        "durable_name": name,
        "ack_policy": "explicit",
        "max_ack_pending": UNSETTLED,
        "filter_subjects": [SUBJECTS],
    }
    described = json.dumps({"stream_name": STREAM, "config": config}).encode()
    await client.request(f"$JS.API.CONSUMER.CREATE.{STREAM}.{name}", described)
    async with Pull(client, name, handler):
        yield name


class Pull:
    """Pulls from a durable consumer until it is closed."""

    def __init__(self, client: Client, consumer: str, handler: Handler) -> None:
        self._client, self._handler = client, handler
        self._next = f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{consumer}"
        self._inbox = client.new_inbox()
        self._asked = 0
        self._subscription: Subscription | None = None

    async def __aenter__(self) -> Self:
        """Open the inbox and ask for the first messages."""
        self._subscription = await self._client.subscribe(
            self._inbox, cb=self._take, pending_msgs_limit=-1, pending_bytes_limit=-1
        )
        await self._ask()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the inbox."""
        if self._subscription:
            await self._subscription.unsubscribe()

    async def _ask(self) -> None:
        request = {"batch": BATCH, "expires": _EXPIRES_NS}
        self._asked += BATCH
        await self._client.publish(self._next, json.dumps(request).encode(), reply=self._inbox)

    async def _take(self, message: Msg) -> None:
        if not message.reply:  # a status: the request has ended
            self._asked = 0
            await self._ask()
            return
        event = Message.model_validate_json(message.data)
        await self._handler(event)
        await self._client.publish(message.reply, b"+ACK")
        self._asked -= 1
        if self._asked <= BATCH // 2:
            await self._ask()
