"""A process that reads a file of dispatch records and publishes events, without types.

It makes as many events of the same size as `liandong ingest` does, each with an id that a second
run would make again, and takes nothing for stored that is not on disk.
"""

import csv
import hashlib
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from bench.lines import raw_publish
from bench.loops import run
from bench.site import plain

_CHUNK = 10_000
_CALL = 2  # the column that names the incident


def facts(file: Path, rows: int, events: int, size: int) -> Iterator[dict[str, Any]]:
    """Yield events' data: of each row as many as it is its turn for, of about so many bytes."""
    with file.open(newline="", encoding="utf-8-sig") as lines:
        records = csv.reader(lines)
        names = next(records)
        for number, row in enumerate(records):
            names = names[: _columns(names, row, size)] if number == 0 else names
            fields = dict(zip(names, row, strict=False))
            for n in range(events * number // rows, events * (number + 1) // rows):
                yield {"incident_id": row[_CALL], "event": n, **fields}


def _columns(names: list[str], row: list[str], size: int) -> int:
    """Return how many columns make about so many bytes of JSON."""
    length = 0
    for number, (name, value) in enumerate(zip(names, row, strict=True)):
        length += len(name) + len(value) + len('"":"",')
        if length > size:
            return number
    return len(names)


def identify(fact: dict[str, Any]) -> str:
    """Return the same id for the same fact."""
    return hashlib.sha256(repr(fact).encode()).hexdigest()[:32]


async def main(url: str, file: Path, rows: int, events: int, size: int) -> None:
    """Publish the file."""
    made = facts(file, rows, events, size)
    async with plain(url) as client:
        while chunk := list(islice(made, _CHUNK)):
            await raw_publish.atomic_batches(client, chunk, identify)


if __name__ == "__main__":
    run(main(sys.argv[1], Path(sys.argv[2]), *map(int, sys.argv[3:])))
