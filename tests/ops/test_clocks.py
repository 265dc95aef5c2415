"""``liandong clocks``: figures of real calls, and what runs, from the log alone."""

import asyncio
import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from liandong.bus import connect
from liandong.contracts import (
    IncidentReported,
    Location,
    PrimaryUnitStatus,
    SecondaryUnitStatus,
    UnitStatus,
)

_FORMAT = "%m/%d/%Y %I:%M:%S %p"


def moment(text: str) -> datetime:
    """Return a time as the file writes it; its zone does not matter to a difference."""
    return datetime.strptime(text, _FORMAT).replace(tzinfo=UTC)


@pytest.mark.timeout(200)
def test_figures_of_a_file_that_was_ingested_are_those_of_the_file(
    cli: Any, data_dir: Path, tmp_path: Path
) -> None:
    """Of each unit, from its dispatch to its arrival, straight from the rows."""
    whole = (data_dir / "dispatch" / "sffd-calls-2020-04.csv").read_text().splitlines(keepends=True)
    records = tmp_path / "calls.csv"
    records.write_text("".join(whole[:600]))
    rows = [row for row in csv.DictReader(whole[:600]) if row["On Scene DtTm"]]
    times = sorted(
        (moment(row["On Scene DtTm"]) - moment(row["Dispatch DtTm"])).total_seconds()
        for row in rows
    )
    cli("--agency", "qs/fire/119", "ingest", "fire", records, "--area", "us.ca.075")
    about = json.loads(cli("clocks", "--clock", "roll", "--area", "us.ca", "--json").stdout)
    (figure,) = about["figures"]
    assert (figure["agency"], figure["area"]) == ("qs/fire/119", "us.ca.075")
    assert figure["count"] == len(times)
    assert [figure[f"p{p}_s"] for p in (50, 90, 95)] == [
        times[-(-len(times) * p // 100) - 1] for p in (50, 90, 95)
    ]
    assert figure["breached"][0] == sum(time > 180 for time in times)
    assert about["percentiles"] == "nearest-rank"


@pytest.fixture
async def running(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A call came two minutes ago, and one unit of two was sent to another one."""
    monkeypatch.setenv("LIANDONG_HOME", environment["LIANDONG_HOME"])
    ago = datetime.now(UTC) - timedelta(minutes=2)
    async with await connect(agency="lz/fire/119", name="files") as bus:
        for name in ("lz-1", "lz-2"):
            report = IncidentReported(
                incident_id=name, location=Location(), summary="Smoke", received=ago
            )
            await bus.publish(report, area="cn.99.01")
        sent = UnitStatus(
            unit_id="E1",
            incident_id="lz-2",
            primary_status=PrimaryUnitStatus.NOT_AVAILABLE,
            secondary_status=SecondaryUnitStatus.DISPATCHED,
        )
        await bus.publish(sent, area="cn.99.01")


@pytest.mark.usefixtures("running")
async def test_what_runs_and_is_late_is_shown(cli: Any) -> None:
    """In both languages, with whose it is."""
    shown = {
        lang: (await asyncio.to_thread(cli, "clocks", "--lang", lang)).stdout
        for lang in ("en", "zh")
    }
    about = json.loads((await asyncio.to_thread(cli, "clocks", "--json")).stdout)
    late = [one for one in about["running"] if one["breached"]]
    assert [(one["clock"], one["incident"], one["agency"]) for one in late] == [
        ("react", "lz-1", "lz/fire/119")
    ]
    assert "late react      lz-1 lz/fire/119 for 1" in shown["en"]
    assert "超时 react      lz-1 lz/fire/119 已用 1" in shown["zh"]
    assert "快速反应：接警至首支力量派出" in shown["zh"]


def test_a_clock_that_there_is_not_is_said_to_be_none(cli: Any) -> None:
    """With those that there are."""
    done = cli("clocks", "--clock", "roll-out")
    assert done.returncode == 3
    assert "there are react, roll, resolve, turnout, attend" in done.stderr
