"""Everything that the log holds about an incident."""

from datetime import datetime, timedelta

from liandong.bus import Bus, Entry, Letter
from liandong.contracts import Event, Filter, UnitStatus
from liandong.ops.review import gist
from liandong.response.review import Heard, Matter, Review, review

_AROUND = timedelta(days=1)  # what belongs to it by its correlation may come before and after it
# Entities whose events say nothing of an incident, or have its key if they do.
_READ_ALREADY = {"incident", "clock", "adapter", "alarm", "link", "agency", "telemetry"}


async def gathered(bus: Bus, incident: str) -> Review | None:
    """Return the review of an incident in the bus's mode; None where the log holds nothing of it.

    The log is read twice: what has the incident's key, then everything a day around it, for what
    belongs to it otherwise.
    """
    matter = Matter(incident)
    own = [_heard(entry) async for entry in bus.history(Filter(key=matter.key))]
    if not own:
        return None
    for heard in own:
        matter.learn(heard)
    log = {heard.place: heard for heard in own}
    begins, ends = own[0].stored - _AROUND, own[-1].stored + _AROUND
    async for entry in bus.history(Filter(contracts=_others()), since=begins):
        heard = _heard(entry)
        if heard.stored <= ends and heard.place not in log and matter.has(heard):
            log[heard.place] = heard
    letters = await _letters(bus, matter, begins, ends)
    return review(incident, log.values(), gist, mode=bus.mode, letters=letters)


def _others() -> tuple[type[Event], ...]:
    """Return the contracts that may be about an incident without having its key."""
    return tuple(
        contract
        for contract in Event.known.values()
        if contract.event.partition(".")[0] not in _READ_ALREADY and contract is not UnitStatus
    )


def _heard(entry: Entry) -> Heard:
    raw = entry.raw
    fault = int(entry.error.reason) if entry.error else 0
    return Heard(raw.stored, (raw.stream, raw.sequence), raw.subject, entry.envelope, fault)


async def _letters(bus: Bus, matter: Matter, begins: datetime, ends: datetime) -> list[Letter]:
    """Return the dead letters about an incident."""
    found = await bus.dead_letters.list(everything=True)
    return [
        one.letter
        for one in found
        if one.letter.mode is bus.mode
        and begins <= one.letter.at <= ends
        and matter.names(one.letter.subject, one.letter.identity)
    ]
