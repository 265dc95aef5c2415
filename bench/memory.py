"""The memory of an idle adapter process: connected, its far side open, nothing to do."""

import asyncio
import re
import shutil
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench.child import ROOT, child
from bench.figures import Outcome, Rounds, Row, not_run
from bench.scope import Scope
from bench.site import ALWAYS, started

_LIMIT_MB = 60.0
_SETTLED_S = 2.0
_ADAPTERS = {
    "police.cad (files)": ("police.cad", "police.toml"),
    "medical.beds (HL7)": ("medical.beds", "hospitals.toml"),
    "municipal.georeport (HTTP)": ("municipal.georeport", "municipal.toml"),
}
_SITE = """\
servers = ["{url}"]
[[adapter]]
uses = "{uses}"
settings = "{settings}"
"""
_PORT = re.compile(r"^port = \d+$", re.MULTILINE)
_RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB$", re.MULTILINE)


async def memory(scope: Scope) -> Outcome:
    """Measure a process for each of some adapters; the heaviest one counts."""
    name = "adapter_memory_vs_limit"
    if sys.platform != "linux":
        return not_run(name, "no /proc on this platform")
    found: Rounds = {adapter: [] for adapter in _ADAPTERS}
    async with started(ALWAYS) as server:
        for _ in range(1 if scope.quick else 3):
            for adapter, (uses, settings) in _ADAPTERS.items():
                found[adapter].append(await _resident_mb(server.url, uses, settings))
    heaviest = max(found, key=lambda adapter: median(found[adapter]))
    figure = median(found[heaviest])
    row = Row(
        name, figure / _LIMIT_MB, 1, figure=figure, baseline=_LIMIT_MB, unit="MB", against=heaviest
    )
    return Outcome([row], {"idle adapter, MB resident": found})


async def _resident_mb(url: str, uses: str, settings: str) -> float:
    """Return the resident set of a process that runs an adapter, in MB (1,000,000 bytes)."""
    with tempfile.TemporaryDirectory(prefix="liandong-bench-") as folder:
        site = _one_adapter(Path(folder), url, uses, settings)
        env = {"LIANDONG_SERVERS": url, "LIANDONG_HOME": folder}
        async with child("-m", "bench.lines.adapter", str(site), env=env) as process:
            await asyncio.sleep(_SETTLED_S)
            return _resident_kib(process.pid) * 1024 / 1e6


def _one_adapter(folder: Path, url: str, uses: str, settings: str) -> Path:
    """Write a site of one adapter of the example site, on a free port; return its file."""
    shutil.copytree(ROOT / "examples" / "site", folder, dirs_exist_ok=True)
    written = folder / settings
    written.write_text(_PORT.sub("port = 0", written.read_text()))
    site = folder / "one.toml"
    site.write_text(_SITE.format(url=url, uses=uses, settings=settings))
    return site


def _resident_kib(pid: int) -> int:
    found = _RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    if found is None:
        raise RuntimeError("the adapter has ended")
    return int(found.group(1))
