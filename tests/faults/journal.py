"""What a process of the harness saw, line by line, readable after it was killed."""

import json
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.checker import Item

_LONGEST_WRITE = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a journal.

    Attributes:
        at: Seconds of the machine's monotonic clock, which all its processes share.
        what: ``invoke``, ``ok``, ``unknown``, ``read``, ``effect``, ``connected``, ``alarms``, ….
        facts: The rest.
    """

    at: float
    what: str
    facts: dict[str, Any]

    @property
    def item(self) -> Item:
        """The event that the line is about."""
        return Item(self.facts["id"], self.facts["key"], self.facts["digest"])


class Journal:
    """Appends lines. A line that `write` returned from outlives the process, not the machine."""

    def __init__(self, path: Path) -> None:
        """Open or create it; several processes may share one."""
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, what: str, **facts: Any) -> None:
        """Append one line."""
        self.write_many(what, (facts,))

    def write_many(self, what: str, many: Iterable[dict[str, Any]]) -> None:
        """Append lines of one kind and moment, in one write."""
        at = time.monotonic()
        lines = [json.dumps({"at": at, "what": what} | facts) for facts in many]
        if lines:
            os.write(self._file, ("\n".join(lines) + "\n").encode())

    def close(self) -> None:
        """Close it."""
        os.close(self._file)


class Tail:
    """Reads a journal that is being written."""

    def __init__(self, path: Path, *, from_now: bool = False) -> None:
        """Begin.

        Args:
            path: The journal; it may not be there yet.
            from_now: Leave out what is in it already, which may be long.
        """
        self._path = path
        self._read = 0
        if from_now and path.exists():
            self._read = _end_of_last_line(path)

    def lines(self) -> list[Line]:
        """Return the whole lines since last time; none where there is no journal yet."""
        if not self._path.exists():
            return []
        with self._path.open("rb") as file:
            file.seek(self._read)
            whole, newline, _ = file.read().rpartition(b"\n")  # the rest is being written
        self._read += len(whole) + len(newline)
        return [_line(raw) for raw in whole.splitlines()]


def _end_of_last_line(path: Path) -> int:
    with path.open("rb") as file:
        begin = max(0, file.seek(0, os.SEEK_END) - _LONGEST_WRITE)
        file.seek(begin)
        return begin + file.read().rfind(b"\n") + 1


def _line(raw: bytes) -> Line:
    facts = json.loads(raw)
    return Line(facts.pop("at"), facts.pop("what"), facts)


def read_journal(*paths: Path) -> list[Line]:
    """Return the whole lines of journals, each file's in its own order; none where it is absent."""
    return [line for path in paths for line in Tail(path).lines()]


def items(lines: Iterable[Line], what: str) -> list[Item]:
    """Return the events that lines of one kind are about, in order."""
    return [line.item for line in lines if line.what == what]


def ids(lines: Iterable[Line], what: str) -> list[str]:
    """Return the ids that lines of one kind name, in order."""
    return [line.facts["id"] for line in lines if line.what == what]
