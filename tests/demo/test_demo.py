"""The demo as a stranger runs it: the command, in a process of its own."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from liandong.bus import Bus, Entry, connect
from liandong.contracts import OrderReported
from liandong.ops.demo.actors.actor import Caller
from liandong.ops.demo.director import StepFailed, direct
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
    "works-department": {"order.reported", "referral.answered", "referral.closed"},
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
    assert events["order.issued"] == 6
    assert events["referral.offered"] == events["referral.closed"] == 2
    assert events["alert.issued"] == events["aid.requested"] == events["aid.released"] == 1
    assert counts["orders"] == {"done": 5, "overdue": 1}
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
    """On one state folder, one after the other; then the log says what each adapter translated."""
    for _ in range(2):
        check(await asyncio.to_thread(play, tmp_path))
    assert processes_about(tmp_path) == []
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
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
    assert len(received) == 12
    assert sorted(order[-2:] for order in received - accepted) == ["t2", "t2"]


@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demo_leaves_nothing(tmp_path: Path, sign: signal.Signals) -> None:
    """Ctrl-C in the middle ends it with 130: no process, no temporary folder."""
    demo = subprocess.Popen(
        [LIANDONG, "demo"],
        env=environment(TMPDIR=tmp_path, PYTHONUNBUFFERED=1),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert demo.stdout
    assert any("order.issued" in line for line in demo.stdout)
    assert processes_about(tmp_path)
    demo.send_signal(sign)
    _, errors = demo.communicate(timeout=60)
    assert (demo.returncode, errors) == (130, "")
    assert processes_about(tmp_path) == []
    assert list(tmp_path.iterdir()) == []


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
    with pytest.raises(StepFailed) as failed:
        await direct(
            scenario.model_copy(update={"steps": tuple(steps)}),
            cast,
            {"lz": silent, "hj": silent},
            lambda _: None,
        )
    assert "an engine is ordered out" in str(failed.value)
    assert "incident.reported by lz/police/110 with incident_id = 110-run" in str(failed.value)
