"""An adapter's memory: kept together or not at all, by one process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from liandong.adapters.sdk import Document, Journal
from liandong.contracts import ConfigurationError

DOCUMENT = Document(b"bytes", "row 7", "file:calls.csv", "text/csv")
WRITER = """
import sys
from pathlib import Path
from liandong.adapters.sdk import Journal

journal = Journal(Path(sys.argv[1]))
journal.write("committed", "yes")
journal.commit()
journal.write("written", "yes")
print("written", flush=True)
sys.stdin.read()
"""


def test_a_document_is_found_again(journal: Journal) -> None:
    """By its digest, as it came."""
    journal.keep([DOCUMENT])
    journal.commit()
    kept = journal.original(DOCUMENT.sha256)
    assert kept
    assert (kept.body, kept.identity, kept.peer) == (b"bytes", "row 7", "file:calls.csv")
    assert kept.media_type == "text/csv"
    assert journal.original("0" * 64) is None


def test_an_outcome_belongs_to_identity_and_bytes(journal: Journal) -> None:
    """Other bytes under the same name are another document."""
    changed = Document(b"other", "row 7", "file:calls.csv")
    journal.keep([DOCUMENT, changed])
    assert journal.open_documents() == 2
    journal.settle([(DOCUMENT, "stored")])
    assert (journal.outcome(DOCUMENT), journal.outcome(changed)) == ("stored", None)
    assert journal.open_documents() == 1


def test_keeping_a_settled_document_again_does_not_open_it(journal: Journal) -> None:
    """A foreign system may repeat itself years later."""
    journal.keep([DOCUMENT])
    journal.settle([(DOCUMENT, "rejected")])
    journal.keep([DOCUMENT])
    assert journal.outcome(DOCUMENT) == "rejected"


def test_a_rollback_forgets_all_since_the_last_commit(journal: Journal) -> None:
    """State, document and events stand or fall together."""
    journal.write("state", "1")
    journal.commit()
    journal.write("state", "2")
    journal.keep([DOCUMENT])
    journal.stored(["e-1"])
    journal.rollback()
    assert journal.read("state") == "1"
    assert journal.original(DOCUMENT.sha256) is None
    assert not journal.is_stored("e-1")


def test_notes_are_listed_by_the_beginning_of_their_name(journal: Journal) -> None:
    """In order, and no others."""
    for name in ("thread/2", "thread/1", "threads", "a"):
        journal.write(name, name)
    assert journal.notes("thread/") == [("thread/1", "thread/1"), ("thread/2", "thread/2")]


def test_a_second_process_is_refused(journal: Journal) -> None:
    """Two writers would each believe that they are the only one."""
    with pytest.raises(ConfigurationError, match="another process is running adapter 'journal'"):
        Journal(journal.path)


def test_a_killed_process_leaves_what_it_committed(tmp_path: Path) -> None:
    """And nothing of what it had not; the file is free again at once."""
    path = tmp_path / "killed.db"
    command = [sys.executable, "-c", WRITER, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"written\n"
        os.kill(process.pid, signal.SIGKILL)
    with Journal(path) as journal:
        assert journal.died
        assert journal.read("committed") == "yes"
        assert journal.read("written") is None
    with Journal(path) as journal:
        assert not journal.died


def test_it_survives_a_power_loss_by_its_own_settings(journal: Journal) -> None:
    """A write-ahead log that is synced at each commit."""
    assert journal._db.execute("pragma journal_mode").fetchone() == ("wal",)  # noqa: SLF001
    assert journal._db.execute("pragma synchronous").fetchone() == (2,)  # noqa: SLF001
