"""SIGKILL of the broker at random instants, under load on both lanes."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from faults.alarmed import CUT_OFF, silent
from faults.broker import Broker
from faults.consumer import Take
from faults.journal import Line, Tail, ids, read_journal
from faults.judge import judge, wait_for_effects
from faults.producer import Load
from faults.programs import running
from faults.row import Row, Spec
from liandong.bus import connect

_EFFECTS_S = 600.0


@dataclass(frozen=True, slots=True)
class Kill:
    """One kill.

    Attributes:
        at: When, in seconds of the monotonic clock.
        back: When the broker was ready again.
    """

    at: float
    back: float


async def run(spec: Spec) -> Row:
    """Kill and restart the broker while a publisher publishes and a consumer consumes."""
    row = spec.row()
    said, heard = spec.folder / "producer.jsonl", spec.folder / "consumer.jsonl"
    memory = spec.folder / "effects.db"
    async with Broker(spec.folder / "nats") as broker:
        async with await connect(servers=(broker.url,)) as bus:
            await bus.apply()
        take = Take((broker.url,), str(heard), memory=str(memory))
        load = Load((broker.url,), str(said), seed=spec.seed, **spec.params["load"])
        async with running("consumer", take) as consumer, running("producer", load) as producer:
            kills = await _kill_again_and_again(broker, spec)
            await _until_confirmed(said, spec.params["events"])
            await producer.stop()
            await wait_for_effects([said], heard, _EFFECTS_S)
            await consumer.stop()
        await judge(row, broker.url, [said], [memory])
    journals = read_journal(said), read_journal(heard)
    row.injected = len(kills)
    row.silent = silent([kill.at for kill in kills], journals, CUT_OFF)
    for name, seconds in recoveries(kills, *journals).items():
        row.facts[f"slowest_to_{name}_s"] = round(max(seconds), 3)
    row.recovered(row.facts["slowest_to_confirmation_s"])
    row.recovered(row.facts["slowest_to_effect_s"])
    return row


async def _kill_again_and_again(broker: Broker, spec: Spec) -> list[Kill]:
    """Kill it at random instants: while it works, while it recovers, while clients come back."""
    chance = spec.random()
    kills = []
    for _ in range(spec.count):
        await asyncio.sleep(chance.uniform(0, 2 * spec.params["mean_pause_s"]))
        at = time.monotonic()
        await broker.kill()
        await broker.start()
        kills.append(Kill(at, time.monotonic()))
    return kills


async def _until_confirmed(said: Path, events: int) -> None:
    tail, confirmed = Tail(said), 0
    while (confirmed := confirmed + len(ids(tail.lines(), "ok"))) < events:  # noqa: ASYNC110
        await asyncio.sleep(0.2)


def recoveries(kills: list[Kill], said: list[Line], heard: list[Line]) -> dict[str, list[float]]:
    """Return the seconds from each kill until the broker was back, and from then until others were.

    Until the next confirmation, and until the next effect, the broker's own absences after further
    kills left out.
    """

    def until_next(what: str, lines: list[Line]) -> list[float]:
        moments = [line.at for line in lines if line.what == what]
        return [
            _up_between(kill.back, next(at for at in moments if at > kill.back), kills)
            for kill in kills
        ]

    return {
        "broker_back": [kill.back - kill.at for kill in kills],
        "confirmation": until_next("ok", said),
        "effect": until_next("effect", heard),
    }


def _up_between(begin: float, end: float, kills: list[Kill]) -> float:
    absences = (min(kill.back, end) - kill.at for kill in kills if begin <= kill.at < end)
    return end - begin - sum(absences)
