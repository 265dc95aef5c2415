"""What a review says: plain data, which becomes JSON, a page or lines of text."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from liandong.contracts import Deadline, Mode, Precedence

Kind = Literal["order", "referral", "aid", "ownership", "report", "question"]
Stage = Literal["received", "answered", "done"]
Ending = Literal[
    "",
    "done",
    "failed",
    "refused",
    "returned",
    "cancelled",
    "expired",
    "replaced",
    "passed_on",
    "released",
]
STAGES: tuple[Stage, ...] = ("received", "answered", "done")


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class Line(_Fact):
    """One line of the timeline: an event, or a run of positions or measurements of one source."""

    time: datetime
    """When it happened; of a run, when it began (UTC)."""
    until: datetime | None = None
    """When a run ended."""
    stored: datetime
    """When the broker had it: later than ``time`` where somebody told it late."""
    count: int = 1
    """How many events of the log it stands for."""
    type: str
    """The contract, such as ``order.issued.v1``; empty where the message could not be read."""
    source: str
    """Who said it: ``region/kind/name``."""
    to: tuple[str, ...] = ()
    """The agencies that it was for; empty where it was for whoever reads it."""
    key: str
    """What it is about: the incident or, where it has none, the unit, sensor or facility."""
    area: str
    """Where."""
    precedence: Precedence
    """How soon people were to look at it."""
    name: str = ""
    """The order, request, referral, report or unit that it is about, within that."""
    id: str
    """The event's id; of a run, the first one's."""
    correlation: str | None = None
    """The id that everything about one matter shares."""
    fault: int = 0
    """The numbered reason why it could not be read; 0 where it could."""
    brief: dict[str, str]
    """What kind of event it is or, where that says more, the state that it tells, by language."""
    words: dict[str, str]
    """What it says, by language; restricted text is left out."""


class Step(_Fact):
    """How far somebody said that they were."""

    state: str
    """``received``, ``seen``, ``accepted``, ``answered``, …."""
    time: datetime
    """When."""


class Missed(_Fact):
    """A deadline that passed before the answer came."""

    deadline: Deadline
    """Which answer was due."""
    due: datetime
    """When."""
    answered: datetime | None = None
    """When it came after all; None where it never did."""


class Errand(_Fact):
    """Something that one agency asked of another, and what came of it."""

    kind: Kind
    """An order, a referral, aid, the ownership of the incident, a report or a question."""
    name: str
    """The order's, referral's, request's or report's own name."""
    step_number: int = 0
    """Which escalation brought it here; 0 where it was asked here first."""
    what: dict[str, str] = {}
    """What was asked, by language, in words that name no private person."""
    asked_by: str
    """Who asked."""
    agency: str
    """Who was asked; ``region/*`` where a whole region was, empty where everybody was."""
    unit: str = ""
    """The unit or role within it."""
    asked: datetime
    """When it was asked."""
    received: datetime | None = None
    """When a machine, or anybody, first confirmed it."""
    answered: datetime | None = None
    """When somebody said yes or no, or began: receipt is not an answer."""
    done: datetime | None = None
    """When it was done."""
    over: datetime | None = None
    """When it ended, however it did."""
    ending: Ending = ""
    """How it ended; empty while it is open."""
    steps: tuple[Step, ...] = ()
    """Everything that was reported of it."""
    missed: tuple[Missed, ...] = ()
    """The deadlines that passed unanswered."""

    def seconds(self, stage: Stage) -> float | None:
        """Return how long a stage took, in seconds; None where it was not reached.

        To be received counts from the asking, to be answered from the receipt (from the asking
        where nobody confirmed it before), to be done from the answer. Clocks of two agencies may
        differ: what seems to come before its cause took no time.
        """
        if (end := getattr(self, stage)) is None:
            return None
        before = {"received": (), "answered": (self.received,), "done": (self.answered,)}[stage]
        start = next((moment for moment in before if moment), self.asked)
        return max(0.0, (end - start).total_seconds())


class Delay(_Fact):
    """How long an agency took for one stage of what it was asked."""

    agency: str
    """The agency."""
    kind: Kind
    """Of what kind of errands."""
    stage: Stage
    """Until what."""
    count: int
    """Of how many errands."""
    median_s: float
    """The middle one, in seconds."""
    p90_s: float
    """Nine of ten were not slower, in seconds."""
    longest_s: float
    """The slowest, in seconds."""


class ClockRun(_Fact):
    """One run of a response clock."""

    clock_id: str
    """This run."""
    clock: str
    """The clock, such as ``react``."""
    agency: str = ""
    """Whose time it was; empty for the whole response's."""
    unit: str = ""
    """The unit whose time it was."""
    starts_at: str
    """The milestone it started at."""
    stops_at: str
    """The milestone it stops at."""
    started: datetime
    """When it started."""
    limit_s: float | None = None
    """The time allowed, in seconds; None where nobody said."""
    elapsed_s: float | None = None
    """How long it ran, in seconds; None while it runs."""
    outcome: str = ""
    """``within``, ``after`` or ``void``; empty while it runs."""
    breaches: int = 0
    """How many of its thresholds passed."""


class Rejection(_Fact):
    """A message that was not taken."""

    time: datetime
    """When it was refused."""
    sender: str
    """Who sent it, as far as its subject says."""
    type: str = ""
    """The contract that it named."""
    subject: str = ""
    """What it came on."""
    number: int
    """Why, as a numbered reason."""
    reason: str
    """The number's name."""
    by: str
    """Who refused it: a consumer, an adapter or the bus."""
    faults: tuple[tuple[str, str], ...] = ()
    """Where it was wrong, and what was expected there."""
    dead_letter: str = ""
    """The dead letter that keeps it."""


class Party(_Fact):
    """An agency that took part."""

    agency: str
    """Its name."""
    said: int = 0
    """How many events of the review are its own."""
    first: datetime | None = None
    """The time of its first event; None where it said nothing."""
    last: datetime | None = None
    """The time of its last event."""


class Figures(_Fact):
    """What can be counted. What is not in the log is not counted."""

    events: int
    """Events of the log that the review rests on."""
    agencies: int
    """Agencies that said something."""
    asked: dict[Kind, int]
    """Errands, by kind."""
    unanswered: int
    """Errands that nobody answered."""
    orders_overdue: int
    """Deadlines of orders that passed before the answer."""
    reports_overdue: int
    """Deadlines of reports that passed before they were filed."""
    breaches: int
    """Thresholds of clocks that passed."""
    rejected: int
    """Messages that were not taken."""


class Review(_Fact):
    """What the log says about one incident."""

    incident: str
    """Its id."""
    mode: Mode
    """Live, exercise or test."""
    title: dict[str, str]
    """What it was first said to be, in one line that names nobody, by language."""
    area: str = ""
    """Where it was reported."""
    status: str = ""
    """Its status, as it was last said."""
    grade: str = ""
    """Its grade, as it was last said."""
    begins: datetime | None = None
    """The first event's time; None where the log holds nothing."""
    ends: datetime | None = None
    """The last event's time: until then deadlines are looked at."""
    related: tuple[str, ...] = ()
    """Other incidents that it was linked to, merged with or split from."""
    figures: Figures
    """What can be counted."""
    parties: tuple[Party, ...] = ()
    """The agencies, by their first appearance."""
    errands: tuple[Errand, ...] = ()
    """What was asked of whom, by when it was asked."""
    delays: tuple[Delay, ...] = ()
    """How long each agency took."""
    clocks: tuple[ClockRun, ...] = ()
    """Clocks, by when they started."""
    rejected: tuple[Rejection, ...] = ()
    """Messages that were not taken."""
    timeline: tuple[Line, ...] = ()
    """Everything, by when it happened."""

    @property
    def unanswered(self) -> list[Errand]:
        """What nobody answered, whether or not a deadline was set."""
        return [errand for errand in self.errands if errand.answered is None]

    @property
    def late(self) -> list[Errand]:
        """What missed a deadline."""
        return [errand for errand in self.errands if errand.missed]
