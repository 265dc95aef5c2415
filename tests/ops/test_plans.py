"""Plans on the command line: checked, tried, proposed, put into force, followed to their end."""

import asyncio
import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from liandong.bus import Bus, connect
from liandong.contracts import ConfigurationError, IncidentClassified, IncidentReported
from liandong.response import Desk
from liandong.response.joint import site_library
from liandong.response.plan_library import samples
from liandong.response.plan_state import PlansAtWork
from liandong.response.plans import plans

SAMPLES = Path(str(files("liandong.response"))) / "samples" / "plans"


def test_a_plan_is_checked_and_what_is_wrong_is_told(cli: Any, tmp_path: Path) -> None:
    """In both languages, as data, and by the exit code."""
    folder = tmp_path / "plans"
    shutil.copytree(SAMPLES, folder)
    path = folder / "lz-crowd.toml"
    path.write_text(path.read_text("utf-8").replace("lz/police/110", "lz/polis/110"), "utf-8")
    sound, wrong = cli("plan", "lint", SAMPLES), cli("plan", "lint", folder, "--lang", "zh")
    as_json = json.loads(cli("plan", "lint", path, "--json").stdout)
    assert (sound.returncode, sound.stdout) == (0, "")
    assert wrong.returncode == 1
    assert "没有这类机构：lz/polis/110" in wrong.stdout
    assert {one["rule"] for one in as_json["findings"]} == {"unknown-kind"}


def test_a_plan_is_tried_without_a_bus(cli: Any) -> None:
    """What it would say, when and to whom, with a later level and the end."""
    tried = cli(
        *("plan", "simulate", "lz-hazmat", "--grade", "III", "--then", "30m=II", "--json"),
        *("--incident-type", "HAZMAT"),
    )
    said = json.loads(tried.stdout)["said"]
    evacuate = next(one for one in said if one["about"].endswith("--evacuate"))
    assert tried.stderr == ""
    assert (evacuate["after_s"], evacuate["to"]) == (1800, "lz/police/110")
    assert evacuate["answer_within_s"] == 1800 + 120
    assert (
        "is not for NOISE"
        in cli("plan", "simulate", "lz-hazmat", "--incident-type", "NOISE").stderr
    )
    assert cli("plan", "simulate", "lz-none").returncode == 3


def test_a_machine_carries_out_the_plans_of_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None without a folder, never the made-up ones; an unsound one stops the start."""
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path))
    assert site_library().plans == {}
    shutil.copytree(SAMPLES, tmp_path / "plans")
    assert site_library().plans == samples().plans
    path = tmp_path / "plans" / "lz-crowd.toml"
    path.write_text(path.read_text("utf-8").replace("lz/police/110", "lz/polis/110"), "utf-8")
    with pytest.raises(ConfigurationError, match="lz/polis/110"):
        site_library()


def test_the_plans_that_come_along_are_written_once(cli: Any, tmp_path: Path) -> None:
    """They are sound where they are written, and nothing is written over."""
    folder = str(tmp_path / "plans")
    assert cli("plan", "samples", folder).returncode == 0
    assert cli("plan", "lint", folder).returncode == 0
    assert cli("plan", "samples", folder).returncode == 6


async def report(bus: Bus) -> None:
    """Report an incident, and have it graded."""
    reported = {
        "incident_id": "lz-7",
        "incident_type": "HAZMAT",
        "location": {"place": "Quay 3"},
        "summary": "A leak",
    }
    graded = {
        "incident_id": "lz-7",
        "category": "accident",
        "grade": "III",
        "agency": "lz/centre/command",
        "decided_by": "duty commander",
        "basis": "clause 4.2",
    }
    await bus.publish(IncidentReported.model_validate(reported), area="cn.99.01.03")
    await bus.publish(IncidentClassified.model_validate(graded), area="cn.99.01.03")


async def ordered(desk: Desk[PlansAtWork], count: int) -> None:
    """Wait until so many orders are there."""
    while not ((state := desk.book.state("lz-7")) and len(state.tasks) >= count):  # noqa: ASYNC110  no bell
        await asyncio.sleep(0.02)


async def test_a_plan_is_proposed_activated_followed_and_ended(
    cli: Any, environment: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person decides each step; the desk says the rest; a second activation is refused."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    shutil.copytree(SAMPLES, Path(environment["LIANDONG_HOME"]) / "plans")

    def plan(*arguments: str) -> Any:
        return asyncio.to_thread(cli, "--agency", "lz/centre/command", "plan", *arguments)

    async with await connect(agency="lz/centre/desk") as bus:
        await report(bus)
        desk = Desk(bus, plans(samples()), b"a secret of this test")
        task = asyncio.create_task(desk.run())
        proposed = await plan("proposals")
        foreign = ("--agency", "hj/centre/command", "plan", "activate", "lz-hazmat")
        refused = await asyncio.to_thread(cli, *foreign, "--incident", "lz-7")
        activated = await plan("activate", "lz-hazmat", "--incident", "lz-7")
        await ordered(desk, 5)
        again = await plan("activate", "lz-hazmat", "--incident", "lz-7")
        shown = await plan("show", "lz-7", "--lang", "zh")
        raised = await plan("level", "lz-7", "II", "--why", "Gas at the fence")
        await ordered(desk, 7)
        none = await plan("proposals", "--json")
        ended = await plan("end", "lz-7")
        gone = await plan("show", "lz-8")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert "liandong plan activate lz-hazmat --incident lz-7" in proposed.stdout
    assert refused.returncode == 2
    assert "lz/centre/command" in refused.stderr
    assert activated.stdout.strip() == "lz-hazmat-lz-7"
    assert (again.returncode, gone.returncode) == (6, 3)
    assert shown.stdout.count("未答复") >= 5
    assert (raised.returncode, ended.returncode) == (0, 0)
    assert [(one["level"], one["level_now"]) for one in json.loads(none.stdout)] == [("III", "II")]
