"""SIGKILL of a consumer between every pair of steps: delivered, effect, acknowledged."""

import json
from dataclasses import asdict

from faults.consumer import Take
from faults.judge import judge, wait_for_effects
from faults.lives import Lives, Step, steps_for
from faults.producer import Load
from faults.programs import running
from faults.proxy import Proxy
from faults.row import Row, Spec
from liandong.bus import Server, connect

_EFFECTS_S = 300.0


async def run(spec: Spec) -> Row:
    """Kill it again and again while a publisher publishes; then let it handle what is left."""
    row, folder, chance = spec.row(), spec.folder, spec.random()
    said, heard, effects = folder / "producer.jsonl", folder / "consumer.jsonl", folder / "made.db"
    steps = [Step(**step) for step in spec.params["steps"]]
    async with Server(folder / "nats") as server, Proxy(server.port) as proxy:
        async with await connect(servers=(server.url,)) as bus:
            await bus.apply()
        take = Take((proxy.url,), str(heard), memory=str(effects), **spec.params.get("take", {}))
        load = Load((server.url,), str(said), seed=spec.seed, **spec.params["load"])
        lives = Lives(proxy, folder, chance, ("faults.consumer", json.dumps(asdict(take))))
        async with running("producer", load) as producer:
            for step in steps_for(spec.count, steps, chance):
                await lives.end_at(step, chance.randint(1, step.most), row)
            await producer.stop()
            async with lives.alive():
                await wait_for_effects([said], heard, _EFFECTS_S)
        await judge(row, server.url, [said], [effects])
    row.facts["killed"] = lives.ended
    return row
