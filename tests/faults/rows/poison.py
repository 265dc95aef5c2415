"""Poison among good events: none holds up the others, none is lost, all can be tried again."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import median, quantiles

from faults.alarmed import silent
from faults.broker import Broker
from faults.consumer import Take
from faults.disks import disk
from faults.journal import Line, read_journal
from faults.judge import judge, wait_for_effects
from faults.poison import HOPELESS, Spill
from faults.programs import running
from faults.row import Row, Spec
from faults.traffic import Traffic
from liandong.bus import Bus, Found, connect
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.DEAD_LETTERS})
_LETTERS_S, _EFFECTS_S = 120.0, 120.0
_POLL_S = 0.5
_AT_ONCE = 50


async def run(spec: Spec) -> Row:
    """Spill poison before a consumer; mend the consumer, and have it try all letters again."""
    row, folder = spec.row(), spec.folder
    # Not on the disk: how long it takes to sync an effect is not what is measured.
    memory = folder / "memory" / "effects.db"
    made = Traffic(folder / "spilled.jsonl", folder / "consumer.jsonl", memory)
    with disk(memory.parent):
        async with Broker(folder / "nats") as broker:
            async with await connect(servers=(broker.url,)) as bus:
                await bus.apply()
                await _spill_and_mend(spec, row, bus, made)
            await judge(row, broker.url, [made.said], [made.memory])
    said, heard = read_journal(made.said), read_journal(made.heard)
    note_delays(row, said, heard)
    row.silent = sum(silent([line.at], [heard], _NAMES) for line in _poison(said))
    return row


async def _spill_and_mend(spec: Spec, row: Row, bus: Bus, made: Traffic) -> None:
    servers = (await bus.url(),)
    take = Take(servers, str(made.heard), memory=str(made.memory), refuses=HOPELESS)
    spill = Spill(servers, str(made.said), seed=spec.seed, **spec.params["spill"])
    async with running("consumer", take) as consumer:
        async with running("poison", spill) as spilling:
            await spilling.ended()
        poison = _poison(read_journal(made.said))
        letters = await _letters(bus, len(poison))
        await consumer.stop()
    note_letters(row, [line.facts["sha256"] for line in poison], letters)
    async with running("consumer", replace(take, refuses="")) as mended:
        await _redrive(row, bus, letters)
        hopeless = sum(line.facts["kind"] == HOPELESS for line in poison)
        again = await _letters(bus, len(poison) - hopeless)
        await wait_for_effects([made.said], made.heard, _EFFECTS_S)
        await mended.stop()
    row.facts["given_up_again"] = len([one for one in again if one.letter.previous])


def _poison(said: Sequence[Line]) -> list[Line]:
    return [line for line in said if line.what == "poison"]


async def _letters(bus: Bus, count: int) -> list[Found]:
    """Return the letters that wait, once there are so many."""
    async with asyncio.timeout(_LETTERS_S):
        while len(found := await bus.dead_letters.list()) < count:  # noqa: ASYNC110
            await asyncio.sleep(_POLL_S)
    return found


async def _redrive(row: Row, bus: Bus, letters: Sequence[Found]) -> None:
    """Order each letter to be tried again, twice: only the first order may count."""
    redrive = partial(bus.dead_letters.redrive, why="the handler is mended")
    ordered = 0
    for start in range(0, len(letters), _AT_ONCE):
        some = letters[start : start + _AT_ONCE]
        for _ in range(2):
            ordered += sum(await asyncio.gather(*(redrive(one.letter) for one in some)))
    row.facts["redriven"] = ordered


def note_letters(row: Row, poison: Sequence[str], letters: Sequence[Found]) -> None:
    """Note whether each poison became one letter that says why and holds its bytes.

    Args:
        row: The row to fill.
        poison: The digest of what was put on the bus, each.
        letters: What there is of letters.
    """
    held = Counter(hashlib.sha256(one.original).hexdigest() for one in letters)
    row.injected = len(poison)
    row.lost += len(set(poison) - held.keys())
    row.corrupt += len(held.keys() - set(poison))
    row.duplicated += sum(count - 1 for count in held.values())
    row.facts["letters"] = len(letters)
    row.facts["letters_without_reason"] = sum(
        not (one.letter.reason and one.letter.message) for one in letters
    )


def note_delays(row: Row, said: Sequence[Line], heard: Sequence[Line]) -> None:
    """Note how long good events took to be handled, with poison among them and without.

    The p99 of each segment, and of those the median: what else the machine did for a while is then
    neither's.
    """
    handled = {line.facts["id"]: line.at for line in heard if line.what == "effect"}
    delays: dict[bool, list[list[float]]] = {False: [], True: []}
    segment: list[float] = []
    for line in said:
        if line.what == "segment":
            delays[line.facts["poisoned"]].append(segment := [])
        elif line.what == "invoke" and not line.item.key.startswith(f"events/{HOPELESS}"):
            segment.append(handled[line.item.id] - line.at)
    clean, beside = (
        median(quantiles(segment, n=100)[-1] for segment in delays[kind]) * 1000
        for kind in (False, True)
    )
    row.facts |= {"p99_clean_ms": round(clean, 1), "p99_poisoned_ms": round(beside, 1)}
    row.facts["p99_clean_to_poisoned"] = round(clean / beside, 2)
