"""SIGKILL of a publisher between every pair of steps: kept, sent, stored, told, noted."""

import json
from dataclasses import asdict

from faults.checker import check
from faults.consumer import Take, effects_in
from faults.judge import log_of, wait_for_effects
from faults.lives import Lives, Step, steps_for
from faults.outbox import Post, kept_in
from faults.programs import running
from faults.proxy import Proxy
from faults.row import Row, Spec
from liandong.bus import Server, connect

_EFFECTS_S = 60.0


async def run(spec: Spec) -> Row:
    """Kill it again and again while a consumer consumes; then let it send what it still owes."""
    row, folder, chance = spec.row(), spec.folder, spec.random()
    said, heard = folder / "publisher.jsonl", folder / "consumer.jsonl"
    memory, effects = folder / "outbox.db", folder / "effects.db"
    steps = [Step(**step) for step in spec.params["steps"]]
    async with Server(folder / "nats") as server, Proxy(server.port) as proxy:
        async with await connect(servers=(server.url,)) as bus:
            await bus.apply()
        post = Post((proxy.url,), str(said), memory=str(memory), **spec.params.get("post", {}))
        take = Take((server.url,), str(heard), memory=str(effects))
        lives = Lives(proxy, folder, chance, ("faults.outbox", json.dumps(asdict(post))))
        async with running("consumer", take) as consumer:
            for step in steps_for(spec.count, steps, chance):
                await lives.end_at(step, chance.randint(1, step.most), row)
            async with lives.alive():
                pass  # it sends what it owes before it ends
            await wait_for_effects([said], heard, _EFFECTS_S)
            await consumer.stop()
        sent = kept_in(memory)
        row.acked = len(sent)
        promised = [item.id for item in sent]
        row.add(check(sent, promised, await log_of(server.url)))
        row.add(check(sent, promised, effects_in(effects)))
    row.facts["killed"] = lives.ended
    return row
