"""The dropped folder: whole files only, each once, and its outcome shows."""

import os
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from liandong.adapters.sdk.folder import (
    DropFolder,
    DroppedFile,
    FileDocument,
    drop,
    given_files,
    is_being_written,
    list_files,
)
from liandong.contracts import (
    AgencyUnavailable,
    ConfigurationError,
    DocumentError,
)

BROKEN = DocumentError("test", "something else")


class SlowWriter:
    """Another process that writes a file in place, a line at a time."""

    def __init__(self, path: Path) -> None:
        """Start it."""
        code = """
import sys
with open(sys.argv[1], "w") as file:
    for line in sys.stdin:
        print(line, end="", file=file, flush=True)
        print("written", flush=True)
"""
        self.process = subprocess.Popen(
            [sys.executable, "-c", code, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def write(self, line: str) -> None:
        """Write a line; it is in the file when this returns."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        print(line, file=self.process.stdin, flush=True)
        assert self.process.stdout.readline() == "written\n"

    def close(self) -> None:
        """Close the file and end."""
        self.process.communicate()


def whole(file: DroppedFile) -> FileDocument:
    """Offer a file as one document."""
    document = FileDocument(file.path.read_bytes(), file.name, "test", file=file, whole=True)
    file.offer(document.identity)
    file.all_offered()
    return document


def opened(root: Path) -> DropFolder:
    """Open a folder whose files settle soon."""
    return DropFolder(root, settled_s=0.05, poll_s=0.01)


async def first(folder: DropFolder) -> DroppedFile:
    """Return the next file."""
    async with aclosing(folder.files()) as files:
        return await anext(files)


async def test_a_file_goes_to_done_after_its_last_document(tmp_path: Path) -> None:
    """It stays in work/ while one row has no outcome; a refused row does not hold it."""
    with opened(tmp_path) as folder:
        drop(folder.inbox, "calls.csv", b"1\n2\n")
        file = await first(folder)
        rows = [FileDocument(b"", str(n), "test", file=file) for n in range(2)]
        for row in rows:
            file.offer(row.identity)
        await rows[0].accept()
        await rows[0].accept()
        file.all_offered()
        assert list_files(folder.work) == [file.path]
        await rows[1].refuse(BROKEN)
        assert list_files(folder.done) == [file.path]
        assert file.path.name.endswith("-calls.csv")


async def test_a_file_that_is_refused_goes_to_rejected_with_its_reason(tmp_path: Path) -> None:
    """The reason stands beside it."""
    with opened(tmp_path) as folder:
        drop(folder.inbox, "alert.xml", b"?")
        file = await first(folder)
        await whole(file).refuse(BROKEN)
        kept, reason = list_files(folder.rejected)
        assert kept.read_bytes() == b"?"
        assert reason.name == f"{kept.name}.reason.txt"
        assert reason.read_text() == "402 test: document: expected something else\n"


async def test_a_file_to_be_tried_again_is_offered_again(tmp_path: Path) -> None:
    """It stays in work/ and comes once more, under the name that it was dropped with."""
    with opened(tmp_path) as folder:
        drop(folder.inbox, "a-b.csv", b"1")
        async with aclosing(folder.files()) as files:
            await whole(await anext(files)).refuse(AgencyUnavailable("not now"))
            again = await anext(files)
            assert again.name == "a-b.csv"
            await whole(again).accept()
        assert list_files(folder.done) == [again.path]


async def test_what_was_being_read_is_read_again(tmp_path: Path) -> None:
    """After an end without outcome, work/ comes before what is new."""
    with opened(tmp_path) as folder:
        drop(folder.inbox, "old.csv", b"1")
        assert (await first(folder)).name == "old.csv"
        drop(folder.inbox, "new.csv", b"2")
    with opened(tmp_path) as folder:
        async with aclosing(folder.files()) as files:
            assert [(await anext(files)).name for _ in range(2)] == ["old.csv", "new.csv"]


async def test_a_file_under_an_old_name_is_another_file(tmp_path: Path) -> None:
    """Two files of one name both reach done/."""
    with opened(tmp_path) as folder:
        for body in (b"1", b"2"):
            drop(folder.inbox, "calls.csv", body)
            await whole(await first(folder)).accept()
        assert [file.read_bytes() for file in list_files(folder.done)] == [b"1", b"2"]


async def test_a_half_written_file_is_not_taken(tmp_path: Path) -> None:
    """While a slow writer has it open it stays; afterwards all of it is there."""
    with opened(tmp_path) as folder:
        writer = SlowWriter(folder.inbox / "slow.csv")
        async with aclosing(folder.files()) as files:
            for number in range(3):
                writer.write(f"row {number}")
                drop(folder.inbox, f"quick-{number}.csv", b"1")
                # The quick one was dropped later: by now the slow one has stood still for longer.
                assert (await anext(files)).name == f"quick-{number}.csv"
            writer.close()
            slow = await anext(files)
        assert slow.path.read_text() == "row 0\nrow 1\nrow 2\n"


async def test_a_file_that_changes_while_another_is_read_waits_again(tmp_path: Path) -> None:
    """It was whole when the folder was looked at, and is not when its turn comes."""
    with opened(tmp_path) as folder:
        for name in ("a.csv", "b.csv"):
            drop(folder.inbox, name, b"1")
        async with aclosing(folder.files()) as files:
            assert (await anext(files)).name == "a.csv"
            (folder.inbox / "b.csv").write_bytes(b"half")
            drop(folder.inbox, "c.csv", b"1")
            (folder.inbox / "b.csv").write_bytes(b"half and half")
            later = [await anext(files) for _ in range(2)]
        assert {file.name: file.path.read_bytes() for file in later}["b.csv"] == b"half and half"


@pytest.mark.parametrize("name", [".calls.csv", "calls.csv.tmp", "calls.CSV.PART", "calls.csv~"])
async def test_names_that_say_unfinished_are_left_alone(tmp_path: Path, name: str) -> None:
    """Until it is renamed it is not looked at."""
    with opened(tmp_path) as folder:
        (folder.inbox / name).write_bytes(b"1")
        drop(folder.inbox, "other.csv", b"2")
        async with aclosing(folder.files()) as files:
            assert (await anext(files)).name == "other.csv"
            (folder.inbox / name).rename(folder.inbox / "calls.csv")
            assert (await anext(files)).name == "calls.csv"


async def test_only_plain_files_are_taken(tmp_path: Path) -> None:
    """No link, folder or pipe: one could point at anything, or never end."""
    with opened(tmp_path) as folder:
        (folder.inbox / "folder.csv").mkdir()
        (folder.inbox / "link.csv").symlink_to("/etc/passwd")
        os.mkfifo(folder.inbox / "pipe.csv")
        drop(folder.inbox, "plain.csv", b"1")
        assert (await first(folder)).name == "plain.csv"
        assert [path.name for path in list_files(folder.inbox)] == []


async def test_a_name_too_long_or_not_utf_8_is_taken(tmp_path: Path) -> None:
    """The stamp still fits, and the name can be written in JSON."""
    with opened(tmp_path) as folder:
        drop(folder.inbox, os.fsdecode(b"\xff" * 200 + b".csv"), b"1")
        file = await first(folder)
        file.name.encode()
        await whole(file).refuse(BROKEN)
        assert len(list_files(folder.rejected)) == 2


def test_one_process_at_a_time(tmp_path: Path) -> None:
    """A second one is told so; after the first has ended it may begin."""
    with opened(tmp_path), pytest.raises(ConfigurationError, match="another process"):
        opened(tmp_path)
    with opened(tmp_path):
        pass


def test_files_given_by_name_stay_where_they_are(tmp_path: Path) -> None:
    """A folder gives its files by name; one that is not there is an error that says so."""
    for name in ("b.csv", "a.csv", "c.csv.tmp"):
        (tmp_path / name).write_bytes(b"1")
    files = list(given_files([tmp_path]))
    assert [file.name for file in files] == ["a.csv", "b.csv"]
    whole(files[0])
    assert files[0].path.exists()
    with pytest.raises(ConfigurationError, match="no such file"):
        list(given_files([tmp_path / "missing.csv"]))


def test_a_file_given_by_name_must_not_be_open_for_writing(tmp_path: Path) -> None:
    """Reading half of it would be worse than an error."""
    path = tmp_path / "calls.csv"
    with path.open("w"):
        assert is_being_written(path)
        with pytest.raises(ConfigurationError, match="still being written"):
            list(given_files([path]))
    assert not is_being_written(path)
