"""Ghost orders: an executor that heeds nothing is caught; a real one carries out none."""

from pathlib import Path

import pytest

from faults.plan import read_plan
from faults.row import Spec
from faults.rows import ghost_orders


def _spec(folder: Path, executor: str, cut: str) -> Spec:
    """Return two orders sent into one short outage."""
    (planned,) = (row for row in read_plan() if row.name == "ghost-orders")
    params = planned.params | {"executor": executor, "cuts": [cut], "outage_s": [1, 1]}
    return Spec(planned.name, 1, 2, folder, params)


@pytest.mark.parametrize("cut", ["frozen", "half-open"])
async def test_an_executor_that_heeds_nothing_is_seen(tmp_path: Path, cut: str) -> None:
    """It carries out what had expired and what had been cancelled."""
    row = await ghost_orders.run(_spec(tmp_path, "heedless", cut))
    assert (row.facts["expired"], row.facts["cancelled"]) == (1, 1)


@pytest.mark.parametrize("cut", ["killed", "frozen", "half-open"])
async def test_no_ghost_is_carried_out(tmp_path: Path, cut: str) -> None:
    """However the sender was cut off; and what it orders afterwards is carried out."""
    row = await ghost_orders.run(_spec(tmp_path, "crew", cut))
    assert (row.injected, row.facts["expired"], row.facts["cancelled"]) == (2, 0, 0)
    assert (row.lost, row.duplicated) == (0, 0)
