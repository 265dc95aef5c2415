"""Consuming with FastStream's NATS broker: pull, push, and lists by pull."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from faststream.nats import JStream, NatsBroker, PullSub
from nats.js.api import ConsumerConfig, DeliverPolicy

from bench.event import STREAM, SUBJECTS, Message

Handler = Callable[[Message], Awaitable[None]]

BATCH = 512
UNSETTLED = 4096
_JOIN = JStream(STREAM, declare=False)  # the stream is there


@asynccontextmanager
async def pulling(url: str, durable: str, handler: Handler) -> AsyncIterator[str]:
    """Pull so many at a time, a call of the handler for each message."""
    broker = NatsBroker(url, logger=None)
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, max_ack_pending=UNSETTLED)

    @broker.subscriber(
        SUBJECTS, stream=_JOIN, durable=durable, config=config, pull_sub=PullSub(batch_size=BATCH)
    )
    async def handle(message: Message) -> None:
        await handler(message)

    await broker.start()
    yield durable
    await broker.stop()


@asynccontextmanager
async def lists(url: str, durable: str, handler: Handler) -> AsyncIterator[str]:
    """Pull so many at a time, one call for all of them."""
    broker = NatsBroker(url, logger=None)
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, max_ack_pending=UNSETTLED)

    @broker.subscriber(
        SUBJECTS,
        stream=_JOIN,
        durable=durable,
        config=config,
        pull_sub=PullSub(batch_size=BATCH, batch=True, timeout=0.5),
    )
    async def handle(messages: list[Message]) -> None:
        for message in messages:
            await handler(message)

    await broker.start()
    yield durable
    await broker.stop()


@asynccontextmanager
async def pushed(url: str, durable: str, handler: Handler) -> AsyncIterator[str]:
    """Have them pushed, a call of the handler for each message."""
    broker = NatsBroker(url, logger=None)
    config = ConsumerConfig(deliver_policy=DeliverPolicy.ALL, max_ack_pending=UNSETTLED)

    @broker.subscriber(SUBJECTS, queue=durable, stream=_JOIN, config=config)
    async def handle(message: Message) -> None:
        await handler(message)

    await broker.start()
    yield durable
    await broker.stop()
