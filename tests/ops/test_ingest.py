"""``liandong ingest``: every row accounted for, twice is once, a kill changes nothing."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest


def _last(done: subprocess.CompletedProcess[str]) -> Any:
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.timeout(300)  # 56,000 events, twice
def test_real_dispatch_records_are_all_accounted_for(cli: Any, data_dir: Path) -> None:
    """10,410 rows: 5,292 calls, one with times out of order; a second run adds nothing."""
    records = data_dir / "dispatch" / "sffd-calls-2020-04.csv"
    first, second = (_last(cli("ingest", "fire", records, "--json")) for _ in range(2))
    assert (first["read"], first["incidents"], first["unit_responses"]) == (10_410, 5_292, 10_410)
    assert (first["rejected"], first["lost"]) == (0, 0)
    assert first["defects"]["times out of order"] == 1
    assert (second["events"], second["lost"]) == (0, 0)
    assert second["duplicates"] == first["events"] + first["duplicates"]
    assert (second["incidents"], second["unit_responses"]) == (5_292, 10_410)


def test_real_calls_are_routed_by_their_kind(cli: Any, data_dir: Path) -> None:
    """9,227 rows: each one event, routed to medical, fire or traffic."""
    calls = data_dir / "dispatch" / "montco-911-2015-12_2016-01.csv"
    about = _last(cli("ingest", "police", calls, "--json"))
    assert (about["read"], about["incidents"], about["lost"]) == (9_227, 9_227, 0)
    assert (about["medical"], about["fire"], about["traffic"]) == (4_608, 1_265, 3_354)


@pytest.mark.parametrize(
    ("agency", "folder", "read", "events"),
    [("medical", "fhir-beds", 24, 24), ("region", "eido", 1, 2), ("region", "cap", 28, 28)],
)
def test_a_folder_is_read_by_whom_its_files_tell(
    cli: Any, data_dir: Path, agency: str, folder: str, read: int, events: int
) -> None:
    """Bed reports, EIDOs and alerts; again, and nothing is added."""
    first, second = (_last(cli("ingest", agency, data_dir / folder, "--json")) for _ in range(2))
    assert (first["read"], first["events"]) == (read, events)
    assert (first["rejected"], first["lost"]) == (0, 0)
    assert (second["events"], second["lost"]) == (0, 0)


def test_files_of_two_kinds_are_not_read_at_once(cli: Any, data_dir: Path) -> None:
    """It says which adapters there are for them."""
    done = cli("ingest", "region", data_dir / "eido", data_dir / "cap")
    assert done.returncode == 2
    assert "region.alert-folder and for region.eido-folder" in done.stderr


def _read(terminal: int) -> bytes:
    """Return what a terminal shows next; nothing once its program has ended."""
    try:
        return os.read(terminal, 4096)
    except OSError:  # Linux says EIO where there will be no more
        return b""


def test_a_terminal_shows_how_far_it_is(
    environment: dict[str, str], data_dir: Path, tmp_path: Path
) -> None:
    """The progress goes to standard error; standard output stays JSON."""
    whole = (data_dir / "dispatch" / "sffd-calls-2020-04.csv").read_text().splitlines(keepends=True)
    records = tmp_path / "calls.csv"
    records.write_text("".join(whole[:300]))
    terminal, end = os.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "liandong.ops.cli", "ingest", "fire", str(records), "--json"],
        env=environment | {"TERM": "xterm", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        stderr=end,
    ) as running:
        os.close(end)
        shown = b"".join(iter(lambda: _read(terminal), b""))
        assert running.stdout
        printed = running.stdout.read()
    os.close(terminal)
    assert json.loads(printed)["read"] == 299
    assert b"reading" in shown
    assert b"Traceback" not in shown


def test_every_alert_file_becomes_an_event_or_a_dead_letter(cli: Any, data_dir: Path) -> None:
    """The hostile ones are refused with a reason and kept."""
    good = _last(cli("ingest", "region", data_dir / "cap", "--json"))
    bad = _last(cli("ingest", "region", data_dir / "cap-hostile", "--json"))
    letters = json.loads(cli("dead", "list", "--json").stdout)
    assert good["read"] == len(list((data_dir / "cap").glob("*.xml")))
    assert good["events"] + good["duplicates"] + good["rejected"] >= good["read"]
    assert (good["lost"], bad["lost"]) == (0, 0)
    assert bad["rejected"] == len(letters) == 4
    assert {letter["reason_name"] for letter in letters} >= {"unsafe", "breaks standard"}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("seed", [1, 2])
def test_killing_it_at_random_points_ends_in_the_same_state(
    cli: Any, environment: dict[str, str], data_dir: Path, tmp_path: Path, seed: int
) -> None:
    """After some SIGKILLs, one run to the end holds exactly what an undisturbed one does."""
    whole = (data_dir / "dispatch" / "sffd-calls-2020-04.csv").read_text().splitlines(keepends=True)
    records = tmp_path / "calls.csv"
    records.write_text("".join(whole[:1500]))
    dice = random.Random(seed)  # noqa: S311  where to kill is no secret
    command = [sys.executable, "-m", "liandong.ops.cli", "ingest", "fire", str(records), "--json"]
    killed = 0
    for _ in range(4):
        running = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(0.8, 3.0))  # the point of the kill, not a wait for anything
        running.send_signal(signal.SIGKILL)
        killed += running.wait() == -signal.SIGKILL
    about = _last(cli("ingest", "fire", records, "--json"))
    tail = cli("tail", "--since", "start", "--no-follow", "--json", "--contract", "incident")
    units = cli("tail", "--since", "start", "--no-follow", "--json", "--contract", "unit.status")
    ids = [json.loads(line)["id"] for line in (tail.stdout + units.stdout).splitlines()]
    calls = {line.partition(",")[0] for line in whole[1:1500]}
    assert killed >= 1
    assert (about["read"], about["incidents"], about["lost"]) == (1499, len(calls), 0)
    assert len(tail.stdout.splitlines()) == len(calls)
    assert len(ids) == len(set(ids))
