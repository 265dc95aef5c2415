"""The reports on an incident as a desk knows them: what was filed, and what is to be filed next."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import cast

from liandong.contracts import (
    CommandTier,
    IncidentReported,
    ReportDue,
    ReportForm,
    ReportOverdue,
    ReportStage,
    ResponseGrade,
)
from liandong.contracts.subjects import to_token
from liandong.response.concern import Said


class Phase(StrEnum):
    """How far the reports on an incident are."""

    NOTHING_DUE = "nothing_due"  # it has no grade yet, or none that asks for more now
    DUE = "due"  # a tier waits for a report
    OVER = "over"  # cleared, and every tier has its final report; or it was none


@dataclass(frozen=True, slots=True)
class Graded:
    """A grade that the incident was given, and when."""

    grade: ResponseGrade
    when: datetime


@dataclass(frozen=True, slots=True)
class Owned:
    """An agency that answers for the incident, and from when."""

    agency: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """A report that was filed: which, by whom, and when."""

    report_id: str
    stage: ReportStage
    number: int
    to_tier: CommandTier
    by: str
    when: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """A report that was asked for.

    Attributes:
        asked: How ``report.due`` put it.
        when: When it was said.
        reminded: Whether the reporter was reminded before the deadline.
        chased: How often it was chased after it.
    """

    asked: ReportDue
    when: datetime
    reminded: bool = False
    chased: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that is to be filed next.

    Attributes:
        report_id: The report's name: the same for whoever works it out.
        stage: First, follow-up or final.
        number: Its number in the series to its tier.
        form: By telephone or in writing.
        reporter: Who owes it.
        to_tier: The tier that it goes to.
        to_agencies: Who receives it there, where somebody is named.
        above: Who is on duty there and above, the nearest first: they are told of a delay.
        since: From when its deadline counts.
        due: By when it must be filed.
        when: When it became so.
    """

    report_id: str
    stage: ReportStage
    number: int
    form: ReportForm
    reporter: str
    to_tier: CommandTier
    to_agencies: tuple[str, ...]
    above: tuple[str, ...]
    since: datetime
    due: datetime
    when: datetime


@dataclass(frozen=True, slots=True)
class Reporting:
    """The reports on one incident.

    Attributes:
        reported: The incident's own first report; who said it is its first receiver (首接首报).
        owners: Who has answered for it, in order; the last one does now.
        grades: The grades that it was given, in order.
        filings: What was filed, in order; nothing of it is ever forgotten.
        calls: What was asked for, in order.
        cleared: When it was cleared; None while it goes on.
        reopened: When it was last opened again.
        filed_before: How many reports had been filed when it was.
        void: Whether it was none, or goes on in another one.
        wanted: What is to be filed next: by the rules one report a tier at most, and what else
            somebody asked for, such as a plan.
        heard: The time of the last event that counted.
    """

    reported: Said
    owners: tuple[Owned, ...]
    heard: datetime
    grades: tuple[Graded, ...] = ()
    filings: tuple[Filing, ...] = ()
    calls: tuple[Call, ...] = ()
    cleared: datetime | None = None
    reopened: datetime | None = None
    filed_before: int = 0
    void: bool = False
    wanted: tuple[Wanted, ...] = ()

    @property
    def incident_id(self) -> str:
        """The incident."""
        return self.incident.incident_id

    @property
    def incident(self) -> IncidentReported:
        """The incident as it was first reported."""
        return cast("IncidentReported", self.reported.data)

    @property
    def first_receiver(self) -> str:
        """The agency that first learned of it."""
        return str(self.reported.source)

    @property
    def grade(self) -> ResponseGrade | None:
        """The grade that it has now."""
        return self.grades[-1].grade if self.grades else None

    @property
    def phase(self) -> Phase:
        """How far the reports on it are."""
        if self.wanted:
            return Phase.DUE
        return Phase.OVER if self.cleared or self.void else Phase.NOTHING_DUE

    def due(self, wanted: Wanted) -> ReportDue:
        """Return how a report is asked for."""
        return ReportDue(
            report_id=wanted.report_id,
            incident_id=self.incident_id,
            stage=wanted.stage,
            series_number=wanted.number,
            form=wanted.form,
            reporter=wanted.reporter,
            first_receiver=self.first_receiver,
            to_tier=wanted.to_tier,
            to_agencies=wanted.to_agencies,
            since=wanted.since,
            due=wanted.due,
        )

    def call(self, wanted: Wanted) -> Call | None:
        """Return how it was asked for; None where it was not yet, or otherwise."""
        key = (wanted.report_id, wanted.stage, wanted.reporter, wanted.due)
        return next((call for call in self.calls if key_of(call.asked) == key), None)


def report_name(incident_id: str, tier: CommandTier, number: int) -> str:
    """Return the name of a report that the rules ask for."""
    return to_token(f"{incident_id}-{tier}-{number}")


def key_of(asked: ReportDue | ReportOverdue) -> tuple[str, str, str, datetime]:
    """Return what tells one request for a report from another: which, of whom, by when."""
    return (asked.report_id, asked.stage, asked.reporter, asked.due)
