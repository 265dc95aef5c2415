"""Proof: without ids, and without a memory of what was handled, there are doubles, and it shows."""

import signal
from pathlib import Path

import nats
from nats.errors import TimeoutError as Unknown

from faults.broker import Broker, send_signal
from faults.checker import Verdict, check
from faults.consumer import Take, effects_in
from faults.facts import AREA, item_of, ordered
from faults.journal import ids, items, read_journal
from faults.judge import log_of, wait_for_effects
from faults.producer import Load
from faults.programs import running
from faults.row import Row, Spec
from liandong.bus import connect, jetstream

_EVENTS = 50
_EFFECTS_S = 20.0


async def run(spec: Spec) -> Row:
    """Repeat without an id what a frozen broker did not confirm; forget what was handled."""
    row = spec.row()
    stored = await repeated_without_id(spec.folder / "repeated")
    row.facts["stored_twice_without_ids"] = len(stored.duplicated)
    effects = await delivered_twice(spec.folder / "delivered", dedupe=False)
    row.facts["effects_twice_without_memory"] = len(effects.duplicated)
    row.injected = 2
    return row


async def repeated_without_id(folder: Path) -> Verdict:
    """Publish to a frozen broker with a plain client, and again when it says nothing."""
    async with Broker(folder) as broker, await connect(servers=(broker.url,)) as bus:
        await bus.apply()
        envelope = bus.envelope(ordered("lz-1", 1), area=AREA)
        client = await nats.connect(broker.url)
        publish = client.jetstream().publish
        send_signal(broker.server, signal.SIGSTOP)
        try:
            await publish(str(envelope.subject), envelope.encode(), timeout=0.3)
        except Unknown:
            send_signal(broker.server, signal.SIGCONT)
            await publish(str(envelope.subject), envelope.encode())
        await client.close()
        return check([item_of(envelope)], [envelope.id], await log_of(broker.url))


async def delivered_twice(folder: Path, *, dedupe: bool) -> Verdict:
    """Delete what the broker remembers of a consumer, so that it delivers everything again.

    Args:
        folder: Where it all lies; made here.
        dedupe: Whether the consumer remembers what it handled.
    """
    folder.mkdir(parents=True)  # noqa: ASYNC240  nothing else runs yet
    said, memory = folder / "producer.jsonl", folder / "effects.db"
    async with Broker(folder / "nats") as broker, await connect(servers=(broker.url,)) as bus:
        await bus.apply()
        async with running("producer", Load((broker.url,), str(said), events=_EVENTS)) as producer:
            await producer.ended()
        for life in ("first", "second"):
            heard = folder / f"{life}.jsonl"
            take = Take((broker.url,), str(heard), memory=str(memory), dedupe=dedupe)
            async with running("consumer", take) as consumer:
                await wait_for_effects([said], heard, _EFFECTS_S)
                await consumer.stop()
            session = await bus.connection.session()
            for lane in ("EVENTS", "ORDERS"):
                deletion = f"CONSUMER.DELETE.LD_LIVE_{lane}.lz_centre_desk_desk"
                await jetstream.call(session, deletion)
        lines = read_journal(said)
        return check(items(lines, "invoke"), ids(lines, "ok"), effects_in(memory))
