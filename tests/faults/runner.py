"""Run one row of the plan in a folder of its own, within its time, and judge it."""

import asyncio
import importlib
import tempfile
import traceback
from pathlib import Path

from faults.plan import Planned
from faults.row import NotRun, Row, Spec


async def run_row(planned: Planned, seed: int, *, in_slice: bool) -> Row:
    """Run a row; whatever happens, a row comes back.

    Args:
        planned: The row.
        seed: What its random moments come from.
        in_slice: Run the short slice of it.
    """
    with tempfile.TemporaryDirectory(prefix=f"faults-{planned.name}-") as folder:
        spec = Spec(
            planned.name,
            seed,
            planned.slice_count if in_slice else planned.count,
            Path(folder),
            planned.params | (planned.slice_params if in_slice else {}),
        )
        row = await _attempt(spec, planned.within_s)
    if not (row.not_run or row.failed):
        row.failed += missed(row, planned, spec.count, in_slice=in_slice)
    return row


async def _attempt(spec: Spec, within_s: float) -> Row:
    module = importlib.import_module(f"faults.rows.{spec.name.replace('-', '_')}")
    row = spec.row()
    try:
        async with asyncio.timeout(within_s):
            return await module.run(spec)
    except NotRun as lack:
        row.not_run = str(lack)
    except TimeoutError:
        row.failed.append(f"something did not come in time:\n{traceback.format_exc()}")
    except Exception:  # noqa: BLE001  a row that breaks must not take the others with it
        row.failed.append(f"the row itself broke:\n{traceback.format_exc()}")
    return row


def missed(row: Row, planned: Planned, count: int, *, in_slice: bool) -> list[str]:
    """Return a sentence for each bar of the plan that a row misses."""
    found = []
    if row.injected < count:
        found.append(f"{row.injected} of {count} faults were injected")
    for name, highest in planned.at_most.items():
        figure = row.figure(name)
        if figure is None or figure > highest:
            found.append(f"{name} is {figure}, at most {highest:g} is allowed")
    at_least = planned.slice_at_least if in_slice else planned.at_least
    for name, lowest in at_least.items():
        figure = row.figure(name)
        if figure is None or figure < lowest:
            found.append(f"{name} is {figure}, at least {lowest:g} is asked for")
    return found
