"""Poison among good events: none holds up the others, none is lost, all can be tried again."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from statistics import quantiles

from faults.alarmed import silent
from faults.broker import Broker
from faults.consumer import Take
from faults.journal import Line, read_journal
from faults.judge import judge, wait_for_effects
from faults.poison import HOPELESS, Spill
from faults.programs import running
from faults.row import Row, Spec
from liandong.bus import Bus, Found, connect
from liandong.contracts.system import AlarmName

_NAMES = frozenset({AlarmName.DEAD_LETTERS})
_LETTERS_S, _EFFECTS_S = 120.0, 120.0
_POLL_S = 0.5
_AT_ONCE = 50


async def run(spec: Spec) -> Row:
    """Spill poison before a consumer; mend the consumer, and have it try all letters again."""
    row = spec.row()
    said, heard = spec.folder / "spilled.jsonl", spec.folder / "consumer.jsonl"
    memory = spec.folder / "effects.db"
    async with (
        Broker(spec.folder / "nats") as broker,
        await connect(servers=(broker.url,)) as bus,
    ):
        await bus.apply()
        take = Take((broker.url,), str(heard), memory=str(memory), refuses=HOPELESS)
        spill = Spill((broker.url,), str(said), seed=spec.seed, **spec.params["spill"])
        async with running("consumer", take) as consumer:
            async with running("poison", spill) as spilling:
                await spilling.ended()
            poison = [line for line in read_journal(said) if line.what == "poison"]
            letters = await _letters(bus, len(poison))
            await consumer.stop()
        note_letters(row, [line.facts["sha256"] for line in poison], letters)
        async with running("consumer", replace(take, refuses="")) as mended:
            await _redrive(row, bus, letters)
            hopeless = sum(line.facts["kind"] == HOPELESS for line in poison)
            again = await _letters(bus, len(poison) - hopeless)
            await wait_for_effects([said], heard, _EFFECTS_S)
            await mended.stop()
        row.facts["given_up_again"] = len([one for one in again if one.letter.previous])
        await judge(row, broker.url, [said], [memory])
    note_delays(row, read_journal(said), read_journal(heard))
    journals = [read_journal(heard)]
    row.silent = sum(silent([line.at], journals, _NAMES) for line in poison)
    return row


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
    """Note how long good events took to be handled, with poison among them and without."""
    handled = {line.facts["id"]: line.at for line in heard if line.what == "effect"}
    delays: dict[bool, list[float]] = {False: [], True: []}
    poisoned = False
    for line in said:
        poisoned = line.facts.get("poisoned", poisoned)
        if line.what == "invoke" and not line.item.key.startswith(f"events/{HOPELESS}"):
            delays[poisoned].append(handled[line.item.id] - line.at)
    clean, beside = (quantiles(delays[kind], n=100)[-1] * 1000 for kind in (False, True))
    row.facts |= {"p99_clean_ms": round(clean, 1), "p99_poisoned_ms": round(beside, 1)}
    row.facts["p99_clean_to_poisoned"] = round(clean / beside, 2)
