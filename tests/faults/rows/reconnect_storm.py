"""Kill and restart the broker under hundreds of clients, which all come back at once."""

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from faults.alarmed import CUT_OFF, silent
from faults.broker import Broker
from faults.consumer import Take
from faults.crowd import Crowd
from faults.journal import Tail, read_journal
from faults.judge import judge, wait_for_effects
from faults.programs import Running, running
from faults.row import Row, Spec
from liandong.bus import connect

_BACK_S = 60.0
_EFFECTS_S = 120.0
_POLL_S = 0.1


async def run(spec: Spec) -> Row:
    """Kill the broker again and again under crowds that publish and one that consumes it all."""
    row = spec.row()
    heard, memory = spec.folder / "consumer.jsonl", spec.folder / "effects.db"
    said = [spec.folder / f"crowd-{n}.jsonl" for n in range(spec.params["processes"])]
    async with Broker(spec.folder / "nats") as broker:
        async with await connect(servers=(broker.url,)) as bus:
            await bus.apply()
        take = Take((broker.url,), str(heard), memory=str(memory))
        async with running("consumer", take) as consumer, _crowds(spec, broker, said) as crowds:
            kills = await _kill_again_and_again(spec, broker, said, row)
            await asyncio.gather(*(crowd.stop() for crowd in crowds))
            await wait_for_effects(said, heard, _EFFECTS_S)
            await consumer.stop()
        await judge(row, broker.url, said, [memory])
    row.silent = silent(kills, [read_journal(path) for path in (heard, *said)], CUT_OFF)
    return row


@asynccontextmanager
async def _crowds(spec: Spec, broker: Broker, said: list[Path]) -> AsyncGenerator[list[Running]]:
    told = [
        Crowd((broker.url,), str(path), prefix=path.stem, clients=spec.params["clients"])
        for path in said
    ]
    async with AsyncExitStack() as ending:
        starting = (ending.enter_async_context(running("crowd", crowd)) for crowd in told)
        yield list(await asyncio.gather(*starting))


async def _kill_again_and_again(
    spec: Spec, broker: Broker, said: list[Path], row: Row
) -> list[float]:
    """Return the moments of the kills."""
    chance, kills = spec.random(), []
    clients = row.facts["clients"] = len(said) * spec.params["clients"]
    for _ in range(spec.count):
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        kills.append(time.monotonic())
        await broker.kill()
        await broker.start()
        row.recovered(await all_back(said, clients, time.monotonic()) - kills[-1])
        row.injected += 1
    return kills


async def all_back(
    said: Sequence[Path], clients: int, since: float, within_s: float = _BACK_S
) -> float:
    """Wait until each client has had something confirmed after a moment; return when the last had.

    Args:
        said: The journals of all.
        clients: How many there are, each with an incident of its own.
        since: The moment, in seconds of the monotonic clock.
        within_s: Seconds to wait.

    Raises:
        TimeoutError: Some have not; says how many.
    """
    tails, keys = [Tail(path) for path in said], {}
    back: dict[str, float] = {}
    until = time.monotonic() + within_s
    while len(back) < clients:
        if time.monotonic() > until:
            raise TimeoutError(f"{len(back)} of {clients} clients are back after {within_s:g} s")
        await asyncio.sleep(_POLL_S)
        for line in (line for tail in tails for line in tail.lines()):
            if line.what == "invoke":
                keys[line.facts["id"]] = line.facts["key"]
            elif line.what == "ok" and line.at > since:
                back.setdefault(keys[line.facts["id"]], line.at)
    return max(back.values())
