"""Faults between client and broker: what the bus does against them is missed when left out."""

import math
from pathlib import Path

import pytest

from faults.plan import read_plan
from faults.row import Row, Spec
from faults.rows import client_faults
from liandong.bus import connection, dial
from liandong.bus.subscriber import Subscription

pytestmark = [pytest.mark.slow, pytest.mark.timeout(120)]


async def _broken_once(folder: Path, name: str, outage_s: float) -> Row:
    """Return the row of one fault of a kind."""
    (planned,) = (row for row in read_plan() if row.name == "client-faults")
    talks = {"talks": int("credentials" not in name), "expiring_talks": int("credentials" in name)}
    asked = {"breaks": [name], "outage_s": [outage_s, outage_s], "credentials_last_s": 4}
    return await client_faults.run(Spec(planned.name, 1, 1, folder, planned.params | talks | asked))


async def test_a_bus_that_never_asks_whether_it_is_heard_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that it is connected for as long as a line swallows everything."""
    monkeypatch.setattr(connection, "_STRIKES", math.inf)
    monkeypatch.setattr(dial, "_PING_SECONDS", 120)
    row = await _broken_once(tmp_path, "answers come late", 7)
    assert row.facts["claims_connected_s"] > 5


async def test_a_bus_that_forgets_its_place_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was said while its consumer was deleted does not come: lost."""
    monkeypatch.setattr(Subscription, "_place", lambda *_: None)
    assert (await _broken_once(tmp_path, "deleted consumers", 1)).lost


@pytest.mark.parametrize(
    "name",
    [
        "half open",
        "answers come late",
        "a callback that raises",
        "a handler that raises",
        "deleted consumers",
        "credentials expired, renewed in time",
        "credentials expired, renewed late",
    ],
)
async def test_messages_pass_again_and_none_is_lost(tmp_path: Path, name: str) -> None:
    """Within ten seconds of mending; nothing twice, all in order; and an alarm named the fault."""
    row = await _broken_once(tmp_path, name, 2)
    assert (row.lost, row.duplicated, row.reordered, row.silent) == (0, 0, 0, 0)
    assert row.injected == 1
    assert (row.slowest_recovery_s or 0) < 10
    assert row.facts["claims_connected_s"] < 5
