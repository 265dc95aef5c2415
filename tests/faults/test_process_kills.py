"""Killed processes: the rows see what each rule prevents, and nothing where it is kept."""

from pathlib import Path
from typing import Any

import pytest

from faults.plan import read_plan
from faults.row import Row, Spec
from faults.rows import adapter_sigkill, consumer_sigkill, publisher_sigkill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


def _spec(folder: Path, name: str, step: str, **params: Any) -> Spec:
    """Return a row of the plan, three kills at one of its steps, with other rules."""
    (planned,) = (row for row in read_plan() if row.name == name)
    steps = [s for s in planned.params["steps"] if s["name"] == step]
    return Spec(name, 1, 3, folder, planned.params | {"steps": steps} | params)


def _figures(row: Row) -> tuple[int, ...]:
    """Return what must be nothing."""
    return (row.lost, row.duplicated, row.reordered, row.corrupt, row.phantom)


async def test_a_publisher_that_forgets_what_it_owes_is_seen(tmp_path: Path) -> None:
    """It kept an event, died amid sending it, and did not send it again: lost."""
    spec = _spec(tmp_path, "publisher-sigkill", "being sent", post={"again": False})
    assert (await publisher_sigkill.run(spec)).lost


async def test_a_publisher_that_repeats_under_new_ids_is_seen(tmp_path: Path) -> None:
    """It died before it noted what was stored, and said it again as something else."""
    spec = _spec(tmp_path, "publisher-sigkill", "stored", post={"same_ids": False})
    assert (await publisher_sigkill.run(spec)).phantom


async def test_a_consumer_that_does_not_know_what_it_did_is_seen(tmp_path: Path) -> None:
    """It died between the effect and the acknowledgement, and did it again."""
    spec = _spec(tmp_path, "consumer-sigkill", "effect", take={"dedupe": False})
    assert (await consumer_sigkill.run(spec)).duplicated


async def test_a_killed_publisher_sends_what_it_owes_once_and_in_order(tmp_path: Path) -> None:
    """Killed when the broker had stored it and before that was heard."""
    row = await publisher_sigkill.run(_spec(tmp_path, "publisher-sigkill", "stored"))
    assert (row.injected, _figures(row)) == (3, (0, 0, 0, 0, 0))


async def test_a_killed_consumer_does_everything_once_and_in_order(tmp_path: Path) -> None:
    """Killed between the effect and the acknowledgement."""
    row = await consumer_sigkill.run(_spec(tmp_path, "consumer-sigkill", "effect"))
    assert (row.injected, _figures(row)) == (3, (0, 0, 0, 0, 0))


async def test_an_adapter_that_answers_too_early_is_seen(tmp_path: Path) -> None:
    """The file was said to be done, and the adapter died before its rows were stored: lost."""
    rules = {"kinds": ["files"], "adapter": "faults.foreign.careless:AnswersFirst"}
    spec = _spec(tmp_path, "adapter-sigkill", "understood", settle_s=2, **rules)
    assert (await adapter_sigkill.run(spec)).lost


async def test_an_adapter_that_names_everything_anew_is_seen(tmp_path: Path) -> None:
    """It died before it noted what was stored, and said it again as something else."""
    rules = {"kinds": ["files"], "adapter": "faults.foreign.careless:NamesAnew"}
    spec = _spec(tmp_path, "adapter-sigkill", "known", **rules)
    assert (await adapter_sigkill.run(spec)).duplicated


@pytest.mark.parametrize("kind", ["files", "mllp"])
async def test_a_killed_adapter_says_everything_once_and_in_order(
    tmp_path: Path, kind: str
) -> None:
    """Killed when the bus had what it read, and before it noted that."""
    row = await adapter_sigkill.run(_spec(tmp_path, "adapter-sigkill", "known", kinds=[kind]))
    assert (row.injected, _figures(row)) == (3, (0, 0, 0, 0, 0))
