"""Faults between clients and their broker, in several talks at once, each over its own line."""

import asyncio
import random
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from faults.client_breaks import BREAKS, Break, credential_breaks
from faults.credentials import Authority
from faults.row import Row, Spec
from faults.talk import Talk, talk
from liandong.contracts.system import AlarmName

_POLL_S = 0.05
_PATIENCE_S = 30.0
_NOTICED_S, _ALARM_S = 5.0, 10.0


async def run(spec: Spec) -> Row:
    """Break and mend again and again while messages pass both ways."""
    row, chance, params = spec.row(), spec.random(), spec.params
    row.silent, row.facts = 0, {"claims_connected_s": 0.0, "slowest": {}, "unalarmed": {}}
    names = _evenly(params["breaks"], spec.count, chance)
    expiring = [name for name in names if name not in BREAKS]
    others = [name for name in names if name in BREAKS]
    async with asyncio.TaskGroup() as talks:
        for n in range(params["talks"]):
            mine, seed = others[n :: params["talks"]], chance.random()
            talks.create_task(_plain(spec, spec.folder / f"{n}", mine, seed, row))
        for n in range(params["expiring_talks"]):
            mine, seed = expiring[n :: params["expiring_talks"]], chance.random()
            talks.create_task(_expiring(spec, spec.folder / f"expiring-{n}", mine, seed, row))
    return row


def _evenly(kinds: list[str], count: int, chance: random.Random) -> list[str]:
    chosen: list[str] = []
    while len(chosen) < count:
        chosen += chance.sample(kinds, len(kinds))
    return chosen[:count]


async def _plain(spec: Spec, folder: Path, names: list[str], seed: float, row: Row) -> None:
    async with talk(folder, spec.params["pause_s"]) as made:
        await _break_all(made, spec, [(name, BREAKS[name]) for name in names], seed, row)


async def _expiring(spec: Spec, folder: Path, names: list[str], seed: float, row: Row) -> None:
    folder.mkdir()  # noqa: ASYNC240  one call
    authority, near, far = Authority.new(), folder / "near.creds", folder / "far.creds"
    authority.admit(near)
    breaks = credential_breaks(authority, far, spec.params["credentials_last_s"])
    async with talk(
        folder,
        spec.params["pause_s"],
        extra=authority.configuration(),
        near={"credentials": near},
        far={"credentials": far},
    ) as made:
        await _break_all(made, spec, [(name, breaks[name]) for name in names], seed, row)


async def _break_all(
    made: Talk, spec: Spec, breaks: list[tuple[str, Break]], seed: float, row: Row
) -> None:
    chance = random.Random(seed)  # noqa: S311  repeatable on purpose
    await _passes(made, (0, 0))
    for name, one in breaks:
        await asyncio.sleep(chance.uniform(*spec.params["rest_s"]))
        outage_s = chance.uniform(*spec.params["outage_s"])
        await _break(made, name, one, outage_s, row)
    await made.end(_PATIENCE_S)
    made.judge(row)


async def _break(made: Talk, name: str, one: Break, outage_s: float, row: Row) -> None:
    """Break and mend once, and wait until messages pass again both ways."""
    since, risen = datetime.now(UTC), _risen(made, one.names)
    await one.begin(made)
    row.injected += 1
    claiming = asyncio.create_task(_claims(made, made.said()))
    alarming = asyncio.create_task(_alarmed(made, one.names, since, risen))
    if one.mend:
        await asyncio.sleep(outage_s)
        await one.mend(made)
    mended = time.monotonic()
    await _passes(made, made.said())
    recovered = time.monotonic() - mended
    row.recovered(recovered)
    _keep_most(row.facts["slowest"], name, recovered)
    if one.cuts:
        _keep_most(row.facts, "claims_connected_s", await claiming)
    claiming.cancel()
    if one.names and (one.at_once or outage_s > _NOTICED_S) and not await alarming:
        row.silent = (row.silent or 0) + 1
        row.facts["unalarmed"][name] = row.facts["unalarmed"].get(name, 0) + 1
    alarming.cancel()


def _keep_most(figures: dict[str, float], name: str, seconds: float) -> None:
    figures[name] = max(figures.get(name, 0.0), round(seconds, 3))


async def _passes(made: Talk, since: tuple[int, int]) -> None:
    """Return once messages pass both ways, or it has taken too long to wait for it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_PATIENCE_S):
            while not made.passed(since):  # noqa: ASYNC110  what two handlers write
                await asyncio.sleep(_POLL_S)


async def _claims(made: Talk, since: tuple[int, int]) -> float:
    """Return for how many seconds the far end says that it is connected while nothing passes."""
    begun = time.monotonic()
    while made.far.bus.connected and not made.passed(since):  # noqa: ASYNC110
        await asyncio.sleep(_POLL_S)
    return time.monotonic() - begun


def _risen(made: Talk, names: frozenset[AlarmName]) -> int:
    risen = [end.bus.alarms.risen for end in (made.far, made.near)]
    return sum(counts[name] for counts in risen for name in names)


async def _alarmed(made: Talk, names: frozenset[AlarmName], since: datetime, risen: int) -> bool:
    """Say whether either end named the fault in time: its alarm rose, or was set again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(_ALARM_S):
            while _risen(made, names) == risen and not any(  # noqa: ASYNC110
                alarm.name in names and alarm.latest >= since
                for end in (made.far, made.near)
                for alarm in end.bus.alarms.active
            ):
                await asyncio.sleep(_POLL_S)
            return True
    return False
