"""`liandong ingest` of a real file of dispatch records, beside a raw client with the same file.

Both are processes of their own, from their start to their end, on an empty broker that confirms
nothing before it is on disk. The raw client publishes as many events of the same size.
"""

import asyncio
import base64
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import mean

from nats.aio.client import Client

from bench.child import ROOT
from bench.event import STREAM
from bench.figures import Outcome, Rounds, Side, against, not_run
from bench.lines import raw_publish
from bench.scope import Scope
from bench.site import ALWAYS, api, plain, started

_FILE = "dispatch/sffd-calls-2020-04.csv"
_ROUNDS, _SLICE_ROWS, _SAMPLES = 5, 500, 200
_BAR = 2.0


@dataclass(frozen=True, slots=True)
class Load:
    """What an ingest made of a file: how many events of how many bytes of body."""

    rows: int
    events: int
    body: int


async def ingest(scope: Scope) -> Outcome:
    """Compare the time from start to end."""
    data = Path(os.environ.get("LIANDONG_DATA", ROOT.parent / "shared" / "data")) / _FILE
    if not await asyncio.to_thread(data.is_file):
        return not_run("ingest_vs_raw", f"no {data}: set LIANDONG_DATA to its folder")
    ours, raw = f"{Side.OURS}: ingest fire", f"{Side.RAW}: csv, json, atomic batches"
    found: Rounds = {ours: [], raw: []}
    load = Load(0, 0, 0)
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        file = _slice(data, Path(folder)) if scope.quick else data
        for _ in range(1 if scope.quick else _ROUNDS):
            seconds, load = await _ours(file)
            found[ours].append(seconds)
            found[raw].append(await _raw(file, load))
    note = f"ingest: {load.rows:,} rows, {load.events:,} events of {load.body} bytes"
    return Outcome(
        [against("ingest_vs_raw", found, Side.RAW, _BAR, unit="s")], {"ingest, s": found}, [note]
    )


def _slice(file: Path, folder: Path) -> Path:
    """Write the first rows to a file of their own."""
    with file.open(encoding="utf-8") as whole:
        part = folder / file.name
        part.write_text("".join(islice(whole, _SLICE_ROWS + 1)), encoding="utf-8")
    return part


async def _ours(file: Path) -> tuple[float, Load]:
    """Return how many seconds it took, and what it stored."""
    command = ("-m", "liandong.ops.cli", "ingest", "fire", str(file), "--json")
    async with started(ALWAYS) as server, plain(server.url) as client:
        with tempfile.TemporaryDirectory(prefix="liandong-bench-") as home:
            env = {"LIANDONG_SERVERS": server.url, "LIANDONG_HOME": home}
            seconds, printed = await _timed(*command, env=env)
        about = json.loads(printed)
        return seconds, Load(about["read"], about["events"], await _mean_body(client))


async def _mean_body(client: Client) -> int:
    """Return the mean length of the stored bodies, from a sample."""
    last = (await api(client, f"STREAM.INFO.{STREAM}"))["state"]["last_seq"]
    step = max(1, last // _SAMPLES)
    held = [
        (await api(client, f"STREAM.MSG.GET.{STREAM}", {"seq": sequence}))["message"]["data"]
        for sequence in range(1, last, step)
    ]
    return round(mean(len(base64.b64decode(body)) for body in held))


async def _raw(file: Path, load: Load) -> float:
    """Return how many seconds a raw client takes for the same."""
    around = len(raw_publish.message({"incident_id": "20041901", "event": 10_000})[2])
    numbers = map(str, (load.rows, load.events, load.body - around))
    async with started(ALWAYS) as server, plain(server.url) as client:
        command = ("-m", "bench.lines.raw_ingest", server.url, str(file), *numbers)
        seconds, _ = await _timed(*command, env={})
        await _check_same(client, load)
    return seconds


async def _check_same(client: Client, load: Load) -> None:
    stored = (await api(client, f"STREAM.INFO.{STREAM}"))["state"]["messages"]
    body = await _mean_body(client)
    if stored != load.events or abs(body - load.body) > load.body / 10:
        raise RuntimeError(f"{stored} events of {body} bytes are no match for {load}")


async def _timed(*arguments: str, env: Mapping[str, str]) -> tuple[float, bytes]:
    """Run python with arguments; return the seconds from its start to its end, and its output."""
    begun = time.perf_counter()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *arguments,
        cwd=ROOT,
        env=os.environ | env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    printed, problem = await process.communicate()
    if process.returncode:
        raise RuntimeError(problem.decode())
    return time.perf_counter() - begun, printed
