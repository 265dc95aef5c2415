"""The course of a request for aid in tests: what is said, owed and known after it."""

from typing import Any

from liandong.contracts import (
    AidRequested,
    Envelope,
)
from liandong.response.aid import deciding
from liandong.response.aid_loans import Loan
from liandong.response.aid_state import Aid, LinePhase
from liandong.response.concern import Say
from response.aid_talk import (
    AGREEMENTS,
    QS,
    YP,
    at,
    requested,
    said,
)

decide = deciding("lz", AGREEMENTS)


def after(*events: Envelope) -> Aid:
    """Return the thread after events."""
    aid = None
    for event in events:
        aid = decide(aid, event, event.time).state
    assert aid
    return aid


def owed(aid: Aid, minutes: float) -> tuple[Say, ...]:
    """Return what is owed at a moment."""
    return decide(aid, None, at(minutes)).say


def told(aid: Aid, minutes: float) -> Aid:
    """Return the thread once all that is owed at a moment was said, and what that leads to."""
    while say := owed(aid, minutes):
        for one in say:
            next_ = decide(aid, said(one), at(minutes)).state
            assert next_
            aid = next_
    return aid


def asked(say: Say) -> tuple[str, ...]:
    """Return whom a request names."""
    assert isinstance(say.event, AidRequested)
    return (*say.event.asked_agencies, *say.event.asked_regions)


def phase(aid: Aid, line_id: str = "1") -> LinePhase:
    """Return how far a line is."""
    line = aid.line(line_id)
    assert line
    return aid.phase(line)


def granted(aid: Aid, line_id: str = "1") -> float:
    """Return how much of a line is granted."""
    line = aid.line(line_id)
    assert line
    return aid.granted(line)


def loan(aid: Aid, unit: str) -> Loan:
    """Return what became of a unit last."""
    return [one for one in aid.loans if one.unit_id == unit][-1]


def to_ring_one(*lines: Any) -> Envelope:
    """Return a request that names both neighbours of ring 1."""
    return requested(0, *lines, asked_agencies=[QS, YP])
