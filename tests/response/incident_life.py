"""Whatever anybody says of an incident, in whatever order, and twice."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from hypothesis.strategies import SearchStrategy

from liandong.contracts import (
    Agency,
    AgencyRole,
    Envelope,
    Event,
    IncidentCleared,
    IncidentLinked,
    IncidentMerged,
    IncidentOwnershipAccepted,
    IncidentOwnershipOffered,
    IncidentOwnershipRefused,
    IncidentParticipantJoined,
    IncidentParticipantLeft,
    IncidentReopened,
    IncidentReported,
    IncidentStatus,
    IncidentUpdated,
    LinkDirection,
    Location,
    MergeDirection,
)
from liandong.response import Changes
from liandong.response.incident_facts import ENDED
from liandong.response.incident_state import Incident

START = datetime(2026, 11, 21, 8, tzinfo=UTC)
POLICE, FIRE, MEDICAL = "lz/police/110", "lz/fire/119", "lz/medical/120"
AGENCIES = (POLICE, FIRE, MEDICAL)
T = TypeVar("T")
Decide = Callable[[Incident | None, Envelope | None, datetime], Changes[Incident]]
_SPEAKERS = ("owner", "asked", *AGENCIES)
_HANDOVERS: list[tuple[str, str | int, bool]] = [
    *product(("owner", "owner", *AGENCIES), AGENCIES, (True,)),
    *product(("asked", "asked", *AGENCIES), (0, 0, 1), (True, True, False)),
]
"""Who offers it to whom; who answers which offer, the latest first, and how."""
_ENDINGS = ("cleared", "Closed", "Cancelled", "report", "REPLACED", "REPLACING", "ResourcesOnscene")


def at(seconds: float) -> datetime:
    """Return a moment so many seconds after the start."""
    return START + timedelta(seconds=seconds)


def said(event: Event, seconds: float, by: str = POLICE, area: str = "cn.99.01") -> Envelope:
    """Return what somebody says at a moment."""
    return Envelope(source=Agency.parse(by), time=at(seconds), area=area, data=event)


def reported(incident_id: str = "i-1", **fields: Any) -> IncidentReported:
    """Return the report of an incident."""
    known: dict[str, Any] = {"location": Location(), "summary": "Smoke"}
    return IncidentReported.model_validate({"incident_id": incident_id} | known | fields)


def offered(offer_id: str, by: str, to: str) -> IncidentOwnershipOffered:
    """Return an offer of ownership that is to be answered within an hour."""
    return IncidentOwnershipOffered(
        incident_id="i-1",
        offer_id=offer_id,
        offered_by=by,
        offered_to=to,
        decided_by="duty officer",
        answer_by=at(3600),
    )


def answered(
    offer: IncidentOwnershipOffered, seconds: float, *, yes: bool
) -> IncidentOwnershipAccepted | IncidentOwnershipRefused:
    """Return an answer to an offer."""
    which = offer.model_dump(include={"incident_id", "offer_id", "offered_by", "offered_to"})
    if yes:
        return IncidentOwnershipAccepted(**which, decided_by="commander", since=at(seconds))
    return IncidentOwnershipRefused(**which, decided_by="commander", reason="No free unit")


def cleared(seconds: float) -> IncidentCleared:
    """Return that it is over."""
    return IncidentCleared(incident_id="i-1", cleared=at(seconds))


def reopened(seconds: float) -> IncidentReopened:
    """Return that it is not over."""
    return IncidentReopened(
        incident_id="i-1",
        cleared=at(0),
        reopened=at(seconds),
        reason="Smoke again",
        decided_by="duty officer",
    )


def merged(other: str, direction: MergeDirection) -> IncidentMerged:
    """Return that it is one with another."""
    return IncidentMerged(
        incident_id="i-1", other_incident_id=other, decided_by="supervisor", direction=direction
    )


def linked(other: str, direction: LinkDirection) -> IncidentLinked:
    """Return what another incident is to it."""
    return IncidentLinked(
        incident_id="i-1", other_incident_id=other, decided_by="supervisor", direction=direction
    )


def joined(agency: str, seconds: float, incident_id: str = "i-1") -> IncidentParticipantJoined:
    """Return that an agency takes part."""
    return IncidentParticipantJoined(
        incident_id=incident_id, agency=agency, roles=(AgencyRole.ASSISTING,), since=at(seconds)
    )


def left(agency: str, seconds: float, incident_id: str = "i-1") -> IncidentParticipantLeft:
    """Return that an agency takes part no more."""
    return IncidentParticipantLeft(
        incident_id=incident_id, agency=agency, left=at(seconds), reason="Done"
    )


def _any(what: Iterable[T]) -> SearchStrategy[T]:
    """Return a choice: one draw for all that a rule is given is quicker than several."""
    return st.sampled_from(list(what))


def _ending(what: str, seconds: float) -> Event:
    """Return one of the things that can be said of its end."""
    match what:
        case "cleared":
            return cleared(seconds)
        case "REPLACED" | "REPLACING":
            return merged("i-2", MergeDirection(what))
        case "report":
            return reported(status=IncidentStatus.CLOSED)
        case _:
            return IncidentUpdated(incident_id="i-1", status=IncidentStatus(what))


def _cause(event: Event) -> str:
    """Return what moves an incident, in the words of the diagram: Closed stands for Cancelled."""
    match event:
        case IncidentReported(status=status) | IncidentUpdated(status=status) if status in ENDED:
            return f"{event.event} Closed"
        case IncidentMerged(direction=direction):
            return f"{event.event} {direction}"
        case _:
            return event.event


class IncidentLife(RuleBasedStateMachine):
    """Three agencies speak; a second bookkeeping, as people would do it, must agree."""

    decide: Decide
    moves: set[tuple[str, str, str]]

    @initialize(how=_any(product((*[IncidentStatus.ACTIVE] * 6, *ENDED), (True, False))))
    def begin(self, how: tuple[IncidentStatus, bool]) -> None:
        """Let the police report it, or open again one that was forgotten."""
        status, forgotten = how
        self.now, self.log = 0, list[Envelope]()
        self.owner, self.parties = POLICE, set[str]()
        self.offers = list[IncidentOwnershipOffered]()
        self.waiting: IncidentOwnershipOffered | None = None
        self.over = status in ENDED and not forgotten
        self.say(reopened(0) if forgotten else reported(status=status), POLICE)

    def __init__(self) -> None:
        super().__init__()
        self.incident: Incident | None = None

    def say(self, event: Event, by: str) -> None:
        """Say something, a second after what was said before."""
        envelope = said(event, self.now, by)
        self.now += 1
        self.log.append(envelope)
        self.take(envelope)

    def take(self, envelope: Envelope) -> None:
        """Fold an event, and note the move that it makes."""
        before = self.incident.phase if self.incident else ""
        self.incident = self.decide(self.incident, envelope, envelope.time).state
        assert self.incident, "an incident that was said to be is known"
        if before != (after := self.incident.phase):
            self.moves.add((before, _cause(envelope.data), after))

    def speaker(self, who: str) -> str:
        """Return an agency: the owner, the one that was asked, or the one that is named."""
        asked = self.waiting.offered_to if self.waiting else FIRE
        return {"owner": self.owner, "asked": asked}.get(who, who)

    @rule(how=_any(_HANDOVERS))
    def hand_over(self, how: tuple[str, str | int, bool]) -> None:
        """Offer it to an agency, or answer one of the latest offers, whoever was asked."""
        speaker, what, yes = how
        by = self.speaker(speaker)
        if isinstance(what, int):
            self.answer(by, what, yes=yes)
        elif by != what:
            self.offers.append(offered(f"o-{len(self.offers)}", by, what))
            self.say(self.offers[-1], by)
            if by == self.owner and not self.over:
                self.waiting = self.offers[-1]

    def answer(self, by: str, which: int, *, yes: bool) -> None:
        """Answer one of the offers, whoever may."""
        if which >= len(self.offers):
            return
        offer = self.offers[-1 - which]
        self.say(answered(offer, self.now, yes=yes), by)
        if offer is self.waiting and by == offer.offered_to:
            self.waiting = None
            if yes:
                self.parties = (self.parties | {self.owner}) - {by}
                self.owner = by

    @rule(how=_any(product(_SPEAKERS, _ENDINGS)))
    def speak_of_its_end(self, how: tuple[str, str]) -> None:
        """Say that it is over, or goes on in another one, or how far it is."""
        by, what = self.speaker(how[0]), how[1]
        self.say(_ending(what, self.now), by)
        if by == self.owner and what not in {"REPLACING", "ResourcesOnscene"}:
            self.over, self.waiting = True, None

    @rule(by=_any(_SPEAKERS))
    def reopen(self, by: str) -> None:
        """Open it again."""
        by = self.speaker(by)
        self.say(reopened(self.now), by)
        if by == self.owner:
            self.over = False

    @rule(how=_any(product(_SPEAKERS, AGENCIES, (True, False))))
    def take_part(self, how: tuple[str, str, bool]) -> None:
        """Let an agency join, or leave."""
        speaker, agency, joins = how
        by = self.speaker(speaker)
        self.say(joined(agency, self.now) if joins else left(agency, self.now), by)
        if by in {self.owner, agency} and agency != self.owner:
            self.parties = self.parties | {agency} if joins else self.parties - {agency}

    @invariant()
    def it_has_the_owner_that_was_offered_it_and_accepted(self) -> None:
        """Nobody takes it, and nobody gets rid of it by a word."""
        if self.incident:
            assert self.incident.owner == self.owner

    @invariant()
    def it_is_over_when_its_owner_says_so(self) -> None:
        """What others say of its end is noted, and no more."""
        if self.incident:
            assert bool(self.incident.ended) == self.over

    @invariant()
    def one_offer_waits_at_most(self) -> None:
        """The last one, until it is answered or the incident is over."""
        if self.incident:
            offer = self.incident.offer
            waits = self.waiting and (self.waiting.offered_to, self.waiting.answer_by)
            assert (offer and (offer.to, offer.answer_by)) == waits
            assert sum(o.outcome is None for o in self.incident.offers.values()) <= 1

    @invariant()
    def all_that_joined_and_have_not_left_take_part(self) -> None:
        """So does its owner, and so did its former one."""
        if self.incident:
            assert self.incident.agencies == self.parties | {self.owner}
            assert self.owner not in self.incident.parts

    def teardown(self) -> None:
        """Say all of it again, start again, and end it in every way."""
        if not (incident := self.incident):
            return
        for envelope in self.log:
            assert self.decide(incident, envelope, envelope.time).state == incident, "said twice"
        again: Incident | None = None
        for envelope in self.log:
            again = self.decide(again, envelope, envelope.time).state
        assert again == incident, "a restart forgets nothing"
        for what in _ENDINGS:
            self.over, self.incident = bool(incident.ended), incident
            self.speak_of_its_end(("owner", what))
            self.it_is_over_when_its_owner_says_so()


def machine(decide: Decide, moves: set[tuple[str, str, str]]) -> type[RuleBasedStateMachine]:
    """Return a machine that says everything of one incident, and notes the moves that it makes."""
    ours = {"decide": staticmethod(decide), "moves": moves}
    return type("IncidentLifeOf", (IncidentLife,), ours)
