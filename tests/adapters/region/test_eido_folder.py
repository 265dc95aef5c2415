"""EIDOs dropped as files: on the bus once, their originals at home. Mostly made up."""

from pathlib import Path

import pytest

from liandong.adapters.codecs import eido
from liandong.adapters.region.eido import EidoFolder, EidoFolderSettings
from liandong.adapters.region.eido_write import Issuer, write
from liandong.adapters.sdk import Counters, Document, Journal, run
from liandong.adapters.sdk.conformance import conformance
from liandong.bus import Bus
from liandong.contracts import Filter, IncidentReported, Reason, UnitStatus

FULL = Path(__file__).parents[2] / "samples" / "eido" / "full.json"
LATER = FULL.read_bytes().replace(b"14:59:00", b"15:59:00").replace(b"OnScene", b"Cleared")
ISSUER = "idx.linzhou.example"

TestEidoFolder = conformance(
    EidoFolder,
    lambda folder: {"folder": folder / "eido"},
    fixtures=[
        Document(FULL.read_bytes(), "first", "file:eido", eido.MEDIA_TYPE),
        Document(LATER, "later", "file:eido", eido.MEDIA_TYPE),
    ],
)


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANDONG_HOME", str(tmp_path / "home"))


async def ingest(bus: Bus, path: Path, journal: Path) -> Counters:
    """Read files to their end and return what was counted."""
    settings = EidoFolderSettings(name="eidos", agency=str(bus.agency), area="cn.99")
    with Journal(journal) as memory:
        adapter = EidoFolder(settings, memory)
        adapter.paths = (path,)
        await run(adapter, bus)
        return adapter.health.counters


async def test_the_real_eido_becomes_events_once(bus: Bus, data_dir: Path, tmp_path: Path) -> None:
    """An incident and an agency; a second run adds none."""
    first = await ingest(bus, data_dir / "eido", tmp_path / "j.db")
    second = await ingest(bus, data_dir / "eido", tmp_path / "j.db")
    assert (first.received, first.published, first.rejected) == (1, 2, 0)
    assert (second.received, second.published, second.rejected) == (1, 0, 0)


async def test_a_later_eido_says_only_what_is_new(bus: Bus, tmp_path: Path) -> None:
    """The incident is reported once, and of the units only the one that has moved speaks again."""
    await ingest(bus, FULL, tmp_path / "j.db")
    (later := tmp_path / "later.json").write_bytes(LATER)
    await ingest(bus, later, tmp_path / "j.db")
    wanted = Filter(contracts=(IncidentReported, UnitStatus))
    stored = [entry.envelope async for entry in bus.history(wanted)]
    assert [type(e.data) for e in stored] == [IncidentReported, UnitStatus, UnitStatus, UnitStatus]
    assert stored[-1].data.unit_id == "unit-e31"


async def test_what_the_bus_must_not_carry_stays_in_the_journal(bus: Bus, tmp_path: Path) -> None:
    """A dead letter holds no bytes; what events came from is found again, and is whole."""
    (broken := tmp_path / "broken.json").write_bytes(FULL.read_bytes()[:-9])
    counted = await ingest(bus, broken, tmp_path / "j.db")
    assert counted.rejected == 1
    (found,) = await bus.dead_letters.list()
    assert (found.letter.reason, found.original) == (Reason.NOT_JSON, b"")

    await ingest(bus, FULL, tmp_path / "j.db")
    (report,) = [e.envelope async for e in bus.history(Filter(contracts=(IncidentReported,)))]
    provenance = report.data.provenance
    assert provenance
    with Journal(tmp_path / "j.db") as memory:
        kept = memory.original(provenance.sha256)
        assert kept
        settings = EidoFolderSettings(name="eidos", agency=str(bus.agency), area="cn.99")
        issuer = Issuer(EidoFolder(settings, memory).names, ISSUER)
    original = eido.parse(kept.body)
    assert (
        write([report], issuer, original).root.fields == eido.parse(FULL.read_bytes()).root.fields
    )
