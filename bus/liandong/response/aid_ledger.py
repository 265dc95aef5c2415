"""One unit, one borrower: the ledger of what is lent, across all requests. Pure.

Each request is followed for itself (`aid`); a unit that its lender commits to two of them is seen
only where all are looked at. The first commitment stands, the later one is refused: its request
opens again and asks on. There is one state, since a unit's name says nothing of its request.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import cast

from liandong.contracts import (
    AidAnswer,
    AidCommitted,
    AidDeploymentReported,
    AidRecalled,
    AidReleased,
    AidResponse,
    Envelope,
    Precedence,
)
from liandong.contracts.aid_codes import ScheduleType
from liandong.contracts.aid_lines import AidLineAnswer, AidLineReport, LineResponse
from liandong.contracts.aid_resources import AidResource
from liandong.contracts.subjects import is_token
from liandong.response.aid_asking import YES
from liandong.response.aid_parts import names_of, speaks_for, unit_id
from liandong.response.concern import Changes, Concern, Move, Said, Say

_THREAD = "lent"
_TAKEN = "It is lent already, to another request. 该力量已支援其他求援。"

Decide = Callable[["Ledger | None", Envelope | None, datetime], Changes["Ledger"]]


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that was committed, and is not back yet.

    Attributes:
        unit: Its lender and name.
        request_id: The request that has it, or wants it as well.
        message_id: The commitment.
        commit_line_id: The commitment's own name for it.
        parties: Its lender, its owner and its borrower, as far as they are named.
    """

    unit: str
    request_id: str
    message_id: str
    commit_line_id: str
    parties: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ledger:
    """Who has which unit.

    Attributes:
        lent: The commitment that each unit is held by, in the order in which they came.
        clashes: Commitments of units that were lent already, until they are refused.
        said: The commitments that clash, by their messages' names.
    """

    lent: tuple[Entry, ...] = ()
    clashes: tuple[Entry, ...] = ()
    said: dict[str, Said] = field(default_factory=dict[str, Said])

    def holder(self, unit: str) -> str:
        """Return the request that has a unit; nothing where nobody has it."""
        held = (one.request_id for one in self.lent if one.unit == unit)
        return next(held, "")


def deciding(region: str) -> Decide:
    """Return what decides for a site, which speaks for the borrowers of one region."""

    def decide(ledger: Ledger | None, event: Envelope | None, now: datetime) -> Changes[Ledger]:
        """Return what becomes of the ledger; time alone changes nothing."""
        del now
        after = _apply(ledger or Ledger(), event) if event else ledger
        if after is None:
            return Changes(None)
        mine = [x for x in after.clashes if _borrower(after, x).partition("/")[0] == region]
        return Changes(after, tuple(_refuse(after, one) for one in mine))

    return decide


def aid_ledger(region: str = "lz") -> Concern[Ledger]:
    """Return the ledger of lent units, for a site that speaks for a region's borrowers."""
    contracts = (AidCommitted, AidDeploymentReported, AidRecalled, AidReleased)
    return Concern("aid_ledger", 1, Ledger, contracts, _threads, deciding(region), MOVES)


MOVES = (
    Move("", "aid.committed", "lent"),
    Move("lent", "aid.released", ""),
    Move("lent", "aid.recalled", ""),
    Move("lent", "aid.deployment_reported", ""),
    Move("", "aid.committed", "lent_already"),
    Move("lent_already", "aid.released", ""),
)
"""How a unit moves in the ledger; one that is lent already is there until that is told."""


def _threads(event: Envelope) -> Iterator[str]:
    if isinstance(event.data, AidCommitted | AidDeploymentReported | AidRecalled | AidReleased):
        yield _THREAD


def _apply(ledger: Ledger, event: Envelope) -> Ledger:
    match event.data:
        case AidCommitted() as answer if speaks_for(event, answer.lender):
            for line in answer.lines:
                if line.response.answer in YES and (unit := unit_id(line.resource)):
                    ledger = _committed(ledger, event, f"{answer.lender} {unit}", line)
            return ledger
        case AidReleased() as release if speaks_for(event, release.borrower):
            return _released(ledger, release)
        case AidRecalled() as recall if speaks_for(event, recall.lender):
            units = {f"{recall.lender} {unit_id(line.resource)}" for line in recall.lines}
            return _freed(ledger, recall.request_id, units)
        case AidDeploymentReported() as report if speaks_for(event, report.said_by):
            return _home(ledger, report)
        case _:
            return ledger


def _committed(ledger: Ledger, event: Envelope, unit: str, line: AidLineAnswer) -> Ledger:
    answer = cast("AidCommitted", event.data)
    request_id = answer.request_id
    owner = line.resource.ownership if line.resource else None
    parties = (answer.lender, owner and owner.home_agency, answer.borrower)
    name = names_of(event)[0]
    entry = Entry(unit, request_id, name, line.line_id, tuple(filter(None, parties)))
    if ledger.holder(unit) in {"", request_id}:
        kept = tuple(one for one in ledger.lent if one.unit != unit)
        return replace(ledger, lent=(*kept, entry))
    if entry in ledger.clashes:
        return ledger
    return replace(
        ledger,
        clashes=(*ledger.clashes, entry),
        said=ledger.said | {entry.message_id: event},
    )


def _released(ledger: Ledger, release: AidReleased) -> Ledger:
    """Let go what a request lets go: a unit that it has, or one that it was refused."""
    refused = {
        (release.preceding_message_id, line.response.to_line_id)
        for line in release.lines
        if line.response and line.response.answer is AidAnswer.DECLINE
    }
    if refused:
        waits = tuple(
            one for one in ledger.clashes if (one.message_id, one.commit_line_id) not in refused
        )
        gone = tuple(
            one for one in ledger.lent if (one.message_id, one.commit_line_id) not in refused
        )
        names = {one.message_id for one in waits}
        said = {name: event for name, event in ledger.said.items() if name in names}
        return Ledger(gone, waits, said)
    return _freed(
        ledger,
        release.request_id,
        _units(ledger, release.request_id, release.lender, release.lines),
    )


def _home(ledger: Ledger, report: AidDeploymentReported) -> Ledger:
    """Take what has come home: as its lender says, its owner or its borrower."""
    home = [
        line
        for line in report.lines
        if any(entry.type is ScheduleType.ACTUAL_RETURN_ARRIVAL for entry in line.schedule)
    ]
    units = _units(ledger, report.request_id, report.said_by, home)
    return _freed(ledger, report.request_id, units)


def _units(
    ledger: Ledger, request_id: str, who: str | None, lines: Iterable[AidLineReport]
) -> set[str]:
    """Return the units that a request has and lines name; only a party's, where one is given."""
    named = {unit_id(line.resource) for line in lines}
    return {
        one.unit
        for one in ledger.lent
        if one.request_id == request_id
        and one.unit.partition(" ")[2] in named
        and (who is None or who in one.parties)
    }


def _freed(ledger: Ledger, request_id: str, units: set[str]) -> Ledger:
    kept = tuple(
        one for one in ledger.lent if one.request_id != request_id or one.unit not in units
    )
    return replace(ledger, lent=kept)


def _borrower(ledger: Ledger, clash: Entry) -> str:
    data = ledger.said[clash.message_id].data
    return (isinstance(data, AidCommitted) and data.borrower) or ""


def _refuse(ledger: Ledger, clash: Entry) -> Say:
    event = ledger.said[clash.message_id]
    lender, _, unit = clash.unit.partition(" ")
    about = f"taken {clash.unit} {clash.message_id} {clash.commit_line_id}"
    named = {"unit_id" if is_token(unit) else "resource_id": unit}
    one = AidLineReport(
        line_id="1",
        response=LineResponse(
            to_line_id=clash.commit_line_id,
            answer=AidAnswer.DECLINE,
            response_type=AidResponse.DECLINE,
            reason=_TAKEN,
        ),
        resource=AidResource.model_validate(named),
    )
    released = AidReleased(
        request_id=clash.request_id,
        incident_id=getattr(event.data, "incident_id", None),
        message_id=f"{clash.request_id}.ledger.{sha256(about.encode()).hexdigest()[:16]}",
        preceding_message_id=clash.message_id,
        borrower=_borrower(ledger, clash),
        lender=lender,
        lines=(one,),
    )
    return Say(released, about, event, event.time, Precedence.IMMEDIATE)
