"""Tables of any size: in bounded memory, with their progress told."""

import tracemalloc
from pathlib import Path

import pytest

from liandong.adapters.police.cad import CadExports, CadSettings
from liandong.adapters.sdk import Journal
from liandong.adapters.sdk.folder import drop
from liandong.contracts import IncidentReported

HEADER = "接警单编号,接警时间,警情类别\n"
SETTINGS = {"name": "cad", "agency": "lz/police/110", "area": "lz.1"}


@pytest.fixture
def source(journal: Journal) -> CadExports:
    """Return a table source, not running."""
    return CadExports(CadSettings.model_validate(SETTINGS), journal)


async def test_a_large_file_takes_little_memory(source: CadExports, tmp_path: Path) -> None:
    """Six megabytes are read row by row: what is held at once stays under one."""
    path = tmp_path / "large.csv"
    path.write_text(HEADER + f"J1,2026-01-02 08:00:00,{'火' * 100}\n" * 20_000)
    source.paths = (path,)
    tracemalloc.start()
    async for document in source.documents():
        await document.accept()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1_000_000
    assert source.progress.rows == 20_000
    assert source.progress.read == source.progress.total == path.stat().st_size


async def test_identities_name_file_and_row(source: CadExports, tmp_path: Path) -> None:
    """Folders are read by name; another content under the same name is another document."""
    folder = tmp_path / "exports"
    for name, row in (("b.csv", "J1"), ("a.csv", "J2")):
        drop(folder, name, (HEADER + f"{row},2026-01-02 08:00:00,火灾\n").encode())
    source.paths = (folder,)
    first, second = [document.identity async for document in source.documents()]
    assert (first[:8], second[:8]) == ("a.csv:1:", "b.csv:1:")
    assert first[8:] != second[8:]


async def test_the_same_row_in_another_export_is_the_same_fact(
    source: CadExports, tmp_path: Path
) -> None:
    """The draft's identity is the call's, not the file's."""
    row = "J1,2026-01-02 08:00:00,火灾\n"
    folder = tmp_path / "exports"
    drop(folder, "monday.csv", (HEADER + row).encode())
    drop(folder, "tuesday.csv", (HEADER + "J0,2026-01-01 08:00:00,求助\n" + row).encode())
    source.paths = (folder,)
    drafts = [draft async for doc in source.documents() for draft in source.translate(doc)]
    assert drafts[0] == drafts[2]


async def test_a_declared_charset_wins(journal: Journal, tmp_path: Path) -> None:
    """A charset that cannot be told apart is named in the settings, and goes with each row."""
    source = CadExports(CadSettings.model_validate(SETTINGS | {"charset": "cp1252"}), journal)
    path = tmp_path / "calls.csv"
    path.write_text(
        "title,timeStamp,desc,addr\nEMS: FALL,2026-01-02 08:00:00,x,Café St\n", "cp1252"
    )
    source.paths = (path,)
    (document,) = [document async for document in source.documents()]
    (draft,) = source.translate(document)
    assert isinstance(draft.event, IncidentReported)
    assert draft.event.location.address == "Café St"
