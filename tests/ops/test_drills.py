"""Drills from the command line: checked, played, looked at, and never live."""

import json
from pathlib import Path
from typing import Any


def test_the_scenario_that_comes_along_is_played_and_reported(cli: Any) -> None:
    """One reaction is missing, as nobody played the commander: the command ends with 1."""
    played = cli("drill", "run", "--id", "d-1", "--speed", "1000", "--json")
    again = cli("drill", "report", "d-1", "--json")
    shown = cli("drill", "report", "d-1", "--lang", "zh")
    live = cli("tail", "--since", "start", "--no-follow", "--json")
    about = json.loads(played.stdout)
    outcomes = {one["reaction"]: one["outcome"] for one in about["reactions"]}
    assert (played.returncode, again.returncode) == (1, 1), played.stderr
    assert outcomes == {
        "engines-ordered": "met",
        "engines-accepted": "met",
        "burn-beds-asked": "missed",
        "post-moves": None,
    }
    assert json.loads(again.stdout) == about
    assert "未作反应" in shown.stdout
    assert live.stdout == ""


def test_a_drill_is_refused_where_it_cannot_be(cli: Any, tmp_path: Path) -> None:
    """In another mode, under no name, by a scenario that is none."""
    broken = tmp_path / "broken.toml"
    broken.write_text('id = "x"\n', "utf-8")
    assert cli("--mode", "live", "drill", "run").returncode == 6
    assert cli("drill", "run", "--played", "xx/fire/1").returncode == 2
    assert cli("drill", "lint").returncode == 0
    assert "injects" in cli("drill", "lint", broken).stderr
    assert cli("drill", "report", "none").returncode == 3
    assert cli("drill", "pause", "none").returncode == 3
