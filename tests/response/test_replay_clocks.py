"""Clocks of more than two hundred incidents at once, against the file that they come from.

The calls are San Francisco Fire Department's of April 2020 (DataSF, public domain); what the clocks
must show is computed from its rows, by code that knows nothing of the bus.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from liandong.bus import Bus, Server, connect
from liandong.contracts import ClockBreached, Filter
from liandong.ops.clocks import tallied
from liandong.response import Desk
from liandong.response.clock_rules import read_clock_rules
from liandong.response.clocks import clocks
from response.replay import AGENCY, Call, Replay

RULES = read_clock_rules()
LIMITS = {rule.name: rule.thresholds_s for rule in RULES.clock}
SOON = timedelta(minutes=10)
Moment = datetime | None
Ran = tuple[str, Call, str, datetime, Moment, Moment]
"""A clock by the file: its name, the call and unit, its start, its stop, what made it void."""


def ran(calls: tuple[Call, ...], ends: datetime) -> Iterator[Ran]:
    """Yield what the clocks were by the file, as far as was known when the replay ended."""

    def known(moment: Moment) -> Moment:
        return moment if moment and moment < ends else None

    for call in calls:
        received, over = call.rows[0]["Received DtTm"], known(call.over)
        sent = first(known(row["Dispatch DtTm"]) for row in call.rows)
        there = first(known(row["On Scene DtTm"]) for row in call.rows)
        assert received
        yield "react", call, "", received, sent, over
        yield "attend", call, "", received, there, over
        if there:
            yield "resolve", call, "", there, over, None
        for unit, row in zip(call.units, call.rows, strict=True):
            left, arrived = known(row["Response DtTm"]), known(row["On Scene DtTm"])
            free = known(row["Available DtTm"])
            if start := known(row["Dispatch DtTm"]):
                yield "turnout", call, unit, start, left, first([arrived, free, over])
                yield "roll", call, unit, start, arrived, first([free, over])


def first(moments: "Iterator[Moment] | list[Moment]") -> Moment:
    """Return the earliest of some moments; None of none."""
    return min((moment for moment in moments if moment), default=None)


def by_area(found: list[Ran]) -> dict[tuple[str, str], tuple[list[float], int, int]]:
    """Return the times taken, and how many clocks run and are void, of each clock and area."""
    sets: dict[tuple[str, str], list[Ran]] = defaultdict(list)
    for one in found:
        sets[one[0], one[1].area].append(one)
    return {
        key: (
            sorted((stop - start).total_seconds() for *_, start, stop, _ in ones if stop),
            sum(stop is None and void is None for *_, stop, void in ones),
            sum(stop is None and void is not None for *_, stop, void in ones),
        )
        for key, ones in sets.items()
    }


def breaches(found: list[Ran], replay: Replay) -> dict[tuple[str, str, str, int], datetime]:
    """Return the thresholds that passed in the window, and when, of what did not stop soon after.

    Soon is ten minutes of the replay, ten seconds of the wall clock: a desk that is so far behind
    hears of the stop first, and calls nobody late who has arrived.
    """
    return {
        (clock, call.incident_id, unit, number): due
        for clock, call, unit, start, stop, void in found
        for number, limit_s in enumerate(LIMITS[clock], start=1)
        for due in [start + timedelta(seconds=limit_s)]
        if replay.begins < due < replay.ends
        and all(end is None or end > due + SOON for end in ([stop] if stop else [void]))
    }


async def told(bus: Bus) -> list[tuple[tuple[str, str, str, int], datetime]]:
    """Return the breaches that the log tells of, and when each was."""
    entries = [entry async for entry in bus.history(Filter(contracts=(ClockBreached,)))]
    return [(_breach(e.envelope.data), e.envelope.time) for e in entries if e.envelope]


@pytest.mark.slow
@pytest.mark.timeout(200)  # fifteen seconds of play, and ten thousand rows to read
async def test_the_clocks_are_what_the_file_says(
    nats_server: Server, bus: Bus, data_dir: Path
) -> None:
    """Every time taken, what runs and what is void; and each threshold is told of at its time."""
    file, lasts = data_dir / "dispatch" / "sffd-calls-2020-04.csv", timedelta(minutes=15)
    replay = await asyncio.to_thread(Replay.read, file, lasts=lasts)
    replay.start(speed=60)
    desk = asyncio.create_task(Desk(bus, clocks(RULES), b"secret", pace=replay.pace).run())
    async with await connect(servers=(nats_server.url,), agency=AGENCY) as department:
        await replay.play(department)
    found = list(ran(replay.calls, replay.ends))
    surely = breaches(found, replay)
    said: list[tuple[tuple[str, str, str, int], datetime]] = []
    with suppress(TimeoutError):
        async with asyncio.timeout(20):
            while surely.keys() - dict(said := await told(bus)).keys():  # noqa: ASYNC110  a log rings no bell
                await asyncio.sleep(0.2)
    desk.cancel()
    await asyncio.gather(desk, return_exceptions=True)
    figures = (await tallied(bus, RULES)).figures(replay.ends)
    shown = {(one.clock, one.area): (list(one.times_s), one.running, one.void) for one in figures}
    assert sum(call.is_open(replay.begins) for call in replay.calls) > 200
    assert shown == by_area(found)
    assert {name: time for name, time in said if name in surely} == surely
    assert len(said) == len(dict(said))
    assert len(surely) > 50


def _breach(data: object) -> tuple[str, str, str, int]:
    assert isinstance(data, ClockBreached)
    return (data.clock, str(data.incident_id), data.unit_id or "", data.breach_number)
