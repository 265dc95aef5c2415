"""The demo as people see it: headings, what is done outside, and each event as a line."""

from collections.abc import Callable

from liandong.bus import Entry
from liandong.contracts import AdapterHeartbeat, Lane
from liandong.ops.demo.scenario import Phase
from liandong.ops.render import line

_BOLD, _DIM, _RESET = "\x1b[1;36m", "\x1b[2m", "\x1b[0m"


class Narrator:
    """Writes to a terminal, or nowhere."""

    def __init__(self, write: Callable[[str], None], *, colour: bool) -> None:
        """Prepare.

        Args:
            write: Takes each line.
            colour: Whether it may use ANSI colours.
        """
        self._write, self._colour = write, colour

    def heading(self, phase: Phase) -> None:
        """Begin a phase."""
        self._write("")
        self._write(self._paint(f"{phase.title}  {phase.zh}", _BOLD))
        self._write(self._paint(f"   {phase.shows}", _DIM))

    def deed(self, who: str, what: str) -> None:
        """Tell what an agency's own system does, outside the bus."""
        self._write(self._paint(f"                ⇢ {who}: {what}", _DIM))

    def passed(self, entry: Entry) -> None:
        """Tell what passed on the region's own bus."""
        if entry.envelope is None or not isinstance(entry.envelope.data, AdapterHeartbeat):
            self._write(line(entry, colour=self._colour))

    def passed_next_door(self, entry: Entry) -> None:
        """Tell what is ordered and asked on the neighbour's bus."""
        if entry.envelope and entry.envelope.data.lane is Lane.ORDERS:
            self._write(f"{self._paint('hj bus │', _DIM)} {line(entry, colour=self._colour)}")

    def say(self, *lines: str) -> None:
        """Tell something else."""
        for text in lines:
            self._write(text)

    def _paint(self, text: str, code: str) -> str:
        return f"{code}{text}{_RESET}" if self._colour else text
