"""After-action reviews (复盘): what the log shows, and what is to become better."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from liandong.contracts.base import Event, Instant, Lane, Role, ShortText, Token, Value
from liandong.contracts.codes import Count
from liandong.contracts.reports import LinkedDocument
from liandong.contracts.subjects import AgencyName


class ReviewFindings(Value):
    """What a review found, counted. A count that nobody has made is None, which is not 0."""

    practice_count: Count | None = None
    """Good practices to keep (经验做法)."""
    problem_count: Count | None = None
    """Problems (存在问题)."""
    action_count: Count | None = None
    """Things to put right (整改措施), each with an agency and a date in the document."""
    clock_breach_count: Count | None = None
    """Thresholds of clocks that passed (`ClockBreached`)."""
    order_overdue_count: Count | None = None
    """Deadlines of orders that passed."""
    report_overdue_count: Count | None = None
    """Reports that came late or never (`ReportOverdue`)."""


class ReviewPublished(
    Event,
    event="review.published",
    version=1,
    lane=Lane.EVENTS,
    owner=Role.DUTY_CENTRE,
    key=("incident_id", "review_id"),
):
    """A review has been published, with a link to it. It may name people; this does not."""

    review_id: Token
    """The review's name, unique in the region."""
    incident_id: Token | None = None
    """The incident it is about."""
    risk_id: Token | None = None
    """The risk it is about, as `RiskClueReported` names it."""
    exercise_id: Token | None = None
    """The drill it is about."""
    title: ShortText
    """What it is called, in one line that names no private person."""
    timeline_start: Instant
    """When the course of events that it looks at begins."""
    timeline_end: Instant
    """When that ends."""
    event_count: Count
    """How many events of the log it rests on."""
    agencies: Annotated[tuple[AgencyName, ...], Field(max_length=200)] = ()
    """The agencies that took part in what it is about."""
    findings: ReviewFindings
    """What it found."""
    document: LinkedDocument
    """The review itself."""
    supersedes: Token | None = None
    """The review that this one replaces."""

    @model_validator(mode="after")
    def _is_about_something(self) -> Self:
        subjects = (self.incident_id, self.risk_id, self.exercise_id)
        if not any(subjects):
            raise ValueError(f"about no incident, risk or exercise: {subjects}")
        return self

    @model_validator(mode="after")
    def _timeline_runs_forward(self) -> Self:
        if self.timeline_end < self.timeline_start:
            raise ValueError(
                f"timeline_end {self.timeline_end} is before timeline_start {self.timeline_start}"
            )
        return self

    @model_validator(mode="after")
    def _replaces_another(self) -> Self:
        if self.supersedes == self.review_id:
            raise ValueError(f"review {self.review_id} supersedes itself ({self.supersedes})")
        return self
