"""SIGKILL of real adapters between every pair of steps, from a document's arrival to its answer."""

import asyncio
import json
import time
from pathlib import Path

from faults.checker import Item, check
from faults.foreign.cad import CallCentre
from faults.foreign.hospital import Hospital
from faults.foreign.side import COMMON, Foreign, log_of, never_killed
from faults.foreign.stations import Stations
from faults.lives import Lives, Step, steps_for
from faults.proxy import Proxy
from faults.row import Row, Spec
from liandong.bus import Server, connect

_POLL_S = 0.2
_PROGRAM = Path(__file__).parents[2] / "adapters" / "run_adapter.py"
_FOREIGN: dict[str, type[Foreign]] = {
    "files": CallCentre,
    "mllp": Hospital,
    "mqtt": Stations,
}


async def run(spec: Spec) -> Row:
    """Kill an adapter of each kind again and again; then let it end its work."""
    row, chance = spec.row(), spec.random()
    kinds = spec.params["kinds"]
    steps = [Step(**step) for step in spec.params["steps"]]
    ends = steps_for(spec.count, steps, chance)
    for n, kind in enumerate(kinds):
        folder = spec.folder / kind
        folder.mkdir()
        lives = await _live(_FOREIGN[kind], folder, spec, ends[n :: len(kinds)], row)
        row.facts[f"killed_{kind}"] = lives
    return row


async def _live(
    system: type[Foreign], folder: Path, spec: Spec, ends: list[Step], row: Row
) -> dict[str, int]:
    chance = spec.random()
    async with (
        Server(folder / "nats") as server,
        Proxy(server.port) as proxy,
        system(folder) as foreign,
    ):
        async with await connect(servers=(server.url,)) as bus:
            await bus.apply()
        settings = json.dumps(COMMON | foreign.settings | spec.params.get("settings", {}))
        kind = spec.params.get("adapter", foreign.command)
        command = (str(_PROGRAM), proxy.url, kind, str(folder / "journal.db"), settings)
        lives = Lives(proxy, folder, chance, command)
        async with lives.alive():
            pass  # the foreign system knows it from now on
        for step in ends:
            await foreign.give()
            await lives.end_at(foreign.reads(step), chance.randint(1, step.most), row)
        async with lives.alive():
            sent = await never_killed(foreign, folder)
            read = await _settled(foreign, server.url, sent, spec.params["settle_s"])
        row.acked += len(sent)
        row.add(check(sent, [item.id for item in sent], read))
        return lives.ended


async def _settled(foreign: Foreign, url: str, sent: list[Item], within_s: float) -> list[Item]:
    """Return the log once all is there; what is missing after that long is for the checker."""
    until = time.monotonic() + within_s
    while True:
        read = await log_of(url, foreign.says)
        complete = foreign.acknowledged() and {item.id for item in sent} <= {i.id for i in read}
        if complete or time.monotonic() > until:
            return read
        await asyncio.sleep(_POLL_S)
