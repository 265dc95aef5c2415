"""Real alerts, read once where they are: every file ends as an event or as a dead letter."""

from pathlib import Path

import pytest

from liandong.adapters.region.alerts import AlertFolder, AlertFolderSettings
from liandong.adapters.sdk import Counters, Journal, run
from liandong.bus import Bus
from liandong.contracts import ALERTS, Filter, Reason


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "home"))


async def ingest(bus: Bus, folder: Path, tmp_path: Path) -> Counters:
    """Read a folder to its end and return what was counted."""
    settings = AlertFolderSettings(name="alerts", agency=str(bus.agency), area="cn.99")
    with Journal(tmp_path / "alerts.journal") as journal:
        adapter = AlertFolder(settings, journal)
        adapter.paths = (folder,)
        await run(adapter, bus)
        return adapter.health.counters


async def test_every_real_alert_becomes_an_event_once(
    bus: Bus, data_dir: Path, tmp_path: Path
) -> None:
    """28 files, 28 live events; a second run adds none."""
    first = await ingest(bus, data_dir / "cap", tmp_path)
    second = await ingest(bus, data_dir / "cap", tmp_path)
    assert (first.received, first.published, first.rejected) == (28, 28, 0)
    assert (second.received, second.published, second.duplicates) == (28, 0, 28)
    stored = [entry async for entry in bus.history(Filter(contracts=ALERTS))]
    assert len(stored) == 28


async def test_signed_alerts_of_almost_a_megabyte_become_events(
    bus: Bus, data_dir: Path, tmp_path: Path
) -> None:
    """Eleven alerts pass; the twelfth file is a schema, and says so."""
    counted = await ingest(bus, data_dir / "cap-signed", tmp_path)
    assert (counted.received, counted.rejected) == (12, 1)
    (found,) = await bus.dead_letters.list()
    assert found.letter.reason == Reason.UNSUPPORTED


async def test_every_hostile_file_becomes_a_dead_letter(
    bus: Bus, data_dir: Path, tmp_path: Path
) -> None:
    """Four files, four letters, each with its reason."""
    counted = await ingest(bus, data_dir / "cap-hostile", tmp_path)
    assert (counted.received, counted.published, counted.rejected) == (4, 0, 4)
    reasons = sorted(found.letter.reason for found in await bus.dead_letters.list())
    assert reasons == [Reason.BREAKS_STANDARD] * 3 + [Reason.UNSAFE]
