"""Registers: the latest word on hospitals, shelters, supplies, units and roads, and who asks them.

A question is answered by each desk that is asked, in the name of its agency, from all that was said
before it. An answer promises nothing. What nobody has spoken of for 90 days is forgotten: the log
does not hold it any longer either.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import cast

from liandong.contracts import (
    Agency,
    AvailabilityAnswered,
    AvailabilityAsked,
    Envelope,
    Event,
    FacilityStatus,
    RoadStatus,
    ShelterStatus,
    SupplyStatus,
    UnitStatus,
    to_token,
)
from liandong.response.concern import Changes, Concern, Move, Said, Say
from liandong.response.register_match import match
from liandong.response.register_offers import Entry

STATUSES: tuple[type[Event], ...] = (
    FacilityStatus,
    ShelterStatus,
    SupplyStatus,
    UnitStatus,
    RoadStatus,
)
"""What the entries of registers are made of."""
_LISTED = timedelta(days=90)  # the log holds it as long
_ASKED = timedelta(days=7)
_OF_USE = timedelta(hours=1)  # an answer to a question that does not say by when


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of a register, as it is kept.

    Attributes:
        status: What one speaker said of it last.
    """

    status: Said

    phase = "listed"

    @property
    def ends(self) -> datetime:
        """When it is forgotten, if nobody speaks of it again."""
        return self.status.time + _LISTED


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asked.

    Attributes:
        asked: The question, an `AvailabilityAsked`.
        answered: The agencies that have answered it.
    """

    asked: Said
    answered: frozenset[str] = frozenset()

    @property
    def wanted(self) -> AvailabilityAsked:
        """What was asked."""
        return cast("AvailabilityAsked", self.asked.data)

    @property
    def phase(self) -> str:
        """Whether anybody has answered."""
        return "answered" if self.answered else "asked"

    @property
    def of_use_until(self) -> datetime:
        """Until when an answer is of use."""
        return self.wanted.answer_by or self.asked.expires or self.asked.time + _OF_USE

    @property
    def ends(self) -> datetime:
        """When it is forgotten."""
        return self.asked.time + _ASKED


Record = Listed | Question
"""What is kept under one name."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Who answers, and from what.

    Attributes:
        agency: In whose name.
        entries: Gives the entries that are known now.
    """

    agency: Agency
    entries: Callable[[], Iterable[Entry]]


def decide(
    record: Record | None, event: Envelope | None, now: datetime, keeper: Keeper | None = None
) -> Changes[Record]:
    """Return what becomes of an entry or a question.

    Each status of a speaker replaces its last one. A question is answered once by each keeper, and
    again where its asker asks it again. Only time makes an answer due, so that what is read costs
    no search.

    Args:
        record: As it was; None where there was none.
        event: A status of the entry; the question, or an answer to it. None where time has passed.
        now: Until when answers were of use, and the moment at which what is offered is free.
        keeper: Who answers; None where nobody does.
    """
    after = _apply(record, event) if event else record
    if after is None or (event is None and after.ends <= now):
        return Changes(None)
    say = () if event else tuple(_owed(after, keeper, now))
    return Changes(after, say, after.ends)


def is_asked(question: AvailabilityAsked, agency: Agency) -> bool:
    """Say whether an agency is asked; a question that names nobody asks everyone."""
    agencies, regions = question.asked_agencies, question.asked_regions
    return not (agencies or regions) or str(agency) in agencies or agency.region in regions


def registers(keeper: Keeper | None = None) -> Concern[Record]:
    """Return the concern: what is listed, and what was asked; answered by a keeper, if any."""
    return Concern(
        "registers",
        1,
        cast("type[Record]", Record),
        (*STATUSES, AvailabilityAsked, AvailabilityAnswered),
        _threads,
        partial(decide, keeper=keeper),
        _MOVES,
    )


def _apply(record: Record | None, event: Envelope) -> Record | None:
    match event.data:
        case AvailabilityAsked():
            return _ask(record, event)
        case AvailabilityAnswered() if isinstance(record, Question):
            to_this = event.causation in (None, record.asked.id)
            return replace(
                record,
                answered=record.answered | {str(event.source)} if to_this else record.answered,
            )
        case AvailabilityAnswered():
            return record
        case _:
            return Listed(event)


def _ask(record: Record | None, asked: Envelope) -> Record:
    """Return the question: whoever gave it its name may ask it again, and nobody else."""
    if isinstance(record, Question) and (
        asked.source != record.asked.source or asked.id == record.asked.id
    ):
        return record
    return Question(asked)


def _owed(record: Record, keeper: Keeper | None, now: datetime) -> Iterator[Say]:
    """Yield the keeper's answer, where it or one whose entries it knows is asked, and in time."""
    if not keeper or not isinstance(record, Question) or now > record.of_use_until:
        return
    asked, wanted = record.asked, record.wanted
    if str(keeper.agency) in record.answered:
        return
    entries = tuple(keeper.entries())
    if not is_asked(wanted, keeper.agency):
        entries = tuple(entry for entry in entries if is_asked(wanted, entry.said.source))
        if not entries:
            return
    found = match(wanted, entries, now)
    answer = AvailabilityAnswered(
        question_id=wanted.question_id,
        incident_id=wanted.incident_id,
        holdings=found.holdings,
        more=found.more,
        answered_by=str(keeper.agency),
    )
    yield Say(answer, f"answer {asked.id}", asked, asked.time, asked.precedence)


def _threads(event: Envelope) -> Iterator[str]:
    match event.data:
        case AvailabilityAsked() | AvailabilityAnswered() as said:
            yield to_token(f"question {said.question_id}")
        case status:
            names = " ".join(str(getattr(status, name)) for name in type(status).state_of)
            yield to_token(f"{status.event} {event.source} {names}")


_MOVES = (
    *(Move("", status.event, "listed") for status in STATUSES),
    Move("listed", "90 days", ""),
    Move("", "availability.asked", "asked"),
    Move("asked", "availability.answered", "answered"),
    Move("answered", "availability.asked", "asked"),
    Move("asked", "7 days", ""),
    Move("answered", "7 days", ""),
)
REGISTERS = registers()
"""Registers as they are kept, for whoever looks at them; a `RegisterDesk` answers."""
