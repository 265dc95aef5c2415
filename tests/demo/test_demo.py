"""The demo as a stranger runs it: the command, in a process of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from liandong.bus import Bus, Entry, connect
from liandong.contracts import OrderReported
from liandong.ops.demo.actors.actor import Caller
from liandong.ops.demo.director import direct
from liandong.ops.demo.failure import DemoError
from liandong.ops.demo.scenario import load
from liandong.ops.demo.watch import Watch

LIANDONG = Path(sys.executable).parent / "liandong"
ADAPTERS = {
    "police-cad": {"incident.reported", "order.reported", "referral.offered"},
    "police-orders": {"order.reported"},
    "fire-telemetry": {"observation.recorded", "order.reported", "unit.position"},
    "fire-orders": {"order.reported"},
    "ambulances": {"order.reported", "unit.position", "unit.status"},
    "ambulance-orders": {"order.reported"},
    "hospital-beds": {"facility.status"},
    "line-12345": {"referral.offered"},
    "works-department": {
        "order.reported",
        "referral.accepted",
        "referral.progressed",
        "referral.closed",
    },
    "warning-centre": {"alert.issued"},
    "hj-telemetry": {"unit.position"},
}
"""What each adapter says on the region's own bus, the neighbour's among them."""


def environment(**more: object) -> dict[str, str]:
    """Return this process's environment without what would lead the demo elsewhere."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LIANDONG_")}
    return kept | {name: str(value) for name, value in more.items()}


def play(home: Path) -> dict[str, Any]:
    """Play the demo once; return its counts."""
    command = [LIANDONG, "demo", "--once", "--json"]
    done = subprocess.run(
        command, env=environment(LIANDONG_HOME=home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def refused(home: Path) -> subprocess.CompletedProcess[str]:
    """Return how a demo ended that could not have its folder."""
    command = [LIANDONG, "demo", "--once"]
    done = subprocess.run(
        command, env=environment(LIANDONG_HOME=home), capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (6, "")
    return done


@contextmanager
def begun(**more: object) -> Generator[subprocess.Popen[str]]:
    """Give a demo whose first order has passed; it is killed if it outlives the block."""
    with subprocess.Popen(
        [LIANDONG, "demo"],
        env=environment(PYTHONUNBUFFERED=1, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stdout
        try:
            assert any("order.issued" in line for line in demo.stdout)
            yield demo
        finally:
            demo.kill()


def names(folder: Path) -> set[str]:
    """Return what lies in a folder."""
    return {path.name for path in folder.iterdir()}


def settled(counts: dict[str, Any]) -> dict[str, Any]:
    """Return the counts that are the same in every run: those that no clock decides."""
    timed = ("adapter.heartbeat", "unit.position", "clock.started", "clock.stopped", "report.due")
    events = {name: n for name, n in counts["events"].items() if name not in timed}
    return {"events": events} | {k: counts[k] for k in ("orders", "dead_letters")}


def processes_about(folder: Path) -> list[str]:
    """Return the command lines of processes that name a folder."""
    found: list[str] = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it has ended meanwhile
            continue
        found += [line] if str(folder) in line else []
    return found


def check(counts: dict[str, Any]) -> None:
    """Check the counts of one run."""
    events = counts["events"]
    assert events["incident.reported"] == events["incident.cleared"] == 1
    assert events["order.issued"] == 5
    assert events["plan.activated"] == events["order.escalated"] == 1
    assert events["referral.offered"] == events["referral.closed"] == 2
    assert events["alert.issued"] == events["aid.released"] == 1
    assert counts["orders"] == {"done": 5}
    assert counts["aid"]["outcome"] == "granted in part"
    assert counts["aid"]["asked"] == {"1": 2, "2": 10}
    assert counts["aid"]["granted"] == {"1": 1, "2": 0}
    assert counts["aid"]["released"]
    assert counts["dead_letters"] == 0
    assert 0 < counts["seconds"] < 40


async def logged(bus: Bus) -> list[Entry]:
    """Return the log."""
    return [entry async for entry in bus.history()]


@pytest.mark.slow
@pytest.mark.timeout(180)
async def test_two_runs_end_well_and_every_step_is_some_adapters(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each begins clean, apart from the user's own state; the log has what adapters translated."""
    (tmp_path / "secret").write_text("the user's own")
    first = await asyncio.to_thread(play, tmp_path)
    second = await asyncio.to_thread(play, tmp_path)
    check(second)
    assert settled(second) == settled(first)
    assert names(tmp_path) == {"demo", "secret"}
    assert (tmp_path / "secret").read_text() == "the user's own"
    assert processes_about(tmp_path) == []
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "demo"))
    async with await connect() as bus:
        events = [entry.envelope.data for entry in await logged(bus) if entry.envelope]
    said: dict[str, set[str]] = {}
    for event in events:
        if event.provenance:
            said.setdefault(event.provenance.system, set()).add(event.event)
    assert said == ADAPTERS
    received = {
        e.order_id for e in events if isinstance(e, OrderReported) and e.state == "received"
    }
    accepted = {
        e.order_id for e in events if isinstance(e, OrderReported) and e.state == "accepted"
    }
    assert len(received) == 5
    assert received == accepted


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing(tmp_path: Path, sign: signal.Signals) -> None:
    """Ctrl-C in the middle ends it with a goodbye and 130: no process, no temporary folder."""
    with begun(TMPDIR=tmp_path) as demo:
        assert processes_about(tmp_path)
        demo.send_signal(sign)
        told, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (130, "")
    assert "Goodbye" in told.splitlines()[-1]
    assert "再见" in told.splitlines()[-1]
    assert processes_about(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_an_actor_that_breaks_down_is_named_in_one_sentence(tmp_path: Path) -> None:
    """A file that the CAD cannot read ends the demo with 1, and without a traceback."""
    with begun(LIANDONG_HOME=tmp_path) as demo:
        orders = tmp_path / "demo" / "agencies" / "cad-orders"
        orders.mkdir(exist_ok=True)
        (orders / "broken.part").write_text("number\n1\n")
        (orders / "broken.part").rename(orders / "broken.csv")
        _, errors = demo.communicate(timeout=60)
    assert errors == "liandong: the demo failed: CAD 110 failed: KeyError('order_id')\n"
    assert demo.returncode == 1


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_second_demo_keeps_out_of_the_first_ones_folder(tmp_path: Path) -> None:
    """It says who has the folder and what to do, and disturbs nothing."""
    with begun(LIANDONG_HOME=tmp_path) as first:
        assert "another demo" in refused(tmp_path).stderr
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=60)
        assert first.returncode == 130


def test_what_no_demo_put_there_is_not_emptied(tmp_path: Path) -> None:
    """A user's own folder may be called demo."""
    mine = tmp_path / "demo" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("mine")
    assert "holds what no demo put there" in refused(tmp_path).stderr
    assert mine.read_text() == "mine"


class Idler(Caller):
    """An actor that can do anything, and does nothing."""

    async def export_calls(self, calls: list[dict[str, str]]) -> None:
        """Export nothing."""
        assert calls


async def test_a_step_that_does_not_come_is_named_with_what_is_missing() -> None:
    """Whoever looks at a failed demo reads which step it was, and which event never came."""
    scenario = load("run")
    steps = [step.model_copy(update={"patience_s": 0.05}) for step in scenario.steps]
    silent = Watch(lambda _: None)
    cast = {scenario.steps[0].who: Idler("idler", lambda _who, _what: None)}
    with pytest.raises(DemoError) as failed:
        await direct(
            scenario.model_copy(update={"steps": tuple(steps)}),
            cast,
            {"lz": silent, "hj": silent},
            lambda _: None,
        )
    assert "the police hand the incident" in str(failed.value)
    assert "incident.reported by lz/police/110 with incident_id = 110-run" in str(failed.value)
