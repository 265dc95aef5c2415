"""A journal is whole lines, whoever wrote them and however he ended."""

from pathlib import Path

from faults.journal import Journal, Tail, ids, read_journal


def test_a_line_that_its_writer_did_not_end_is_no_line(tmp_path: Path) -> None:
    """A process is killed amid a write: what it had noted before counts."""
    path = tmp_path / "said.jsonl"
    Journal(path).write("ok", id="a")
    with path.open("ab") as file:
        file.write(b'{"at": 1, "what": "ok", "i')
    assert ids(read_journal(path), "ok") == ["a"]


def test_who_reads_on_sees_each_line_once(tmp_path: Path) -> None:
    """Also those that come while it reads, and none where there is no journal yet."""
    path = tmp_path / "said.jsonl"
    tail = Tail(path)
    assert tail.lines() == []
    journal = Journal(path)
    journal.write("ok", id="a")
    assert ids(tail.lines(), "ok") == ["a"]
    journal.write_many("ok", [{"id": "b"}, {"id": "c"}])
    assert ids(tail.lines(), "ok") == ["b", "c"]


def test_who_begins_now_sees_only_what_comes(tmp_path: Path) -> None:
    """From the end of the last whole line: one that is being written is still to come."""
    path = tmp_path / "said.jsonl"
    Journal(path).write("ok", id="a")
    with path.open("ab") as file:
        file.write(b'{"at": 1, "what": "ok", ')
        file.flush()
        tail = Tail(path, from_now=True)
        file.write(b'"id": "b"}\n')
    assert ids(tail.lines(), "ok") == ["b"]
