"""Rows as people and as machines read them."""

import json
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from importlib.metadata import version

from faults.row import Row
from liandong.bus.server import binary


def line_of(row: Row) -> str:
    """Return a row as one line, and one more for each bar it missed."""
    if row.not_run:
        return f"not run  {row.fault}: {row.not_run}"
    recovery = "" if row.slowest_recovery_s is None else f", back in {row.slowest_recovery_s:g} s"
    silent = "" if row.silent is None else f", {row.silent} silent"
    figures = (
        f"{row.injected} faults, {row.acked} confirmed, {row.lost} lost, "
        f"{row.duplicated} duplicated, {row.reordered} reordered{recovery}{silent}"
    )
    facts = "".join(f"; {name} {value}" for name, value in row.facts.items())
    head = "MISSED  " if row.failed else "ok      "
    return "\n         ".join([f"{head} {row.fault}: {figures}{facts}", *row.failed])


def rows_as_json(rows: Sequence[Row], *, in_slice: bool) -> str:
    """Return rows as a JSON list; each says what it ran on, so that lists can be joined."""
    ran_on = {"slice": in_slice, "versions": versions()}
    return json.dumps([asdict(row) | ran_on for row in rows], indent=1) + "\n"


def versions() -> dict[str, str]:
    """Return what a run depends on beside our own code."""
    return {
        "liandong": version("liandong"),
        "python": platform.python_version(),
        "nats-server": _words([binary(), "--version"])[-1].removeprefix("v"),
        "nats-py": version("nats-py"),
        "kernel": platform.release(),
        "filesystem": _words(["df", "--output=fstype", tempfile.gettempdir()])[-1],
        "platform": sys.platform,
    }


def _words(command: Iterable[str]) -> list[str]:
    done = subprocess.run(list(command), capture_output=True, text=True, check=True)
    return done.stdout.split()
