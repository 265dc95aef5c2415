"""Events as lines for people: raw ANSI, because a stream of a thousand a second must keep up."""

import os
import sys
from datetime import datetime
from typing import Any

from liandong.bus import Entry
from liandong.contracts import Envelope, Mode, Precedence

_RESET, _DIM, _BOLD = "\x1b[0m", "\x1b[2m", "\x1b[1m"
_COLOURS = {
    Precedence.FLASH: "\x1b[1;97;41m",
    Precedence.IMMEDIATE: "\x1b[1;31m",
    Precedence.PRIORITY: "\x1b[33m",
    Precedence.ROUTINE: "",
}
_TELLING = (
    "summary",
    "headline",
    "action_text",
    "action",
    "state",
    "secondary_status",
    "primary_status",
    "answer",
    "outcome",
    "disposition",
    "service_name",
    "title",
    "reason_name",
    "result",
    "problem",
    "status",
)
_NAMES = ("order_id", "request_id", "referral_id", "unit_id", "facility_id", "adapter", "alert_key")


def wants_colour() -> bool:
    """Say whether standard output is a terminal that may be coloured (NO_COLOR is honoured)."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def line(entry: Entry, *, colour: bool) -> str:
    """Return one message of the log as one line."""
    if entry.envelope is None:
        what = f"unreadable: {entry.error}"
        return _paint(
            _clock(entry.raw.stored) + f"  {entry.raw.subject}  {what}", "\x1b[35m", colour
        )
    return envelope_line(entry.envelope, entry.envelope.time, colour=colour)


def envelope_line(envelope: Envelope, moment: datetime, *, colour: bool) -> str:
    """Return an event as one line: when, drill or not, who, what, about what, where, in words."""
    mode = "" if envelope.mode is Mode.LIVE else f"[{envelope.mode.upper()}] "
    who = f"{envelope.source.kind}/{envelope.source.name}"
    paint = _COLOURS[envelope.precedence]
    return (
        f"{_paint(_clock(moment), _DIM, colour)}  {mode}"
        f"{_paint(f'{who:<22}', _BOLD, colour)} {_paint(f'{envelope.type:<24}', paint, colour)} "
        f"{envelope.key:<24} {_paint(envelope.area, _DIM, colour)}  {in_words(envelope.data)}"
    )


def in_words(event: Any) -> str:
    """Return what an event says in a few words, without its free text."""
    names = [str(value) for name in _NAMES if (value := getattr(event, name, None))]
    names = [name for name in names if name != event.key()]
    telling = [str(value) for name in _TELLING if (value := getattr(event, name, None))]
    return " ".join([*names, *telling[:2]])


def _clock(moment: datetime) -> str:
    return moment.astimezone().strftime("%m-%d %H:%M:%S")


def _paint(text: str, code: str, colour: bool) -> str:  # noqa: FBT001  a switch of three callers here
    return f"{code}{text}{_RESET}" if colour and code else text
