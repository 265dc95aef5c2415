"""The harness bites: without what protects us it sees loss and doubles, and with it none."""

import json
from pathlib import Path

import pytest

from faults.journal import Line
from faults.plan import Planned, read_plan
from faults.report import line_of, rows_as_json
from faults.row import NotRun, Row
from faults.rows.broker_sigkill import Kill, recoveries
from faults.rows.proof_duplicates import delivered_twice, repeated_without_id
from faults.rows.proof_power_loss import confirmed_and_cut
from faults.runner import missed
from needs import miss


async def lost_in(folder: Path, *, sync: str, aged: bool) -> int:
    """Return how many confirmed events a power loss took; skip where none can be made."""
    try:
        return len((await confirmed_and_cut(folder, sync=sync, aged=aged)).lost)
    except NotRun as lack:
        miss(str(lack))


@pytest.mark.parametrize("aged", [False, True], ids=["young streams", "aged streams"])
async def test_power_loss_at_the_servers_default_loses_and_is_seen(
    tmp_path: Path, *, aged: bool
) -> None:
    """So a row that loses nothing has shown something."""
    assert await lost_in(tmp_path, sync="2m", aged=aged) > 0


@pytest.mark.parametrize("aged", [False, True], ids=["young streams", "aged streams"])
async def test_power_loss_at_our_setting_loses_nothing(tmp_path: Path, *, aged: bool) -> None:
    """The same events, the same cut, ``sync_interval: always``."""
    assert await lost_in(tmp_path, sync="always", aged=aged) == 0


async def test_a_repeat_without_an_id_is_seen_as_stored_twice(tmp_path: Path) -> None:
    """What our own publisher's ids prevent."""
    assert len((await repeated_without_id(tmp_path)).duplicated) == 1


async def test_a_consumer_without_a_memory_is_seen_to_double_its_effects(tmp_path: Path) -> None:
    """Everything is delivered to it twice."""
    assert len((await delivered_twice(tmp_path / "desk", dedupe=False)).duplicated) >= 50


async def test_a_consumer_with_a_memory_has_each_effect_once(tmp_path: Path) -> None:
    """Everything is delivered to it twice all the same."""
    assert (await delivered_twice(tmp_path / "desk", dedupe=True)).clean


PLANNED = Planned(
    "x", "", 2, 1, 1.0, at_most={"lost": 0, "slowest_recovery_s": 5}, at_least={"seen": 1}
)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (Row("x", 1, injected=2, slowest_recovery_s=5.0, facts={"seen": 1}), []),
        (
            Row("x", 1, injected=1, slowest_recovery_s=5.0, facts={"seen": 1}),
            ["1 of 2 faults were injected"],
        ),
        (
            Row("x", 1, injected=2, lost=1, facts={"seen": 0}),
            [
                "lost is 1, at most 0 is allowed",
                "slowest_recovery_s is None, at most 5 is allowed",
                "seen is 0, at least 1 is asked for",
            ],
        ),
    ],
    ids=["good", "too few", "all wrong"],
)
def test_each_missed_bar_is_said(row: Row, said: list[str]) -> None:
    """Also what was not measured at all."""
    assert missed(row, PLANNED, 2, in_slice=False) == said


def test_what_was_not_run_never_reads_as_passed() -> None:
    """The reason stands where the figures would."""
    row = Row("power-loss", 1, not_run="this row needs root")
    assert line_of(row) == "not run  power-loss: this row needs root"


def test_the_json_is_a_list_of_rows_that_say_what_they_ran_on() -> None:
    """So the lists of several runs can be joined."""
    (row,) = json.loads(rows_as_json([Row("power-loss", 7, injected=2, acked=90)], in_slice=True))
    said = {"fault", "injected", "acked", "lost", "duplicated", "reordered", "slowest_recovery_s"}
    assert said | {"seed", "not_run", "silent", "slice", "versions"} <= row.keys()
    assert (row["fault"], row["seed"], row["injected"], row["acked"]) == ("power-loss", 7, 2, 90)
    assert {"python", "nats-server", "nats-py", "kernel", "filesystem"} <= row["versions"].keys()


def test_recovery_leaves_out_the_seconds_without_a_broker() -> None:
    """A kill that another one follows before anything was confirmed is not better off for it."""
    kills = [Kill(10.0, 11.0), Kill(12.0, 15.0), Kill(20.0, 21.0)]
    said = [Line(at, "ok", {}) for at in (9.0, 15.5, 21.25)]
    heard = [Line(at, "effect", {}) for at in (11.5, 16.0, 22.0)]
    assert recoveries(kills, said, heard) == {
        "broker_back": [1.0, 3.0, 1.0],
        "confirmation": [1.5, 0.5, 0.25],
        "effect": [0.5, 1.0, 1.0],
    }


def test_every_row_of_the_plan_has_its_module() -> None:
    """Named like it."""
    modules = {f.stem for f in (Path(__file__).parent / "rows").glob("[a-z]*.py")}
    assert {row.name.replace("-", "_") for row in read_plan()} <= modules
