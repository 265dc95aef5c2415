"""Reports up the tiers of command: first, follow-up and final (首报, 续报, 终报).

The agency that first learns of an emergency files its first report (首接首报); follow-ups and a
final one come after it, numbered. Each has a deadline, and one that passes is itself said. What
can be counted is typed; the text of a report may name people and is restricted.
"""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import (
    Event,
    Instant,
    Lane,
    RestrictedText,
    Role,
    Sha256,
    ShortText,
    Token,
    Value,
    Vocabulary,
)
from liandong.contracts.codes import Count, IncidentCategory, ResponseGrade, Seconds, TriageCounts
from liandong.contracts.command import CommandTier
from liandong.contracts.geo import Location
from liandong.contracts.subjects import AgencyName


class LinkedDocument(Value):
    """A document kept elsewhere: where, and a digest that shows whether it is still the same."""

    uri: Annotated[str, Field(min_length=1, max_length=2_000)]
    """Where it is kept."""
    sha256: Sha256
    """Digest of its bytes."""
    media_type: Annotated[str, Field(min_length=1, max_length=200)]
    """Its media type (RFC 6838), such as ``application/pdf``."""
    size_bytes: Annotated[int, Field(ge=0, le=2**53 - 1)] | None = None
    """Its length in bytes."""


class ReportStage(Vocabulary):
    """Where a report stands in its series."""

    FIRST = "first"  # 首报
    FOLLOW_UP = "follow_up"  # 续报
    FINAL = "final"  # 终报


class ReportForm(Vocabulary):
    """How a report is made: often by telephone at once, then in writing."""

    ORAL = "oral"
    WRITTEN = "written"


class _ReportFacts(Value):
    """Which report it is, of which series, and to whom."""

    report_id: Token
    """The report's name, unique in the region: the same when due, filed and overdue."""
    incident_id: Token | None = None
    """The incident it is about; absent for a risk or an exercise."""
    stage: ReportStage
    """First, follow-up or final."""
    series_number: Annotated[int, Field(ge=1, le=9_999)]
    """Its number in the series, from 1: the first report is 1."""
    form: ReportForm = ReportForm.WRITTEN
    """By telephone or in writing."""
    reporter: AgencyName
    """The agency that reports."""
    first_receiver: AgencyName | None = None
    """The agency that first learned of it, and so owes the first report (首接首报)."""
    to_tier: CommandTier
    """The tier of command that it goes to."""
    to_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=50)] = ()
    """The agencies there that receive it; all that are entitled to, where none is named."""

    @model_validator(mode="after")
    def _the_first_is_number_one(self) -> Self:
        is_first = self.stage is ReportStage.FIRST
        if self.stage.recognised and is_first != (self.series_number == 1):
            raise ValueError(f"stage is {self.stage} and series_number is {self.series_number}")
        return self


class ReportDue(
    _ReportFacts,
    Event,
    event="report.due",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "report_id"),
):
    """A report is to be filed by a deadline."""

    since: Instant
    """From when the deadline counts: when the reporter learned of it, or the last report."""
    due: Instant
    """By when it must be filed."""
    rule: ShortText | None = None
    """The rule that asks for it, such as ``telephone within 30 min, writing within 1 h``."""

    @model_validator(mode="after")
    def _leaves_time(self) -> Self:
        if self.due <= self.since:
            raise ValueError(f"due {self.due} is not after since {self.since}")
        return self


class ReportFiled(
    _ReportFacts,
    Event,
    event="report.filed",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.AGENCY,
    key=("incident_id", "report_id"),
):
    """A report has been filed. The envelope's time is when.

    Its counts are those known now in all, not what was added; one that nobody has made is absent.
    """

    previous_report_id: Token | None = None
    """The report that this one follows; absent in a first report."""
    occurred: Instant | None = None
    """When it happened (EMSI ``EVENT/OCC_DATIME``)."""
    location: Location | None = None
    """Where it happened (EMSI ``EVENT/EGEO``)."""
    category: IncidentCategory | None = None
    """Which of the four top classes it falls in (GB/T 35561-2017)."""
    grade: ResponseGrade | None = None
    """How grave it is, as judged now."""
    summary: ShortText
    """What happened and what is being done, in one line that names no private person."""
    casualties: TriageCounts | None = None
    """People hurt, dead or missing (EMSI ``EVENT/CASUALTIES``)."""
    trapped_count: Count | None = None
    """People known to be trapped."""
    rescued_count: Count | None = None
    """People brought to safety."""
    evacuated_count: Count | None = None
    """People brought out of danger (EMSI ``EVENT/EVAC/EVACUATED``)."""
    affected_count: Count | None = None
    """People whom it touches in any way."""
    responder_count: Count | None = None
    """Responders at work."""
    vehicle_count: Count | None = None
    """Vehicles at work."""
    body: RestrictedText | None = None
    """The report's own words: course and nature of the event, its harm."""
    cause: RestrictedText | None = None
    """What caused it, as far as is known (EMSI ``EVENT/CAUSE``)."""
    measures: RestrictedText | None = None
    """What has been done, and what is done next."""
    outlook: RestrictedText | None = None
    """How it may go on (EMSI ``EVENT/RISK_ASSESSMNT``), and what is asked of higher tiers."""
    document: LinkedDocument | None = None
    """The report as a document."""

    @model_validator(mode="after")
    def _follows_another(self) -> Self:
        if self.previous_report_id == self.report_id:
            raise ValueError(f"report {self.report_id} follows itself ({self.previous_report_id})")
        if (self.series_number == 1) != (self.previous_report_id is None):
            raise ValueError(
                f"series_number is {self.series_number} "
                f"and previous_report_id is {self.previous_report_id}"
            )
        return self


class ReportOverdue(
    _ReportFacts,
    Event,
    event="report.overdue",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "report_id"),
):
    """A report was not filed in time, and is chased. The envelope's time is when."""

    due: Instant
    """By when it had to be filed."""
    overdue_s: Seconds
    """For how long it has been overdue, in seconds."""
    reminder_number: Annotated[int, Field(ge=1, le=999)] = 1
    """The how-many-th time it is chased (催报), from 1."""
    told_agencies: Annotated[tuple[AgencyName, ...], Field(max_length=50)] = ()
    """The agencies told of it besides the reporter."""
