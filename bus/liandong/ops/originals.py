"""Original bytes of dead letters that stayed in an adapter's journal on this machine."""

import sqlite3

from liandong.bus import Found, home


def original_of(found: Found) -> bytes | None:
    """Return a letter's original bytes, or None where they are on another machine."""
    letter = found.letter
    if letter.kept == "here":
        return found.original
    path = home() / "adapters" / f"{letter.consumer}.db"
    if not path.exists():
        return None
    # Read beside a running adapter: the journal's one writer holds the lock, readers need none.
    journal = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        row = journal.execute(
            "select body from document where sha256 = ?", (letter.sha256,)
        ).fetchone()
    finally:
        journal.close()
    return row[0] if row else None
