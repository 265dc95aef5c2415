"""Events as lines for people: raw ANSI, because a stream of a thousand a second must keep up."""

import os
import sys
from datetime import datetime

from liandong.bus import Entry
from liandong.contracts import Envelope, Mode, Precedence
from liandong.ops.words import in_words

_RESET, _DIM, _BOLD, _UNREADABLE = "\x1b[0m", "\x1b[2m", "\x1b[1m", "\x1b[35m"
_COLOURS = {
    Precedence.FLASH: "\x1b[1;97;41m",
    Precedence.IMMEDIATE: "\x1b[1;31m",
    Precedence.PRIORITY: "\x1b[33m",
    Precedence.ROUTINE: "",
}


def wants_colour() -> bool:
    """Say whether standard output is a terminal that may be coloured (NO_COLOR is honoured)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def line(entry: Entry, *, colour: bool) -> str:
    """Return one message of the log as one line."""
    if entry.envelope is None:
        text = f"{_clock(entry.raw.stored)}  {entry.raw.subject}  unreadable: {entry.error}"
        return _paint(text, _UNREADABLE, colour)
    return envelope_line(entry.envelope, entry.envelope.time, colour=colour)


def envelope_line(envelope: Envelope, moment: datetime, *, colour: bool) -> str:
    """Return an event as one line: when, drill or not, who, what, about what, where, in words."""
    mode = "" if envelope.mode is Mode.LIVE else f"[{envelope.mode.upper()}] "
    paint = _COLOURS[envelope.precedence]
    parts = (
        _paint(_clock(moment), _DIM, colour),
        mode + _paint(f"{envelope.source!s:<22}", _BOLD, colour),
        _paint(f"{envelope.type:<24}", paint, colour),
        f"{envelope.key:<24}",
        _paint(envelope.area, _DIM, colour),
        "",
        in_words(envelope.data),
    )
    return " ".join(parts)


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%m-%d %H:%M:%S")


def _paint(text: str, code: str, colour: bool) -> str:  # noqa: FBT001  a switch of three callers here
    return f"{code}{text}{_RESET}" if colour and code else text
