"""An adapter's durable memory: documents that are done, events that are stored, its own notes.

SQLite with a write-ahead log and ``synchronous=FULL``: what `commit` returned from survives a power
loss. One file an adapter, one writer; a second process on the same file is refused.
"""

import fcntl
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from liandong.adapters.sdk.document import Document
from liandong.contracts import ConfigurationError

_SCHEMA = """
create table if not exists document (
    identity text not null, sha256 text not null, received text not null, peer text not null,
    media_type text not null, body blob not null, outcome text,
    primary key (identity, sha256)) without rowid;
create table if not exists event (id text primary key) without rowid;
create table if not exists note (name text primary key, value text not null) without rowid;
"""
_OPEN = "open\n"


class Journal:
    """The memory of one adapter. What lies between two commits is kept together or not at all."""

    def __init__(self, path: Path) -> None:
        """Open or create it.

        Args:
            path: The file; its folder is made.

        Raises:
            ConfigurationError: Another process has it open.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._lock = path.with_suffix(".lock").open("a+")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ConfigurationError(
                f"another process is running adapter {path.stem!r} ({path}); stop it first"
            ) from None
        self._lock.seek(0)
        self.died = bool(self._lock.read())
        """Whether who had it open last ended without closing it: killed, or without power."""
        self._lock.truncate(0)
        self._lock.write(_OPEN)
        self._lock.flush()
        self._db = sqlite3.connect(path, isolation_level="DEFERRED")
        self._db.execute("pragma journal_mode=wal")
        self._db.execute("pragma synchronous=full")
        self._db.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        """Return itself; leaving closes it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def close(self) -> None:
        """Close it; what was not committed is forgotten."""
        self._db.close()
        self._lock.truncate(0)
        self._lock.close()

    def commit(self) -> None:
        """Make everything since the last commit durable."""
        self._db.commit()

    def rollback(self) -> None:
        """Forget everything since the last commit."""
        self._db.rollback()

    def keep(self, documents: Iterable[Document]) -> None:
        """Keep the original bytes of documents that were received."""
        self._db.executemany(
            "insert or ignore into document values (?, ?, ?, ?, ?, ?, null)",
            [
                (d.identity, d.sha256, d.received.isoformat(), d.peer, d.media_type, d.body)
                for d in documents
            ],
        )

    def outcome(self, document: Document) -> str | None:
        """Return how the document ended, or None where it is new or still open."""
        row = self._db.execute(
            "select outcome from document where identity = ? and sha256 = ?",
            (document.identity, document.sha256),
        ).fetchone()
        return row[0] if row else None

    def settle(self, outcomes: Iterable[tuple[Document, str]]) -> None:
        """Note how documents ended: ``stored`` or ``rejected``."""
        self._db.executemany(
            "update document set outcome = ? where identity = ? and sha256 = ?",
            [(outcome, d.identity, d.sha256) for d, outcome in outcomes],
        )

    def open_documents(self) -> int:
        """Return how many documents were received and have no outcome yet."""
        row = self._db.execute("select count(*) from document where outcome is null").fetchone()
        return int(row[0])

    def original(self, sha256: str) -> Document | None:
        """Return a document by the digest of its bytes."""
        row = self._db.execute(
            "select body, identity, peer, media_type from document where sha256 = ?", (sha256,)
        ).fetchone()
        return Document(*row) if row else None

    def stored(self, ids: Iterable[str]) -> None:
        """Note events that the broker has stored."""
        self._db.executemany("insert or ignore into event values (?)", [(i,) for i in ids])

    def is_stored(self, event_id: str) -> bool:
        """Say whether the broker is known to have stored an event."""
        return bool(self.stored_among((event_id,)))

    def stored_among(self, ids: Iterable[str]) -> set[str]:
        """Return those of some events that the broker is known to have stored."""
        asked = json.dumps(list(ids))
        rows = self._db.execute(
            "select id from event where id in (select value from json_each(?))", (asked,)
        )
        return {row[0] for row in rows}

    def write(self, name: str, value: str) -> None:
        """Write one of the adapter's own notes."""
        self._db.execute("insert or replace into note values (?, ?)", (name, value))

    def read(self, name: str) -> str | None:
        """Read one of the adapter's own notes."""
        row = self._db.execute("select value from note where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def notes(self, prefix: str) -> list[tuple[str, str]]:
        """Return the notes whose name starts so, by name."""
        rows = self._db.execute(
            "select name, value from note where name >= ? and name < ? order by name",
            (prefix, prefix + "\U0010ffff"),
        )
        return [(name, value) for name, value in rows]


def read_original(journal: Path, sha256: str) -> bytes | None:
    """Return a document's bytes from the journal of another adapter, which may be running.

    None where that journal is not there or has no such document.
    """
    place = f"{journal.absolute().as_uri()}?mode=ro"
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(place, uri=True)) as db:
        row = db.execute("select body from document where sha256 = ?", (sha256,)).fetchone()
        return row[0] if row else None
    return None
