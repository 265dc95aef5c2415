"""From events to a foreign system: deliver, note it, say what the foreign system answered."""

import hashlib
from typing import Any

import structlog

from liandong.adapters.sdk.adapter import Sink
from liandong.adapters.sdk.document import Document, Draft
from liandong.adapters.sdk.seal import seal
from liandong.bus import Bus, Subscription
from liandong.contracts import Envelope, Filter, Unavailable

log = structlog.get_logger()


class Outlet:
    """Takes events of the bus to one sink."""

    def __init__(self, sink: Sink[Any], bus: Bus, secret: bytes) -> None:
        self._sink, self._bus, self._secret = sink, bus, secret
        self._journal, self._counters = sink.journal, sink.health.counters
        sink.say, sink.log = self._say, bus.history

    async def start(self) -> Subscription:
        """Subscribe; an event published after this returned is delivered."""
        return await self._bus.subscribe(
            self._sink.settings.name, self.deliver, Filter(contracts=self._sink.handles)
        )

    async def deliver(self, envelope: Envelope) -> None:
        """Deliver one event, once as far as our own journal can tell.

        Raises:
            Unavailable: The foreign system or the bus does not answer: deliver it again later.
            LiandongError: It can never be delivered.
        """
        if not self._sink.wants(envelope):
            return
        note = f"delivered/{envelope.id}"
        if self._journal.read(note) is not None:
            self._counters.duplicates += 1
            return
        envelope = await self._sink.meant(envelope)
        if not await self._sink.holds(envelope):
            log.warning("taken_back", adapter=self._sink.settings.name, id=envelope.id)
            return
        try:
            drafts = tuple(await self._sink.deliver(envelope))
        except Unavailable as error:
            self._counters.retried += 1
            if self._sink.health.note(str(error)):
                log.warning("cannot_deliver", adapter=self._sink.settings.name, problem=str(error))
            raise
        self._sink.health.note()
        for draft in drafts:
            await self._say(draft, envelope)
        self._counters.delivered += 1
        self._journal.write(note, hashlib.sha256(envelope.encode()).hexdigest())
        self._journal.commit()

    async def _say(self, draft: Draft, envelope: Envelope) -> None:
        asked = Document(
            envelope.encode(),
            identity=f"event:{envelope.id}",
            peer=str(envelope.source),
            media_type="application/cloudevents+json",
        )
        sealed = seal(draft, asked, self._sink.settings, self._secret, cause=envelope)
        self._counters.published += not (await self._bus.send(sealed)).duplicate
